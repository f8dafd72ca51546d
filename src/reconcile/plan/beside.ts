/**
 * How what a manifest meant under another name goes: made first is the new one, moved is whoever uses the old one, and
 * only then, where it is allowed, the old one goes as pruned ones do. Pure.
 */
import { isAdopted } from '../../adoption.ts'
import type { Draft, Kind } from '../../kind.ts'
import type { Change, Desired, Live, Manifest, ObjectKey, Reason } from '../../model.ts'
import { renderKey } from '../../render-value.ts'
import { suspendedReason, suspensionOf } from '../../suspension.ts'
import type { Graph } from '../graph.ts'
import type { Observations } from '../observe.ts'
import { keptBy } from '../predecessors.ts'
import { mentionOf } from './mentions.ts'
import { blocked } from './ownership.ts'
import { pausedDraft } from './pauses.ts'

/** One that stands beside what is described. */
export interface Standing {
  /** The manifest that means another name by now. */
  readonly heir: ObjectKey
  /** It may go: things are pruned, or its manifest says so. */
  readonly may: boolean
  /** Why it does not go all the same. */
  readonly refused?: Reason
}

export interface BesideInput {
  readonly desired: Pick<Desired, 'identities'>
  readonly manifests: ReadonlyMap<ObjectKey, Manifest>
  readonly graph: Graph
  readonly observations: Observations
  readonly kinds: readonly Kind[]
  readonly going?: {
    readonly orphans: ReadonlySet<ObjectKey>
    readonly beside: ReadonlyMap<ObjectKey, Standing>
  }
  readonly now: number
}

type Changes = ReadonlyMap<ObjectKey, Change>

/** Why it does not go now; undefined once it may. */
export function staysBeside(
  key: ObjectKey,
  kind: Kind,
  live: Live,
  { heir, may, refused }: Standing,
  input: BesideInput,
  changes: Changes,
): Draft | undefined {
  const manifest = input.manifests.get(heir)
  if (!manifest) return waits(`waits until ${renderKey(heir)} has been looked at`)
  const now = `${renderKey(heir)} has another name in AWS by now`
  const kept = keptBy(manifest, live)
  if (kept) return leftBehind(`${now}; this one stays: ${kept}`)
  if (!may) {
    const way = isAdopted(live, manifest) ? 'lets it go' : 'deletes it once nothing uses it'
    const annotation = `fairlead.dev/replace: allowed at ${renderKey(heir)}`
    return leftBehind(`${now}, and this one is left behind: ${annotation}, or prune, ${way}`)
  }
  const suspension = suspensionOf(manifest.annotations, live.tags, input.now)
  if (suspension) return pausedDraft({ reason: suspendedReason(suspension) }, { verdict: 'delete' })
  const waiting = waitsFor(heir, input, changes)
  if (waiting) return waiting
  if (refused && !isAdopted(live, manifest)) return blocked(refused, true)
  const user = mentionOf(key, kind, live, input)
  if (!user) return undefined
  const message = `waits: ${renderKey(user.key)} still uses it (${user.path})`
  return waits(message, !moves(user.key, input))
}

/** Whether it changes or goes without a person. */
const moves = (key: ObjectKey, { desired, going }: BesideInput): boolean =>
  Object.hasOwn(desired.identities, key) ||
  (going?.orphans.has(key) ?? false) ||
  (going?.beside.get(key)?.may ?? false)

function leftBehind(message: string): Draft {
  return { verdict: 'keep', reason: { code: 'LeftBehind', message }, notes: [message] }
}

const waits = (message: string, stalled = false): Draft =>
  blocked({ code: 'StillNeeded', message }, stalled)

/** The new one first, then all that refers to it, directly or not: it may run what the old one served. */
function waitsFor(heir: ObjectKey, input: BesideInput, changes: Changes): Draft | undefined {
  const own = unsettled(heir, input, changes)
  if (own) return waits(`goes once ${renderKey(heir)} stands: ${own.why}`, own.stalled)
  for (const user of usersOf(heir, input)) {
    const seen = input.observations.get(user)
    // What is not there yet uses nothing.
    if (seen?.found === 'no') continue
    const open = unsettled(user, input, changes)
    if (open) return waits(`goes once ${renderKey(user)} has moved: ${open.why}`, open.stalled)
  }
  return undefined
}

function usersOf(heir: ObjectKey, { graph }: BesideInput): Set<ObjectKey> {
  const users = new Set<ObjectKey>()
  const todo = [...(graph.referredBy.get(heir) ?? [])]
  for (let key = todo.pop(); key !== undefined; key = todo.pop()) {
    if (key === heir || users.has(key)) continue
    users.add(key)
    todo.push(...(graph.referredBy.get(key) ?? []))
  }
  return users
}

interface Open {
  readonly why: string
  readonly stalled: boolean
}

/** What is missing until it is as Git says and well. */
function unsettled(key: ObjectKey, input: BesideInput, changes: Changes): Open | undefined {
  const manifest = input.manifests.get(key)
  const change = changes.get(key)
  const seen = input.observations.get(key)
  if (!manifest || !change) return { why: 'it is being written', stalled: false }
  if (manifest.annotations['fairlead.dev/mode'] === 'observe') return undefined
  if (change.verdict !== 'keep') {
    const why = change.reason?.message ?? `it is to be ${participles[change.verdict]}`
    return { why, stalled: change.stalled ?? false }
  }
  if (seen?.found !== 'yes') return { why: 'it is not there', stalled: false }
  const kind = input.kinds.find(({ name }) => name === manifest.kind) as Kind
  const identity = input.desired.identities[key] ?? { name: manifest.name, parts: {} }
  const health = kind.health(seen.live, { manifest, identity, spec: manifest.spec })
  if (health.state === 'Ready') return undefined
  return { why: health.message, stalled: health.state === 'Failed' }
}

const participles = {
  keep: 'kept',
  create: 'made',
  update: 'changed',
  replace: 'made anew',
  delete: 'deleted',
  blocked: 'changed',
} as const
