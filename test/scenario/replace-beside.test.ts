/** Promise: what gets another name in AWS is made beside the old one, its users move over, and only then the old one goes. */
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
  shop,
  webService,
  written,
} from './shop.ts'

const allowed = { replace: 'allowed' }

/** Runs until all is Ready and still, looking at the world after each second. */
async function watching(rig: Rig, look: () => void, limitMs = 30 * minute) {
  for (let ms = 0; ms < limitMs; ms += 1_000) {
    await rig.clock.advance(1_000)
    look()
    if (ms > 5_000 && rig.controller.state() === 'ready') return
  }
  await rig.ready(1)
}

const running = (rig: Rig) =>
  [...rig.simulator.world().tasks.values()].filter(({ task }) => task.lastStatus === 'RUNNING')
    .length

const web = (serviceName: string, annotations = {}, service: Record<string, unknown> = {}) =>
  shop({ service: { serviceName, ...service }, annotations })

test('a service: the new one is steady before the old one is drained, and no task is missing in between', async () => {
  const rig = createRig()
  await rig.git(web('web'))
  await rig.ready()
  rig.calls.length = 0
  await rig.git(web('web2', allowed))
  let least = Number.POSITIVE_INFINITY
  await watching(rig, () => {
    least = Math.min(least, running(rig))
  })
  expect(written(rig)).toEqual(['ecs:CreateService', 'ecs:DeleteService'])
  expect(least).toBe(2)
  expect((await liveService(rig, 'web')).status).toBe('INACTIVE')
  expect(running(rig)).toBe(2)
  expect(said(rig, 'Pruned')).toEqual(['Service web (web) is gone from AWS'])
  expect(said(rig, 'Released')).toEqual([])
  await rig.clock.advance(30 * minute)
  expect(written(rig)).toEqual([])
  expect(rig.status('default/Service/web (web)')).toBeUndefined()
  await rig.stop()
})
