/**
 * The fifth stage: what each resource needs, as data. Pure. A kind's planner says which fields differ and which
 * calls mend them; this stage decides what concerns every kind: ownership, modes, order and holes.
 */
import { holesIn } from '../diff.ts'
import type { Draft, Kind, PlanInput } from '../kind.ts'
import type {
  Change,
  Desired,
  Environment,
  Live,
  Manifest,
  ObjectKey,
  Plan,
  Reason,
  Reference,
} from '../model.ts'
import { substitute } from '../references.ts'
import { renderKey } from '../render-value.ts'
import { circleOf, type Graph } from './graph.ts'
import { liveValue, type Observations } from './observe.ts'
import { type Going, lettingGoOf, planGoing } from './plan/going.ts'
import { isConcerned, producerOf, settleLate, withOrder } from './plan/order.ts'
import { blocked, claimedBy, movedHere, ownershipOf, tagsOf } from './plan/ownership.ts'
import { type Pause, pausedDraft, pausesIn } from './plan/pauses.ts'
import { notReplaced, replacedWhileHeld, withWayBeside } from './plan/replacing.ts'
import { released, tearDown } from './plan/teardown.ts'

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
  /** See ObserveContext. */
  readonly back?: ReadonlyMap<ObjectKey, string>
  /** What is replaced though others refer to it late. */
  readonly replaced?: ReadonlySet<ObjectKey>
  /** By key of a manifest: the key of what it meant under another name, where that is there. */
  readonly former?: ReadonlyMap<ObjectKey, ObjectKey>
  /** What is to go in this pass, though it is no teardown. */
  readonly going?: Going
  readonly now: number
}

/** Plans every key of the pass in graph order, so that what is new is known before its users are planned. */
export function plan(input: PlanStageInput): Plan {
  const changes = planAll(input)
  const replaced = replacedWhileHeld(changes.values(), input)
  return {
    environment: input.environment.name,
    revision: input.desired.revision,
    changes: settleLate(replaced.size > 0 ? planAround(replaced, input) : changes, input.graph),
  }
}

/** Those that refer late to what is replaced count on its successor, and let go of it. */
function planAround(
  replaced: ReadonlySet<ObjectKey>,
  input: PlanStageInput,
): Map<ObjectKey, Change> {
  const changes = planAll({ ...input, replaced })
  for (const [key, draft] of lettingGoOf(replaced, input, changes)) {
    changes.set(key, withOrder(key, draft, input.graph, changes))
  }
  return changes
}

function planAll(input: PlanStageInput): Map<ObjectKey, Change> {
  const changes = new Map<ObjectKey, Change>()
  const order = input.graph.order.filter((key) => input.manifests.has(key))
  if (input.teardown) order.reverse()
  const pauses = input.teardown ? new Map<ObjectKey, Pause>() : pausesIn(input)
  for (const key of order) {
    if (!input.going?.keys.has(key)) changes.set(key, planOne(key, input, changes, pauses.get(key)))
  }
  for (const [key, draft] of planGoing(input, changes)) {
    changes.set(key, withOrder(key, draft, input.graph, changes))
  }
  return changes
}

function planOne(
  key: ObjectKey,
  input: PlanStageInput,
  changes: ReadonlyMap<ObjectKey, Change>,
  pause: Pause | undefined,
): Change {
  const manifest = input.manifests.get(key) as Manifest
  const kind = input.kinds.find((candidate) => candidate.name === manifest.kind) as Kind
  const seen = input.observations.get(key)
  const live = seen?.found === 'yes' ? seen.live : undefined
  const draft = decide(manifest, kind, seen, live, input, changes, pause)
  return withOrder(key, draft, input.graph, changes)
}

