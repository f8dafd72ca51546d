/** Promises: what AWS refuses is said in AWS's words and retried in its own time, and holds up nothing else. */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import type { Layer } from '../../src/aws/aws.ts'
import { AwsFailure } from '../../src/errors.ts'
import type { Operation } from '../../src/model.ts'
import { createRig } from '../rig.ts'
import {
  cluster,
  conditions,
  definition,
  document,
  fargateSpec,
  files,
  minute,
  readyMessage,
  said,
  service,
  shop,
  stalled,
  webService,
  written,
} from './shop.ts'

const words =
  'User: arn:aws:sts::123456789012:assumed-role/fairlead/i-1 is not authorized to perform this action'

/** An account whose policy lacks one action, until somebody adds it. */
function denying(denied: Operation) {
  const policy = { lacks: true }
  const layer: Layer = (next) => async (operation, input, options) => {
    if (policy.lacks && operation === denied) {
      throw new AwsFailure(operation, 'denied', 'AccessDeniedException', words)
    }
    return next(operation, input, options)
  }
  return { policy, layer }
}

test('a denied write: Stalled in AWS’s words, the others go on, and it is retried slowly', async () => {
  const { policy, layer } = denying('ecs:CreateService')
  const rig = createRig({ layer })
  await rig.git(shop())
  await stalled(rig, service)
  expect(conditions(rig, service)).toEqual([
    'Stalled AccessDeniedException',
    'not Ready AccessDeniedException',
  ])
  expect(readyMessage(rig, service)).toBe(words)
  expect(conditions(rig, cluster)).toEqual(['Ready Active'])
  expect(conditions(rig, definition)).toEqual(['Ready Registered'])
  expect(rig.controller.state()).toBe('stalled')
  rig.calls.length = 0
  await rig.clock.advance(60 * minute)
  const tried = written(rig)
  expect(tried.length).toBeGreaterThan(2)
  expect(tried.length).toBeLessThan(20)
  expect(said(rig, 'AccessDeniedException', service)).toHaveLength(1)

  policy.lacks = false
  await rig.ready(15 * minute)
  await rig.stop()
})

test('a denied write is tried at once when its manifest changes', async () => {
  const { policy, layer } = denying('ecs:CreateService')
  const rig = createRig({ layer })
  await rig.git(shop())
  await rig.clock.advance(60 * minute)
  rig.calls.length = 0
  policy.lacks = false
  await rig.git(shop({ service: { desiredCount: 1 } }))
  await rig.clock.advance(1_000)
  expect(written(rig)).toEqual(['ecs:CreateService'])
  await rig.stop()
})

test('what waits for values, or for the end, of what is denied is stalled with it', async () => {
  const file = { 'shop.yaml': readFileSync('test/fixtures/from-nothing/shop.yaml', 'utf8') }
  const making = denying('ec2:CreateVpc')
  const rig = createRig({ layer: making.layer })
  await rig.git(file)
  await rig.clock.runUntil(() => rig.controller.state() === 'stalled', 10 * minute)
  expect(rig.controller.state()).toBe('stalled')
  expect(conditions(rig, 'default/AutoScalingGroup/workers')).toContain(
    'not Ready WaitsForReference',
  )
  making.policy.lacks = false
  await rig.ready()
  await rig.stop()
  const ending = denying('ecs:DeleteService')
  const end = createRig({ beside: rig, teardown: true, layer: ending.layer })
  await end.git(file)
  await end.clock.runUntil(() => end.controller.state() === 'stalled', 10 * minute)
  expect(end.controller.state()).toBe('stalled')
  expect(conditions(end, 'default/Vpc/shop')).toContain('not Ready StillNeeded')
  ending.policy.lacks = false
  await end.ready(60 * minute)
  await end.stop()
})

test('a denied read: Unknown, nothing is decided about it, the others go on', async () => {
  const { policy, layer } = denying('ecs:DescribeServices')
  const rig = createRig({ layer })
  await rig.git(shop())
  await rig.clock.advance(10 * minute)
  expect(written(rig)).toEqual(['ecs:CreateCluster', 'ecs:RegisterTaskDefinition'])
  expect(rig.status(service)).toMatchObject({ sync: 'Unknown', health: 'Unknown' })
  expect(rig.status(service)?.conditions.find(({ type }) => type === 'Ready')).toMatchObject({
    status: 'Unknown',
    reason: 'ReadFailed',
    message: `ecs:DescribeServices: ${words}`,
  })
  // Time does not give permissions, so `apply` ends; a person does, and it goes on.
  expect(conditions(rig, service)).toEqual(['Stalled ReadFailed', 'not Ready ReadFailed'])
  expect(rig.controller.state()).toBe('stalled')
  policy.lacks = false
  await rig.ready()
  await rig.stop()
})

