/** What a pass takes away besides what it keeps: what is no longer described, and what its annotation says is to go. */
import type { Aws } from '../aws/aws.ts'
import { AwsFailure } from '../errors.ts'
import type { IndexEntry, Kind, Read } from '../kind.ts'
import type { Desired, Environment, Identity, Manifest, ObjectKey, Reason } from '../model.ts'
import type { Observations } from './observe.ts'
import { mayBeIn, type Orphan, type Orphans, orphansOf } from './orphans.ts'
import type { Standing } from './plan/beside.ts'
import type { Going } from './plan/going.ts'
import type { Predecessor, Sorted } from './predecessors.ts'
import { refusesPrune } from './prune-guards.ts'

/** Off: what is no longer described is looked for, and left. */
export type PruneMode =
  | { readonly on: true; readonly maxDeletes: string | number }
  | { readonly on: false }

/** What came of it, for people. */
export interface Pruned {
  readonly on: boolean
  /** Keys that this pass takes away, or would if nothing spoke against it. */
  readonly going: ReadonlySet<ObjectKey>
  /** Those of them that no manifest describes. */
  readonly undescribed: ReadonlySet<ObjectKey>
  /** Former keys of what is described under another one now: that one. */
  readonly moved: ReadonlyMap<ObjectKey, ObjectKey>
  /** Task definitions that no manifest describes, where things are pruned and nothing speaks against it. */
  readonly lostFamilies: ReadonlySet<ObjectKey>
  /** What is there, ours, and described by no manifest; in the registry's order. */
  readonly orphans: readonly ObjectKey[]
  /** Those that stay for good, and why. */
  readonly stays: ReadonlyMap<ObjectKey, string>
  /** What stands beside what is described, that having another name in AWS by now: whose it was. */
  readonly beside: ReadonlyMap<ObjectKey, ObjectKey>
  /** Perhaps these do, too. */
  readonly unsure: ReadonlySet<ObjectKey>
  /** Why none of them is deleted. */
  readonly refused?: Reason
  /** Everything was looked at, so what is missing here is no orphan. */
  readonly whole: boolean
}

export interface Clearing extends Orphans {
  /** Described, and annotated to be deleted. */
  readonly confirmed: ReadonlySet<ObjectKey>
  /** What else of ours nobody describes: it may use what is to go. */
  readonly around: readonly Orphan[]
  /** By which things are looked for: orphans too, and what has moved by its id. */
  readonly lookups: Desired['identities']
}

export function clearingOf(
  index: readonly IndexEntry[],
  manifests: readonly Manifest[],
  desired: Desired,
  environment: Environment,
  kinds: readonly Kind[],
  mode: PruneMode | undefined,
  /** Nothing is looked for but what is described. */
  bare: boolean,
): Clearing {
  const found = orphansOf(index, desired, environment, manifests, kinds)
  const { orphans, moved, owned, lostFamilies } = found
  const predecessors = bare ? [] : found.predecessors
  const confirmed = manifests.filter(
    (manifest) =>
      manifest.annotations['fairlead.dev/prune'] === 'confirmed' &&
      manifest.annotations['fairlead.dev/mode'] !== 'observe',
  )
  const around = predecessors.some(isAllowed) ? orphans : []
  const besides = mode ? orphans : around
  const ofThese = Object.fromEntries(
    besides.map(({ manifest, identity }) => [manifest.key, identity]),
  )
  const identities = besides.length > 0 ? { ...desired.identities, ...ofThese } : desired.identities
  return {
    orphans: mode ? orphans : [],
    predecessors,
    around,
    moved,
    owned,
    lostFamilies: mode?.on ? lostFamilies : new Set(),
    confirmed: new Set(confirmed.map(({ key }) => key)),
    lookups: moved.size > 0 ? { ...identities, ...byId(moved, identities) } : identities,
  }
}

const isAllowed = ({ heir }: Predecessor) => heir.annotations['fairlead.dev/replace'] === 'allowed'

/** What has no name in AWS is looked for by the id that it had under its former key. */
function byId(
  moved: Orphans['moved'],
  identities: Desired['identities'],
): Record<ObjectKey, Identity> {
  return Object.fromEntries(
    [...moved].flatMap(([key, { arn }]) => {
      const identity = identities[key]
      if (identity?.parts.label === undefined) return []
      const id = arn.split('/').at(-1)!
      return [[key, { ...identity, parts: { ...identity.parts, id } }]]
    }),
  )
}

/** Whether a pass over these keys has to see everything, since what goes depends on what stays. */
export function concerns(clearing: Clearing, keys: Iterable<ObjectKey> | undefined): boolean {
  if (keys === undefined) return true
  const going = new Set([
    ...clearing.confirmed,
    ...[...clearing.orphans, ...clearing.predecessors].map(({ manifest }) => manifest.key),
  ])
  return [...keys].some((key) => going.has(key))
}