function decide(
  manifest: Manifest,
  kind: Kind,
  seen: ReturnType<Observations['get']>,
  live: Live | undefined,
  input: PlanStageInput,
  changes: ReadonlyMap<ObjectKey, Change>,
  pause: Pause | undefined,
): Draft {
  if (input.refuse) return blocked(input.refuse, true)
  if (!seen || seen.found === 'unknown') {
    const message = seen ? seen.message : 'not looked at yet'
    const ambiguous = seen?.reason === 'ambiguous'
    // Time does not give permissions.
    const stalled = ambiguous || seen?.reason === 'denied'
    return blocked({ code: ambiguous ? 'Ambiguous' : 'ReadFailed', message }, stalled)
  }
  if (input.graph.circular.has(manifest.key)) {
    const circle = circleOf(manifest.key, input.graph)
      .map((key) => renderKey(key))
      .join(' → ')
    const message = `what it refers to, or depends on, forms a circle: ${circle}`
    return blocked({ code: 'CircularReference', message }, true)
  }
  const observed =
    input.environment.mode === 'observe' || manifest.annotations['fairlead.dev/mode'] === 'observe'
  if (observed && manifest.annotations['fairlead.dev/mode'] === 'observe') {
    return live || input.teardown
      ? { verdict: 'keep', notes: ['observed only'] }
      : blocked({ code: 'NotFound', message: 'it is observed only, and AWS has none by that name' })
  }
  const ownership = ownershipOf(live, manifest, input.owner)
  if (typeof ownership !== 'string') return input.teardown ? released() : ownership
  const claimed = input.teardown ? undefined : claimedBy(live, manifest, input.desired)
  if (claimed) {
    const message = `it is described as ${renderKey(claimed)} too: give one of them another name in AWS, or annotate one with fairlead.dev/mode: observe`
    return blocked({ code: 'DescribedElsewhere', message }, true)
  }
  const spec = substitute(manifest.spec, kind, manifest.namespace, (reference) =>
    resolvedValue(reference, input, changes),
  )
  const identity = input.desired.identities[manifest.key] ?? { name: manifest.name, parts: {} }
  const common = {
    key: manifest.key,
    now: input.now,
    environment: input.environment,
    tags: tagsOf(manifest, input.environment, input.owner, ownership, live),
    ownership,
    ...(input.back?.has(manifest.key) ? { back: input.back.get(manifest.key) as string } : {}),
    ...(live ? { live } : {}),
    ...(seen.found === 'no' && seen.predecessor ? { predecessor: seen.predecessor } : {}),
    ...(seen.found === 'no' && seen.facts ? { facts: seen.facts } : {}),
    ...formerOf(manifest.key, input),
  }
  if (input.teardown) {
    if (!live) return { verdict: 'keep' }
    if (ownership !== 'mine') return released()
    return tearDown(manifest, kind, live, common, input, changes)
  }
  const missing = missingNeed(manifest.key, input, changes)
  if (missing) return pause ? pausedDraft(pause, blocked(missing)) : blocked(missing)
  const asked = { ...common, want: { manifest, identity, spec } }
  const planned = withWayBeside(kind.plan(asked), kind)
  const kept = notReplaced(planned, manifest, kind, live, input)
  if (kept) return pause ? pausedDraft(pause, kept) : kept
  const moved = planned.verdict === 'update' ? movedHere(live, manifest) : undefined
  const draft = moved ? { ...planned, notes: [...(planned.notes ?? []), moved] } : planned
  if (pause) return pausedDraft(pause, draft)
  const unready = (draft.calls?.length ?? 0) > 0 && unreadyDependency(manifest.key, input, changes)
  return unready ? whileUnready(draft, unready, kind, asked) : draft
}

/** Only what starts tasks waits for what must be well; what was begun before goes on. */
function whileUnready(draft: Draft, unready: Reason, kind: Kind, asked: PlanInput): Draft {
  if (draft.verdict === 'update' && kind.planInPlace) {
    if (draft.followUp || draft.effect !== 'roll-out') return draft
    const part = kind.planInPlace(asked)
    if (part.calls?.length) return { ...part, notes: [`the roll-out ${unready.message}`] }
  }
  return { ...blocked(unready), fields: draft.fields ?? [] }
}

function formerOf(key: ObjectKey, { former, observations }: PlanStageInput): { former?: Live } {
  const seen = observations.get(former?.get(key) ?? '')
  return seen?.found === 'yes' ? { former: seen.live } : {}
}

