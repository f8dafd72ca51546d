/** What networks stand for. */
import { expect, test } from 'vitest'
import type { Child } from '../../../src/kind.ts'
import { network } from '../../../src/kinds/network/index.ts'
import { environment, manifestOf } from '../golden.ts'

const children = (spec: Record<string, unknown>): readonly Child[] =>
  network.expand(manifestOf('Network', 'net', spec), environment)

const subnets = (spec: Record<string, unknown>) =>
  children(spec)
    .filter(({ kind }) => kind === 'Subnet')
    .map(({ name, spec: { cidrBlock, availabilityZone, availabilityZoneId } }) =>
      [name, cidrBlock, availabilityZone ?? availabilityZoneId].join(' '),
    )

test('by default: two public subnets, a gateway and the way to it', () => {
  const vpcId = { ref: 'Vpc/net' }
  expect(children({}).map(({ from: _, ...child }) => child)).toEqual([
    { kind: 'Vpc', name: 'net', spec: { cidrBlock: '10.0.0.0/16', enableDnsHostnames: true } },
    {
      kind: 'Subnet',
      name: 'net-a',
      spec: {
        vpcId,
        cidrBlock: '10.0.0.0/20',
        availabilityZone: '1',
        mapPublicIpOnLaunch: true,
      },
    },
    {
      kind: 'Subnet',
      name: 'net-b',
      spec: {
        vpcId,
        cidrBlock: '10.0.16.0/20',
        availabilityZone: '2',
        mapPublicIpOnLaunch: true,
      },
    },
    { kind: 'InternetGateway', name: 'net', spec: { vpcId } },
    {
      kind: 'RouteTable',
      name: 'net',
      spec: {
        vpcId,
        routes: [{ destinationCidrBlock: '0.0.0.0/0', gatewayId: { ref: 'InternetGateway/net' } }],
        associations: [
          { subnetId: { ref: 'Subnet/net-a' } },
          { subnetId: { ref: 'Subnet/net-b' } },
        ],
      },
    },
  ])
})

test('a zone more or less, or another order, moves no subnet', () => {
  const all = ['eu-central-1a 10.0.0.0/20', 'eu-central-1b', 'eu-central-1c 10.0.32.0/20']
  expect(subnets({ availabilityZones: ['eu-central-1c', 'eu-central-1a'] })).toEqual([
    'net-c 10.0.32.0/20 eu-central-1c',
    'net-a 10.0.0.0/20 eu-central-1a',
  ])
  expect(subnets({ availabilityZones: 3 })).toHaveLength(all.length)
  expect(subnets({ availabilityZones: 3 })[2]).toBe('net-c 10.0.32.0/20 3')
  expect(subnets({ availabilityZones: ['euc1-az3'] })).toEqual(['net-c 10.0.32.0/20 euc1-az3'])
})

test('smaller blocks are cut into eighths, and into what is left', () => {
  expect(subnets({ cidrBlock: '10.0.8.0/24' })).toEqual([
    'net-a 10.0.8.0/27 1',
    'net-b 10.0.8.32/27 2',
  ])
  expect(subnets({ cidrBlock: '10.0.0.0/27' })).toEqual([
    'net-a 10.0.0.0/28 1',
    'net-b 10.0.0.16/28 2',
  ])
  expect(subnets({ subnetCidrs: ['10.0.1.0/24', '10.0.0.0/24'] })).toEqual([
    'net-a 10.0.1.0/24 1',
    'net-b 10.0.0.0/24 2',
  ])
})

test('tags go to everything, and DNS as it is said', () => {
  const tags = [{ key: 'team', value: 'web' }]
  const all = children({ tags, enableDnsSupport: false, mapPublicIpOnLaunch: false })
  expect(all.map(({ spec }) => spec.tags)).toEqual(all.map(() => tags))
  expect(all[0]?.spec).toMatchObject({ enableDnsSupport: false, enableDnsHostnames: false })
  expect(all[1]?.spec).toMatchObject({ mapPublicIpOnLaunch: false })
})

test('what exists is not made', () => {
  const vpcId = 'vpc-0defa000000000000'
  const all = children({
    vpcId,
    internetGatewayId: { ref: 'shared' },
    cidrBlock: '172.31.128.0/20',
  })
  expect(all.map(({ kind }) => kind)).toEqual(['Subnet', 'Subnet', 'RouteTable'])
  expect(all.map(({ spec }) => spec.vpcId)).toEqual([vpcId, vpcId, vpcId])
  expect(all[2]?.spec.routes).toEqual([
    { destinationCidrBlock: '0.0.0.0/0', gatewayId: { ref: 'shared' } },
  ])
})
