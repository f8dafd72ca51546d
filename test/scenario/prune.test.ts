/** Promise: with prune on, what Git no longer describes goes, in order and drained; without it, nothing ever does. */
import { expect, test } from 'vitest'
import { createRig } from '../rig.ts'
import {
  cluster,
  conditions,
  document,
  files,
  minute,
  said,
  secondService,
  service,
  shop,
  webDefinition,
  webService,
  written,
} from './shop.ts'

const prune = { maxDeletes: '50%' }

/** Ten clusters that hold nothing, so that shares mean something. */
const clusters = (count: number, skip = 0) =>
  Array.from({ length: count }, (_, i) => document('Cluster', `spare-${i}`)).slice(skip)

test('a service that is no longer described is drained and deleted; the rest stays', async () => {
  const rig = createRig({ prune })
  await rig.git(shop({ more: [secondService()] }))
  await rig.ready()
  rig.calls.length = 0
  await rig.git(shop())
  await rig.clock.runUntil(() => said(rig, 'Pruned').length > 0, 30 * minute)
  expect(rig.writes().map(({ operation, input }) => [operation, input])).toEqual([
    ['ecs:DeleteService', { cluster: 'shop', service: 'api', force: true }],
  ])
  expect(said(rig, 'Deleted')).toEqual([
    'Service api: no manifest describes it any more · DeleteService',
  ])
  expect(said(rig, 'Pruned')).toEqual(['Service api is gone from AWS'])
  expect(said(rig, 'Released')).toEqual([])
  expect(said(rig, 'DriftDetected')).toEqual([])
  await rig.ready()
  expect(rig.status('default/Service/api')).toBeUndefined()
  rig.calls.length = 0
  await rig.clock.advance(10 * minute)
  expect(written(rig)).toEqual([])
  await rig.stop()
})

test('without prune it is released, and left as it is', async () => {
  const rig = createRig()
  await rig.git(shop({ more: [secondService()] }))
  await rig.ready()
  rig.calls.length = 0
  await rig.git(shop())
  await rig.clock.advance(30 * minute)
  expect(written(rig)).toEqual([])
  expect(said(rig, 'Released')).toEqual(['Service api is no longer in Git: left as it is in AWS'])
  expect(said(rig, 'Pruned')).toEqual([])
  await rig.stop()
})

test('a process that never saw it described prunes it too, and goes on after a crash', async () => {
  const before = createRig({ prune })
  await before.git(shop({ more: [secondService()] }))
  await before.ready()
  await before.stop()
  const rig = createRig({ beside: before, prune })
  await rig.git(shop())
  await rig.clock.runUntil(() => rig.writes().length === 1, minute)
  rig.crash()
  await rig.ready()
  await rig.clock.advance(10 * minute)
  expect(written(rig)).toEqual(['ecs:DeleteService'])
  await rig.stop()
})

test('what goes together goes in order: services, then their cluster', async () => {
  const rig = createRig({ prune: { maxDeletes: 2 } })
  const rest = clusters(4)
  await rig.git(shop({ more: rest }))
  await rig.ready()
  rig.calls.length = 0
  await rig.git(files(...rest))
  await rig.clock.runUntil(() => said(rig, 'Pruned').length === 2, 30 * minute)
  expect(written(rig)).toEqual(['ecs:DeleteService', 'ecs:DeleteCluster'])
  await rig.stop()
})

test('more than may be deleted at once: nothing is, with the number and what to do; it goes on when raised', async () => {
  const rig = createRig({ prune: {} })
  await rig.git(files(...clusters(20)))
  await rig.ready()
  rig.calls.length = 0
  await rig.git(files(...clusters(20, 3)))
  await rig.clock.advance(30 * minute)
  expect(written(rig)).toEqual([])
  expect(said(rig, 'TooManyDeletes')).toEqual([
    '3 of 20 resources are no longer described, and at most 2 may be deleted at once (10%): nothing is deleted (Cluster spare-0, Cluster spare-1, Cluster spare-2). Raise --max-deletes or the Environment’s maxDeletes to 3, or let them go in smaller steps',
  ])
  expect(conditions(rig, 'default/Cluster/spare-0')).toContain('Stalled TooManyDeletes')
  expect(rig.controller.state()).toBe('stalled')
  await rig.git(files(...clusters(20, 2)))
  await rig.ready()
  expect(written(rig)).toEqual(['ecs:DeleteCluster', 'ecs:DeleteCluster'])
  await rig.stop()
})

test('less than half is described: nothing goes, whatever the limit', async () => {
  const rig = createRig({ prune: { maxDeletes: '100%' } })
  await rig.git(files(...clusters(10)))
  await rig.ready()
  rig.calls.length = 0
  await rig.git(files(...clusters(10, 6)))
  await rig.clock.advance(30 * minute)
  expect(written(rig)).toEqual([])
  expect(said(rig, 'DescribesTooLittle')).toHaveLength(1)
  await rig.git(files(...clusters(10, 5)))
  await rig.ready()
  expect(written(rig)).toHaveLength(5)
  await rig.stop()
})

