/** Promise: one short file takes an empty account to a running service, and the same file takes it all down again. */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { createRig, type Rig } from '../rig.ts'
import { minute } from './shop.ts'

const file = readFileSync('test/fixtures/from-nothing/shop.yaml', 'utf8')

/** How many there are of everything that the file makes; with what a new account holds. */
async function inventory(rig: Rig): Promise<Record<string, number>> {
  const list = async (operation: `${string}:${string}`, member: string, input = {}) =>
    ((await rig.aws(operation, input)) as Record<string, unknown[]>)[member] ?? []
  const networks = await Promise.all([
    list('ec2:DescribeVpcs', 'Vpcs'),
    list('ec2:DescribeSubnets', 'Subnets'),
    list('ec2:DescribeInternetGateways', 'InternetGateways'),
    list('ec2:DescribeRouteTables', 'RouteTables'),
    list('ec2:DescribeSecurityGroups', 'SecurityGroups'),
    list('ec2:DescribeNetworkInterfaces', 'NetworkInterfaces'),
  ])
  const reservations = (await list('ec2:DescribeInstances', 'Reservations')) as {
    Instances: { State: { Name: string } }[]
  }[]
  const alive = reservations
    .flatMap(({ Instances }) => Instances)
    .filter(({ State }) => State.Name !== 'terminated')
  const [vpcs, subnets, gateways, tables, groups, interfaces] = networks.map(
    (items) => items.length,
  )
  const providers = (await list('ecs:DescribeCapacityProviders', 'capacityProviders')) as {
    name: string
    status: string
  }[]
  return {
    vpcs: vpcs!,
    subnets: subnets!,
    gateways: gateways!,
    tables: tables!,
    groups: groups!,
    interfaces: interfaces!,
    instances: alive.length,
    roles: (await list('iam:ListRoles', 'Roles', { PathPrefix: '/' })).filter(
      (role) => !String((role as { Path: string }).Path).startsWith('/aws-service-role/'),
    ).length,
    profiles: (await list('iam:ListInstanceProfiles', 'InstanceProfiles')).length,
    templates: (await list('ec2:DescribeLaunchTemplates', 'LaunchTemplates')).length,
    scaling: (await list('autoscaling:DescribeAutoScalingGroups', 'AutoScalingGroups')).length,
    providers: providers.filter(
      ({ name, status }) => !name.startsWith('FARGATE') && status === 'ACTIVE',
    ).length,
    clusters: (await list('ecs:ListClusters', 'clusterArns')).length,
  }
}

test('an empty account, one file of at most 40 lines, a service that runs; then nothing to do', async () => {
  expect(file.trimEnd().split('\n').length).toBeLessThanOrEqual(40)
  const rig = createRig()
  const empty = await inventory(rig)
  await rig.git({ 'shop.yaml': file })
  await rig.ready()
  expect(rig.status('default/Service/web')?.progress).toMatchObject({ running: 2, desired: 2 })
  const { vpcs, subnets, gateways, instances } = await inventory(rig)
  expect([vpcs! - empty.vpcs!, subnets! - empty.subnets!, gateways! - empty.gateways!]).toEqual([
    1, 2, 1,
  ])
  expect(instances).toBe(1)
  expect(rig.status('default/Cluster/shop')?.instances).toMatchObject([{ agentConnected: true }])
  // A settled account costs no write, whatever sweeps look at.
  await rig.clock.advance(2 * minute)
  rig.calls.length = 0
  await rig.clock.advance(20 * minute)
  expect(rig.writes()).toEqual([])
  await rig.stop()
}, 60_000)

test('delete goes in the order that AWS enforces, and leaves nothing', async () => {
  const rig = createRig()
  const empty = await inventory(rig)
  await rig.git({ 'shop.yaml': file })
  await rig.ready()
  await rig.stop()
  const end = createRig({ beside: rig, teardown: true })
  await end.git({ 'shop.yaml': file })
  await end.ready(60 * minute)
  expect(await inventory(end)).toEqual(empty)
  expect(await end.aws('ecs:ListTaskDefinitions', { status: 'ACTIVE' })).toMatchObject({
    taskDefinitionArns: [],
  })
  const order = end.writes().map(({ operation }) => operation)
  // Each call that was made is told, in the order in which they ended.
  const told = end.events.flatMap(
    ({ message }) => / · ([A-Z]\w+)$/.exec(message)?.[1] ?? /^([A-Z]\w+) /.exec(message)?.[1] ?? [],
  )
  const counted = (names: readonly string[], name: string) =>
    names.filter((one) => one === name).length
  for (const operation of new Set(order)) {
    const name = operation.split(':')[1]!
    expect([name, counted(told, name)]).toEqual([name, counted(order, operation)])
  }
  const first = (operation: string) => order.indexOf(operation as never)
  const last = (operation: string) => order.lastIndexOf(operation as never)
  expect(first('ecs:DeleteService')).toBe(0)
  expect(last('ecs:PutClusterCapacityProviders')).toBeLessThan(first('ecs:DeleteCapacityProvider'))
  expect(last('ecs:DeleteCapacityProvider')).toBeLessThan(
    first('autoscaling:DeleteAutoScalingGroup'),
  )
  expect(last('autoscaling:DeleteAutoScalingGroup')).toBeLessThan(first('ecs:DeleteCluster'))
  expect(last('ec2:DeleteSubnet')).toBeLessThan(first('ec2:DeleteVpc'))
  await end.stop()
}, 60_000)