export interface Decided {
  /** For the plan; absent: nothing is to go. */
  readonly going?: Going
  readonly manifests: readonly Manifest[]
  readonly pruned: Pruned
}

/** What of all that may go now, given what AWS shows of it. */
export function decide(
  clearing: Clearing,
  { observations, standing, unsure }: Sorted & { readonly observations: Observations },
  {
    desired,
    environment,
    mode,
    busy,
    whole,
  }: {
    readonly desired: Desired
    readonly environment: Environment
    readonly mode: PruneMode | undefined
    readonly busy: ReadonlySet<ObjectKey>
    readonly whole: boolean
  },
): Decided {
  const { confirmed, owned } = clearing
  const orphans = whole ? clearing.orphans : []
  const isThere = ({ manifest: { key } }: Pick<Orphan, 'manifest'>) =>
    busy.has(key) || observations.get(key)?.found !== 'no'
  const there = orphans.filter((one) => one.stays === undefined && isThere(one))
  const gone = new Set(orphans.filter((one) => !isThere(one)).map(({ manifest }) => manifest.key))
  const live = [...owned].filter((key) => !gone.has(key))
  const former = whole ? standing.filter(isThere) : []
  const deleted = [...there, ...former.filter((one) => !isAllowed(one))].filter(
    ({ adopted, stays }) => !adopted && stays === undefined,
  )
  const count = {
    owned: live.length,
    described: live.filter((key) => Object.hasOwn(desired.identities, key)).length,
  }
  const problemsFor = (some: readonly { readonly arn: string }[]) =>
    desired.stopped.filter(
      (name) => name === environment.name || some.some(({ arn }) => mayBeIn(name, desired, arn)),
    )
  const refused = mode?.on
    ? refusesPrune({
        ...count,
        going: deleted.map(({ manifest }) => manifest.key),
        maxDeletes: mode.maxDeletes,
        stopped: problemsFor(deleted),
      })
    : undefined
  const beside = new Map<ObjectKey, Standing>(
    former.map((one) => {
      const may = (mode?.on ?? false) || isAllowed(one)
      // What a person allowed for this one counts against no limit.
      const why = isAllowed(one) ? refusesAllowed(one, problemsFor([one])) : refused
      const { manifest, heir } = one
      return [manifest.key, { heir: heir.key, may, ...(why ? { refused: why } : {}) }]
    }),
  )
  const planned = mode?.on ? orphans.filter(({ stays }) => stays === undefined) : []
  const orphanKeys = new Set(planned.map(({ manifest }) => manifest.key))
  const keys = new Set([...confirmed, ...orphanKeys, ...beside.keys()])
  const leaving = [...beside].flatMap(([key, { may }]) => (may ? key : []))
  const undescribed = new Set([...orphanKeys, ...leaving])
  return {
    ...(keys.size > 0
      ? { going: { keys, orphans: orphanKeys, beside, ...(refused ? { refused } : {}) } }
      : {}),
    manifests: [...planned, ...former].flatMap(({ manifest }) =>
      busy.has(manifest.key) ? [] : manifest,
    ),
    pruned: {
      on: mode?.on ?? false,
      going: new Set([...confirmed, ...undescribed]),
      undescribed,
      beside: new Map([...beside].map(([key, { heir }]) => [key, heir])),
      unsure: new Set(unsure.map(({ manifest }) => manifest.key)),
      lostFamilies: refused ? new Set() : clearing.lostFamilies,
      moved: new Map([...clearing.moved].map(([key, { from }]) => [from, key])),
      orphans: there.map(({ manifest }) => manifest.key),
      stays: new Map(
        orphans.flatMap(({ manifest, stays }) => (stays ? [[manifest.key, stays] as const] : [])),
      ),
      ...(refused ? { refused } : {}),
      whole,
    },
  }
}

/** An environment that has problems may describe it under another key. */
function refusesAllowed({ manifest }: Predecessor, stopped: readonly string[]): Reason | undefined {
  const going = [manifest.key]
  return refusesPrune({ owned: 1, described: 1, going, maxDeletes: 1, stopped })
}

const unlisted: ReadonlySet<string> = new Set(['denied', 'unsupported'])

/** All of ours that the tagging index does not know. Where that may not be listed, it is never pruned. */
export async function readOwned(
  aws: Aws,
  kinds: readonly Kind[],
  owner: string,
  memories: Map<string, Map<string, unknown>>,
): Promise<IndexEntry[]> {
  const read: Read = (operation, body) => aws(operation, body) as Promise<never>
  const lists = await Promise.all(
    kinds.map(async (kind) => {
      if (!kind.owned) return []
      const memory = memories.get(kind.name) ?? new Map<string, unknown>()
      memories.set(kind.name, memory)
      try {
        return await kind.owned({ read, owner, memory })
      } catch (error) {
        if (error instanceof AwsFailure && unlisted.has(error.class)) return []
        throw error
      }
    }),
  )
  return lists.flat()
}
