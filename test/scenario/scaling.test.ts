/** Promise: a service's number of tasks is its scalable target's, wherever that comes from, and Git's again once it is gone. */
import { expect, test } from 'vitest'
import { AwsFailure } from '../../src/errors.ts'
import { createRig, type Rig } from '../rig.ts'
import {
  byHand,
  count,
  countsWritten,
  cpuByHand,
  cpuPolicy,
  livePolicies,
  liveTarget,
  policy,
  scaledShop,
  target,
  webTarget,
} from './scaling.ts'
import { conditions, minute, readyMessage, said, service, written } from './shop.ts'

/** The calls to Application Auto Scaling of the last sweep. */
async function sweep(rig: Rig) {
  await rig.clock.advance(70_000)
  rig.calls.length = 0
  await rig.clock.advance(minute)
  return rig.calls
    .map(({ operation }) => operation)
    .filter((operation) => operation.startsWith('application-autoscaling:'))
}

const changeCount = (rig: Rig, desiredCount: number) =>
  rig.aws('ecs:UpdateService', { cluster: 'shop', service: 'web', desiredCount })

test('from nothing to a service that is scaled; a quiet sweep; drift; a teardown in order', async () => {
  const rig = createRig()
  await rig.git(scaledShop(undefined, {}, webTarget({ minCapacity: 3 }), cpuPolicy()))
  await rig.ready()
  const made = written(rig)
  expect(made.slice(-3)).toEqual([
    'ecs:CreateService',
    'application-autoscaling:RegisterScalableTarget',
    'application-autoscaling:PutScalingPolicy',
  ])
  expect(await count(rig)).toBe(3)
  expect(readyMessage(rig, target)).toBe('3 to 10 tasks')
  expect(readyMessage(rig, policy)).toBe('keeps ECSServiceAverageCPUUtilization at 50')

  // One read for fifty targets, one for ten policies: whose they are, the index says.
  expect(await sweep(rig)).toEqual([
    'application-autoscaling:DescribeScalableTargets',
    'application-autoscaling:DescribeScalingPolicies',
  ])
  expect(rig.writes()).toEqual([])

  await byHand(rig, 'RegisterScalableTarget', { MaxCapacity: 50 })
  await byHand(rig, 'PutScalingPolicy', {
    ...cpuByHand,
    TargetTrackingScalingPolicyConfiguration: {
      ...cpuByHand.TargetTrackingScalingPolicyConfiguration,
      TargetValue: 90,
    },
  })
  await rig.clock.advance(70_000)
  await rig.ready()
  expect((await liveTarget(rig))?.MaxCapacity).toBe(10)
  const [live] = await livePolicies(rig)
  expect(live?.TargetTrackingScalingPolicyConfiguration?.TargetValue).toBe(50)
  expect(written(rig).sort()).toEqual([
    'application-autoscaling:PutScalingPolicy',
    'application-autoscaling:RegisterScalableTarget',
  ])

  await byHand(rig, 'DeregisterScalableTarget')
  await rig.clock.advance(70_000)
  await rig.ready()
  expect(written(rig)).toEqual([
    'application-autoscaling:RegisterScalableTarget',
    'application-autoscaling:PutScalingPolicy',
  ])
  await rig.stop()

  const down = createRig({ beside: rig, teardown: true })
  await down.git(scaledShop(undefined, {}, webTarget({ minCapacity: 3 }), cpuPolicy()))
  await down.clock.advance(30 * minute)
  const gone = written(down)
  expect(gone.slice(0, 3)).toEqual([
    'application-autoscaling:DeleteScalingPolicy',
    'application-autoscaling:DeregisterScalableTarget',
    'ecs:DeleteService',
  ])
  await down.stop()
})

test('a target in Git owns the number from its first plan on, without a read', async () => {
  const rig = createRig()
  await rig.git(scaledShop(2))
  await rig.ready()
  // Somebody scaled it up by hand while the target came into Git: that is not put back any more.
  await changeCount(rig, 6)
  rig.calls.length = 0
  await rig.git(scaledShop(2, {}, webTarget()))
  await rig.ready()
  expect(await count(rig)).toBe(6)
  expect(countsWritten(rig)).toEqual([])
  expect(await sweep(rig)).toEqual(['application-autoscaling:DescribeScalableTargets'])
  expect(rig.controller.view().statuses.get(service)?.sync).toBe('Synced')
  await rig.stop()
})

