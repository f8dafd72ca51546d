/** Promises: a change in Git costs the fewest calls, is followed to its end, and the fixpoint is quiet. */
import { expect, test } from 'vitest'
import { createRig } from '../rig.ts'
import {
  cluster,
  conditions,
  counted,
  definition,
  liveService,
  minute,
  said,
  service,
  shop,
  written,
} from './shop.ts'

test('from nothing: three creations, Ready, and then sweeps that write nothing', async () => {
  const rig = createRig()
  await rig.git(shop())
  await rig.ready()
  expect(written(rig)).toEqual(
    expect.arrayContaining([
      'ecs:CreateCluster',
      'ecs:RegisterTaskDefinition',
      'ecs:CreateService',
    ]),
  )
  for (const key of [cluster, definition, service]) {
    expect(rig.status(key)).toMatchObject({ sync: 'Synced', health: 'Healthy' })
    expect(conditions(rig, key)).toHaveLength(1)
  }
  expect((await liveService(rig)).runningCount).toBe(2)
  await rig.clock.advance(60 * minute)
  expect(rig.reads().length).toBeGreaterThan(60)
  expect(written(rig)).toEqual([])
  await rig.stop()
})

test('each creation happens once, in the order of the references', async () => {
  const rig = createRig()
  await rig.git(shop())
  await rig.ready()
  const operations = written(rig)
  expect(operations).toHaveLength(3)
  expect(operations.at(-1)).toBe('ecs:CreateService')
  await rig.stop()
})

test('a new image: one registration and one update, followed to the end and told', async () => {
  const rig = createRig()
  await rig.git(shop())
  await rig.ready()
  rig.calls.length = 0
  rig.events.length = 0
  const live = await counted(rig, 'commitToLive', { kind: 'Service' })

  await rig.git(shop({ image: 'nginx:1.28' }))
  await rig.clock.runUntil(() => rig.status(service)?.health === 'Progressing', minute)
  expect(conditions(rig, service)).toEqual([
    'Reconciling DeploymentInProgress',
    'not Ready DeploymentInProgress',
  ])
  await rig.ready()
  expect(written(rig)).toEqual(['ecs:RegisterTaskDefinition', 'ecs:UpdateService'])
  expect((await liveService(rig)).taskDefinition).toMatch(/web:2$/)
  const reasons = rig.events.map(({ reason }) => reason)
  expect(reasons.indexOf('Updated')).toBeLessThan(reasons.indexOf('Progressing'))
  expect(reasons.indexOf('Progressing')).toBeLessThan(reasons.lastIndexOf('Ready'))
  expect(said(rig, 'Ready', service)).toEqual([
    expect.stringMatching(/^Service web is Ready after \d+ s: 2 of 2 tasks running$/),
  ])
  expect(said(rig, 'DriftDetected')).toEqual([])
  expect(await counted(rig, 'commitToLive', { kind: 'Service' })).toBe(live + 1)
  expect(await counted(rig, 'rollouts', { result: 'Succeeded' })).toBe(2)
  await rig.stop()
})

test('several commits in one breath: only the last is rolled out', async () => {
  const rig = createRig()
  await rig.git(shop())
  await rig.ready()
  rig.calls.length = 0
  for (const image of ['nginx:1.28', 'nginx:1.29', 'nginx:1.30']) await rig.git(shop({ image }))
  await rig.ready()
  expect(written(rig)).toEqual(['ecs:RegisterTaskDefinition', 'ecs:UpdateService'])
  expect((await liveService(rig)).deployments).toHaveLength(1)
  await rig.stop()
})

test('a newer commit does not wait for the roll-out of the one before', async () => {
  const rig = createRig()
  await rig.git(shop())
  await rig.ready()
  await rig.git(shop({ image: 'nginx:1.28' }))
  await rig.clock.advance(15_000)
  expect((await liveService(rig)).deployments).toHaveLength(2)
  rig.calls.length = 0
  await rig.git(shop({ image: 'nginx:1.29' }))
  await rig.clock.advance(2_000)
  expect(written(rig)).toEqual(['ecs:RegisterTaskDefinition', 'ecs:UpdateService'])
  await rig.ready()
  expect((await liveService(rig)).taskDefinition).toMatch(/web:3$/)
  expect(await counted(rig, 'driftDetected')).toBe(0)
  await rig.stop()
})

test('going back in Git takes the revision that is there', async () => {
  const rig = createRig()
  await rig.git(shop())
  await rig.ready()
  await rig.git(shop({ image: 'nginx:1.28' }))
  await rig.ready()
  rig.calls.length = 0
  await rig.git(shop())
  await rig.ready()
  expect(written(rig)).toEqual(['ecs:UpdateService'])
  expect((await liveService(rig)).taskDefinition).toMatch(/web:1$/)
  await rig.stop()
})

test('going back in Git finds the old revision after a restart, too', async () => {
  const rig = createRig()
  await rig.git(shop())
  await rig.ready()
  await rig.git(shop({ image: 'nginx:1.28' }))
  await rig.ready()
  await rig.restart()
  rig.calls.length = 0
  await rig.git(shop())
  await rig.ready()
  expect(written(rig)).toEqual(['ecs:UpdateService'])
  await rig.stop()
})

test('as many revisions as are kept may lie between: the old one is found by its hash', async () => {
  const rig = createRig()
  const idle = { service: { desiredCount: 0 } }
  await rig.git(shop(idle))
  await rig.ready()
  for (let n = 1; n <= 5; n++) {
    await rig.git(shop({ ...idle, image: `nginx:2.${n}` }))
    await rig.ready()
  }
  await rig.restart()
  rig.calls.length = 0
  await rig.git(shop(idle))
  await rig.ready()
  expect(written(rig)).toEqual(['ecs:UpdateService'])
  expect((await liveService(rig)).taskDefinition).toMatch(/web:1$/)
  await rig.stop()
})

test('a count that Git leaves out is one at first, and then whoever scales the service owns it', async () => {
  const rig = createRig()
  await rig.git(shop({ service: { desiredCount: undefined } }))
  await rig.ready()
  expect((await liveService(rig)).desiredCount).toBe(1)
  await rig.aws('ecs:UpdateService', { cluster: 'shop', service: 'web', desiredCount: 5 })
  rig.calls.length = 0
  await rig.clock.advance(10 * minute)
  await rig.git(shop({ image: 'nginx:1.28', service: { desiredCount: undefined } }))
  await rig.ready()
  const update = rig.writes().find(({ operation }) => operation === 'ecs:UpdateService')
  expect(update?.input).not.toHaveProperty('desiredCount')
  expect((await liveService(rig)).desiredCount).toBe(5)
  expect(await counted(rig, 'driftDetected')).toBe(0)
  await rig.stop()
})

test('a comment in a manifest writes nothing', async () => {
  const rig = createRig()
  await rig.git(shop())
  await rig.ready()
  rig.calls.length = 0
  const { 'shop.yaml': text = '' } = shop()
  await rig.git({ 'moved/shop.yaml': `# for the reader\n${text}` })
  await rig.ready()
  await rig.clock.advance(5 * minute)
  expect(written(rig)).toEqual([])
  expect(said(rig, 'Released')).toEqual([])
  await rig.stop()
})
