/** Promise: what only moved keeps running: its tag follows the manifest, and nothing is deleted or made anew. */
import { expect, test } from 'vitest'
import { createRig } from '../rig.ts'
import { roleSpec } from './means.ts'
import {
  conditions,
  document,
  files,
  minute,
  said,
  webDefinition,
  webService,
  written,
} from './shop.ts'

const prune = { maxDeletes: '100%' }

const environments = (more: Record<string, unknown> = {}) => [
  document('Environment', 'one', more),
  document('Environment', 'two', more),
  document('Cluster', 'first', {}, {}, 'one'),
  document('Cluster', 'second', {}, {}, 'two'),
]

const app = (namespace: string) => [
  document('Cluster', 'shop', {}, {}, namespace),
  document('TaskDefinition', 'web', webDefinition(), {}, namespace),
  document('Service', 'web', webService(), {}, namespace),
]

test('to another namespace of the same account and region: retagged, and it goes on running', async () => {
  const rig = createRig({ prune })
  await rig.git(files(...environments(), ...app('one')))
  await rig.ready()
  rig.calls.length = 0
  rig.events.length = 0
  const before = [...rig.simulator.world().tasks.keys()]
  await rig.git(files(...environments(), ...app('two')))
  await rig.ready()
  await rig.clock.advance(10 * minute)
  expect([...new Set(rig.writes().map(({ operation }) => operation))]).toEqual(['ecs:TagResource'])
  expect([...rig.simulator.world().tasks.keys()]).toEqual(before)
  expect(said(rig, 'Pruned')).toEqual([])
  expect(said(rig, 'Released')).toContain(
    'Service one/web is no longer in Git: it is Service two/web now, and nothing is made anew',
  )
  const tags = [...rig.simulator.world().tags.values()].map((each) => each['fairlead:resource'])
  expect(tags).toContain('two/Service/web')
  expect(tags).not.toContain('one/Service/web')
  await rig.stop()
})

test('what has no name in AWS is found by the id that it had', async () => {
  const rig = createRig({ prune })
  const network = (namespace: string) => document('Network', 'net', {}, {}, namespace)
  await rig.git(files(...environments(), network('one')))
  await rig.ready()
  // The tagging index shows it by then.
  await rig.clock.advance(2 * minute)
  const before = [
    ...rig.simulator.world().ec2.vpcs.keys(),
    ...rig.simulator.world().ec2.subnets.keys(),
  ]
  rig.calls.length = 0
  await rig.git(files(...environments(), network('two')))
  await rig.ready()
  await rig.clock.advance(10 * minute)
  expect([...new Set(rig.writes().map(({ operation }) => operation))]).toEqual(['ec2:CreateTags'])
  expect([
    ...rig.simulator.world().ec2.vpcs.keys(),
    ...rig.simulator.world().ec2.subnets.keys(),
  ]).toEqual(before)
  await rig.stop()
})

test('another manifest name for the same name in AWS is the same resource', async () => {
  const rig = createRig({ prune })
  const named = (name: string) =>
    files(document('Cluster', 'other'), document('Cluster', name, { clusterName: 'shop' }))
  await rig.git(named('shop'))
  await rig.ready()
  rig.calls.length = 0
  await rig.git(named('store'))
  await rig.ready()
  await rig.clock.advance(10 * minute)
  expect(written(rig)).toEqual(['ecs:TagResource'])
  await rig.stop()
})

test('to a namespace of another region it is another resource: made there, and gone here', async () => {
  const rig = createRig({ prune })
  const at = (namespace: string) =>
    files(
      document('Environment', 'one', { region: 'us-east-1' }),
      document('Environment', 'two', { region: 'eu-central-1' }),
      document('Cluster', 'first', {}, {}, 'one'),
      document('Cluster', 'second', {}, {}, 'two'),
      document('Cluster', 'shop', {}, {}, namespace),
    )
  await rig.git(at('one'))
  await rig.ready()
  rig.calls.length = 0
  await rig.git(at('two'))
  await rig.ready()
  await rig.clock.advance(5 * minute)
  expect(written(rig).sort()).toEqual(['ecs:CreateCluster', 'ecs:DeleteCluster'])
  await rig.stop()
})

test('where it moved to has problems: it stays until they are mended', async () => {
  const rig = createRig({ prune })
  await rig.git(files(...environments(), ...app('one')))
  await rig.ready()
  rig.calls.length = 0
  const broken = document('Cluster', 'odd', { nmae: 'x' }, {}, 'two')
  await rig.git(files(...environments(), document('Cluster', 'shop', {}, {}, 'one'), broken))
  await rig.clock.advance(30 * minute)
  expect(written(rig)).toEqual([])
  expect(said(rig, 'SourceInvalid')).toEqual([
    'nothing is deleted while two has problems, since it may have moved there: Service one/web',
  ])
  await rig.git(files(...environments(), ...app('two')))
  await rig.ready()
  expect([...new Set(written(rig))]).toEqual(['ecs:TagResource'])
  await rig.stop()
})

test('one resource that two manifests describe is kept by the one that has it', async () => {
  const rig = createRig()
  const role = (namespace: string) =>
    document('Role', 'exec', { ...roleSpec, policies: [] }, {}, namespace)
  const regions = [
    document('Environment', 'one', { region: 'us-east-1' }),
    document('Environment', 'two', { region: 'us-east-1', accountId: '123456789012' }),
  ]
  await rig.git(files(...regions, role('one')))
  await rig.ready()
  rig.calls.length = 0
  await rig.git(files(...regions, role('one'), role('two')))
  await rig.clock.advance(30 * minute)
  expect(written(rig)).toEqual([])
  expect(conditions(rig, 'two/Role/exec')).toContain('Stalled DescribedElsewhere')
  await rig.stop()
})
