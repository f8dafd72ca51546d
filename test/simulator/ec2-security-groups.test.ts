/** Security groups: how rules are kept and shown, what fails a whole call, what is refused. */
import { describe, expect, it } from 'vitest'
import { allow, type Network, network, otherGroup, tcp } from './ec2-network.ts'

const empty = { IpRanges: [], Ipv6Ranges: [], PrefixListIds: [], UserIdGroupPairs: [] }

function shown(on: Network, id = on.groupId) {
  return on.call('ec2:DescribeSecurityGroups', { GroupIds: [id] }).SecurityGroups[0]
}

describe('a new group', () => {
  it('lets everything out and nothing in', () => {
    const on = network()
    expect(shown(on)).toMatchObject({
      GroupName: 'web',
      Description: 'web',
      VpcId: on.vpcId,
      OwnerId: '123456789012',
      IpPermissions: [],
      IpPermissionsEgress: [{ ...empty, IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] }],
    })
    expect(shown(on).IpPermissionsEgress[0]).not.toHaveProperty('FromPort')
  })

  it('can be deleted, though it names itself', () => {
    const on = network()
    allow(on, { IpProtocol: '-1', UserIdGroupPairs: [{ GroupId: on.groupId }] })
    on.call('ec2:DeleteSecurityGroup', { GroupId: on.groupId })
    expect(on.refusal('ec2:DescribeSecurityGroups', { GroupIds: [on.groupId] })).toMatch(
      /^InvalidGroup.NotFound/,
    )
  })

  it('may be kept from that, and the name is its VPC’s own', () => {
    const on = network()
    const all = { IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] }
    on.call('ec2:RevokeSecurityGroupEgress', { GroupId: on.groupId, IpPermissions: [all] })
    expect(shown(on).IpPermissionsEgress).toEqual([])
    on.call('ec2:CreateSecurityGroup', { GroupName: 'web', Description: 'in the default VPC' })
  })
})

