/** Promise: a revision that runs the same is as good as ours, and no roll-out replaces it; copied tags alone are not enough. */
import type { TaskDefinition } from '@aws-sdk/client-ecs'
import { expect, test } from 'vitest'
import { createRig, type Rig } from '../rig.ts'
import { conditions, liveService, minute, service, shop, written } from './shop.ts'

/** "Create new revision" in the console: the tags are copied. The service is then moved to it. */
async function copied(rig: Rig, change: (definition: TaskDefinition) => TaskDefinition) {
  const { taskDefinition, tags } = (await rig.aws('ecs:DescribeTaskDefinition', {
    taskDefinition: 'web',
    include: ['TAGS'],
  })) as { taskDefinition: TaskDefinition; tags: object[] }
  const { family, networkMode, cpu, memory, requiresCompatibilities, containerDefinitions } =
    change(taskDefinition)
  const input = { family, networkMode, cpu, memory, requiresCompatibilities, containerDefinitions }
  await rig.aws('ecs:RegisterTaskDefinition', { ...input, tags })
  await rig.aws('ecs:UpdateService', { cluster: 'shop', service: 'web', taskDefinition: 'web:2' })
}

async function running(): Promise<Rig> {
  const rig = createRig()
  await rig.git(shop())
  await rig.ready()
  rig.calls.length = 0
  return rig
}

const runs = async (rig: Rig) => (await liveService(rig)).taskDefinition?.split('/').at(-1)

test('a copy of the revision that Git describes is left where it runs, through a restart too', async () => {
  const rig = await running()
  await copied(rig, (definition) => definition)
  await rig.clock.advance(20 * minute)
  await rig.restart()
  await rig.clock.advance(20 * minute)
  expect(written(rig)).toEqual([])
  expect(await runs(rig)).toBe('web:2')
  expect(conditions(rig, service)).toEqual(['Ready Steady'])
  await rig.git(shop({ image: 'nginx:1.28' }))
  await rig.ready()
  expect(written(rig)).toEqual(['ecs:RegisterTaskDefinition', 'ecs:UpdateService'])
  await rig.stop()
})

test('one that carries the same tags and runs something else is drift', async () => {
  const rig = await running()
  await copied(rig, (definition) => ({
    ...definition,
    containerDefinitions: [{ ...definition.containerDefinitions?.[0], image: 'nginx:by-hand' }],
  }))
  await rig.clock.advance(20 * minute)
  expect(written(rig)).toEqual(['ecs:UpdateService'])
  expect(await runs(rig)).toBe('web:1')
  await rig.stop()
})
