/**
 * The fifth stage: what each resource needs, as data. Pure. A kind's planner says which fields differ and which
 * calls mend them; this stage decides what concerns every kind: ownership, modes, order and holes.
 */
import type { Draft, Kind, PlanInput } from '../kind.ts'
import type {
  Call,
  Change,
  Desired,
  Environment,
  Hole,
  Live,
  Manifest,
  ObjectKey,
  Plan,
  Reason,
  Reference,
} from '../model.ts'
import { substitute } from '../references.ts'
import { renderKey } from '../render-value.ts'
import type { Graph } from './graph.ts'
import { liveValue, type Observations } from './observe.ts'

export interface PlanStageInput {
  readonly desired: Desired
  readonly environment: Environment
  /** The manifests of this pass. */
  readonly manifests: ReadonlyMap<ObjectKey, Manifest>
  readonly graph: Graph
  readonly observations: Observations
  readonly kinds: readonly Kind[]
  readonly owner: string
  /** Keys that are to go although their manifests are there: `fairlead delete`. */
  readonly teardown?: boolean
  /** Why nothing may be done in this environment. */
  readonly refuse?: Reason
  readonly now: number
}

const blocked = (reason: Reason, stalled = false): Draft => ({
  verdict: 'blocked',
  reason,
  stalled,
})

/** Whose resource it is, as its tags say, and whether this manifest may write it. */
function ownershipOf(
  live: Live | undefined,
  manifest: Manifest,
  owner: string,
): PlanInput['ownership'] | Draft {
  if (!live) return 'mine'
  const holder = live.tags['fairlead:owner']
  if (holder === owner) return 'mine'
  const adopt = manifest.annotations['fairlead.dev/adopt']
  const name = `${manifest.kind} ${live.identity.name}`
  if (holder !== undefined) {
    return blocked(
      {
        code: 'OwnedByAnother',
        message: `${name} is kept by another fairlead, owner "${holder}" (this one is "${owner}"): it is not touched`,
      },
      true,
    )
  }
  if (adopt === 'unchanged') return 'adopt-unchanged'
  if (adopt === 'overwrite') return 'adopt-overwrite'
  return blocked(
    {
      code: 'NotOwned',
      message: `${name} exists in AWS and is not ours: annotate the manifest with fairlead.dev/adopt: unchanged (or overwrite) to take it over, or fairlead.dev/mode: observe to refer to it only`,
    },
    true,
  )
}

/** Ownership tags and the environment's; the manifest's own win over the environment's. */
function tagsOf(manifest: Manifest, environment: Environment, owner: string) {
  const own: Record<string, string> = {}
  const tags = (manifest.spec as { tags?: unknown }).tags
  for (const tag of Array.isArray(tags) ? (tags as { key?: string; value?: string }[]) : []) {
    if (tag.key) own[tag.key] = tag.value ?? ''
  }
  return {
    ...environment.tags,
    ...own,
    'fairlead:owner': owner,
    'fairlead:resource': manifest.key,
  }
}

function suspended(manifest: Manifest, now: number): Reason | undefined {
  const reason = manifest.annotations['fairlead.dev/suspend']
  if (reason === undefined || reason === 'false') return undefined
  const until = manifest.annotations['fairlead.dev/suspend-until']
  if (until !== undefined && Date.parse(until) <= now) return undefined
  return {
    code: 'Suspended',
    message: `suspended${until ? ` until ${until}` : ''}${reason && reason !== 'true' ? `: ${reason}` : ''}`,
  }
}

function findHoles(value: unknown, found: Hole['$hole'][] = []): Hole['$hole'][] {
  if (Array.isArray(value)) for (const item of value) findHoles(item, found)
  else if (value !== null && typeof value === 'object') {
    const hole = (value as Partial<Hole>).$hole
    if (hole) found.push(hole)
    else for (const item of Object.values(value)) findHoles(item, found)
  }
  return found
}

/** Plans every key of the pass in graph order, so that what is new is known before its users are planned. */
export function plan(input: PlanStageInput): Plan {
  const changes = new Map<ObjectKey, Change>()
  const order = input.graph.order.filter((key) => input.manifests.has(key))
  if (input.teardown) order.reverse()
  for (const key of order) changes.set(key, planOne(key, input, changes))
  return {
    environment: input.environment.name,
    revision: input.desired.revision,
    changes: [...changes.values()],
  }
}

function planOne(
  key: ObjectKey,
  input: PlanStageInput,
  changes: ReadonlyMap<ObjectKey, Change>,
): Change {
  const manifest = input.manifests.get(key) as Manifest
  const kind = input.kinds.find((candidate) => candidate.name === manifest.kind) as Kind
  const seen = input.observations.get(key)
  const live = seen?.found === 'yes' ? seen.live : undefined
  const draft = decide(manifest, kind, seen, live, input, changes)
  return withOrder(key, draft, input, changes)
}

