/**
 * How what is no longer described goes, and what its annotation says is to go: kinds reversed, users first, never what
 * is protected, adopted or another's. What AWS refuses is not yet. Pure.
 */
import { isAdopted } from '../../adoption.ts'
import type { Draft, Kind } from '../../kind.ts'
import type {
  Change,
  Desired,
  Environment,
  Live,
  Manifest,
  ObjectKey,
  Reason,
} from '../../model.ts'
import { literalsIn } from '../../references.ts'
import { renderKey } from '../../render-value.ts'
import { suspendedReason, suspensionOf } from '../../suspension.ts'
import type { Graph } from '../graph.ts'
import type { Observations } from '../observe.ts'
import { mayBeIn } from '../orphans.ts'
import { type Standing, staysBeside } from './beside.ts'
import { blocked, ownershipOf, pruneTag } from './ownership.ts'
import { pausedDraft } from './pauses.ts'
import { release } from './teardown.ts'

export interface Going {
  /** All that is to go. Those with a call in flight are not in this pass, and still there. */
  readonly keys: ReadonlySet<ObjectKey>
  /** Those of them that no manifest describes. */
  readonly orphans: ReadonlySet<ObjectKey>
  /** Those that stand beside what is described, by their keys. */
  readonly beside: ReadonlyMap<ObjectKey, Standing>
  /** Why no orphan is deleted. */
  readonly refused?: Reason
}

export interface GoingInput {
  readonly desired: Pick<Desired, 'identities' | 'environments'>
  readonly environment: Environment
  readonly manifests: ReadonlyMap<ObjectKey, Manifest>
  readonly graph: Graph
  readonly observations: Observations
  readonly kinds: readonly Kind[]
  readonly owner: string
  readonly going?: Going
  readonly now: number
}

type Changes = ReadonlyMap<ObjectKey, Change>

/** Something that may go now, unless another resource still holds it. */
interface Ready {
  readonly kind: Kind
  readonly live: Live
}

export function planGoing(input: GoingInput, changes: Changes): Map<ObjectKey, Draft> {
  const { going, manifests, kinds } = input
  const drafts = new Map<ObjectKey, Draft>()
  if (!going || going.keys.size === 0) return drafts
  const rankOf = (key: ObjectKey) => kinds.findIndex(({ name }) => name === key.split('/')[1])
  const order = [...going.keys].sort((a, b) => rankOf(b) - rankOf(a) || (a < b ? -1 : 1))
  /** Still there and on their way. */
  const left: ObjectKey[] = order.filter((key) => !manifests.has(key))
  const ready = new Map<ObjectKey, Ready>()
  const named = namedBy(input)
  for (const key of order) {
    const manifest = manifests.get(key)
    if (!manifest) continue
    const kind = kinds[rankOf(key)] as Kind
    const live = liveOf(key, input)
    const draft = mayGo(manifest, kind, live, input, named, changes)
    const waitsBehind = letsGo(kind, live) ? lateRank(kind, kinds) : rankOf(key)
    const before = left.find((other) => rankOf(other) > waitsBehind)
    const deletes = draft.verdict === 'delete'
    const next = deletes && before ? stillNeeded(before) : draft
    drafts.set(key, deletes && !before && live ? letGoFirst(kind, live, next) : next)
    if (deletes && !before && live && !letsGo(kind, live)) ready.set(key, { kind, live })
    if (next.verdict !== 'keep' && !next.stalled && !next.pause) left.push(key)
  }
  for (const [key, draft] of holders(input, changes, drafts, ready)) drafts.set(key, draft)
  return drafts
}

const stillNeeded = (key: ObjectKey): Draft =>
  blocked({ code: 'StillNeeded', message: `waits for ${renderKey(key)} to go` })

function liveOf(key: ObjectKey, { observations }: GoingInput): Live | undefined {
  const seen = observations.get(key)
  return seen?.found === 'yes' ? seen.live : undefined
}

