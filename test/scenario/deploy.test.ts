/** Promise: `fairlead apply deploy/` makes a place for the controller out of nothing, and then there is nothing to do. */
import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
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