test('a read that begins to fail makes nobody think that the service is gone', async () => {
  const { policy, layer } = denying('ecs:DescribeServices')
  policy.lacks = false
  const rig = createRig({ layer })
  await rig.git(shop())
  await rig.ready()
  rig.calls.length = 0
  policy.lacks = true
  await rig.clock.advance(10 * minute)
  expect(written(rig)).toEqual([])
  policy.lacks = false
  await rig.ready()
  expect(written(rig)).toEqual([])
  await rig.stop()
})

test('without the tagging index nothing is known, so nothing is done, and it is said', async () => {
  const { policy, layer } = denying('tag:GetResources')
  const rig = createRig({ layer })
  await rig.git(shop())
  await rig.clock.advance(10 * minute)
  expect(written(rig)).toEqual([])
  expect(said(rig, 'PassFailed')[0]).toBe(`tag:GetResources: AccessDeniedException: ${words}`)
  policy.lacks = false
  await rig.ready()
  await rig.stop()
})

/** Forty services in one cluster: far more calls than AWS takes in one breath. */
const fleet = (image: string) =>
  files(
    document('Cluster', 'shop'),
    ...Array.from({ length: 40 }, (_, n) => [
      document('TaskDefinition', `boat-${n}`, {
        ...fargateSpec,
        containerDefinitions: [{ name: 'app', image }],
      }),
      document(
        'Service',
        `boat-${n}`,
        webService({ taskDefinition: { ref: `boat-${n}` }, desiredCount: 0 }),
      ),
    ]).flat(),
  )

test('a storm of throttling ends well: everything is made, and made once', async () => {
  const rig = createRig({ simulator: { throttle: true } })
  await rig.git(fleet('nginx:1.27'))
  await rig.ready(120 * minute)
  const world = rig.simulator.world()
  expect(world.services.size).toBe(40)
  expect([...world.families.values()].map((revisions) => revisions.length)).toEqual(
    Array.from({ length: 40 }, () => 1),
  )
  await rig.git(fleet('nginx:1.28'))
  await rig.ready(120 * minute)
  expect([...rig.simulator.world().families.values()].every(({ length }) => length === 2)).toBe(
    true,
  )
  expect(rig.events.filter(({ reason }) => reason === 'Bug')).toEqual([])
  await rig.stop()
})

test('an AWS that is down for half an hour: nothing is lost, nothing is hurried', async () => {
  let down = false
  const rig = createRig({
    layer: (next) => async (operation, input, options) => {
      if (down) throw new AwsFailure(operation, 'transient', 'ServiceUnavailable', 'down')
      return next(operation, input, options)
    },
  })
  await rig.git(shop())
  await rig.ready()
  down = true
  rig.calls.length = 0
  await rig.git(shop({ image: 'nginx:1.28' }))
  await rig.clock.advance(30 * minute)
  expect(written(rig)).toEqual([])
  down = false
  await rig.ready()
  expect(written(rig)).toEqual(['ecs:RegisterTaskDefinition', 'ecs:UpdateService'])
  await rig.stop()
})

test('no room to rebalance: what AWS would refuse is said before, with what mends it', async () => {
  const rig = createRig()
  await rig.git(shop())
  await rig.ready()
  rig.calls.length = 0
  const deploymentConfiguration = { maximumPercent: 100, minimumHealthyPercent: 50 }
  await rig.git(shop({ service: { deploymentConfiguration } }))
  await rig.clock.advance(5 * minute)
  expect(conditions(rig, service)).toContain('Stalled RebalancingNeedsRoom')
  expect(readyMessage(rig, service)).toContain('write availabilityZoneRebalancing: DISABLED')
  expect(written(rig)).toEqual([])
  const availabilityZoneRebalancing = 'DISABLED'
  await rig.git(shop({ service: { deploymentConfiguration, availabilityZoneRebalancing } }))
  await rig.ready()
  expect(written(rig)).toEqual(['ecs:UpdateService'])
  await rig.stop()
})