/** Whether it can go as far as it alone is concerned. */
function mayGo(
  manifest: Manifest,
  kind: Kind,
  live: Live | undefined,
  input: GoingInput,
  named: Named,
  changes: Changes,
): Draft {
  const { going, manifests, observations, owner, environment, now } = input
  const { key } = manifest
  const seen = observations.get(key)
  if (!seen || seen.found === 'unknown') {
    const message = seen ? seen.message : 'not looked at yet'
    return blocked({ code: 'ReadFailed', message })
  }
  if (!live) return { verdict: 'keep' }
  const standing = going?.beside.get(key)
  const orphaned = standing !== undefined || (going?.orphans.has(key) ?? false)
  const kept = orphaned ? keptAs(key, kind, live, input) : notOurs(live, owner)
  if (kept) return { verdict: 'keep', notes: [kept] }
  const stays = standing && staysBeside(key, kind, live, standing, input, changes)
  if (stays) return stays
  const suspension = suspensionOf(manifest.annotations, live.tags, now)
  if (suspension) return pausedDraft({ reason: suspendedReason(suspension) }, { verdict: 'delete' })
  const heir = standing && manifests.get(standing.heir)
  if (isAdopted(live, heir ?? manifest)) return release(kind, live)
  const draft = kind.plan({
    key,
    now,
    environment,
    tags: {},
    ownership: 'mine',
    live,
  })
  if (draft.verdict !== 'delete') return draft
  if (orphaned && !standing && going?.refused) return blocked(going.refused, true)
  const user = orphaned ? userByName(kind, live, named) : userOf(key, input)
  if (user) return user
  const why = standing
    ? { code: 'NameChanged', message: `${renderKey(standing.heir)} has taken its place` }
    : orphaned
      ? { code: 'NoLongerDescribed', message: 'no manifest describes it any more' }
      : { code: 'PruneConfirmed', message: 'its annotation fairlead.dev/prune says confirmed' }
  const notes = [...(draft.notes ?? []), ...(care[kind.name] ? [care[kind.name]!] : [])]
  return { ...draft, reason: draft.reason ?? why, notes }
}

/** What a person should know of kinds that hold more than themselves. */
const care: Readonly<Record<string, string>> = {
  Vpc: 'AWS deletes it only once nothing is left in it',
  Cluster: 'AWS deletes it only once nothing runs in it',
  Repository: 'it holds no image',
}

function notOurs({ tags }: Live, owner: string): string | undefined {
  return tags['fairlead:owner'] === owner ? undefined : 'not ours: left as it is'
}

/** The index lags: the resource itself may say that it is another's, protected, or described after all. */
function keptAs(
  key: ObjectKey,
  kind: Kind,
  live: Live,
  { owner, desired }: GoingInput,
): string | undefined {
  const other = notOurs(live, owner)
  if (other) return other
  const plain = key.replace(/ \(.*\)$/, '')
  if (live.tags['fairlead:resource'] !== plain) return 'it goes by another key now'
  if (live.tags[pruneTag] === 'disabled') return `its tag ${pruneTag} is disabled`
  const { name, arn } = live.attributes
  const heir = Object.entries(desired.identities).find(([described, identity]) => {
    const [namespace = '', of] = described.split('/')
    if (name === undefined || identity.name !== name || of !== kind.name) return false
    return arn === undefined || mayBeIn(namespace, desired, arn)
  })
  return heir && `it is described as ${renderKey(heir[0])}`
}

// ------------------------------------------------------------------ users

/** By kind: what manifests name by its name, ARN or id instead of by reference, and where. */
type Named = ReadonlyMap<string, ReadonlyMap<string, { key: ObjectKey; path: string }>>

function namedBy({ manifests, kinds, going }: GoingInput): Named {
  const named = new Map<string, Map<string, { key: ObjectKey; path: string }>>()
  if (!going || going.orphans.size + going.beside.size === 0) return named
  for (const [key, manifest] of manifests) {
    const kind = kinds.find(({ name }) => name === manifest.kind)
    if (!kind || going.keys.has(key)) continue
    for (const { kind: target, path, value } of literalsIn(manifest, kind)) {
      const values = named.get(target) ?? new Map()
      named.set(target, values.set(value, { key, path }))
    }
  }
  return named
}

function userByName(kind: Kind, { attributes, identity }: Live, named: Named): Draft | undefined {
  const values = named.get(kind.name)
  const { name, arn, id } = attributes
  for (const value of [name, arn, id, identity.name]) {
    const user = value === undefined ? undefined : values?.get(value)
    if (!user) continue
    const message = `no manifest describes it, but ${renderKey(user.key)} names it (${user.path}): it stays as long as that does`
    return blocked({ code: 'StillNeeded', message }, true)
  }
  return undefined
}

