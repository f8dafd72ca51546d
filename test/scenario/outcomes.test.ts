/** Promise: a roll-out ends as one of four things, what failed is remembered in AWS, and tried again only when asked. */
import { expect, test } from 'vitest'
import { createRig, type Rig } from '../rig.ts'
import {
  conditions,
  counted,
  document,
  liveService,
  minute,
  readyMessage,
  said,
  secondService,
  service,
  shop,
  stalled,
  written,
} from './shop.ts'

const crashing = { image: 'nginx:1.28', simulate: 'exit 1 after 3s' }
const noBreaker = { deploymentConfiguration: {} }

async function outcomes(rig: Rig): Promise<Record<string, number>> {
  const words = ['Succeeded', 'RolledBack', 'Stopped', 'Superseded']
  const counts = await Promise.all(words.map((result) => counted(rig, 'rollouts', { result })))
  return Object.fromEntries(words.map((word, i) => [word, counts[i] ?? 0]))
}

const tagsOf = async (rig: Rig) =>
  Object.fromEntries((await liveService(rig)).tags?.map(({ key, value }) => [key, value]) ?? [])

async function rolledBack(options: Parameters<typeof shop>[0] = {}): Promise<Rig> {
  const rig = createRig()
  await rig.git(shop())
  await rig.ready()
  await rig.git(shop({ ...crashing, ...options }))
  await stalled(rig, service)
  await rig.clock.advance(10 * minute)
  return rig
}

test('a newer commit supersedes a running roll-out, which is no rollback and no success', async () => {
  const rig = createRig()
  await rig.git(shop())
  await rig.ready()
  await rig.git(shop({ image: 'nginx:1.28' }))
  await rig.clock.advance(12_000)
  expect(rig.status(service)?.rollout).toMatchObject({ outcome: 'InProgress', target: 'web:2' })
  const { revision } = await rig.git(shop({ image: 'nginx:1.29' }))
  await rig.ready()
  expect(await outcomes(rig)).toEqual({ Succeeded: 2, RolledBack: 0, Stopped: 0, Superseded: 1 })
  expect(said(rig, 'Superseded', service)).toEqual([
    expect.stringMatching(new RegExp(`web:2 .* superseded by ${revision}`)),
  ])
  expect(said(rig, 'RolledBack')).toEqual([])
  await rig.stop()
})

test('what somebody begins by hand is called that, and never put down to the commit that Git is at', async () => {
  const rig = createRig()
  await rig.git(shop())
  await rig.ready()
  const { revision } = await rig.git(shop({ image: 'nginx:1.28' }))
  await rig.clock.advance(12_000)
  await rig.aws('ecs:UpdateService', { cluster: 'shop', service: 'web', taskDefinition: 'web:1' })
  await rig.clock.advance(2 * minute)
  await rig.ready()
  expect(said(rig, 'Superseded', service)).toEqual([
    expect.stringMatching(
      new RegExp(`web:2 \\(${revision}\\) .* by one of web:1 that somebody else began`),
    ),
    expect.stringMatching(
      new RegExp(`web:1 \\(begun by somebody else\\) was superseded by ${revision}`),
    ),
  ])
  expect(said(rig, 'Succeeded', service).at(-1)).toContain(`web:2 (${revision}) succeeded`)
  expect(await outcomes(rig)).toEqual({ Succeeded: 2, RolledBack: 0, Stopped: 0, Superseded: 2 })
  await rig.stop()
})

test('one that is overtaken while it is being rolled back was rolled back', async () => {
  const rig = createRig()
  await rig.git(shop())
  await rig.ready()
  await rig.git(shop(crashing))
  await stalled(rig, service)
  expect(rig.status(service)?.rollout).toMatchObject({ status: 'ROLLBACK_IN_PROGRESS' })
  await rig.git(shop({ image: 'nginx:1.29' }))
  await rig.ready()
  expect(await outcomes(rig)).toEqual({ Succeeded: 2, RolledBack: 1, Stopped: 0, Superseded: 0 })
  await rig.stop()
})

