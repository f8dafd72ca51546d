/** Promise: a task runs to completion once for each content, and what came of it is said. */
import { expect, test } from 'vitest'
import { createRig } from '../rig.ts'
import { job, kept, migration, parameter, ran, started } from './jobs.ts'
import { conditions, minute, readyMessage, said, stalled, written } from './shop.ts'

test('from nothing to succeeded: recorded, run, recorded; then a quiet sweep of one read', async () => {
  const rig = createRig()
  await rig.git(migration())
  await rig.clock.runUntil(() => started(rig)[0]?.lastStatus === 'RUNNING', 5 * minute)
  await rig.clock.advance(6_000)
  expect(conditions(rig, job)).toEqual(['Reconciling Running', 'not Ready Running'])
  expect(readyMessage(rig, job)).toBe('1 running')
  expect(rig.status(job)).toMatchObject({ sync: 'Synced', health: 'Progressing' })
  await rig.ready()
  expect(written(rig)).toEqual([
    'ecs:CreateCluster',
    'ecs:RegisterTaskDefinition',
    'ssm:PutParameter',
    'ecs:RunTask',
    'ssm:PutParameter',
  ])
  const [task] = started(rig)
  expect(task).toMatchObject({ startedBy: expect.stringMatching(/^fairlead\/[0-9a-f]{20}$/) })
  expect(readyMessage(rig, job)).toMatch(/^succeeded at 2026-01-05T08:\d\d:\d\dZ: app exited 0$/)
  expect(rig.status(job)?.attributes).toEqual({ name: 'migrate', arn: task?.taskArn })
  expect(kept(rig)).toMatchObject([{ outcome: 'succeeded', message: 'app exited 0' }])
  expect(said(rig, 'DriftDetected')).toEqual([])
  await rig.clock.advance(61_000)
  rig.calls.length = 0
  await rig.clock.advance(60_000)
  expect(rig.writes()).toEqual([])
  const own = rig.reads().filter(({ operation }) => /ssm:|Tasks$/.test(operation))
  expect(own.map(({ operation }) => operation)).toEqual(['ssm:GetParameters'])
  await rig.stop()
})

test('going back to a content that ran runs nothing, not even days and restarts later', async () => {
  const rig = createRig({ intervalMs: 10 * minute })
  await rig.git(migration({ image: 'app:1' }))
  await rig.ready()
  await rig.git(migration({ image: 'app:2' }))
  await rig.ready()
  expect(kept(rig)?.map(({ outcome }) => outcome)).toEqual(['succeeded', 'succeeded'])
  await rig.clock.advance(5 * 24 * 60 * minute)
  expect(started(rig)).toEqual([])
  await rig.restart()
  rig.calls.length = 0
  await rig.git(migration({ image: 'app:1' }))
  await rig.ready()
  await rig.clock.advance(60 * minute)
  expect(written(rig)).toEqual([])
  expect(readyMessage(rig, job)).toMatch(/^succeeded at 2026-01-05/)
  await rig.stop()
})

test('tags and other annotations start nothing', async () => {
  const rig = createRig()
  await rig.git(migration())
  await rig.ready()
  await rig.clock.advance(minute)
  rig.calls.length = 0
  await rig.git(
    migration({
      spec: { tags: [{ key: 'team', value: 'shop' }] },
      annotations: { timeout: '5m', retry: 'x' },
    }),
  )
  await rig.ready()
  await rig.clock.advance(2 * minute)
  expect(written(rig)).toEqual(['ssm:AddTagsToResource'])
  await rig.stop()
})

test('a failed run is said with its exit code, and not repeated until retry changes', async () => {
  const rig = createRig({ intervalMs: 10 * minute })
  await rig.git(migration({ simulate: 'exit 3 after 5s' }))
  await stalled(rig, job)
  expect(conditions(rig, job)).toEqual(['Stalled TaskFailed', 'not Ready TaskFailed'])
  expect(readyMessage(rig, job)).toMatch(
    /^failed at 2026.*: app exited 3; not run again until Git changes or fairlead.dev\/retry gets a new value$/,
  )
  expect(rig.controller.state()).toBe('stalled')
  expect(said(rig, 'TaskFailed', job)).toHaveLength(1)
  rig.calls.length = 0
  await rig.clock.advance(3 * 60 * minute)
  await rig.restart()
  await rig.clock.advance(24 * 60 * minute)
  expect(written(rig)).toEqual([])
  expect(conditions(rig, job)[0]).toBe('Stalled TaskFailed')

  const again = migration({ simulate: 'exit 3 after 5s', annotations: { retry: 'first' } })
  await rig.git(again)
  await rig.clock.advance(5 * minute)
  expect(written(rig)).toEqual(['ssm:PutParameter', 'ecs:RunTask', 'ssm:PutParameter'])
  expect(kept(rig)).toMatchObject([{ outcome: 'failed', retry: 'first' }])
  await rig.restart()
  await rig.clock.advance(30 * minute)
  expect(written(rig)).toEqual([])
  await rig.git(migration({ simulate: 'exit 3 after 5s', annotations: { retry: 'second' } }))
  await rig.clock.advance(5 * minute)
  expect(started(rig)).toHaveLength(2)
  expect(new Set(started(rig).map(({ startedBy }) => startedBy)).size).toBe(2)
  await rig.stop()
})

