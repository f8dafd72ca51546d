/** Promise: many changes go out a few at a time, in windows where there are any, and a bad commit stops at its first wave. */
import { expect, test } from 'vitest'
import { createRig, type Rig } from '../rig.ts'
import {
  conditions,
  document,
  files,
  liveService,
  minute,
  readyMessage,
  said,
  webDefinition,
  webService,
} from './shop.ts'

interface Fleet {
  readonly image?: string
  /** What the image does, for some of them. */
  readonly simulate?: (n: number) => string | undefined
  readonly environment?: Record<string, unknown>
  readonly annotations?: (n: number) => Record<string, string>
  readonly cluster?: Record<string, string>
  readonly count?: number
}

const key = (n: number) => `live/Service/web-${n}`

/** Services with a task definition each, as a base overlay or a shared sidecar changes them: all in one commit. */
function fleet({
  image = 'nginx:1.27',
  simulate,
  environment,
  annotations,
  cluster,
  count = 10,
}: Fleet = {}) {
  const each = Array.from({ length: count }, (_, n) => {
    const label = simulate?.(n)
    return [
      document(
        'TaskDefinition',
        `web-${n}`,
        webDefinition({ image, ...(label ? { simulate: label } : {}) }),
        {},
        'live',
      ),
      document(
        'Service',
        `web-${n}`,
        webService({
          cluster: { ref: 'shop' },
          taskDefinition: { ref: `web-${n}` },
          desiredCount: 1,
        }),
        annotations?.(n),
        'live',
      ),
    ]
  })
  const { metadata, ...rest } = document('Environment', 'live', environment ?? {}) as {
    metadata: { name: string }
  }
  return files(
    { ...rest, metadata: { name: metadata.name } },
    document('Cluster', 'shop', {}, cluster, 'live'),
    ...each.flat(),
  )
}

async function settled(options: Fleet = {}, intervalMs = minute): Promise<Rig> {
  const rig = createRig({ intervalMs })
  const { problems } = await rig.git(fleet(options))
  expect(problems).toEqual([])
  await rig.ready()
  rig.calls.length = 0
  return rig
}

const updates = (rig: Rig) =>
  rig.writes().filter(({ operation }) => operation === 'ecs:UpdateService')
const rolling = (rig: Rig) =>
  [...rig.simulator.world().services.values()].filter(({ deployments }) => deployments.length > 1)
    .length

/** The most services that rolled out at once until all is Ready. */
async function most(rig: Rig, limitMs = 60 * minute): Promise<number> {
  let seen = 0
  const done = await rig.clock.runUntil(() => {
    seen = Math.max(seen, rolling(rig))
    return rig.controller.state() === 'ready'
  }, limitMs)
  expect(done).toBe(true)
  return seen
}

test('a tenth at once, unless the environment says more', async () => {
  const rig = await settled()
  await rig.git(fleet({ image: 'nginx:1.28' }))
  expect(await most(rig)).toBe(1)
  expect(updates(rig)).toHaveLength(10)
  await rig.git(fleet({ image: 'nginx:1.29', environment: { maxRollouts: 4 } }))
  expect(await most(rig)).toBe(4)
  expect(updates(rig)).toHaveLength(20)
  await rig.stop()
})

test('what waits for its turn says so, and costs no reads of its own', async () => {
  const rig = await settled()
  await rig.git(fleet({ image: 'nginx:1.28' }))
  await rig.clock.advance(10_000)
  expect(conditions(rig, key(9))).toContain('Reconciling RolloutBudget')
  expect(readyMessage(rig, key(9))).toMatch(/1 of 1 roll-outs at once are under way/)
  rig.calls.length = 0
  await rig.clock.advance(25_000)
  const looked = rig.reads().flatMap(({ input }) => (input.services as string[] | undefined) ?? [])
  expect(looked.filter((name) => name === 'web-9')).toEqual([])
  await rig.stop()
})

test('a cluster may say less than its environment', async () => {
  const rig = await settled({ environment: { maxRollouts: 5 }, cluster: { 'max-rollouts': '2' } })
  await rig.git(
    fleet({
      image: 'nginx:1.28',
      environment: { maxRollouts: 5 },
      cluster: { 'max-rollouts': '2' },
    }),
  )
  expect(await most(rig)).toBe(2)
  await rig.stop()
})

