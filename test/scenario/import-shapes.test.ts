/** Promise: what fairlead applied, of every shape, is imported as it is: the same keys, and an empty plan. */
import { expect, test } from 'vitest'
import { importFrom, planOf } from '../import.ts'
import { shapeFiles } from '../kinds/shapes.ts'
import { createRig } from '../rig.ts'

test('every shape, applied and imported, has an empty plan', async () => {
  const rig = createRig({ simulator: { throttle: false } })
  await rig.git(shapeFiles)
  await rig.ready()
  const imported = await importFrom(rig)
  expect(imported).toMatchObject({ clean: true, toAdopt: 0 })
  const { changes } = await planOf(rig, imported.files)
  expect(changes.map(({ key }) => key).filter((key) => /Service/.test(key))).toHaveLength(18)
  expect(changes.filter(({ verdict }) => verdict !== 'keep')).toEqual([])
  await rig.stop()
})
