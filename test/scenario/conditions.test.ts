/** Promise: at every moment each resource's conditions say one thing, in the way that kstatus reads them. */
import { expect, test } from 'vitest'
import { AwsFailure } from '../../src/errors.ts'
import type { Status } from '../../src/model.ts'
import { createRig, type Rig } from '../rig.ts'
import { document, files, minute, readyMessage, secondService, shop } from './shop.ts'

/** What is wrong with a status, in the eyes of a kstatus reader. */
function wrong({ key, conditions, sync, health }: Status): string[] {
  const of = (type: string) => conditions.filter((condition) => condition.type === type)
  const isTrue = (type: string) => of(type)[0]?.status === 'True'
  return [
    of('Ready').length === 1 ? '' : 'Ready must be there, once',
    isTrue('Reconciling') && isTrue('Stalled') ? 'both Reconciling and Stalled' : '',
    isTrue('Ready') && (isTrue('Reconciling') || isTrue('Stalled')) ? 'Ready, and yet not' : '',
    of('Reconciling')
      .concat(of('Stalled'))
      .some(({ status }) => status !== 'True')
      ? 'abnormal conditions are there only while they are true'
      : '',
    conditions.some(({ reason }) => !/^[A-Z][A-Za-z0-9]*$/.test(reason)) ? 'reason' : '',
    conditions.some(({ message }) => message === '') ? 'an empty message' : '',
    isTrue('Ready') && (sync !== 'Synced' || health !== 'Healthy')
      ? `Ready, but ${sync} ${health}`
      : '',
    isTrue('Stalled') && health !== 'Degraded' ? `Stalled, but ${health}` : '',
  ]
    .filter(Boolean)
    .map((what) => `${key}: ${what}: ${JSON.stringify(conditions)}`)
}

/** Lets time pass and looks at every status at every tick; answers the words that were true, for the test to see that it saw something. */
async function watch(rig: Rig, ms: number, seen: Set<string>): Promise<void> {
  await rig.clock.runUntil(() => {
    for (const status of rig.controller.view().statuses.values()) {
      expect(wrong(status)).toEqual([])
      for (const { type, status: truth, reason } of status.conditions) {
        seen.add(`${type} ${truth}`)
        seen.add(reason)
      }
    }
    return false
  }, ms)
}

test('through a life with creation, roll-out, drift, failure, refusal, replacement and throttling', async () => {
  let denied = false
  const rig = createRig({
    simulator: { throttle: true },
    layer: (next) => async (operation, input, options) => {
      if (denied && operation === 'ecs:UpdateService') {
        throw new AwsFailure(operation, 'denied', 'AccessDeniedException', 'no')
      }
      return next(operation, input, options)
    },
  })
  const seen = new Set<string>()
  const life: (readonly [Parameters<typeof shop>[0], number])[] = [
    [{}, 3],
    [{ image: 'nginx:1.28' }, 3],
    [{ image: 'nginx:1.29', simulate: 'exit 1 after 3s' }, 10],
    [{ image: 'nginx:1.30', more: [secondService()] }, 5],
    [{ image: 'nginx:1.30', service: { launchType: 'EC2' } }, 2],
    [{ image: 'nginx:1.30', annotations: { suspend: 'holiday' }, service: { desiredCount: 1 } }, 2],
    [{ image: 'nginx:1.30', clusterAnnotations: { mode: 'observe' } }, 2],
    [
      {
        image: 'nginx:1.30',
        annotations: { replace: 'allowed' },
        service: { deploymentController: { type: 'EXTERNAL' } },
      },
      3,
    ],
  ]
  for (const [manifests, minutes] of life) {
    await rig.git(shop(manifests))
    await watch(rig, minutes * minute, seen)
  }
  await rig.git(shop({ image: 'nginx:1.30', more: [secondService()] }))
  await watch(rig, 5 * minute, seen)
  denied = true
  await rig.aws('ecs:UpdateService', { cluster: 'shop', service: 'api', desiredCount: 9 })
  await watch(rig, 3 * minute, seen)
  await rig.aws('ecs:DeleteService', { cluster: 'shop', service: 'api', force: true })
  await watch(rig, 3 * minute, seen)
  expect([...seen]).toEqual(
    expect.arrayContaining([
      'Ready True',
      'Ready False',
      'Reconciling True',
      'Stalled True',
      'Drifted True',
      'RolledBack',
      'CreateOnly',
      'Suspended',
      'AccessDeniedException',
      'DeploymentInProgress',
    ]),
  )
  await rig.stop()
})

test('a service that somebody else deploys is Ready before they have, and says what it waits for', async () => {
  const rig = createRig()
  const service = document('Service', 'web', {
    cluster: { ref: 'shop' },
    desiredCount: 2,
    deploymentController: { type: 'EXTERNAL' },
  })
  await rig.git(files(document('Cluster', 'shop'), service))
  await rig.ready(2 * minute)
  expect(readyMessage(rig, 'default/Service/web')).toMatch(
    /^0 of 2 tasks running: it has no task set/,
  )
  await rig.stop()
})

test('times move only when the truth of a condition does', async () => {
  const rig = createRig()
  await rig.git(shop())
  await rig.ready()
  const since = () =>
    rig.status('default/Service/web')?.conditions.find(({ type }) => type === 'Ready')
      ?.lastTransitionTime
  const before = since()
  await rig.clock.advance(30 * minute)
  expect(since()).toBe(before)
  await rig.git(shop({ image: 'nginx:1.28' }))
  await rig.clock.advance(5_000)
  const rolling = since()
  expect(rolling).not.toBe(before)
  await rig.clock.advance(20_000)
  expect(since()).toBe(rolling)
  await rig.ready()
  expect(since()).not.toBe(rolling)
  await rig.stop()
})

test('the observed revision is the one that Git has, and the applied one follows when it is live', async () => {
  const rig = createRig()
  const first = await rig.git(shop())
  await rig.ready()
  const second = await rig.git(shop({ image: 'nginx:1.28' }))
  await rig.clock.advance(0)
  const status = () => rig.status('default/Service/web')
  expect(status()?.conditions[0]?.observedRevision).toBe(second.revision)
  expect(status()?.lastAppliedRevision).toBe(first.revision)
  await rig.ready()
  expect(status()?.lastAppliedRevision).toBe(second.revision)
  await rig.stop()
})
