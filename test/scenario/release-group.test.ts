/** Promise: services of a release group that must go back together do, and go on together once the failed one is mended. */
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

interface Pair {
  readonly image?: string
  /** What the second one does. */
  readonly simulate?: string
}

/** Two services of one group, and one that belongs to nobody. */
function pair({ image = 'nginx:1.27', simulate }: Pair = {}) {
  const one = (name: string, label?: string, annotations: Record<string, string> = {}) => [
    document(
      'TaskDefinition',
      name,
      webDefinition({ image, ...(label ? { simulate: label } : {}) }),
    ),
    document('Service', name, webService({ taskDefinition: { ref: name } }), annotations),
  ]
  const group = { 'release-group': 'checkout', urgent: 'tests do not wait' }
  return files(
    document('Cluster', 'shop'),
    ...one('cart', undefined, group),
    ...one('pay', simulate, group),
    ...one('shop', undefined, { urgent: 'tests do not wait' }),
  )
}

const key = (name: string) => `default/Service/${name}`
const running = async (rig: Rig, name: string) =>
  (await liveService(rig, name)).taskDefinition?.split('/').at(-1)

async function failed(): Promise<Rig> {
  const rig = createRig()
  await rig.git(pair())
  await rig.ready()
  // It crashes late: the other has long succeeded by then.
  await rig.git(pair({ image: 'nginx:1.28', simulate: 'exit 1 after 35s' }))
  await rig.clock.advance(45_000)
  await rig.clock.runUntil(() => rig.controller.state() === 'stalled', 60 * minute)
  await rig.clock.advance(20 * minute)
  return rig
}

test('when one is rolled back, the other goes back too; who is of no group stays', async () => {
  const rig = await failed()
  expect(await running(rig, 'pay')).toBe('pay:1')
  expect(await running(rig, 'cart')).toBe('cart:1')
  expect(await running(rig, 'shop')).toBe('shop:2')
  expect(conditions(rig, key('cart'))).toContain('Stalled ReleaseGroup')
  expect(readyMessage(rig, key('cart'))).toMatch(/Service pay of the release group checkout/)
  expect(said(rig, 'Updated', key('cart')).at(-1)).toMatch(
    /cart:2 → cart:1: goes back, because Service pay of the release group checkout was rolled back/,
  )
  // What fairlead took back itself is no drift.
  expect(conditions(rig, key('cart'))).not.toContain('Drifted LiveDiffers')
  expect(said(rig, 'DriftDetected')).toEqual([])
  await rig.stop()
})

test('it stays there: no flapping for hours, nor after a restart', async () => {
  const rig = await failed()
  rig.calls.length = 0
  await rig.clock.advance(60 * minute)
  await rig.restart()
  await rig.clock.advance(60 * minute)
  expect(rig.writes()).toEqual([])
  await rig.stop()
})

test('a fix of the failed one takes both on', async () => {
  const rig = await failed()
  await rig.git(pair({ image: 'nginx:1.28' }))
  await rig.ready()
  expect(await running(rig, 'cart')).toBe('cart:2')
  expect(rig.status(key('cart'))?.rollout).toMatchObject({ outcome: 'Succeeded' })
  await rig.stop()
})
