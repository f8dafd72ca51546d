/** Promise: what is fixed at creation is replaced only where its manifest allows it, in order, and never while it is used. */
import { expect, test } from 'vitest'
import { createRig } from '../rig.ts'
import { recommended, trust } from './means.ts'
import { networked } from './network.ts'
import { conditions, document, files, minute, readyMessage, stalled, written } from './shop.ts'

const manifests = (all: Record<string, string>, change: (each: string) => string) => ({
  'all.yaml': Object.values(all)
    .flatMap((text) => text.split('\n---\n'))
    .map(change)
    .join('\n---\n'),
})

const group = (name: string) =>
  document('AutoScalingGroup', name, {
    minSize: 0,
    maxSize: 2,
    launchTemplate: { launchTemplateId: { ref: 'host' } },
    vpcZoneIdentifier: ['subnet-0defa00000000000a'],
  })

/** Two groups, and a provider that stands on one of them; what uses it runs nothing. */
const parts = (on: string, annotations: Record<string, string> = {}, uses = false) =>
  files(
    document('Cluster', 'shop'),
    document('LaunchTemplate', 'host', {
      launchTemplateData: { imageId: recommended, instanceType: 't3.micro' },
    }),
    group('one'),
    group('two'),
    document(
      'CapacityProvider',
      'extra',
      {
        cluster: { ref: 'shop' },
        autoScalingGroupProvider: { autoScalingGroupArn: { ref: on } },
      },
      annotations,
    ),
    ...(uses
      ? [
          document('TaskDefinition', 'web', {
            containerDefinitions: [{ name: 'web', image: 'nginx:1.27', memory: 64 }],
          }),
          document('Service', 'web', {
            cluster: { ref: 'shop' },
            taskDefinition: { ref: 'web' },
            desiredCount: 0,
            capacityProviderStrategy: [{ capacityProvider: { ref: 'extra' }, weight: 1 }],
          }),
        ]
      : []),
  )

const extra = 'default/CapacityProvider/extra'

test('a capacity provider: its cluster lets go of it, it is made anew, and attached again', async () => {
  const rig = createRig()
  await rig.git(parts('one'))
  await rig.ready()
  await rig.git(parts('two'))
  await stalled(rig, extra)
  expect(conditions(rig, extra)).toContain('Stalled CreateOnly')
  expect(readyMessage(rig, extra)).toContain('fairlead.dev/replace: allowed')
  rig.calls.length = 0
  await rig.git(parts('two', { replace: 'allowed' }))
  await rig.ready()
  expect(written(rig)).toEqual([
    'ecs:PutClusterCapacityProviders',
    'ecs:DeleteCapacityProvider',
    'ecs:CreateCapacityProvider',
    'ecs:PutClusterCapacityProviders',
  ])
  await rig.clock.advance(10 * minute)
  expect(written(rig)).toEqual([])
  await rig.stop()
})

test('a capacity provider that a service uses stays, and says who has to move first', async () => {
  const rig = createRig()
  await rig.git(parts('one', {}, true))
  await rig.ready()
  rig.calls.length = 0
  await rig.git(parts('two', { replace: 'allowed' }, true))
  await stalled(rig, extra)
  expect(conditions(rig, extra)).toContain('Stalled StillNeeded')
  expect(readyMessage(rig, extra)).toContain('Service web uses it')
  await rig.clock.advance(30 * minute)
  expect(written(rig)).toEqual([])
  await rig.stop()
})

test('a security group that another one names: the rule goes, the group is made anew, the rule comes back', async () => {
  const rig = createRig()
  await rig.git(networked())
  await rig.ready()
  rig.calls.length = 0
  const changed = networked({}, { web: { description: 'other words' } })
  await rig.git(
    manifests(changed, (each) => {
      const parsed = JSON.parse(each)
      if (parsed.metadata.name !== 'web') return each
      parsed.metadata.annotations['fairlead.dev/replace'] = 'allowed'
      return JSON.stringify(parsed)
    }),
  )
  await rig.ready()
  const operations = written(rig)
  expect(operations.indexOf('ec2:RevokeSecurityGroupIngress')).toBe(0)
  expect(operations).toContain('ec2:DeleteSecurityGroup')
  expect(operations.filter((operation) => operation === 'ec2:CreateSecurityGroup')).toHaveLength(1)
  await rig.clock.advance(10 * minute)
  expect(written(rig)).toEqual([])
  await rig.stop()
})

test('a subnet in use is not taken away: the plan says by whom', async () => {
  const rig = createRig()
  const subnets = (cidrBlock: string) =>
    files(
      document('Vpc', 'net', { cidrBlock: '10.0.0.0/16' }),
      document('Subnet', 'a', { vpcId: { ref: 'net' }, cidrBlock }, { replace: 'allowed' }),
      document('RouteTable', 'net', {
        vpcId: { ref: 'net' },
        routes: [],
        associations: [{ subnetId: { ref: 'a' } }],
      }),
    )
  await rig.git(subnets('10.0.0.0/24'))
  await rig.ready()
  rig.calls.length = 0
  await rig.git(subnets('10.0.1.0/24'))
  await stalled(rig, 'default/Subnet/a')
  expect(readyMessage(rig, 'default/Subnet/a')).toContain('RouteTable net uses it')
  await rig.clock.advance(10 * minute)
  expect(written(rig)).toEqual([])
  await rig.stop()
})

test('alone, a subnet is deleted and made anew', async () => {
  const rig = createRig()
  const subnets = (cidrBlock: string) =>
    files(
      document('Vpc', 'net', { cidrBlock: '10.0.0.0/16' }),
      document('Subnet', 'a', { vpcId: { ref: 'net' }, cidrBlock }, { replace: 'allowed' }),
    )
  await rig.git(subnets('10.0.0.0/24'))
  await rig.ready()
  rig.calls.length = 0
  await rig.git(subnets('10.0.1.0/24'))
  await rig.ready()
  expect(written(rig)).toEqual(['ec2:DeleteSubnet', 'ec2:CreateSubnet'])
  await rig.stop()
})

test('what was adopted, or is protected, is never replaced', async () => {
  const rig = createRig()
  const role = (path: string, annotations: Record<string, string>) =>
    files(
      document(
        'Role',
        'exec',
        {
          path,
          assumeRolePolicyDocument: trust('ecs-tasks.amazonaws.com'),
        },
        annotations,
      ),
    )
  await rig.git(role('/', {}))
  await rig.ready()
  rig.calls.length = 0
  await rig.git(role('/team/', { replace: 'allowed', prune: 'disabled' }))
  await stalled(rig, 'default/Role/exec')
  expect(readyMessage(rig, 'default/Role/exec')).toContain('prune: disabled')
  await rig.git(role('/team/', { replace: 'allowed', adopt: 'overwrite' }))
  await rig.clock.advance(10 * minute)
  expect(readyMessage(rig, 'default/Role/exec')).toContain('adopted')
  expect(written(rig)).toEqual([])
  await rig.git(role('/team/', { replace: 'allowed' }))
  await rig.ready()
  expect(written(rig)).toEqual(['iam:DeleteRole', 'iam:CreateRole'])
  await rig.stop()
})
