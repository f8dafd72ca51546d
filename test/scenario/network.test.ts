/** Promise: a network from nothing to Ready, kept as Git says, and taken down to nothing. */
import { expect, test } from 'vitest'
import { createRig } from '../rig.ts'
import { count, networked, nothing, shown, whole } from './network.ts'
import {
  document,
  minute,
  readyMessage,
  stalled,
  webDefinition,
  webService,
  written,
} from './shop.ts'

test('a network and two groups that name each other, from nothing to Ready, then quiet', async () => {
  const rig = createRig()
  await rig.git(networked())
  await rig.ready()
  expect(count(rig)).toEqual(whole)
  expect(shown(rig)).toEqual({
    hostnames: true,
    subnets: ['us-east-1a 10.0.0.0/20 true', 'us-east-1b 10.0.16.0/20 true'],
    routes: ['10.0.0.0/16 loc', '0.0.0.0/0 igw', '2 subnets'],
    rules: [
      'db in -1 db',
      'db in tcp 5432 web',
      'db out tcp 443 10.0.0.0/16',
      'web in tcp 443 0.0.0.0/0 everyone',
      'web in tcp 9000 db',
      'web out -1 0.0.0.0/0',
    ],
  })
  expect(rig.events.filter(({ type }) => type === 'Warning')).toEqual([])
  expect(written(rig).sort()).toEqual([
    'ec2:AssociateRouteTable',
    'ec2:AssociateRouteTable',
    'ec2:AttachInternetGateway',
    'ec2:AuthorizeSecurityGroupEgress',
    'ec2:AuthorizeSecurityGroupIngress',
    'ec2:AuthorizeSecurityGroupIngress',
    'ec2:AuthorizeSecurityGroupIngress',
    'ec2:AuthorizeSecurityGroupIngress',
    'ec2:CreateInternetGateway',
    'ec2:CreateRoute',
    'ec2:CreateRouteTable',
    'ec2:CreateSecurityGroup',
    'ec2:CreateSecurityGroup',
    'ec2:CreateSubnet',
    'ec2:CreateSubnet',
    'ec2:CreateVpc',
    'ec2:ModifySubnetAttribute',
    'ec2:ModifySubnetAttribute',
    'ec2:ModifyVpcAttribute',
    'ec2:RevokeSecurityGroupEgress',
  ])
  await rig.clock.advance(10 * minute)
  expect(written(rig)).toEqual([])
  await rig.restart()
  await rig.ready()
  expect(written(rig)).toEqual([])
  await rig.stop()
})

test('a sweep reads each kind once, and the attribute that is declared', async () => {
  const rig = createRig()
  await rig.git(networked())
  await rig.ready()
  await rig.clock.advance(3 * minute)
  rig.calls.length = 0
  await rig.clock.advance(minute)
  expect(rig.reads().map(({ operation }) => operation)).toEqual([
    'tag:GetResources',
    'ec2:DescribeVpcs',
    'ec2:DescribeVpcAttribute',
    'ec2:DescribeSubnets',
    'ec2:DescribeInternetGateways',
    'ec2:DescribeRouteTables',
    'ec2:DescribeSecurityGroups',
  ])
  await rig.stop()
})

test('a teardown lets go first, then takes everything, in an order that AWS takes without a refusal', async () => {
  const before = createRig()
  await before.git(networked())
  await before.ready()
  await before.stop()
  const rig = createRig({ beside: before, teardown: true })
  await rig.git(networked())
  await rig.ready()
  expect(count(rig)).toEqual(nothing)
  expect(rig.simulator.world().ec2.vpcs.size).toBe(1)
  expect(rig.events.filter(({ type }) => type === 'Warning')).toEqual([])
  expect(written(rig).sort()).toEqual([
    'ec2:DeleteInternetGateway',
    'ec2:DeleteRouteTable',
    'ec2:DeleteSecurityGroup',
    'ec2:DeleteSecurityGroup',
    'ec2:DeleteSubnet',
    'ec2:DeleteSubnet',
    'ec2:DeleteVpc',
    'ec2:DetachInternetGateway',
    'ec2:DisassociateRouteTable',
    'ec2:DisassociateRouteTable',
    'ec2:RevokeSecurityGroupIngress',
    'ec2:RevokeSecurityGroupIngress',
  ])
  await rig.clock.advance(10 * minute)
  expect(written(rig)).toEqual([])
  await rig.stop()
})

test('a teardown waits while a public address is in use, and ends when it is not', async () => {
  const manifests = networked({}, {}, [
    document('Cluster', 'shop'),
    document('TaskDefinition', 'web', webDefinition()),
    document('Service', 'web', webService(inNetwork)),
  ])
  const before = createRig()
  await before.git(manifests)
  await before.ready()
  await before.stop()
  const rig = createRig({ beside: before, teardown: true })
  await rig.git(manifests)
  await rig.ready(60 * minute)
  expect(count(rig)).toEqual(nothing)
  await rig.stop()
})

const inNetwork = {
  networkConfiguration: {
    awsvpcConfiguration: {
      subnets: [{ ref: 'net' }],
      securityGroups: [{ ref: 'web' }],
      assignPublicIp: 'ENABLED',
    },
  },
}

test('a reference to the network means its subnets where a list of subnets is wanted', async () => {
  const rig = createRig()
  await rig.git(
    networked({}, {}, [
      document('Cluster', 'shop'),
      document('TaskDefinition', 'web', webDefinition()),
      document('Service', 'web', webService(inNetwork)),
    ]),
  )
  await rig.ready()
  const made = rig.writes().find(({ operation }) => operation === 'ecs:CreateService')
  const idOf = (key: string) => rig.status(`default/${key}`)?.attributes.id
  expect(made?.input.networkConfiguration).toEqual({
    awsvpcConfiguration: {
      subnets: [idOf('Subnet/net-a'), idOf('Subnet/net-b')],
      securityGroups: [idOf('SecurityGroup/web')],
      assignPublicIp: 'ENABLED',
    },
  })
  await rig.stop()
})

test('an Environment says the region, and another prefix the names', async () => {
  const rig = createRig()
  const inside = { metadata: { name: 'net', namespace: 'live' } }
  await rig.git({
    'live.yaml': [
      {
        ...document('Environment', 'live', { region: 'eu-west-1', namePrefix: 'live-' }),
      },
      { ...document('Network', 'net'), ...inside },
    ]
      .map((each) => JSON.stringify(each))
      .join('\n---\n'),
  })
  await rig.ready()
  const world = rig.simulator.world('eu-west-1')
  const own = [...world.ec2.subnets.values()].filter(({ defaultForAz }) => !defaultForAz)
  expect(own.map(({ availabilityZone }) => availabilityZone).sort()).toEqual([
    'eu-west-1a',
    'eu-west-1b',
  ])
  const made = rig.writes().find(({ operation }) => operation === 'ec2:CreateVpc')
  expect(JSON.stringify(made?.input)).toContain('{"Key":"Name","Value":"live-net"}')
  await rig.stop()
})

test('more zones than the account has: the others stand, and it is said how many there are', async () => {
  const rig = createRig()
  await rig.git(networked({ availabilityZones: 4 }))
  await stalled(rig, 'default/Subnet/net-d')
  expect(readyMessage(rig, 'default/Subnet/net-d')).toBe(
    'it is to be made in zone 4 of the region, and the account has us-east-1a, us-east-1b, us-east-1c',
  )
  await rig.clock.advance(minute)
  expect(count(rig).subnets).toBe(3)
  await rig.stop()
})