test('first roll-outs take nothing from anybody: all at once', async () => {
  const rig = createRig()
  await rig.git(fleet())
  await rig.clock.advance(5_000)
  expect(rig.simulator.world().services.size).toBe(10)
  await rig.stop()
})

test('a commit whose first service is rolled back goes no further, says so, and a fix goes through', async () => {
  const rig = await settled({}, 20 * minute)
  await rig.git(fleet({ image: 'nginx:1.28', simulate: () => 'exit 1 after 3s' }))
  const count = () =>
    Array.from({ length: 10 }, (_, n) => conditions(rig, key(n))).filter((words) =>
      words.includes('Stalled WaveHeld'),
    ).length
  expect(await rig.clock.runUntil(() => count() > 0, 60 * minute)).toBe(true)
  // Nobody is left to wait for a turn that does not come, until the next sweep.
  await rig.clock.advance(10_000)
  expect(count()).toBe(9)
  const over = await rig.clock.runUntil(() => rig.controller.state() === 'stalled', 60 * minute)
  expect(over).toBe(true)
  await rig.clock.advance(30 * minute)
  expect(updates(rig)).toHaveLength(1)
  expect(count()).toBe(9)
  expect(said(rig, 'WaveHeld')[0]).toMatch(/Service live\/web-\d of the same commit failed/)
  await rig.restart()
  await rig.clock.advance(30 * minute)
  expect(updates(rig)).toHaveLength(1)
  await rig.git(fleet({ image: 'nginx:1.29' }))
  await rig.ready(60 * minute)
  expect(updates(rig).length).toBe(11)
  await rig.stop()
})

test('one that fails among many that succeed holds nobody; several for one reason hold the rest', async () => {
  const one = await settled({ environment: { maxRollouts: 3 } })
  await one.git(
    fleet({
      image: 'nginx:1.28',
      simulate: (n) => (n === 0 ? 'exit 1 after 20s' : undefined),
      environment: { maxRollouts: 3 },
    }),
  )
  await one.clock.runUntil(() => one.controller.state() === 'stalled', 60 * minute)
  expect(updates(one).length).toBe(10)
  expect(conditions(one, key(9))).toContain('Ready Steady')
  await one.stop()

  const several = await settled({ environment: { maxRollouts: 3 } })
  await several.git(
    fleet({
      image: 'nginx:1.28',
      simulate: (n) => (n < 2 ? 'exit 1 after 3s' : undefined),
      environment: { maxRollouts: 3 },
    }),
  )
  await several.clock.runUntil(() => several.controller.state() === 'stalled', 60 * minute)
  expect(updates(several).length).toBeLessThan(10)
  expect(conditions(several, key(9))).toContain('Stalled WaveHeld')
  await several.stop()
})

test('an unrelated commit is not held by a service that was rejected before', async () => {
  const rig = await settled()
  const bad = (n: number) => (n === 0 ? 'exit 1 after 3s' : undefined)
  await rig.git(fleet({ simulate: bad }))
  await rig.clock.advance(30 * minute)
  expect(conditions(rig, key(0))).toContain('Stalled RolledBack')
  await rig.git(
    fleet({ simulate: (n) => (n === 0 ? bad(0) : n > 4 ? 'exit 0 after 9000h' : undefined) }),
  )
  await rig.clock.advance(60 * minute)
  expect(conditions(rig, key(9))).toContain('Ready Steady')
  await rig.stop()
})

const nightly = {
  maintenanceWindows: [{ schedule: '0 11 * * *', duration: '1h', timeZone: 'Europe/Berlin' }],
}

