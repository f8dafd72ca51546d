/** Which resources are left alone for now, and which begin nothing because all that need them are. Pure. */
import type { Draft, Kind } from '../../kind.ts'
import type { Manifest, ObjectKey, Reason } from '../../model.ts'
import { renderKey } from '../../render-value.ts'
import { endOf, suspendedReason, suspensionOf } from '../../suspension.ts'
import type { Graph } from '../graph.ts'
import type { Observations } from '../observe.ts'

export interface Pause {
  readonly reason: Reason
  /** When it ends by itself, milliseconds since the epoch. */
  readonly untilMs?: number
  /** Only for those that need it: what has begun goes on. */
  readonly begun?: true
}

export interface PausesInput {
  readonly manifests: ReadonlyMap<ObjectKey, Manifest>
  readonly graph: Graph
  readonly observations: Observations
  readonly kinds: readonly Kind[]
  readonly now: number
}

export function pausesIn(input: PausesInput): ReadonlyMap<ObjectKey, Pause> {
  const pauses = new Map<ObjectKey, Pause>()
  // Users first: what serves only suspended ones may itself be all that another one serves.
  for (const key of [...input.graph.order].reverse()) {
    const manifest = input.manifests.get(key)
    if (!manifest) continue
    const pause = ownPause(manifest, input) ?? usersPause(manifest, input, pauses)
    if (pause) pauses.set(key, pause)
  }
  return pauses
}

function ownPause(
  { key, annotations }: Manifest,
  { observations, now }: PausesInput,
): Pause | undefined {
  const seen = observations.get(key)
  const tags = seen?.found === 'yes' ? seen.live.tags : undefined
  const suspension = suspensionOf(annotations, tags, now)
  if (!suspension) return undefined
  const untilMs = endOf(suspension)
  return { reason: suspendedReason(suspension), ...(untilMs === undefined ? {} : { untilMs }) }
}

function usersPause(
  { key, kind }: Manifest,
  { graph, kinds }: PausesInput,
  pauses: ReadonlyMap<ObjectKey, Pause>,
): Pause | undefined {
  if (!kinds.find(({ name }) => name === kind)?.servesUsers) return undefined
  const users = [...(graph.neededBy.get(key) ?? [])]
  const [first, ...more] = users.map((user) => pauses.get(user))
  if (!first || more.includes(undefined)) return undefined
  const names = users.slice(0, 3).map(renderKey).join(', ')
  const others = users.length > 3 ? ` and ${users.length - 3} more` : ''
  const verb = users.length === 1 ? 'needs' : 'need'
  const because = users.length === 1 ? first.reason.message : 'all suspended'
  const message = `begins nothing: only ${names}${others} ${verb} it, ${because}`
  return { reason: { code: 'Suspended', message }, begun: true }
}

/** What a paused resource needs, shown and not done. */
export function pausedDraft({ reason, untilMs, begun }: Pause, draft: Draft): Draft {
  const settled = draft.verdict === 'keep'
  if (begun && (settled || draft.verdict === 'blocked' || draft.followUp)) return draft
  return {
    verdict: 'blocked',
    reason,
    fields: draft.fields ?? [],
    notes: draft.notes ?? [],
    pause: { settled, ...(untilMs === undefined ? {} : { untilMs }) },
  }
}
