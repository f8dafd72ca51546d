/** Promise: however long AWS's throttles keep reads waiting, nothing is written twice for what they show too late. */
import { expect, test } from 'vitest'
import { budgeted } from '../../src/aws/budget.ts'
import { fleet } from '../bench/fleet.ts'
import { createRig, type Rig } from '../rig.ts'

/** So many that one sweep over their task definitions takes longer than a write is remembered. */
const services = 80

test('a new image for many services is one registration and one update for each', async () => {
  let throttled: ReturnType<ReturnType<typeof budgeted>> | undefined
  let began = false
  const rig: Rig = createRig({
    layer: (next) => (operation, input, more) => {
      throttled ??= budgeted({ clock: rig.clock, share: 0.25 })(next)
      return began ? throttled(operation, input, more) : next(operation, input, more)
    },
    simulator: { containerInstances: [{ cluster: 'base', count: 40, type: 'm5.xlarge' }] },
  })
  await rig.git({ 'fleet.yaml': fleet(services, 'v1') })
  await rig.ready(4 * 3_600_000)
  began = true
  rig.calls.length = 0
  await rig.git({ 'fleet.yaml': fleet(services, 'v1').replaceAll(':v1', ':v2') })
  await rig.ready(4 * 3_600_000)
  const count = (operation: string) =>
    rig.calls.filter((call) => call.operation === operation).length
  expect(count('ecs:RegisterTaskDefinition')).toBe(services)
  expect(count('ecs:UpdateService')).toBe(services)
  await rig.stop()
}, 60_000)