test('a number that is as Git says costs no read; a target of others costs one for all services', async () => {
  const rig = createRig()
  await rig.git(scaledShop(2))
  await rig.ready()
  expect(await sweep(rig)).toEqual([])
  await byHand(rig, 'RegisterScalableTarget', { MinCapacity: 4, MaxCapacity: 8 })
  expect(await sweep(rig)).toEqual(['application-autoscaling:DescribeScalableTargets'])
  expect(await count(rig)).toBe(4)
  expect(countsWritten(rig)).toEqual([])
  expect(said(rig, 'DriftDetected')).toEqual([])

  // It goes, and the number is Git's again: said so, and put back.
  await byHand(rig, 'DeregisterScalableTarget')
  rig.events.length = 0
  await rig.clock.advance(70_000)
  await rig.ready()
  expect(await count(rig)).toBe(2)
  expect(countsWritten(rig)).toEqual([2])
  const [back] = rig.events.filter(({ reason }) => reason === 'DriftDetected')
  expect(back?.fields).toEqual([
    { path: 'desiredCount', from: 4, to: 2, note: 'owned by Git again' },
  ])
  // A person's number is drift and no more, and no old activity is taken for its cause.
  await changeCount(rig, 5)
  rig.events.length = 0
  await rig.clock.advance(70_000)
  await rig.ready()
  const [drift] = rig.events.filter(({ reason }) => reason === 'DriftDetected')
  expect(drift?.fields).toEqual([{ path: 'desiredCount', from: 5, to: 2 }])
  await rig.stop()
})

test('where nobody may say who scales a service, its number stays, and the rest goes on', async () => {
  const denied = createRig({
    layer: (next) => async (operation, input, more) => {
      if (operation !== 'application-autoscaling:DescribeScalableTargets') {
        return next(operation, input, more)
      }
      throw new AwsFailure(operation, 'denied', 'AccessDeniedException', 'not authorised')
    },
  })
  await denied.git(scaledShop(2))
  await denied.ready()
  await changeCount(denied, 5)
  await denied.clock.advance(3 * minute)
  expect(await count(denied)).toBe(5)
  await denied.git(scaledShop(2, { image: 'nginx:1.28' }))
  await denied.ready()
  expect(written(denied)).toContain('ecs:UpdateService')
  expect(await count(denied)).toBe(5)
  await denied.stop()
})

test('a target that exists is taken over only when asked to, and its policies with it', async () => {
  const rig = createRig()
  await rig.git(scaledShop(2))
  await rig.ready()
  await byHand(rig, 'RegisterScalableTarget', { MinCapacity: 1, MaxCapacity: 5 })
  await byHand(rig, 'PutScalingPolicy', cpuByHand)
  rig.calls.length = 0
  await rig.git(scaledShop(2, {}, webTarget(), cpuPolicy()))
  await rig.clock.advance(3 * minute)
  expect(conditions(rig, target)).toContain('Stalled NotOwned')
  expect(rig.writes()).toEqual([])
  await rig.git(scaledShop(2, {}, webTarget({}, { adopt: 'overwrite' }), cpuPolicy()))
  await rig.ready()
  expect(written(rig)).toEqual([
    'application-autoscaling:TagResource',
    'application-autoscaling:RegisterScalableTarget',
  ])
  await rig.stop()
})

test('a target that is only observed owns the number, and is never written', async () => {
  const rig = createRig()
  await rig.git(scaledShop(2))
  await rig.ready()
  await byHand(rig, 'RegisterScalableTarget', { MinCapacity: 4, MaxCapacity: 8 })
  rig.calls.length = 0
  const observed = { minCapacity: undefined, maxCapacity: undefined }
  await rig.git(scaledShop(2, {}, webTarget(observed, { mode: 'observe' })))
  await rig.ready()
  await rig.clock.advance(3 * minute)
  expect(rig.writes()).toEqual([])
  expect(await count(rig)).toBe(4)
  await rig.stop()
})

test.each([1, 2, 3, 4, 5, 6])('killed after write %i, it goes on from what it finds', async (n) => {
  let writes = 0
  const rig = createRig({
    layer: (next) => async (operation, input, more) => {
      const answer = await next(operation, input, more)
      if (/:(Create|Register|Put)/.test(operation) && ++writes === n)
        queueMicrotask(() => rig.crash())
      return answer
    },
  })
  await rig.git(scaledShop(undefined, {}, webTarget({ minCapacity: 2 }), cpuPolicy()))
  await rig.ready()
  expect(await count(rig)).toBe(2)
  expect((await liveTarget(rig))?.MinCapacity).toBe(2)
  expect(await livePolicies(rig)).toHaveLength(1)
  await rig.clock.advance(2 * minute)
  rig.calls.length = 0
  await rig.clock.advance(2 * minute)
  expect(rig.writes()).toEqual([])
  await rig.stop()
})
