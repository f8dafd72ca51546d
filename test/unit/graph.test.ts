/** The graph: order by references, circles, the closure of a pass. */
import { expect, test } from 'vitest'
import type { Kind } from '../../src/kind.ts'
import type { Manifest, Reference } from '../../src/model.ts'
import { buildGraph, circleOf, closure } from '../../src/reconcile/graph.ts'

const kinds = ['Cluster', 'TaskDefinition', 'Service'].map((name) => ({
  name,
})) as unknown as Kind[]
const manifest = (key: string) => ({ key, kind: key.split('/')[1] }) as unknown as Manifest
const to = (key: string, orders = true): Reference => ({
  path: 'spec.x',
  to: key,
  attribute: 'arn',
  orders,
})

const [cluster, web, service] = ['d/Cluster/shop', 'd/TaskDefinition/web', 'd/Service/web'] as const

test('what is needed stands before who needs it, whatever the order in the files', () => {
  const graph = buildGraph(
    [service, web, cluster].map(manifest),
    { [service]: [to(cluster), to(web)] },
    kinds,
  )
  expect(graph.order).toEqual([cluster, web, service])
  expect(graph.circular.size).toBe(0)
})

test('a name known from Git orders nothing, so a circle through one is none', () => {
  const graph = buildGraph(
    [cluster, service].map(manifest),
    { [service]: [to(cluster)], [cluster]: [to(service, false)] },
    kinds,
  )
  expect(graph.order).toEqual([cluster, service])
  expect(graph.circular.size).toBe(0)
  expect([...(graph.referredBy.get(service) ?? [])]).toEqual([cluster])
})

test('a true circle is named, and what only leads to it is not', () => {
  const graph = buildGraph(
    [cluster, web, service].map(manifest),
    { [service]: [to(web)], [web]: [to(service)], [cluster]: [to(web)] },
    kinds,
  )
  expect([...graph.circular].sort()).toEqual([service, web].sort())
  expect(circleOf(service, graph)).toEqual([service, web, service])
})

test('a pass holds all that its keys refer to', () => {
  const graph = buildGraph([cluster, web, service].map(manifest), { [service]: [to(web)] }, kinds)
  expect([...closure([service], graph)].sort()).toEqual([service, web].sort())
})
