/** Promise: what others change in a network is put back, with the calls that it takes and no others. */
import { expect, test } from 'vitest'
import { createRig, type Rig } from '../rig.ts'
import { count, networked, shown, whole } from './network.ts'
import { document, files, minute, readyMessage, said, stalled, written } from './shop.ts'

async function atRest(manifests = networked()): Promise<Rig> {
  const rig = createRig()
  await rig.git(manifests)
  await rig.ready()
  await rig.clock.advance(3 * minute)
  rig.calls.length = 0
  rig.events.length = 0
  return rig
}

const idOf = (rig: Rig, kind: string, name = 'net') =>
  rig.status(`default/${kind}/${name}`)?.attributes.id ?? ''

/** Writes until all is well again; then nothing more, and the network is as it was. */
async function repaired(rig: Rig, end: unknown, calls: readonly string[]): Promise<void> {
  await rig.clock.advance(minute)
  await rig.ready()
  expect(written(rig)).toEqual(calls)
  expect(shown(rig)).toEqual(end)
  expect(count(rig)).toEqual(whole)
  await rig.clock.advance(3 * minute)
  expect(written(rig)).toEqual([])
  await rig.stop()
}

test('somebody deletes a route and adds another', async () => {
  const rig = await atRest()
  const end = shown(rig)
  const RouteTableId = idOf(rig, 'RouteTable')
  await rig.aws('ec2:DeleteRoute', { RouteTableId, DestinationCidrBlock: '0.0.0.0/0' })
  await rig.aws('ec2:CreateRoute', {
    RouteTableId,
    DestinationCidrBlock: '192.0.2.0/24',
    GatewayId: idOf(rig, 'InternetGateway'),
  })
  await repaired(rig, end, ['ec2:CreateRoute', 'ec2:DeleteRoute'])
  expect(said(rig, 'DriftDetected')).toHaveLength(1)
})

test('somebody gives a subnet another table', async () => {
  const rig = await atRest()
  const end = shown(rig)
  const SubnetId = idOf(rig, 'Subnet', 'net-a')
  const VpcId = idOf(rig, 'Vpc')
  const { RouteTables } = (await rig.aws('ec2:DescribeRouteTables', {
    Filters: [{ Name: 'association.subnet-id', Values: [SubnetId] }],
  })) as {
    RouteTables: { Associations: { SubnetId?: string; RouteTableAssociationId: string }[] }[]
  }
  const own = RouteTables[0]?.Associations.find((each) => each.SubnetId === SubnetId)
  const { RouteTable } = (await rig.aws('ec2:CreateRouteTable', { VpcId })) as {
    RouteTable: { RouteTableId: string }
  }
  await rig.aws('ec2:ReplaceRouteTableAssociation', {
    AssociationId: own?.RouteTableAssociationId,
    RouteTableId: RouteTable.RouteTableId,
  })
  await rig.clock.advance(minute)
  await rig.ready()
  expect(written(rig)).toEqual(['ec2:ReplaceRouteTableAssociation'])
  await rig.aws('ec2:DeleteRouteTable', { RouteTableId: RouteTable.RouteTableId })
  await repaired(rig, end, [])
})

test('somebody adds a rule, takes one away and renames one', async () => {
  const rig = await atRest()
  const end = shown(rig)
  const GroupId = idOf(rig, 'SecurityGroup', 'web')
  const port = (n: number, more = {}) => [
    { IpProtocol: 'tcp', FromPort: n, ToPort: n, IpRanges: [{ CidrIp: '0.0.0.0/0', ...more }] },
  ]
  const db = [{ GroupId: idOf(rig, 'SecurityGroup', 'db') }]
  await rig.aws('ec2:AuthorizeSecurityGroupIngress', { GroupId, IpPermissions: port(22) })
  await rig.aws('ec2:RevokeSecurityGroupIngress', {
    GroupId,
    IpPermissions: [{ IpProtocol: 'tcp', FromPort: 9000, ToPort: 9000, UserIdGroupPairs: db }],
  })
  await rig.aws('ec2:UpdateSecurityGroupRuleDescriptionsIngress', {
    GroupId,
    IpPermissions: port(443, { Description: 'nobody' }),
  })
  await repaired(rig, end, [
    'ec2:AuthorizeSecurityGroupIngress',
    'ec2:UpdateSecurityGroupRuleDescriptionsIngress',
    'ec2:RevokeSecurityGroupIngress',
  ])
})