function decide(
  manifest: Manifest,
  kind: Kind,
  seen: ReturnType<Observations['get']>,
  live: Live | undefined,
  input: PlanStageInput,
  changes: ReadonlyMap<ObjectKey, Change>,
): Draft {
  if (input.refuse) return blocked(input.refuse, true)
  if (!seen || seen.found === 'unknown') {
    const message = seen ? seen.message : 'not looked at yet'
    return blocked({ code: 'ReadFailed', message })
  }
  if (input.graph.circular.has(manifest.key)) {
    return blocked({ code: 'CircularReference', message: 'its references form a circle' }, true)
  }
  const observed =
    input.environment.mode === 'observe' || manifest.annotations['fairlead.dev/mode'] === 'observe'
  if (observed && manifest.annotations['fairlead.dev/mode'] === 'observe') {
    return live
      ? { verdict: 'keep', notes: ['observed only'] }
      : blocked({ code: 'NotFound', message: 'it is observed only, and AWS has none by that name' })
  }
  const ownership = ownershipOf(live, manifest, input.owner)
  if (typeof ownership !== 'string') return input.teardown ? released() : ownership
  const pause = suspended(manifest, input.now)
  if (pause && !input.teardown) return blocked(pause)

  const spec = substitute(manifest.spec, kind, manifest.namespace, (reference) =>
    resolvedValue(reference, input, changes),
  )
  const identity = input.desired.identities[manifest.key] ?? { name: manifest.name, parts: {} }
  const common = {
    key: manifest.key,
    environment: input.environment,
    tags: tagsOf(manifest, input.environment, input.owner),
    ownership,
    ...(live ? { live } : {}),
    ...(seen.found === 'no' && seen.predecessor ? { predecessor: seen.predecessor } : {}),
  }
  if (input.teardown) {
    if (!live) return { verdict: 'keep' }
    const draft = ownership === 'mine' ? kind.plan(common) : released()
    const user = [...(input.graph.referredBy.get(manifest.key) ?? [])].find(
      (key) => changes.get(key)?.verdict !== 'keep',
    )
    if (!user || draft.verdict === 'keep') return draft
    return blocked({ code: 'StillNeeded', message: `waits for ${renderKey(user)} to go` })
  }
  const missing = missingNeed(manifest.key, input, changes)
  if (missing) return blocked(missing)
  return kind.plan({ ...common, want: { manifest, identity, spec } })
}

/** Adopted and observed resources are released, never deleted. */
const released = (): Draft => ({ verdict: 'keep', notes: ['not ours: left as it is'] })

/** A value that exists and will not be replaced by this plan, else a hole that the plan's own call fills. */
function resolvedValue(
  reference: Reference,
  input: PlanStageInput,
  changes: ReadonlyMap<ObjectKey, Change>,
): unknown {
  const yields = changes
    .get(reference.to)
    ?.calls.some((call) => call.yields && reference.attribute in call.yields)
  if (yields) return { $hole: { key: reference.to, attribute: reference.attribute } }
  const seen = input.observations.get(reference.to)
  const live = seen?.found === 'yes' ? seen.live : undefined
  return liveValue(reference, live, input.desired.identities[reference.to])
}

/** What must exist first and neither does nor will through this plan. */
function missingNeed(
  key: ObjectKey,
  input: PlanStageInput,
  changes: ReadonlyMap<ObjectKey, Change>,
): Reason | undefined {
  for (const need of input.graph.needs.get(key) ?? []) {
    const change = changes.get(need)
    // Suspended is left alone, but it is there to be used.
    const seen = input.observations.get(need)
    if (change?.reason?.code === 'Suspended' && seen?.found === 'yes') continue
    if (!change || change.verdict === 'blocked') {
      const because = change?.reason ? ` (${change.reason.message})` : ''
      return { code: 'DependencyNotReady', message: `waits for ${renderKey(need)}${because}` }
    }
    if (change.verdict === 'replace' || change.verdict === 'delete') {
      return { code: 'DependencyNotReady', message: `waits for ${renderKey(need)} to be replaced` }
    }
  }
  return undefined
}

/** Adds ids and order: a resource's calls one after the other, behind the calls of what it needs and of its holes. */
function withOrder(
  key: ObjectKey,
  draft: Draft,
  input: PlanStageInput,
  changes: ReadonlyMap<ObjectKey, Change>,
): Change {
  const first = new Set<string>()
  for (const need of input.graph.needs.get(key) ?? []) {
    const last = changes.get(need)?.calls.at(-1)
    if (last) first.add(last.id)
  }
  const calls: Call[] = []
  for (const call of draft.calls ?? []) {
    const after = new Set(calls.length === 0 ? first : [calls.at(-1)?.id as string])
    for (const hole of findHoles(call.input)) {
      const producer = changes
        .get(hole.key)
        ?.calls.find((candidate) => candidate.yields && hole.attribute in candidate.yields)
      if (producer) after.add(producer.id)
    }
    calls.push({ ...call, id: `${key}#${calls.length}`, key, after: [...after] })
  }
  const unfilled = calls
    .flatMap((call) => findHoles(call.input))
    .find(
      (hole) =>
        !changes.get(hole.key)?.calls.some((call) => call.yields && hole.attribute in call.yields),
    )
  if (unfilled) {
    return {
      key,
      verdict: 'blocked',
      fields: draft.fields ?? [],
      effect: 'none',
      calls: [],
      reason: {
        code: 'WaitsForReference',
        message: `waits for the ${unfilled.attribute} of ${renderKey(unfilled.key)}`,
      },
      notes: draft.notes ?? [],
    }
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
  }
}
