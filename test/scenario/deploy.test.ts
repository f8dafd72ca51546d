/** Promise: `fairlead apply deploy/` makes a place for the controller out of nothing, and then there is nothing to do. */
import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { isRead } from '../../src/cli/connect.ts'
import type { Operation } from '../../src/model.ts'
import { isManifestName } from '../../src/reconcile/source/folder.ts'
import { createRig } from '../rig.ts'
import { minute } from './shop.ts'

function files(change = (text: string) => text): Record<string, string> {
  const names = readdirSync('deploy').filter(isManifestName)
  return Object.fromEntries(
    names.map((name) => [`deploy/${name}`, change(readFileSync(`deploy/${name}`, 'utf8'))]),
  )
}

test('from an empty account to a controller that runs, its own service last; an upgrade never runs two', async () => {
  const rig = createRig()
  const { problems } = await rig.git(files())
  expect(problems).toEqual([])
  await rig.ready(60 * minute)
  expect(rig.writes().at(-1)?.operation).toBe('ecs:CreateService')
  const running = () =>
    [...rig.simulator.world().tasks.values()].filter(
      ({ task }) => task.lastStatus === 'RUNNING' && task.group === 'service:fairlead',
    ).length
  expect(running()).toBe(1)
  rig.calls.length = 0
  await rig.clock.advance(10 * minute)
  expect(rig.writes()).toEqual([])

  await rig.git(files((text) => text.replace(':0.1.0', ':0.2.0')))
  let most = 0
  await rig.clock.runUntil(() => {
    most = Math.max(most, running())
    return rig.controller.state() === 'ready' && rig.writes().length === 2
  }, 30 * minute)
  await rig.ready(30 * minute)
  expect(rig.writes().map(({ operation }) => operation)).toEqual([
    'ecs:RegisterTaskDefinition',
    'ecs:UpdateService',
  ])
  expect(most).toBe(1)
  await rig.stop()
})

test('another controller finds nothing to do, and rolls the next image out: its own service last and alone', async () => {
  const rig = createRig()
  await rig.git(files())
  await rig.ready(60 * minute)
  await rig.stop()

  // As the one in the container starts: it knows nothing, and has the same folder, account and time.
  let beside: readonly Operation[] | undefined
  const open = new Set<Operation>()
  const inside = createRig({
    beside: rig,
    layer: (next) => async (operation, input, options) => {
      if (operation === 'ecs:UpdateService') beside = [...open]
      if (!isRead(operation)) open.add(operation)
      try {
        // Answers take their time, so that calls side by side are seen.
        await rig.clock.sleep(300)
        return await next(operation, input, options)
      } finally {
        open.delete(operation)
      }
    },
  })
  await inside.git(files())
  await inside.ready(5 * minute)
  await inside.clock.advance(20 * minute)
  expect(inside.writes()).toEqual([])
  expect(inside.events.filter(({ type }) => type === 'Warning')).toEqual([])
  expect(inside.status('default/Service/fairlead')).toMatchObject({
    sync: 'Synced',
    health: 'Healthy',
    progress: { running: 1, desired: 1 },
  })

  // A new image, and more beside it that takes its time.
  const next = files((text) =>
    text.replace(':0.1.0', ':0.2.0').replace('t3.small', 't3.medium').replace('max: 2', 'max: 3'),
  )
  await inside.git(next)
  await inside.clock.runUntil(() => beside !== undefined, 60 * minute)
  await inside.ready(60 * minute)
  const sent = inside.writes().map(({ operation }) => operation)
  expect(sent).toEqual(
    expect.arrayContaining([
      'ec2:CreateLaunchTemplateVersion',
      'autoscaling:UpdateAutoScalingGroup',
      'ecs:RegisterTaskDefinition',
    ]),
  )
  expect(sent.at(-1)).toBe('ecs:UpdateService')
  expect(beside).toEqual([])
  await inside.clock.advance(20 * minute)
  expect(inside.writes().length).toBe(sent.length)
  await inside.stop()
})