test('protected by its annotation it stays when the manifest is gone; protection can be taken back', async () => {
  const rig = createRig({ prune })
  const api = (annotations: Record<string, string>) =>
    document('Service', 'api', webService({ desiredCount: 1 }), annotations)
  await rig.git(shop({ more: [api({ prune: 'disabled' })] }))
  await rig.ready()
  await rig.git(shop())
  rig.calls.length = 0
  await rig.clock.advance(30 * minute)
  expect(written(rig)).toEqual([])
  expect(said(rig, 'Released')).toEqual([
    'Service api is no longer in Git: its tag fairlead:prune is disabled',
  ])
  await rig.git(shop({ more: [api({})] }))
  await rig.ready()
  await rig.git(shop())
  await rig.clock.runUntil(() => said(rig, 'Pruned').length > 0, 30 * minute)
  expect(written(rig)).toEqual(['ecs:TagResource', 'ecs:DeleteService'])
  await rig.stop()
})

test('what was adopted is let go: its tags are taken off, and it stays', async () => {
  const rig = createRig({ prune })
  await rig.aws('ecs:CreateCluster', { clusterName: 'theirs' })
  await rig.git(shop({ more: [document('Cluster', 'theirs', {}, { adopt: 'unchanged' })] }))
  await rig.ready()
  rig.calls.length = 0
  await rig.git(shop())
  await rig.clock.advance(30 * minute)
  expect(written(rig)).toEqual(['ecs:UntagResource'])
  expect(rig.simulator.world().clusters.get('theirs')?.cluster.status).toBe('ACTIVE')
  expect(said(rig, 'Pruned')).toEqual([])
  await rig.stop()
})

test('what another owner keeps, and what nobody does, is no business of prune', async () => {
  const rig = createRig({ prune: { maxDeletes: '100%' } })
  const theirs = createRig({ beside: rig, owner: 'platform' })
  await theirs.git(files(document('Cluster', 'platform')))
  await theirs.ready()
  await rig.aws('ecs:CreateCluster', { clusterName: 'by-hand' })
  await rig.git(shop())
  await rig.ready()
  await rig.clock.advance(10 * minute)
  const operations = rig.writes().map(({ operation }) => operation)
  expect(operations.filter((operation) => /Delete|Untag/.test(operation))).toEqual([])
  await theirs.stop()
  await rig.stop()
})

test('confirmed: it goes though its manifest is here, counts against no limit, and is not made again', async () => {
  const rig = createRig({ prune: { maxDeletes: 0 } })
  const api = (annotations: Record<string, string>) =>
    document('Service', 'api', webService({ desiredCount: 1 }), annotations)
  await rig.git(shop({ more: [api({})] }))
  await rig.ready()
  rig.calls.length = 0
  await rig.git(shop({ more: [api({ prune: 'confirmed' })] }))
  await rig.clock.runUntil(() => said(rig, 'Pruned').length > 0, 30 * minute)
  await rig.ready()
  expect(written(rig)).toEqual(['ecs:DeleteService'])
  expect(conditions(rig, 'default/Service/api')).toEqual(['Ready Absent'])
  await rig.clock.advance(30 * minute)
  expect(written(rig)).toEqual([])
  await rig.git(shop({ more: [api({})] }))
  await rig.ready()
  expect(written(rig)).toEqual(['ecs:CreateService'])
  await rig.stop()
})

test('confirmed, but others refer to it: it stays, and both say so', async () => {
  const rig = createRig()
  await rig.git(shop())
  await rig.ready()
  rig.calls.length = 0
  await rig.git(shop({ clusterAnnotations: { prune: 'confirmed' } }))
  await rig.clock.advance(30 * minute)
  expect(written(rig)).toEqual([])
  expect(conditions(rig, cluster)).toContain('Stalled StillNeeded')
  expect(conditions(rig, service)).toContain('Reconciling DependencyNotReady')
  await rig.git(
    shop({ clusterAnnotations: { prune: 'confirmed' }, annotations: { prune: 'confirmed' } }),
  )
  await rig.ready()
  expect(written(rig)).toEqual(['ecs:DeleteService', 'ecs:DeleteCluster'])
  await rig.stop()
})

test('another manifest names it by name: it stays as long as that does', async () => {
  const rig = createRig({ prune })
  const literal = (more: readonly object[]) =>
    files(
      ...more,
      ...clusters(4),
      document('TaskDefinition', 'web', webDefinition()),
      document('Service', 'web', webService({ cluster: 'shop' })),
    )
  await rig.git(literal([document('Cluster', 'shop')]))
  await rig.ready()
  rig.calls.length = 0
  await rig.git(literal([]))
  await rig.clock.advance(10 * minute)
  expect(written(rig)).toEqual([])
  expect(conditions(rig, cluster)).toContain('Stalled StillNeeded')
  await rig.stop()
})

test('prune that was asked for without an owner of its own is not done, and says so', async () => {
  const rig = createRig({ prune: { ownerSaid: false } })
  await rig.git(shop({ more: [secondService()] }))
  await rig.ready()
  rig.calls.length = 0
  await rig.git(shop())
  await rig.clock.advance(30 * minute)
  expect(written(rig)).toEqual([])
  expect(said(rig, 'PruneNeedsOwner')).toHaveLength(1)
  await rig.stop()
})

test('a dry run deletes nothing', async () => {
  const before = createRig()
  await before.git(shop({ more: [secondService()] }))
  await before.ready()
  await before.stop()
  const rig = createRig({ beside: before, prune, dryRun: true })
  await rig.git(shop())
  await rig.clock.advance(10 * minute)
  expect(written(rig)).toEqual([])
  expect(conditions(rig, 'default/Service/api')).toContain('Reconciling Waiting')
  await rig.stop()
})