describe('rules', () => {
  it('are merged by protocol and ports, in canonical form', () => {
    const on = network()
    const other = otherGroup(on)
    const { SecurityGroupRules } = allow(
      on,
      {
        ...tcp(22, '10.0.1.5/24'),
        UserIdGroupPairs: [{ GroupId: other, Description: 'peers' }],
        Ipv6Ranges: [{ CidrIpv6: '2001:DB8::1/32' }],
      },
      { ...tcp(22), IpProtocol: '6', IpRanges: [{ CidrIp: '10.9.0.0/16', Description: 'nine' }] },
      { IpProtocol: '-1', FromPort: 1, ToPort: 2, UserIdGroupPairs: [{ GroupId: on.groupId }] },
      { IpProtocol: '1', FromPort: 8, ToPort: -1, IpRanges: [{ CidrIp: '0.0.0.0/0' }] },
    )
    expect(shown(on).IpPermissions).toEqual([
      {
        IpProtocol: 'tcp',
        FromPort: 22,
        ToPort: 22,
        IpRanges: [{ CidrIp: '10.0.1.0/24' }, { CidrIp: '10.9.0.0/16', Description: 'nine' }],
        Ipv6Ranges: [{ CidrIpv6: '2001:db8::/32' }],
        PrefixListIds: [],
        UserIdGroupPairs: [{ GroupId: other, UserId: '123456789012', Description: 'peers' }],
      },
      {
        ...empty,
        IpProtocol: '-1',
        UserIdGroupPairs: [{ GroupId: on.groupId, UserId: '123456789012' }],
      },
      {
        ...empty,
        IpProtocol: 'icmp',
        FromPort: 8,
        ToPort: -1,
        IpRanges: [{ CidrIp: '0.0.0.0/0' }],
      },
    ])
    // One rule for each peer, each with an id.
    expect(SecurityGroupRules).toHaveLength(6)
    const byGroup = { Filters: [{ Name: 'group-id', Values: [on.groupId] }] }
    const rules = on.call('ec2:DescribeSecurityGroupRules', byGroup).SecurityGroupRules
    expect(rules).toHaveLength(7)
    expect(rules).toContainEqual({
      SecurityGroupRuleId: expect.stringMatching(/^sgr-[0-9a-f]{17}$/),
      SecurityGroupRuleArn: expect.any(String),
      GroupId: on.groupId,
      GroupOwnerId: '123456789012',
      IsEgress: false,
      IpProtocol: '-1',
      FromPort: -1,
      ToPort: -1,
      ReferencedGroupInfo: { GroupId: on.groupId, UserId: '123456789012', VpcId: on.vpcId },
      Tags: [],
    })
  })

  it('are all refused when one of them exists already', () => {
    const on = network()
    allow(on, tcp(22, '10.0.1.0/24'))
    expect(
      on.refusal('ec2:AuthorizeSecurityGroupIngress', {
        GroupId: on.groupId,
        IpPermissions: [tcp(80, '0.0.0.0/0'), tcp(22, '10.0.1.9/24')],
      }),
    ).toBe(
      'InvalidPermission.Duplicate (400): the specified rule "peer: 10.0.1.0/24, TCP, from port: 22, to port: 22, ALLOW" already exists',
    )
    expect(shown(on).IpPermissions).toHaveLength(1)
  })

  it('are revoked by what they say, whatever their description, or by id', () => {
    const on = network()
    const described = { ...tcp(22), IpRanges: [{ CidrIp: '10.0.1.0/24', Description: 'ssh' }] }
    const { SecurityGroupRules } = allow(on, described, tcp(80, '0.0.0.0/0', '9.9.9.0/24'))
    const revoked = on.call('ec2:RevokeSecurityGroupIngress', {
      GroupId: on.groupId,
      IpPermissions: [tcp(22, '10.0.1.0/24')],
    })
    expect(revoked.RevokedSecurityGroupRules).toMatchObject([
      { SecurityGroupRuleId: SecurityGroupRules[0].SecurityGroupRuleId, CidrIpv4: '10.0.1.0/24' },
    ])
    on.call('ec2:RevokeSecurityGroupIngress', {
      GroupId: on.groupId,
      SecurityGroupRuleIds: [SecurityGroupRules[1].SecurityGroupRuleId],
    })
    expect(shown(on).IpPermissions).toEqual([
      { ...empty, ...tcp(80, '9.9.9.0/24'), PrefixListIds: [] },
    ])
  })

  it('that are not there fail a revocation as a whole, but in the default VPC are named in the answer', () => {
    const on = network()
    allow(on, tcp(22, '0.0.0.0/0'))
    const IpPermissions = [tcp(22, '0.0.0.0/0'), tcp(23, '0.0.0.0/0')]
    expect(
      on.refusal('ec2:RevokeSecurityGroupIngress', { GroupId: on.groupId, IpPermissions }),
    ).toBe(
      'InvalidPermission.NotFound (400): The specified rule does not exist in this security group.',
    )
    expect(shown(on).IpPermissions).toHaveLength(1)
    const inDefault = { GroupName: 'default', IpPermissions: [tcp(23, '0.0.0.0/0')] }
    expect(on.call('ec2:RevokeSecurityGroupIngress', inDefault)).toEqual({
      Return: true,
      RevokedSecurityGroupRules: [],
      UnknownIpPermissions: [{ ...empty, ...tcp(23, '0.0.0.0/0') }],
    })
  })

  it('get other descriptions without becoming other rules', () => {
    const on = network()
    const [{ SecurityGroupRuleId }] = allow(on, tcp(22, '0.0.0.0/0')).SecurityGroupRules
    const described = { ...tcp(22), IpRanges: [{ CidrIp: '0.0.0.0/0', Description: 'ssh' }] }
    on.call('ec2:UpdateSecurityGroupRuleDescriptionsIngress', {
      GroupId: on.groupId,
      IpPermissions: [described],
    })
    expect(shown(on).IpPermissions[0].IpRanges).toEqual(described.IpRanges)
    on.call('ec2:UpdateSecurityGroupRuleDescriptionsIngress', {
      GroupId: on.groupId,
      SecurityGroupRuleDescriptions: [{ SecurityGroupRuleId, Description: '' }],
    })
    expect(shown(on).IpPermissions[0].IpRanges).toEqual([{ CidrIp: '0.0.0.0/0' }])
  })

  it('are changed in place, under their id', () => {
    const on = network()
    const [rule, second] = allow(on, tcp(22, '0.0.0.0/0', '10.0.0.0/8')).SecurityGroupRules
    const change = (SecurityGroupRule: Record<string, unknown>) => ({
      GroupId: on.groupId,
      SecurityGroupRules: [{ SecurityGroupRuleId: rule.SecurityGroupRuleId, SecurityGroupRule }],
    })
    const ssh = { IpProtocol: 'tcp', FromPort: 22, ToPort: 22 }
    on.call('ec2:ModifySecurityGroupRules', change({ ...ssh, CidrIpv4: '9.0.0.0/8' }))
    expect(shown(on).IpPermissions[0].IpRanges).toEqual([
      { CidrIp: '9.0.0.0/8' },
      { CidrIp: second.CidrIpv4 },
    ])
    expect(
      on.refusal('ec2:ModifySecurityGroupRules', change({ ...ssh, CidrIpv4: '10.1.1.1/8' })),
    ).toMatch(/^InvalidPermission.Duplicate/)
    expect(
      on.refusal('ec2:ModifySecurityGroupRules', change({ ...ssh, CidrIpv6: '::/0' })),
    ).toMatch(/^InvalidParameterValue/)
  })

  it('are sixty in each direction at most', () => {
    const on = network()
    const ports = Array.from({ length: 60 }, (_, i) => tcp(1000 + i, '0.0.0.0/0'))
    allow(on, ...ports)
    expect(
      on.refusal('ec2:AuthorizeSecurityGroupIngress', {
        GroupId: on.groupId,
        IpPermissions: [tcp(22, '0.0.0.0/0')],
      }),
    ).toBe(
      'RulesPerSecurityGroupLimitExceeded (400): The maximum number of rules per security group has been reached.',
    )
    on.call('ec2:AuthorizeSecurityGroupEgress', {
      GroupId: on.groupId,
      IpPermissions: [tcp(22, '0.0.0.0/0')],
    })
  })

  it('can be spelled without a list, and are found by what they say', () => {
    const on = network()
    on.call('ec2:AuthorizeSecurityGroupIngress', {
      GroupId: on.groupId,
      IpProtocol: 'tcp',
      FromPort: 443,
      ToPort: 443,
      CidrIp: '0.0.0.0/0',
    })
    const found = (Name: string, value: string) =>
      on
        .call('ec2:DescribeSecurityGroups', { Filters: [{ Name, Values: [value] }] })
        .SecurityGroups.map((group: { GroupId: string }) => group.GroupId)
    expect(found('ip-permission.from-port', '443')).toEqual([on.groupId])
    expect(found('ip-permission.cidr', '0.0.0.0/?')).toEqual([on.groupId])
    expect(found('egress.ip-permission.protocol', '-1')).toHaveLength(3)
    expect(found('group-name', 'we*')).toEqual([on.groupId])
    expect(found('group-name', 'we\\*')).toEqual([])
  })
})