test('somebody opens egress again where Git declares it, and closes it where Git does not', async () => {
  const rig = await atRest()
  const all = [{ IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] }]
  const [db, web] = ['db', 'web'].map((name) => idOf(rig, 'SecurityGroup', name))
  await rig.aws('ec2:AuthorizeSecurityGroupEgress', { GroupId: db, IpPermissions: all })
  await rig.aws('ec2:RevokeSecurityGroupEgress', { GroupId: web, IpPermissions: all })
  await rig.clock.advance(minute)
  await rig.ready()
  expect(written(rig)).toEqual(['ec2:RevokeSecurityGroupEgress'])
  expect(shown(rig).rules.filter((rule) => rule.includes(' out '))).toEqual([
    'db out tcp 443 10.0.0.0/16',
  ])
  await rig.stop()
})

test('somebody changes attributes of the VPC and of a subnet, and detaches the gateway', async () => {
  const rig = await atRest()
  const end = shown(rig)
  const VpcId = idOf(rig, 'Vpc')
  await rig.aws('ec2:ModifyVpcAttribute', { VpcId, EnableDnsHostnames: { Value: false } })
  await rig.aws('ec2:ModifySubnetAttribute', {
    SubnetId: idOf(rig, 'Subnet', 'net-b'),
    MapPublicIpOnLaunch: { Value: false },
  })
  await rig.aws('ec2:DetachInternetGateway', {
    VpcId,
    InternetGatewayId: idOf(rig, 'InternetGateway'),
  })
  await repaired(rig, end, [
    'ec2:ModifyVpcAttribute',
    'ec2:ModifySubnetAttribute',
    'ec2:AttachInternetGateway',
  ])
})

test('somebody deletes the gateway: the route leads to the new one', async () => {
  const rig = await atRest()
  const end = shown(rig)
  const InternetGatewayId = idOf(rig, 'InternetGateway')
  await rig.aws('ec2:DetachInternetGateway', { VpcId: idOf(rig, 'Vpc'), InternetGatewayId })
  await rig.aws('ec2:DeleteInternetGateway', { InternetGatewayId })
  await repaired(rig, end, [
    'ec2:CreateInternetGateway',
    'ec2:AttachInternetGateway',
    'ec2:ReplaceRoute',
  ])
})

test('somebody deletes a group that others name: it is made anew, and named anew', async () => {
  const rig = await atRest()
  const end = shown(rig)
  const [db, web] = ['db', 'web'].map((name) => idOf(rig, 'SecurityGroup', name))
  await rig.aws('ec2:RevokeSecurityGroupIngress', {
    GroupId: web,
    IpPermissions: [
      { IpProtocol: 'tcp', FromPort: 9000, ToPort: 9000, UserIdGroupPairs: [{ GroupId: db }] },
    ],
  })
  await rig.aws('ec2:DeleteSecurityGroup', { GroupId: db })
  await rig.clock.advance(minute)
  await rig.ready()
  expect(shown(rig)).toEqual(end)
  expect(count(rig)).toEqual(whole)
  await rig.stop()
})

test('Git takes a zone away and adds a rule: only that is written, and the subnet is left', async () => {
  const rig = await atRest()
  const more = {
    ipProtocol: 'udp',
    fromPort: 53,
    toPort: 53,
    ipRanges: [{ cidrIp: '10.0.0.0/16' }],
  }
  await rig.git(networked({ availabilityZones: 1 }, { web: { ipPermissionsEgress: [more] } }))
  await rig.ready()
  expect(written(rig).sort()).toEqual([
    'ec2:AuthorizeSecurityGroupEgress',
    'ec2:DisassociateRouteTable',
    'ec2:RevokeSecurityGroupEgress',
  ])
  expect(said(rig, 'Released')).toEqual(['Subnet net-b is no longer in Git: left as it is in AWS'])
  await rig.stop()
})

