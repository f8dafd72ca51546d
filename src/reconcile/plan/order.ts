/**
 * Ids and order of a plan's calls: a resource's own one after the other, behind the calls of what it needs and of what
 * fills its holes. Late calls come last of all: what they wait for may itself wait for the resource. Pure.
 */
import { holesIn } from '../../diff.ts'
import type { Draft } from '../../kind.ts'
import type { Call, Change, Hole, ObjectKey } from '../../model.ts'
import { renderKey } from '../../render-value.ts'
import type { Graph } from '../graph.ts'

type Changes = ReadonlyMap<ObjectKey, Change>

/** Whether a user of a resource has to wait for one of its late calls; see Call. */
export function isConcerned(user: ObjectKey, { concerns }: Call, graph: Graph): boolean {
  if (concerns === undefined || concerns === 'all') return true
  return concerns.some((key) => graph.needs.get(user)?.has(key))
}

/** The call that gives a hole its value. */
export function producerOf(hole: Hole['$hole'], changes: Changes, own: readonly Call[] = []) {
  const calls = [
    ...own.filter(({ key }) => key === hole.key),
    ...(changes.get(hole.key)?.calls ?? []),
  ]
  return calls.find((call) => call.yields && hole.attribute in call.yields)
}

/** The draft as a change. Late calls keep their open holes: what fills them is planned after this one. */
export function withOrder(key: ObjectKey, draft: Draft, graph: Graph, changes: Changes): Change {
  const first = new Set<string>()
  for (const need of graph.needs.get(key) ?? []) {
    const last = changes.get(need)?.calls.findLast((call) => !call.late)
    if (last) first.add(last.id)
  }
  const calls: Call[] = []
  for (const call of draft.calls ?? []) {
    const after = new Set(calls.length === 0 ? first : [calls.at(-1)!.id])
    const holes = holesIn(call.input)
    for (const hole of holes) {
      const producer = producerOf(hole, changes, calls)
      if (producer) after.add(producer.id)
      else if (!call.late) return waiting(key, draft, hole)
    }
    calls.push({ ...call, id: `${key}#${calls.length}`, key, after: [...after] })
  }
  return {
    key,
    verdict: draft.verdict,
    fields: draft.fields ?? [],
    effect: draft.effect ?? 'none',
    calls,
    notes: draft.notes ?? [],
    ...(draft.reason ? { reason: draft.reason } : {}),
    ...(draft.stalled ? { stalled: true } : {}),
    ...(draft.followUp ? { followUp: true } : {}),
    ...(draft.startsAnew ? { startsAnew: true } : {}),
    ...(draft.pause ? { pause: draft.pause } : {}),
  }
}

function waiting(
  key: ObjectKey,
  draft: Pick<Draft, 'fields' | 'notes'>,
  hole: Hole['$hole'],
  code = 'WaitsForReference',
): Change {
  return {
    key,
    verdict: 'blocked',
    fields: draft.fields ?? [],
    effect: 'none',
    calls: [],
    reason: { code, message: `waits for the ${hole.attribute} of ${renderKey(hole.key)}` },
    notes: draft.notes ?? [],
  }
}

/**
 * Once all is planned: puts late calls behind what fills their holes, and takes away those that nothing fills. Who
 * needs a resource waits for its late calls too, but for those whose work these calls wait for.
 */
export function settleLate(planned: Changes, graph: Graph): readonly Change[] {
  const changes = new Map(planned)
  const sent = new Map<ObjectKey, readonly Call[]>()
  for (const [key, change] of planned) {
    if (!change.calls.some((call) => call.late)) continue
    const settled = settle(change, planned)
    changes.set(key, settled)
    sent.set(
      key,
      settled.calls.filter((call) => call.late),
    )
  }
  for (const [key, lates] of sent) {
    for (const user of graph.neededBy.get(key) ?? []) {
      const change = changes.get(user)
      if (!change || change.calls.length === 0 || graph.upstream.get(key)?.has(user)) continue
      const late = lates.findLast((call) => isConcerned(user, call, graph))
      if (!late) continue
      const [first, ...rest] = change.calls
      const after = [...new Set([...first!.after, late.id])]
      changes.set(user, { ...change, calls: [{ ...first!, after }, ...rest] })
    }
  }
  return [...changes.values()]
}

function settle(change: Change, planned: Changes): Change {
  const calls: Call[] = []
  let open: Hole['$hole'] | undefined
  for (const call of change.calls) {
    const holes = holesIn(call.input)
    const producers = holes.map((hole) => producerOf(hole, planned, calls))
    const missing = holes.find((_, i) => !producers[i])
    if (call.late && (missing || open)) open ??= missing
    else {
      const after = [...new Set([...call.after, ...producers.map((producer) => producer!.id)])]
      calls.push({ ...call, after })
    }
  }
  if (!open) return { ...change, calls }
  if (calls.length === 0) return waiting(change.key, change, open, 'WaitsForLate')
  return { ...change, calls }
}
