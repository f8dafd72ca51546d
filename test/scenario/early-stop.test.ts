/** Promise: a container that fails again and again for one reason ends its roll-out; want of room does not. */
import { expect, test } from 'vitest'
import { createRig, type Rig } from '../rig.ts'
import { conditions, minute, readyMessage, said, service, shop, stalled } from './shop.ts'

/** AWS itself would let 50 tasks fail. */
const patient = {
  desiredCount: 10,
  deploymentConfiguration: {
    deploymentCircuitBreaker: {
      enable: true,
      rollback: true,
      thresholdConfiguration: { type: 'COUNT', value: 50 },
    },
  },
}
const off = { desiredCount: 4, deploymentConfiguration: {} }
const crashing = { image: 'nginx:1.28', simulate: 'exit 1 after 3s' }

const stops = (rig: Rig) =>
  rig.writes().filter(({ operation }) => operation === 'ecs:StopServiceDeployment')

async function rolling(
  spec: Record<string, unknown>,
  more: Parameters<typeof shop>[0],
): Promise<Rig> {
  const rig = createRig()
  await rig.git(shop({ service: spec }))
  await rig.ready()
  rig.calls.length = 0
  await rig.git(shop({ service: spec, ...more }))
  return rig
}

test.each([
  ['long before the circuit breaker', patient],
  ['with the circuit breaker off', off],
])('it is stopped and rolled back %s, and not tried again', async (_, spec) => {
  const rig = await rolling(spec, crashing)
  await stalled(rig, service, 10 * minute)
  await rig.clock.advance(20 * minute)
  expect(stops(rig)).toHaveLength(1)
  expect(said(rig, 'Updated', service).at(-1)).toMatch(
    /^Service web: container app failed \d+ times for one reason .* · StopServiceDeployment$/,
  )
  expect(conditions(rig, service)).toContain('Stalled RolledBack')
  expect(readyMessage(rig, service)).toMatch(
    /was rolled back \(fairlead stopped it, since it failed again and again for one reason\); it is not tried again until Git changes, or `fairlead retry Service web`: container app exited/,
  )
  expect(said(rig, 'RolledBack', service).join()).not.toContain('StopServiceDeployment')
  const failed = rig.status(service)?.progress?.failed ?? 0
  expect(failed).toBeLessThan(50)
  rig.calls.length = 0
  await rig.restart()
  await rig.clock.advance(30 * minute)
  expect(rig.writes()).toEqual([])
  await rig.stop()
})

test('how often is for the manifest to say, and so is whether at all', async () => {
  const never = await rolling(off, { ...crashing, annotations: { 'stop-after': 'off' } })
  await never.clock.advance(20 * minute)
  expect(stops(never)).toEqual([])
  await never.stop()
  const often = await rolling(off, { ...crashing, annotations: { 'stop-after': '12' } })
  await often.clock.runUntil(() => stops(often).length > 0, 30 * minute)
  const { failures } = { failures: often.status(service)?.report?.findings[0]?.count ?? 0 }
  expect(failures).toBeGreaterThanOrEqual(12)
  await often.stop()
})

test('a first roll-out is not stopped: there is nothing to go back to', async () => {
  const rig = createRig()
  await rig.git(shop({ service: off, ...crashing }))
  await rig.clock.advance(20 * minute)
  expect(stops(rig)).toEqual([])
  await rig.stop()
})

test('a newer commit supersedes what fails, and nothing is stopped', async () => {
  const rig = await rolling(off, { ...crashing, annotations: { 'stop-after': '50' } })
  await rig.clock.advance(30_000)
  await rig.git(shop({ service: off, image: 'nginx:1.29' }))
  await rig.ready()
  expect(stops(rig)).toEqual([])
  await rig.stop()
})