test('adopted by their ids, unchanged: tags and nothing else', async () => {
  const before = await atRest()
  const { ec2 } = before.simulator.world()
  const [gateway] = [...ec2.internetGateways.values()].filter(
    ({ vpcId }) => vpcId !== 'vpc-0defa000000000000',
  )
  const own = (record: { readonly vpcId?: string }) => record.vpcId === gateway?.vpcId
  const table = [...ec2.routeTables.values()].find((each) => own(each) && each.routes.length > 1)
  const subnet = [...ec2.subnets.values()].find(own)
  const web = [...ec2.securityGroups.values()].find(({ groupName }) => groupName === 'web')
  await before.stop()
  const ids = [
    gateway?.vpcId,
    subnet?.subnetId,
    gateway?.internetGatewayId,
    table?.routeTableId,
    web?.groupId,
  ]
  await before.aws('ec2:DeleteTags', { Resources: ids })
  const adopt = { adopt: 'unchanged' }
  const vpcId = { ref: 'net' }
  const manifests = files(
    document(
      'Vpc',
      'net',
      { vpcId: ids[0], cidrBlock: '10.0.0.0/16', enableDnsHostnames: true },
      adopt,
    ),
    document('Subnet', 'a', { subnetId: ids[1], vpcId, cidrBlock: subnet?.cidrBlock }, adopt),
    document('InternetGateway', 'net', { internetGatewayId: ids[2], vpcId }, adopt),
    document(
      'RouteTable',
      'net',
      {
        routeTableId: ids[3],
        vpcId,
        routes: [{ destinationCidrBlock: '0.0.0.0/0', gatewayId: { ref: 'net' } }],
      },
      adopt,
    ),
    document('SecurityGroup', 'web', { groupId: ids[4], vpcId, description: 'web servers' }, adopt),
  )
  const rig = createRig({ beside: before })
  await rig.git(manifests)
  await rig.ready()
  expect(written(rig)).toEqual(Array(5).fill('ec2:CreateTags'))
  await rig.clock.advance(3 * minute)
  expect(written(rig)).toEqual([])
  await rig.stop()
})

test('a group of that name that is not ours is not touched, and it is said what to do', async () => {
  const rig = createRig()
  const VpcId = 'vpc-0defa000000000000'
  await rig.aws('ec2:CreateSecurityGroup', { GroupName: 'web', Description: 'theirs', VpcId })
  await rig.git(files(document('SecurityGroup', 'web', { vpcId: VpcId, description: 'ours' })))
  await stalled(rig, 'default/SecurityGroup/web')
  expect(readyMessage(rig, 'default/SecurityGroup/web')).toContain('fairlead.dev/adopt')
  expect(written(rig)).toEqual([])
  await rig.stop()
})

test('a network in a VPC that is only looked at, with its gateway', async () => {
  const rig = createRig()
  const observe = { mode: 'observe' }
  const manifests = files(
    document('Vpc', 'shared', { vpcId: 'vpc-0defa000000000000' }, observe),
    document('InternetGateway', 'shared', { internetGatewayId: 'igw-0defa000000000000' }, observe),
    document('Network', 'mine', {
      vpcId: { ref: 'shared' },
      internetGatewayId: { ref: 'shared' },
      availabilityZones: ['us-east-1c', 'us-east-1a'],
      subnetCidrs: ['172.31.240.0/24', '172.31.241.0/24'],
    }),
  )
  await rig.git(manifests)
  await rig.ready()
  expect(written(rig).sort()).toEqual([
    'ec2:AssociateRouteTable',
    'ec2:AssociateRouteTable',
    'ec2:CreateRoute',
    'ec2:CreateRouteTable',
    'ec2:CreateSubnet',
    'ec2:CreateSubnet',
    'ec2:ModifySubnetAttribute',
    'ec2:ModifySubnetAttribute',
  ])
  const zone = (name: string) =>
    rig.simulator.world().ec2.subnets.get(idOf(rig, 'Subnet', name))?.availabilityZone
  expect([zone('mine-c'), zone('mine-a')]).toEqual(['us-east-1c', 'us-east-1a'])
  await rig.stop()
})