test('outside its window nothing that runs is touched; what has begun goes on; urgent does not wait', async () => {
  // The clock starts at 08:00 UTC in winter: the window opens at 10:00 UTC.
  const rig = await settled({ environment: nightly, count: 3 })
  await rig.git(fleet({ image: 'nginx:1.28', environment: nightly, count: 3 }))
  await rig.clock.advance(60 * minute)
  expect(updates(rig)).toHaveLength(0)
  expect(conditions(rig, key(0))).toContain('Reconciling MaintenanceWindow')
  expect(readyMessage(rig, key(0))).toMatch(/opens 2026-01-05T10:00:00/)
  expect(rig.controller.state()).toBe('stalled')
  const urgent = (n: number): Record<string, string> => (n === 1 ? { urgent: 'CVE-2026-1' } : {})
  await rig.git(fleet({ image: 'nginx:1.28', environment: nightly, count: 3, annotations: urgent }))
  await rig.clock.advance(10 * minute)
  expect(updates(rig).map(({ input }) => input.service)).toEqual(['web-1'])
  await rig.clock.advance(30 * minute)
  expect(updates(rig)).toHaveLength(1)
  await rig.ready(60 * minute)
  expect(updates(rig)).toHaveLength(3)
  await rig.stop()
})

test('what somebody changes while a commit waits for its window is told as drift, once, and set right with it', async () => {
  const rig = await settled({ environment: nightly, count: 3 })
  await rig.git(fleet({ image: 'nginx:1.28', environment: nightly, count: 3 }))
  await rig.clock.advance(10 * minute)
  expect(said(rig, 'DriftDetected')).toEqual([])
  await rig.aws('ecs:UpdateService', { cluster: 'shop', service: 'web-0', desiredCount: 0 })
  await rig.clock.advance(10 * minute)
  const drifted =
    /^Service live\/web-0 was changed while what Git asks for waits.*: desiredCount 0 → 1$/
  expect(said(rig, 'DriftDetected')).toEqual([expect.stringMatching(drifted)])
  expect(conditions(rig, key(0))).toContain('Drifted ChangedMeanwhile')
  expect(conditions(rig, key(1))).not.toContain('Drifted ChangedMeanwhile')

  // A newer commit waits too: what was changed by hand is no part of it.
  await rig.git(fleet({ image: 'nginx:1.29', environment: nightly, count: 3 }))
  await rig.clock.advance(10 * minute)
  expect(conditions(rig, key(0))).toContain('Drifted ChangedMeanwhile')
  expect(said(rig, 'DriftDetected')).toHaveLength(1)
  expect(updates(rig)).toEqual([])

  await rig.ready(120 * minute)
  expect(conditions(rig, key(0))).toEqual(['Ready Steady'])
  expect((await liveService(rig, 'web-0')).desiredCount).toBe(1)
  await rig.stop()
})

test('a roll-out that ends while the next commit waits is no drift', async () => {
  const rig = await settled({ environment: { maxRollouts: 1 }, count: 3 })
  const bad = { image: 'nginx:1.28', simulate: () => 'exit 1 after 3s' }
  await rig.git(fleet({ ...bad, environment: { maxRollouts: 3 }, count: 3 }))
  await rig.clock.advance(10_000)
  expect(rolling(rig)).toBe(3)
  await rig.git(fleet({ image: 'nginx:1.29', environment: nightly, count: 3 }))
  await rig.clock.advance(40 * minute)
  expect(rolling(rig)).toBe(0)
  expect(conditions(rig, key(0))).toEqual([
    'Reconciling MaintenanceWindow',
    'not Ready MaintenanceWindow',
  ])
  expect(said(rig, 'DriftDetected')).toEqual([])
  await rig.stop()
})

test('a window that cannot be read is refused with its place', async () => {
  const rig = createRig()
  const { problems } = await rig.git(
    fleet({
      environment: {
        maintenanceWindows: [
          { schedule: '0 25 * * *', duration: '2 hours', timeZone: 'Mars/Base' },
        ],
      },
    }),
  )
  expect(problems.map(({ path, message }) => `${path}: ${message}`)).toEqual([
    'spec.maintenanceWindows[0].schedule: "0 25 * * *" is not a time in cron notation such as "0 2 * * SAT"',
    'spec.maintenanceWindows[0].duration: "2 hours" is not a duration such as 2h',
    'spec.maintenanceWindows[0].timeZone: "Mars/Base" is not an IANA time zone such as Europe/Berlin',
  ])
  await rig.stop()
})
