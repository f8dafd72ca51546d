/** References: found by the kind's table, replaced by values, read from text. */
import { expect, test } from 'vitest'
import { references } from '../../src/kinds/service/manifest.ts'
import type { Reference } from '../../src/model.ts'
import { itemLabels, parentPath } from '../../src/paths.ts'
import { findReferences, parseRef, substitute } from '../../src/references.ts'

const kind = { references }
const spec = {
  cluster: { ref: 'shop' },
  taskDefinition: { ref: 'prod/web' },
  loadBalancers: [
    { targetGroupArn: 'arn:literal', containerName: 'web' },
    { targetGroupArn: { ref: 'TargetGroup/web', append: '/x' }, containerName: 'web' },
  ],
  networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-1', { ref: 'a' }] } },
}

test('a reference has one to three parts', () => {
  expect(parseRef('web', 'ns', 'Cluster')).toEqual({
    namespace: 'ns',
    kind: 'Cluster',
    name: 'web',
  })
  expect(parseRef('other/web', 'ns', 'Cluster')).toEqual({
    namespace: 'other',
    kind: 'Cluster',
    name: 'web',
  })
  expect(parseRef('Role/web', 'ns', 'Cluster')).toEqual({
    namespace: 'ns',
    kind: 'Role',
    name: 'web',
  })
  expect(parseRef('other/Role/web', 'ns', 'Cluster')).toEqual({
    namespace: 'other',
    kind: 'Role',
    name: 'web',
  })
  for (const bad of ['', '/web', 'a//web', 'a/b/c/d', 'web/'])
    expect(parseRef(bad, 'ns', 'Cluster'), bad).toBeUndefined()
})

test('all references of a spec are found, at their places', () => {
  const found = findReferences({ spec, namespace: 'default' }, kind)
  expect(found.map(({ path, to, attribute }) => [path, to, attribute])).toEqual([
    ['spec.cluster', 'default/Cluster/shop', 'name'],
    ['spec.taskDefinition', 'prod/TaskDefinition/web', 'arn'],
    ['spec.networkConfiguration.awsvpcConfiguration.subnets[1]', 'default/Subnet/a', 'id'],
    ['spec.loadBalancers[1].targetGroupArn', 'default/TargetGroup/web', 'arn'],
  ])
})

test('references are replaced, and nothing else is touched', () => {
  const before = structuredClone(spec)
  const result = substitute(spec, kind, 'default', (reference: Reference) => `<${reference.to}>`)
  expect(result).toEqual({
    cluster: '<default/Cluster/shop>',
    taskDefinition: '<prod/TaskDefinition/web>',
    loadBalancers: [
      { targetGroupArn: 'arn:literal', containerName: 'web' },
      { targetGroupArn: '<default/TargetGroup/web>/x', containerName: 'web' },
    ],
    networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-1', '<default/Subnet/a>'] } },
  })
  expect(spec).toEqual(before)
  expect(result.loadBalancers[0]).toBe(spec.loadBalancers[0])
})

test('a spec without references is handed back as it is', () => {
  const plain = { cluster: 'shop', loadBalancers: [] }
  expect(substitute(plain, kind, 'default', () => 'never')).toBe(plain)
})

test('what is appended to a hole stays beside it', () => {
  const hole = { $hole: { key: 'default/TargetGroup/web', attribute: 'arn' } }
  const result = substitute(spec, kind, 'default', () => hole) as unknown as typeof spec
  expect(result.cluster).toEqual(hole)
  expect(result.loadBalancers[1]?.targetGroupArn).toEqual({ ...hole, append: '/x' })
})

test('list items are labelled by their names where those are unique', () => {
  const items = [{ name: 'a' }, { name: 'b' }, { name: 'a' }, { name: '' }, {}, 'x', { name: 3 }]
  expect(itemLabels(items)).toEqual(['a', 'b', '2', '3', '4', '5', '6'])
})

test('the parent of a path', () => {
  expect(parentPath('spec.environment[a.b].value')).toBe('spec.environment[a.b]')
  expect(parentPath('spec.environment[a.b]')).toBe('spec.environment')
  expect(parentPath('spec')).toBeUndefined()
})
