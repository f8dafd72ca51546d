/** Promise: what AWS rolled back is said in AWS's words and not tried again until Git changes. */
import { expect, test } from 'vitest'
import { createRig, type Rig } from '../rig.ts'
import {
  conditions,
  counted,
  liveService,
  minute,
  readyMessage,
  said,
  service,
  shop,
  stalled,
  written,
} from './shop.ts'

const crashing = { image: 'nginx:1.28', simulate: 'exit 1 after 3s' }
const noBreaker = { deploymentConfiguration: {} }

/** A shop whose second commit crashes, up to the moment when it is Stalled. */
async function rolledBack(): Promise<Rig> {
  const rig = createRig()
  await rig.git(shop())
  await rig.ready()
  await rig.git(shop(crashing))
  await stalled(rig, service)
  return rig
}

test('a revision that crashes is rolled back: Stalled, in AWS’s words, with the old tasks running', async () => {
  const rig = await rolledBack()
  expect(conditions(rig, service)).toEqual(['Stalled RolledBack', 'not Ready RolledBack'])
  expect(readyMessage(rig, service)).toMatch(/circuit breaker/)
  await rig.clock.advance(10 * minute)
  const live = await liveService(rig)
  expect(live).toMatchObject({ runningCount: 2, deployments: [{ rolloutState: 'COMPLETED' }] })
  expect(live.taskDefinition).toMatch(/web:1$/)
  expect(await counted(rig, 'rollouts', { result: 'RolledBack' })).toBe(1)
  // At once that it goes back, and the outcome when it is over, with all that failed.
  expect(said(rig, 'RollingBack', service)).toEqual([expect.stringContaining('is being rolled')])
  expect(said(rig, 'RolledBack', service)).toEqual([expect.stringContaining('was rolled back')])
  await rig.stop()
})

test('one that is overtaken while AWS takes it back is told as well, once', async () => {
  const rig = await rolledBack()
  expect(readyMessage(rig, service)).toContain('is being rolled back')
  expect(said(rig, 'RolledBack', service)).toEqual([])
  await rig.git(shop({ image: 'nginx:1.28.1' }))
  await rig.ready()
  expect(said(rig, 'RolledBack', service)).toHaveLength(1)
  await rig.stop()
})

test('it is not tried again: not within hours, not by a fresh process', async () => {
  const rig = await rolledBack()
  rig.calls.length = 0
  rig.events.length = 0
  await rig.clock.advance(60 * minute)
  await rig.restart()
  await rig.clock.advance(60 * minute)
  expect(written(rig)).toEqual([])
  expect(conditions(rig, service)).toContain('Stalled RolledBack')
  expect(said(rig, 'DriftDetected')).toEqual([])
  await rig.stop()
})

test('what does not deploy is still applied beside a rejected revision', async () => {
  const rig = await rolledBack()
  rig.calls.length = 0
  await rig.git(shop({ ...crashing, service: { desiredCount: 3 } }))
  await rig.clock.advance(10 * minute)
  expect(rig.writes().map(({ input }) => input)).toEqual([
    { cluster: 'shop', service: 'web', desiredCount: 3 },
  ])
  expect((await liveService(rig)).runningCount).toBe(3)
  expect(conditions(rig, service)).toContain('Stalled RolledBack')
  await rig.stop()
})

test('a fix in Git goes through at once, and so does going back', async () => {
  const rig = await rolledBack()
  rig.calls.length = 0
  await rig.git(shop({ image: 'nginx:1.28.1' }))
  await rig.ready()
  expect(written(rig)).toEqual(['ecs:RegisterTaskDefinition', 'ecs:UpdateService'])
  await rig.git(shop())
  await rig.ready()
  expect(written(rig)).toEqual(['ecs:UpdateService'])
  await rig.stop()
})

test('giving up in Git what AWS rolled back costs no call', async () => {
  const rig = await rolledBack()
  await rig.clock.advance(10 * minute)
  rig.calls.length = 0
  await rig.git(shop())
  await rig.ready()
  expect(written(rig)).toEqual([])
  await rig.stop()
})

test('a fix that comes while the broken revision is still failing does not wait for it', async () => {
  const rig = createRig()
  await rig.git(shop())
  await rig.ready()
  await rig.git(shop(crashing))
  await rig.clock.advance(20_000)
  expect(rig.status(service)?.health).toBe('Progressing')
  await rig.git(shop({ image: 'nginx:1.28.1' }))
  await rig.ready()
  expect((await liveService(rig)).taskDefinition).toMatch(/web:3$/)
  await rig.stop()
})

test('an image that cannot be pulled is rolled back, too', async () => {
  const rig = createRig()
  await rig.git(shop())
  await rig.ready()
  await rig.git(shop({ image: 'nginx:no-such-tag', simulate: 'cannot pull' }))
  await stalled(rig, service, 6 * 60 * minute)
  expect(conditions(rig, service)).toContain('Stalled RolledBack')
  rig.calls.length = 0
  await rig.clock.advance(60 * minute)
  expect(written(rig)).toEqual([])
  expect((await liveService(rig)).runningCount).toBe(2)
  await rig.stop()
})

test('a first deployment that fails has nothing to go back to: Stalled, then mended from Git', async () => {
  const rig = createRig()
  await rig.git(shop(crashing))
  await stalled(rig, service, 6 * 60 * minute)
  expect(conditions(rig, service)).toEqual(['Stalled Stopped', 'not Ready Stopped'])
  expect(readyMessage(rig, service)).toMatch(/circuit breaker/)
  expect(await counted(rig, 'rollouts', { result: 'Stopped' })).toBe(1)
  rig.calls.length = 0
  await rig.clock.advance(60 * minute)
  expect(written(rig)).toEqual([])
  await rig.git(shop())
  await rig.ready()
  expect(written(rig)).toEqual(['ecs:RegisterTaskDefinition', 'ecs:UpdateService'])
  await rig.stop()
})

test('without a circuit breaker, and not stopped early, a crashing revision goes on failing and is never called Ready', async () => {
  const rig = createRig()
  await rig.git(shop({ service: noBreaker }))
  await rig.ready()
  await rig.git(shop({ ...crashing, service: noBreaker, annotations: { 'stop-after': 'off' } }))
  let ready = 0
  await rig.clock.advance(5_000)
  await rig.clock.runUntil(() => {
    if (conditions(rig, service).some((word) => word.startsWith('Ready'))) ready++
    return false
  }, 60 * minute)
  expect(ready).toBe(0)
  expect(readyMessage(rig, service)).toMatch(/\d+ failed/)
  expect((await liveService(rig)).deployments).toHaveLength(2)
  await rig.git(shop({ service: noBreaker }))
  await rig.ready()
  await rig.stop()
})