/** What a person made it depend on must be well, not only there: a migration that ended, a service that rolled out. */
function unreadyDependency(
  key: ObjectKey,
  input: PlanStageInput,
  changes: ReadonlyMap<ObjectKey, Change>,
): Reason | undefined {
  for (const { path, to } of input.desired.references[key] ?? []) {
    if (!path.startsWith('metadata.') || !input.manifests.has(to)) continue
    const seen = input.observations.get(to)
    const manifest = input.manifests.get(to) as Manifest
    const kind = input.kinds.find(({ name }) => name === manifest.kind) as Kind
    const identity = input.desired.identities[to] ?? { name: manifest.name, parts: {} }
    const health =
      seen?.found === 'yes'
        ? kind.health(seen.live, { manifest, identity, spec: manifest.spec })
        : undefined
    const change = changes.get(to)
    // Suspended is there to be used, but for what has yet to do its work.
    const there = change?.verdict === 'keep' || (change?.pause && !kind.servesUsers)
    if ((there || change?.pause?.settled) && health?.state === 'Ready') continue
    const because = health && health.state !== 'Ready' ? ` (${health.message})` : ''
    return { code: 'DependencyNotReady', message: `waits for ${renderKey(to)}${because}` }
  }
  return undefined
}

/** A value that exists and will not be replaced by this plan, else a hole that the plan's own call fills. */
function resolvedValue(
  reference: Reference,
  input: PlanStageInput,
  changes: ReadonlyMap<ObjectKey, Change>,
): unknown {
  const open = reference.late && input.replaced?.has(reference.to)
  const yields = changes
    .get(reference.to)
    ?.calls.some((call) => call.yields && reference.attribute in call.yields)
  if (yields || open) return { $hole: { key: reference.to, attribute: reference.attribute } }
  const seen = input.observations.get(reference.to)
  const live = seen?.found === 'yes' ? seen.live : undefined
  return liveValue(reference, live, input.desired.identities[reference.to])
}

/** What a late call of a need waits for that no call of this plan makes, where that call concerns this user. */
function openHole(
  user: ObjectKey,
  change: Change,
  graph: Graph,
  changes: ReadonlyMap<ObjectKey, Change>,
) {
  if (graph.upstream.get(change.key)?.has(user)) return undefined
  const lates = change.calls.filter((call) => call.concerns && isConcerned(user, call, graph))
  const holes = lates.flatMap((call) => holesIn(call.input))
  return holes.find((hole) => !producerOf(hole, changes, change.calls))
}

/** What must exist first and neither does nor will through this plan. */
function missingNeed(
  key: ObjectKey,
  input: PlanStageInput,
  changes: ReadonlyMap<ObjectKey, Change>,
): Reason | undefined {
  for (const need of input.graph.needs.get(key) ?? []) {
    const change = changes.get(need)
    if (input.going?.keys.has(need)) {
      const message = `waits for ${renderKey(need)}, whose annotation says that it is to go`
      return { code: 'DependencyNotReady', message }
    }
    // Suspended is left alone, but it is there to be used.
    const seen = input.observations.get(need)
    if (change?.reason?.code === 'Suspended' && seen?.found === 'yes') continue
    // It stands; only what comes last of it is missing, and that waits for this one.
    if (change?.reason?.code === 'WaitsForLate' && input.graph.upstream.get(need)?.has(key))
      continue
    if (!change || change.verdict === 'blocked') {
      const because = change?.reason ? ` (${change.reason.message})` : ''
      return { code: 'DependencyNotReady', message: `waits for ${renderKey(need)}${because}` }
    }
    if (change.verdict === 'replace' || change.verdict === 'delete') {
      return { code: 'DependencyNotReady', message: `waits for ${renderKey(need)} to be replaced` }
    }
    const open = openHole(key, change, input.graph, changes)
    if (open) {
      const [code, what] = ['DependencyNotReady', `the ${open.attribute} of ${renderKey(open.key)}`]
      return { code, message: `waits for ${renderKey(need)} (waits for ${what})` }
    }
  }
  return undefined
}