test.each([
  ['cannot pull', /CannotPullContainerError/],
  ['oom after 5s', /app exited 137 \(OutOfMemoryError: Container killed due to memory usage\)/],
])('%s: failed, in the words of AWS', async (simulate, words) => {
  const rig = createRig()
  await rig.git(migration({ simulate }))
  await stalled(rig, job)
  expect(readyMessage(rig, job)).toMatch(words)
  await rig.stop()
})

test('helpers that ECS stops, or that are not essential, do not fail a task', async () => {
  const rig = createRig()
  const log = (name: string, more: object) => ({ name, image: 'log:1', ...more })
  const main = { dockerLabels: { 'fairlead.dev/simulate': 'exit 0 after 20s' } }
  await rig.git(
    migration({
      definition: {
        containerDefinitions: [
          { name: 'app', image: 'app:1', ...main },
          log('router', {}),
          log('stubborn', { dockerLabels: { 'fairlead.dev/simulate': 'ignores stop' } }),
          log('seed', {
            essential: false,
            dockerLabels: { 'fairlead.dev/simulate': 'exit 7 after 2s' },
          }),
        ],
      },
    }),
  )
  await rig.ready()
  const codes = started(rig)[0]?.containers?.map(({ name, exitCode }) => `${name} ${exitCode}`)
  expect(codes).toEqual(['app 0', 'router 0', 'stubborn 137', 'seed 7'])
  expect(readyMessage(rig, job)).toMatch(/: app exited 0, router exited 0$/)
  await rig.stop()
})

test('a new content waits for the run of the one before, then runs', async () => {
  const rig = createRig()
  await rig.git(migration({ image: 'app:1', simulate: 'exit 0 after 10m' }))
  await rig.clock.advance(3 * minute)
  rig.calls.length = 0
  await rig.git(migration({ image: 'app:2' }))
  await rig.clock.advance(4 * minute)
  expect(written(rig)).toEqual(['ecs:RegisterTaskDefinition'])
  expect(conditions(rig, job)).toEqual(['Reconciling RunUnderWay', 'not Ready RunUnderWay'])
  expect(readyMessage(rig, job)).toMatch(/waits for the run of what Git said before/)
  await rig.ready()
  // The end of the one and the start of the other are written down together.
  expect(written(rig)).toEqual(['ssm:PutParameter', 'ecs:RunTask', 'ssm:PutParameter'])
  expect(ran(rig)).toEqual(['migrate:1', 'migrate:2'])
  expect(kept(rig)?.map(({ outcome }) => outcome)).toEqual(['succeeded', 'succeeded'])
  const [first, second] = started(rig)
  expect(Number(second?.createdAt)).toBeGreaterThan(Number(first?.stoppedAt))
  await rig.stop()
})

test('a timeout stops it, and counts as failed', async () => {
  const rig = createRig()
  await rig.git(migration({ simulate: 'exit 0 after 2h', annotations: { timeout: '10m' } }))
  await rig.clock.advance(9 * minute)
  expect(rig.status(job)?.health).toBe('Progressing')
  await stalled(rig, job)
  expect(written(rig).slice(-3)).toEqual(['ecs:RunTask', 'ecs:StopTask', 'ssm:PutParameter'])
  expect(started(rig)[0]).toMatchObject({ stopCode: 'UserInitiated' })
  expect(readyMessage(rig, job)).toContain(
    'fairlead: longer than fairlead.dev/timeout allows (10m)',
  )
  await rig.clock.advance(60 * minute)
  expect(started(rig).filter(({ lastStatus }) => lastStatus !== 'STOPPED')).toEqual([])
  expect(written(rig)).toEqual([])
  await rig.stop()
})

test('several tasks: all must end well', async () => {
  const rig = createRig()
  await rig.git(migration({ spec: { count: 3 } }))
  await rig.ready()
  expect(ran(rig)).toEqual(['migrate:1', 'migrate:1', 'migrate:1'])
  const one = rig.writes().filter(({ operation }) => operation === 'ecs:RunTask')
  expect(one).toHaveLength(1)
  await rig.stop()
})

test('teardown stops what runs, then forgets it', async () => {
  const rig = createRig()
  await rig.git(migration({ simulate: 'exit 0 after 2h' }))
  await rig.clock.advance(5 * minute)
  await rig.stop()
  const end = createRig({ beside: rig, teardown: true })
  await end.git(migration({ simulate: 'exit 0 after 2h' }))
  await end.ready()
  const all = written(end)
  expect(all).toEqual([
    'ecs:StopTask',
    'ssm:DeleteParameter',
    'ecs:DeregisterTaskDefinition',
    'ecs:DeleteCluster',
  ])
  expect(rig.simulator.world('us-east-1').ssm.parameters.has(parameter)).toBe(false)
  await end.stop()
})

test('a record that fairlead did not write stops the task, not others', async () => {
  const rig = createRig()
  await rig.aws('ssm:PutParameter', { Name: parameter, Value: 'mine', Type: 'String' })
  await rig.git(migration())
  await stalled(rig, job)
  expect(readyMessage(rig, job)).toContain(`the parameter ${parameter} holds something`)
  expect(started(rig)).toEqual([])
  await rig.aws('ssm:DeleteParameter', { Name: parameter })
  await rig.ready()
  expect(ran(rig)).toEqual(['migrate:1'])
  await rig.stop()
})