/** Who refers to something that is to go though it is described. */
function userOf(key: ObjectKey, input: GoingInput): Draft | undefined {
  const { graph, observations, going, manifests } = input
  const late = [...graph.late].flatMap(([other, to]) => (to.has(key) ? other : []))
  const users = [...(graph.neededBy.get(key) ?? []), ...late].filter((user) => {
    if (manifests.get(user)?.annotations['fairlead.dev/mode'] === 'observe') return false
    return observations.get(user)?.found !== 'no'
  })
  const stays = users.find((user) => !going?.keys.has(user))
  if (!stays) return undefined
  const message = `its annotation says that it is to go, but ${renderKey(stays)} refers to it: let that go too, or refer to another`
  return blocked({ code: 'StillNeeded', message }, true)
}

// ------------------------------------------------------------------ letting go

const letsGo = (kind: Kind, live: Live | undefined): boolean =>
  live !== undefined && (kind.release?.(live) ?? []).length > 0

/** What it refers to late goes after it has let go, and before it. */
function lateRank(kind: Kind, kinds: readonly Kind[]): number {
  const targets = Object.values(kind.references).flatMap((field) => (field.late ? field.kind : []))
  return Math.max(...targets.map((target) => kinds.findIndex(({ name }) => name === target)))
}

function letGoFirst(kind: Kind, live: Live, draft: Draft): Draft {
  const calls = kind.release?.(live) ?? []
  return calls.length === 0 ? draft : lettingGo(calls)
}

const lettingGo = (calls: Draft['calls'] = []): Draft => ({
  verdict: 'update',
  followUp: true,
  effect: 'in place',
  calls,
  reason: { code: 'LettingGo', message: 'lets go of what goes next' },
})

/** The same for what is replaced: who refers to it late lets go of it first. */
export function lettingGoOf(
  replaced: ReadonlySet<ObjectKey>,
  input: GoingInput,
  changes: Changes,
): Iterable<[ObjectKey, Draft]> {
  const ready = new Map<ObjectKey, Ready>()
  for (const key of replaced) {
    const kind = input.kinds.find(({ name }) => name === key.split('/')[1])
    const live = liveOf(key, input)
    if (kind && live && changes.get(key)?.verdict === 'replace') ready.set(key, { kind, live })
  }
  return [...holders(input, changes, new Map(), ready)]
}

/** Those that hold what is ready to go, with the calls by which they let go; and what waits for them. */
function* holders(
  input: GoingInput,
  changes: Changes,
  drafts: ReadonlyMap<ObjectKey, Draft>,
  ready: ReadonlyMap<ObjectKey, Ready>,
): Generator<[ObjectKey, Draft]> {
  const { manifests, kinds, owner, going } = input
  for (const [key, manifest] of manifests) {
    const kind = kinds.find(({ name }) => name === manifest.kind)
    const live = liveOf(key, input)
    if (!kind?.release || !live || ownershipOf(live, manifest, owner) !== 'mine') continue
    if (manifest.annotations['fairlead.dev/mode'] === 'observe' || ready.has(key)) continue
    const targets = lateKinds(kind)
    const held = [...ready].filter(
      ([other, { kind: of, live: target }]) =>
        other !== key && targets.has(of.name) && kind.release!(live, [target]).length > 0,
    )
    if (held.length === 0) continue
    for (const [other] of held) {
      const message = `waits for ${renderKey(key)} to let go of it`
      yield [other, blocked({ code: 'StillNeeded', message })]
    }
    // What goes itself lets go of all in its turn; what was adopted stays.
    const draft = drafts.get(key) ?? changes.get(key)
    const free = going?.keys.has(key)
      ? draft?.reason?.code === 'Released'
      : draft?.verdict === 'keep' || isOpen(draft)
    if (free)
      yield [
        key,
        lettingGo(
          kind.release(
            live,
            held.map(([, { live: target }]) => target),
          ),
        ),
      ]
  }
}

/** All that is left to do for it are calls that wait for what is being replaced. */
const isOpen = (draft: Draft | Change | undefined): boolean => {
  const calls = draft?.calls ?? []
  return draft?.verdict === 'update' && calls.every(({ late }) => late)
}

const lateKinds = (kind: Kind): Set<string> =>
  new Set(Object.values(kind.references).flatMap((field) => (field.late ? field.kind : [])))