test('rejected content outlasts AWS’s memory and ours: it is in the service’s tag', async () => {
  const rig = await rolledBack()
  expect((await tagsOf(rig))['fairlead:rejected']).toMatch(/^[0-9a-f]{12}$/)
  for (const { serviceDeployments } of rig.simulator.world().services.values())
    serviceDeployments.length = 0
  rig.calls.length = 0
  await rig.restart()
  await rig.clock.advance(30 * minute)
  expect(written(rig)).toEqual([])
  expect(conditions(rig, service)).toContain('Stalled RolledBack')
  expect(readyMessage(rig, service)).toMatch(/AWS no longer remembers why/)
  await rig.stop()
})

test('what is rejected is noted once, though the index does not show its revision yet', async () => {
  const rig = createRig()
  await rig.git(shop())
  await rig.ready()
  rig.calls.length = 0
  // Four tasks fail three times before the next sweep reads the index.
  await rig.git(shop({ ...crashing, service: { desiredCount: 4 } }))
  await stalled(rig, service)
  await rig.clock.advance(10 * minute)
  expect(written(rig).filter((operation) => operation === 'ecs:TagResource')).toHaveLength(1)
  expect((await tagsOf(rig))['fairlead:rejected']?.split(' ')).toHaveLength(1)
  await rig.stop()
})

test('going on and coming back does not try the rejected content again', async () => {
  const rig = await rolledBack()
  await rig.git(shop({ image: 'nginx:1.29' }))
  await rig.ready()
  rig.calls.length = 0
  await rig.git(shop(crashing))
  await rig.clock.advance(20 * minute)
  expect(written(rig)).toEqual([])
  expect(conditions(rig, service)).toContain('Stalled RolledBack')
  await rig.stop()
})

test('a new value of the annotation retry tries it once more, and once only', async () => {
  const rig = await rolledBack()
  rig.calls.length = 0
  const retry = shop({ ...crashing, annotations: { retry: 'the database is back' } })
  await rig.git(retry)
  await rig.clock.advance(40 * minute)
  // Forgiven, tried, and rejected anew.
  expect(written(rig)).toEqual(['ecs:TagResource', 'ecs:UpdateService', 'ecs:TagResource'])
  expect(conditions(rig, service)).toContain('Stalled RolledBack')
  await rig.restart()
  await rig.clock.advance(60 * minute)
  expect(written(rig)).toEqual([])
  await rig.stop()
})

test('a process that dies between forgiving and trying still tries', async () => {
  let armed = false
  const rig: Rig = createRig({
    layer: (next) => async (operation, input, more) => {
      const answer = await next(operation, input, more)
      if (armed && operation === 'ecs:TagResource') {
        armed = false
        rig.crash()
      }
      return answer
    },
  })
  await rig.git(shop())
  await rig.ready()
  await rig.git(shop(crashing))
  await stalled(rig, service)
  await rig.clock.advance(10 * minute)
  rig.calls.length = 0
  armed = true
  await rig.git(shop({ ...crashing, annotations: { retry: '1' } }))
  await rig.clock.advance(10 * minute)
  expect(armed).toBe(false)
  expect(written(rig).slice(0, 2)).toEqual(['ecs:TagResource', 'ecs:UpdateService'])
  await rig.stop()
})

test('an annotation that was there before anything failed retries nothing', async () => {
  const rig = createRig()
  await rig.git(shop({ annotations: { retry: 'old' } }))
  await rig.ready()
  await rig.git(shop({ ...crashing, annotations: { retry: 'old' } }))
  await stalled(rig, service)
  await rig.clock.advance(60 * minute)
  expect(rig.writes().filter(({ operation }) => operation === 'ecs:UpdateService')).toHaveLength(1)
  await rig.stop()
})

