/** Promise: what has been applied needs nothing more, for every shape of task definition and service. */
import { expect, test } from 'vitest'
import { createRig } from '../rig.ts'
import { readShapes, shapeFiles } from './shapes.ts'

test('the shapes are many, and all of them are accepted', async () => {
  const { manifests, problems } = await readShapes()
  expect(problems.filter(({ severity }) => severity === 'error')).toEqual([])
  const count = (kind: string) => manifests.filter((manifest) => manifest.kind === kind).length
  expect(count('TaskDefinition') + count('Service')).toBeGreaterThanOrEqual(40)
})

test('on the simulator a second plan is empty, and so is that of a fresh process', async () => {
  const rig = createRig({ simulator: { throttle: false } })
  await rig.git(shapeFiles)
  await rig.ready()
  const written = rig.writes().map(({ operation }) => operation)
  expect(written.filter((operation) => operation === 'ecs:CreateService')).toHaveLength(18)
  expect(written).not.toContain('ecs:UpdateService')
  rig.calls.length = 0
  await rig.clock.advance(180_000)
  expect(rig.writes()).toEqual([])
  await rig.restart()
  await rig.ready()
  expect(rig.writes()).toEqual([])
  expect(rig.reads().length).toBeGreaterThan(0)
  await rig.stop()
})
