/** The third stage: in which order resources exist, from their references. Pure. */
import type { Kind } from '../kind.ts'
import type { Desired, Manifest, ObjectKey } from '../model.ts'

export interface Graph {
  /** Every key, what it needs first standing before it. Ties: the registry's order, then the key. */
  readonly order: readonly ObjectKey[]
  /** What must exist before a key. */
  readonly needs: ReadonlyMap<ObjectKey, ReadonlySet<ObjectKey>>
  /** Who needs a key to exist first. */
  readonly neededBy: ReadonlyMap<ObjectKey, ReadonlySet<ObjectKey>>
  /** What a key's late calls wait for. */
  readonly late: ReadonlyMap<ObjectKey, ReadonlySet<ObjectKey>>
  /** The same, with everything that needs to exist for it: none of that waits for those calls. */
  readonly upstream: ReadonlyMap<ObjectKey, ReadonlySet<ObjectKey>>
  /** What a key refers to, ordering or not. */
  readonly refersTo: ReadonlyMap<ObjectKey, ReadonlySet<ObjectKey>>
  /** Who refers to a key. */
  readonly referredBy: ReadonlyMap<ObjectKey, ReadonlySet<ObjectKey>>
  /** Keys in a circle of ordering references: they cannot be ordered and must not be touched. */
  readonly circular: ReadonlySet<ObjectKey>
  /** What does something only for the sake of those that need it. */
  readonly serving: ReadonlySet<ObjectKey>
}

/** Orders the manifests of one environment (or of all). References to keys outside are ignored: validation reports them. */
export function buildGraph(
  manifests: readonly Manifest[],
  references: Desired['references'],
  kinds: readonly Kind[],
): Graph {
  const rank = new Map(kinds.map((kind, index) => [kind.name, index]))
  const byRank = [...manifests].sort(
    (a, b) =>
      (rank.get(a.kind) ?? 0) - (rank.get(b.kind) ?? 0) ||
      (a.key < b.key ? -1 : a.key > b.key ? 1 : 0),
  )
  const known = new Set(byRank.map((manifest) => manifest.key))
  const needs = new Map<ObjectKey, Set<ObjectKey>>()
  const neededBy = new Map<ObjectKey, Set<ObjectKey>>()
  const late = new Map<ObjectKey, Set<ObjectKey>>()
  const refersTo = new Map<ObjectKey, Set<ObjectKey>>()
  const referredBy = new Map<ObjectKey, Set<ObjectKey>>()
  for (const key of known) {
    needs.set(key, new Set())
    neededBy.set(key, new Set())
    refersTo.set(key, new Set())
    referredBy.set(key, new Set())
  }
  for (const key of known) {
    for (const reference of references[key] ?? []) {
      if (!known.has(reference.to)) continue
      refersTo.get(key)?.add(reference.to)
      referredBy.get(reference.to)?.add(key)
      if (reference.orders) {
        needs.get(key)?.add(reference.to)
        neededBy.get(reference.to)?.add(key)
      }
      if (reference.late) late.set(key, (late.get(key) ?? new Set()).add(reference.to))
    }
  }

  const order: ObjectKey[] = []
  const state = new Map<ObjectKey, 'open' | 'done'>()
  const circular = new Set<ObjectKey>()
  const visit = (key: ObjectKey, path: readonly ObjectKey[]) => {
    if (state.get(key) === 'done') return
    if (state.get(key) === 'open') {
      for (const member of path.slice(path.indexOf(key))) circular.add(member)
      return
    }
    state.set(key, 'open')
    for (const need of needs.get(key) ?? []) visit(need, [...path, key])
    state.set(key, 'done')
    order.push(key)
  }
  for (const manifest of byRank) visit(manifest.key, [])
  const upstream = new Map(
    [...late].map(([key, targets]) => [key, reachable(targets, needs)] as const),
  )
  const serves = new Set(kinds.flatMap(({ name, servesUsers }) => (servesUsers ? [name] : [])))
  const serving = new Set(byRank.flatMap(({ key, kind }) => (serves.has(kind) ? [key] : [])))
  return { order, needs, neededBy, late, upstream, refersTo, referredBy, circular, serving }
}

/** The circle that a key stands in, beginning and ending with it: two circles that touch are told as far as they repeat. */
export function circleOf(key: ObjectKey, { needs, circular }: Graph): readonly ObjectKey[] {
  const path = [key]
  for (;;) {
    const next = [...(needs.get(path.at(-1)!) ?? [])].find((need) => circular.has(need))
    if (next === undefined) return path
    if (path.includes(next)) return [...path, next]
    path.push(next)
  }
}

/** The keys with everything that they refer to, directly or not. */
export function closure(keys: Iterable<ObjectKey>, graph: Graph): Set<ObjectKey> {
  return reachable(keys, graph.refersTo)
}

/** The same, and for what serves its users alone these too: whether it does anything depends on them. */
export function companions(keys: Iterable<ObjectKey>, graph: Graph): Set<ObjectKey> {
  const all = closure(keys, graph)
  const users = [...all].flatMap((key) =>
    graph.serving.has(key) ? [...(graph.neededBy.get(key) ?? [])] : [],
  )
  return users.every((user) => all.has(user)) ? all : companions([...all, ...users], graph)
}

/** The keys with all that they refer to and all that needs it to be there: what a teardown has to see together. */
export function connected(keys: Iterable<ObjectKey>, graph: Graph): Set<ObjectKey> {
  const edges = new Map(
    graph.order.map((key) => [
      key,
      new Set([...(graph.refersTo.get(key) ?? []), ...(graph.neededBy.get(key) ?? [])]),
    ]),
  )
  return reachable(keys, edges)
}

function reachable(
  keys: Iterable<ObjectKey>,
  edges: ReadonlyMap<ObjectKey, ReadonlySet<ObjectKey>>,
): Set<ObjectKey> {
  const all = new Set<ObjectKey>()
  const todo = [...keys]
  for (let key = todo.pop(); key !== undefined; key = todo.pop()) {
    if (all.has(key)) continue
    all.add(key)
    todo.push(...(edges.get(key) ?? []))
  }
  return all
}
