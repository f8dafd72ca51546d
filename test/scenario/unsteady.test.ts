/** Promise: a service whose tasks end again and again is not Ready, though AWS calls its roll-out a success. */
import { expect, test } from 'vitest'
import { createRig } from '../rig.ts'
import { conditions, minute, said, service, shop, written } from './shop.ts'

test('tasks that die once they were healthy: Unsteady, with the cause; Ready with the fix', async () => {
  const rig = createRig()
  await rig.git(shop({ simulate: 'exit 1 after 50s', service: { desiredCount: 1 } }))
  await rig.clock.runUntil(() => said(rig, 'Succeeded').length > 0, 10 * minute)
  await rig.clock.advance(10 * minute)
  for (let look = 0; look < 5; look++) {
    expect(conditions(rig, service)).toContain('not Ready Unsteady')
    await rig.clock.advance(40_000)
  }
  const { report, conditions: words = [] } = rig.status(service) ?? {}
  expect(report).toMatchObject({ cause: 'EssentialContainerExited' })
  expect(JSON.stringify(words)).toMatch(
    /1 tasks? running; at least \d+ ended by themselves within 15 min: container app exited with 1/,
  )
  expect(said(rig, 'Unsteady', service)).toEqual([
    expect.stringContaining('container app exited with 1'),
  ])
  written(rig)
  await rig.git(shop({ image: 'nginx:1.28', service: { desiredCount: 1 } }))
  // What died before the fix is no reason to doubt it.
  await rig.ready(2 * minute)
  expect(said(rig, 'Succeeded')).toHaveLength(2)
  await rig.clock.advance(25 * minute)
  expect(conditions(rig, service)).toEqual(['Ready Steady'])
  await rig.stop()
})

test('scaling in and out, and losing all tasks once, is steady', async () => {
  const rig = createRig()
  for (const desiredCount of [2, 6, 2, 5, 3]) {
    await rig.git(shop({ service: { desiredCount } }))
    await rig.ready()
  }
  for (const { task } of rig.simulator.world().tasks.values()) {
    if (task.desiredStatus === 'RUNNING') {
      await rig.aws('ecs:StopTask', { cluster: 'shop', task: task.taskArn })
    }
  }
  await rig.clock.advance(3 * minute)
  expect(conditions(rig, service)).toEqual(['Ready Steady'])
  await rig.stop()
})
