/** Promise: everything of one application may have one name: a reference means what the field takes. */
import { expect, test } from 'vitest'
import { composites, kinds } from '../../src/kinds/index.ts'
import { createManifestCache, readManifests } from '../../src/reconcile/manifest.ts'
import { snapshotOf } from '../rig.ts'

const document = (kind: string, spec: object) =>
  JSON.stringify({
    apiVersion: 'fairlead.dev/v1alpha1',
    kind,
    metadata: { name: 'shop' },
    spec,
  })

test('a Network, an InstanceGroup, a Cluster and a Service of one name', async () => {
  const text = [
    document('Network', {}),
    document('Cluster', {}),
    document('InstanceGroup', {
      cluster: { ref: 'shop' },
      network: { ref: 'shop' },
      size: { min: 1, max: 1 },
    }),
    document('TaskDefinition', {
      containerDefinitions: [{ name: 'web', image: 'nginx', memory: 64 }],
    }),
    document('Service', {
      cluster: { ref: 'shop' },
      taskDefinition: { ref: 'shop' },
      capacityProviderStrategy: [{ capacityProvider: { ref: 'shop' }, weight: 1 }],
    }),
  ].join('\n---\n')
  const snapshot = snapshotOf({ 'shop.yaml': text })
  const { problems, references } = await readManifests(
    snapshot,
    kinds,
    createManifestCache(),
    composites,
  )
  expect(problems).toEqual([])
  const to = (key: string) => (references[key] ?? []).map((reference) => reference.to)
  expect(to('default/Service/shop')).toEqual([
    'default/Cluster/shop',
    'default/TaskDefinition/shop',
    'default/CapacityProvider/shop',
  ])
  expect(to('default/AutoScalingGroup/shop')).toEqual(
    expect.arrayContaining(['default/Subnet/shop-a', 'default/LaunchTemplate/shop']),
  )
})

test('what is missing is not looked for in a Network that has none of it', async () => {
  const text = [
    document('Network', {}),
    document('Cluster', {}),
    document('Service', { cluster: { ref: 'shop' }, taskDefinition: { ref: 'shop' } }),
  ].join('\n---\n')
  const { problems } = await readManifests(
    snapshotOf({ 'shop.yaml': text }),
    kinds,
    createManifestCache(),
    composites,
  )
  expect(problems.map(({ path }) => path)).toEqual(['spec.taskDefinition'])
  expect(problems[0]?.message).not.toContain('Network')
})
