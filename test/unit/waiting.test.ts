/** Promise: who waits for `apply` or `delete` is told what for, the root of it first, and why. */
import { expect, test } from 'vitest'
import { waitingLine } from '../../src/cli/waiting.ts'
import { createRig } from '../rig.ts'
import { document, minute, shop, webService } from '../scenario/shop.ts'

test('what waits for another stands behind that other', async () => {
  const rig = createRig()
  const waits = document('Service', 'api', webService(), { 'depends-on': 'Service/web' })
  await rig.git(shop({ simulate: 'cannot pull', more: [waits] }))
  await rig.clock.advance(minute)
  expect(waitingLine(rig.controller.view(), minute)).toMatch(
    /^60 s, waiting for Service web, Service api; Service web: .*container app/,
  )
  await rig.stop()
})

test('a cluster that AWS does not delete yet, with AWS’s reason; in the end, nothing', async () => {
  const rig = createRig({
    teardown: true,
    simulator: { containerInstances: [{ cluster: 'shop', count: 1 }] },
  })
  await rig.aws('ecs:CreateCluster', {
    clusterName: 'shop',
    tags: [
      { key: 'fairlead:owner', value: 'default' },
      { key: 'fairlead:resource', value: 'default/Cluster/shop' },
    ],
  })
  await rig.clock.advance(minute)
  await rig.git(shop())
  await rig.clock.advance(minute)
  expect(waitingLine(rig.controller.view(), 2 * minute)).toMatch(
    /^2 min, waiting for Cluster shop; Cluster shop: .*Container Instances are active or draining/,
  )
  await rig.stop()
})
