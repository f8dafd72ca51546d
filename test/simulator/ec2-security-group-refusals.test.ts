/** What EC2 refuses of security groups and their rules. */
import type { IpPermission } from '@aws-sdk/client-ec2'
import { describe, expect, test } from 'vitest'
import { allow, type Network, network, otherGroup, type Row, tcp } from './ec2-network.ts'

function creating(more: Record<string, unknown>): Row[2] {
  return ({ vpcId }) => ({ GroupName: 'new', Description: 'new', VpcId: vpcId, ...more })
}

function authorizing(permission: (on: Network) => IpPermission): Row[2] {
  return (on) => ({ GroupId: on.groupId, IpPermissions: [permission(on)] })
}

const characters = 'a-zA-Z0-9. _-:/()#,@[]+=&;{}!$*'

const refused: readonly Row[] = [
  [
    'a name that is taken',
    'CreateSecurityGroup',
    creating({ GroupName: 'web' }),
    ({ vpcId }) =>
      `InvalidGroup.Duplicate (400): The security group 'web' already exists for VPC '${vpcId}'`,
  ],
  [
    'a name like an id',
    'CreateSecurityGroup',
    creating({ GroupName: 'sg-web' }),
    () =>
      'InvalidParameterValue (400): Invalid security group name. Group names may not be in the format sg-*.',
  ],
  [
    'the name of the default group',
    'CreateSecurityGroup',
    creating({ GroupName: 'default' }),
    () => 'InvalidParameterValue (400): Cannot use reserved security group name: default',
  ],
  [
    'no description',
    'CreateSecurityGroup',
    creating({ Description: undefined }),
    () => 'MissingParameter (400): The request must contain the parameter GroupDescription',
  ],
  [
    'a description with other letters',
    'CreateSecurityGroup',
    creating({ Description: 'Überall' }),
    () =>
      `InvalidParameterValue (400): Invalid security group description. Valid descriptions are strings less than 256 characters from the following set:  ${characters}`,
  ],
  [
    'a VPC that is not there',
    'CreateSecurityGroup',
    creating({ VpcId: 'vpc-00000000000000000' }),
    () => "InvalidVpcID.NotFound (400): The vpc ID 'vpc-00000000000000000' does not exist",
  ],
  [
    'an unknown group',
    'DescribeSecurityGroups',
    ({ nothing }) => ({ GroupIds: [nothing('sg')] }),
    () => "InvalidGroup.NotFound (400): The security group 'sg-00000000000000000' does not exist",
  ],
  [
    'a malformed id',
    'DeleteSecurityGroup',
    () => ({ GroupId: 'web' }),
    () => 'InvalidGroupId.Malformed (400): Invalid id: "web" (expecting "sg-...")',
  ],
  [
    'an unknown name',
    'DescribeSecurityGroups',
    () => ({ GroupNames: ['web'] }),
    () =>
      "InvalidGroup.NotFound (400): The security group 'web' does not exist in default VPC 'vpc-0defa000000000000'",
  ],
  [
    'deleting the default group',
    'DeleteSecurityGroup',
    () => ({ GroupId: 'sg-0defa000000000000' }),
    () =>
      'CannotDelete (400): the specified group: "sg-0defa000000000000" name: "default" cannot be deleted by a user',
  ],
  [
    'deleting a group that another names',
    'DeleteSecurityGroup',
    (on) => {
      allow(on, { IpProtocol: '-1', UserIdGroupPairs: [{ GroupId: on.groupId }] })
      on.call('ec2:AuthorizeSecurityGroupIngress', {
        GroupId: otherGroup(on),
        IpPermissions: [{ IpProtocol: '-1', UserIdGroupPairs: [{ GroupId: on.groupId }] }],
      })
      return { GroupId: on.groupId }
    },
    ({ groupId }) => `DependencyViolation (400): resource ${groupId} has a dependent object`,
  ],
  [
    'a block that is none',
    'AuthorizeSecurityGroupIngress',
    authorizing(() => tcp(22, '10.0.0.0/33')),
    () => 'InvalidParameterValue (400): CIDR block 10.0.0.0/33 is malformed',
  ],
  [
    'TCP without ports',
    'AuthorizeSecurityGroupIngress',
    authorizing(() => ({ IpProtocol: 'tcp', IpRanges: [{ CidrIp: '0.0.0.0/0' }] })),
    () =>
      "InvalidParameterValue (400): Invalid value 'Must specify both from and to ports with TCP/UDP.' for portRange.",
  ],
  [
    'ports the wrong way round',
    'AuthorizeSecurityGroupIngress',
    authorizing(() => ({ ...tcp(22, '0.0.0.0/0'), ToPort: 21 })),
    () => "InvalidParameterValue (400): Invalid value '22-21' for portRange.",
  ],
  [
    'an unknown protocol',
    'AuthorizeSecurityGroupIngress',
    authorizing(() => ({ ...tcp(22, '0.0.0.0/0'), IpProtocol: 'quic' })),
    () => "InvalidParameterValue (400): Invalid value 'quic' for IP protocol. Unknown protocol.",
  ],
  [
    'a rule without a peer',
    'AuthorizeSecurityGroupIngress',
    authorizing(() => tcp(22)),
    () =>
      'MissingParameter (400): Each permission must name a source or destination: a CIDR block, a prefix list or a security group.',
  ],
  [
    'one rule twice',
    'AuthorizeSecurityGroupIngress',
    authorizing(() => tcp(22, '10.0.0.0/24', '10.0.0.7/24')),
    () => 'InvalidParameterValue (400): The same permission must not appear multiple times',
  ],
  [
    'a group of another VPC',
    'AuthorizeSecurityGroupIngress',
    authorizing(() => ({
      IpProtocol: '-1',
      UserIdGroupPairs: [{ GroupId: 'sg-0defa000000000000' }],
    })),
    () =>
      'InvalidGroup.NotFound (400): You have specified two resources that belong to different networks.',
  ],
  [
    'a rule description with other letters',
    'AuthorizeSecurityGroupIngress',
    authorizing(() => ({
      IpProtocol: '-1',
      IpRanges: [{ CidrIp: '0.0.0.0/0', Description: '"all"' }],
    })),
    () =>
      `InvalidParameterValue (400): Invalid rule description. Valid descriptions are strings less than 256 characters from the following set:  ${characters}`,
  ],
  [
    'describing a rule that is not there',
    'UpdateSecurityGroupRuleDescriptionsIngress',
    authorizing(() => tcp(22, '0.0.0.0/0')),
    () =>
      'InvalidPermission.NotFound (400): The specified rule does not exist in this security group.',
  ],
  [
    'a rule id that nothing has',
    'RevokeSecurityGroupIngress',
    ({ groupId, nothing }) => ({ GroupId: groupId, SecurityGroupRuleIds: [nothing('sgr')] }),
    () =>
      "InvalidSecurityGroupRuleId.NotFound (400): The security group rule ID 'sgr-00000000000000000' does not exist",
  ],
]

describe('EC2 refuses', () => {
  test.each(refused)('%s (%s)', (_, operation, input, refusal) => {
    const on = network()
    expect(on.refusal(`ec2:${operation}`, input(on))).toBe(refusal(on))
  })
})