test('a first deployment that fails has nothing to go back to: Stopped, until Git or a retry says otherwise', async () => {
  const rig = createRig()
  await rig.git(shop(crashing))
  await stalled(rig, service)
  expect(conditions(rig, service)).toContain('Stalled Stopped')
  expect(await outcomes(rig)).toEqual({ Succeeded: 0, RolledBack: 0, Stopped: 1, Superseded: 0 })
  rig.calls.length = 0
  await rig.clock.advance(30 * minute)
  expect(written(rig)).toEqual([])
  await rig.git(shop({ ...crashing, annotations: { retry: '1' } }))
  await rig.clock.advance(60 * minute)
  const updates = rig.writes().filter(({ operation }) => operation === 'ecs:UpdateService')
  expect(updates.map(({ input }) => input)).toEqual([
    { cluster: 'shop', service: 'web', forceNewDeployment: true },
  ])
  await rig.git(shop())
  await rig.ready()
  await rig.stop()
})

test('one that hangs with the circuit breaker off is Stalled at its deadline, and goes on when Git does', async () => {
  const rig = createRig()
  await rig.git(shop({ service: noBreaker }))
  await rig.ready()
  const never = { image: 'nginx:1.28', simulate: 'never ready' }
  const annotations = { timeout: '10m', 'stop-after': 'off' }
  await rig.git(shop({ ...never, service: noBreaker, annotations }))
  await rig.clock.advance(9 * minute)
  expect(conditions(rig, service)).toContain('Reconciling DeploymentInProgress')
  await stalled(rig, service, 5 * minute)
  expect(conditions(rig, service)).toContain('Stalled ProgressDeadlineExceeded')
  expect(readyMessage(rig, service)).toMatch(/no progress for 10 min/)
  await rig.git(shop({ service: noBreaker, annotations: { timeout: '10m' } }))
  await rig.ready()
  await rig.stop()
})

test('stopped by hand is rejected as well', async () => {
  const rig = createRig()
  await rig.git(shop())
  await rig.ready()
  await rig.git(shop({ image: 'nginx:1.28' }))
  await rig.clock.advance(12_000)
  const { id = '' } = rig.status(service)?.rollout ?? {}
  await rig.aws('ecs:StopServiceDeployment', { serviceDeploymentArn: id })
  await rig.clock.advance(10 * minute)
  rig.calls.length = 0
  await rig.clock.advance(30 * minute)
  expect(written(rig)).toEqual([])
  expect(conditions(rig, service)).toContain('Stalled RolledBack')
  expect(await outcomes(rig)).toMatchObject({ RolledBack: 1, Superseded: 0 })
  await rig.stop()
})

test('a fleet that rolls out is followed twenty a call', async () => {
  const names = Array.from({ length: 40 }, (_, n) => `api-${n}`)
  const fleet = (image: string) => ({
    ...shop({ image }),
    'fleet.yaml': names
      .map((name) => JSON.stringify(secondService({ taskDefinition: { ref: 'web' } }, name)))
      .join('\n---\n'),
    'environment.yaml': JSON.stringify(
      document('Environment', 'default', { maxRollouts: '100%' }),
    ).replace('"annotations":{}', '"labels":{}'),
  })
  const rig = createRig()
  const named = (text: string) =>
    text.replaceAll('"metadata":{"name"', '"metadata":{"namespace":"default","name"')
  const git = (image: string) =>
    rig.git(
      Object.fromEntries(
        Object.entries(fleet(image)).map(([path, text]) => [
          path,
          path === 'environment.yaml' ? text : named(text),
        ]),
      ),
    )
  const { problems } = await git('nginx:1.27')
  expect(problems).toEqual([])
  await rig.ready()
  await git('nginx:1.28')
  await rig.clock.advance(20_000)
  rig.calls.length = 0
  await rig.clock.advance(5_000)
  const looks = rig.reads().filter(({ operation }) => operation === 'ecs:DescribeServices')
  const follows = rig
    .reads()
    .filter(({ operation }) => operation === 'ecs:DescribeServiceDeployments')
  expect(looks.length).toBeGreaterThan(0)
  expect(follows.length).toBeLessThanOrEqual(looks.length)
  await rig.ready()
  await rig.stop()
})
