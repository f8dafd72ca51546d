/** How security groups are read: rule by rule, and by name where they carry none of our tags. */
import { expect, test } from 'vitest'
import { securityGroup } from '../../../src/kinds/security-group/index.ts'
import { createAccount } from '../looking.ts'

const vpcId = 'vpc-0defa000000000000'

async function group(account: ReturnType<typeof createAccount>, GroupName: string) {
  const made = await account.aws('ec2:CreateSecurityGroup', {
    GroupName,
    Description: 'a group',
    VpcId: vpcId,
  })
  return (made as { GroupId: string }).GroupId
}

test('permissions are taken apart into rules, as AWS spells them', async () => {
  const account = createAccount(securityGroup)
  const GroupId = await group(account, 'web')
  await account.aws('ec2:AuthorizeSecurityGroupIngress', {
    GroupId,
    IpPermissions: [
      {
        IpProtocol: '6',
        FromPort: 80,
        ToPort: 80,
        IpRanges: [{ CidrIp: '10.0.9.9/16', Description: 'intern' }, { CidrIp: '10.1.0.0/16' }],
        UserIdGroupPairs: [{ GroupId }],
      },
    ],
  })
  const found = await account.look({ web: { groupId: GroupId } })
  const port = { ipProtocol: 'tcp', fromPort: 80, toPort: 80 }
  expect(found.get('default/SecurityGroup/web')).toMatchObject({
    live: {
      attributes: { id: GroupId, name: 'web' },
      state: {
        description: 'a group',
        ipPermissions: [
          { ...port, cidrIp: '10.0.0.0/16', description: 'intern' },
          { ...port, cidrIp: '10.1.0.0/16' },
          { ...port, groupId: GroupId },
        ],
        ipPermissionsEgress: [{ ipProtocol: '-1', cidrIp: '0.0.0.0/0' }],
      },
    },
  })
})

test('one that carries the name and no tags of ours is found in its VPC, since a second one is refused', async () => {
  const account = createAccount(securityGroup)
  const GroupId = await group(account, 'web*')
  await group(account, 'web-other')
  const found = await account.look({
    a: { groupName: 'web*', vpcId },
    b: { groupName: 'web', vpcId },
    c: { groupName: 'web*', vpcId: { $hole: { key: 'default/Vpc/net', attribute: 'id' } } },
  })
  expect(found.get('default/SecurityGroup/a')).toMatchObject({
    live: { attributes: { id: GroupId }, tags: {} },
  })
  expect(found.get('default/SecurityGroup/b')).toEqual({ found: 'no' })
  expect(found.get('default/SecurityGroup/c')).toEqual({ found: 'no' })
  expect(account.reads).toEqual(['ec2:DescribeSecurityGroups', 'ec2:DescribeSecurityGroups'])
})
