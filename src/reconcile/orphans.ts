/**
 * What of ours no manifest describes any more, as the tags of AWS say it; and what only goes by another key now, since
 * its manifest moved to another namespace or got another name. Pure.
 */
import { isAdopted } from '../adoption.ts'
import { nameInArn, placeInArn } from '../arn.ts'
import type { IndexEntry, Kind } from '../kind.ts'
import type { Desired, Environment, Identity, Manifest, ObjectKey } from '../model.ts'
import { accountOf, isOnlyOne } from './manifest/environment.ts'
import { pruneTag } from './plan/ownership.ts'
import { idIn, type Owned, type Predecessor, predecessorsIn, undescribed } from './predecessors.ts'

/** The manifest that it would have, were there still one. */
export interface Orphan {
  readonly manifest: Manifest
  readonly identity: Identity
  readonly arn: string
  /** It stays as it is, and why: no reads are made for it. */
  readonly stays?: string
  /** It was there before fairlead: let go, which is no deletion. */
  readonly adopted: boolean
}

export interface Orphans {
  readonly orphans: readonly Orphan[]
  /** By key of a manifest: the ARN of what it means, and the key that that went by before. */
  readonly moved: ReadonlyMap<ObjectKey, { readonly from: ObjectKey; readonly arn: string }>
  /** Task definitions that no manifest describes: their revisions are no resources of their own. */
  readonly lostFamilies: ReadonlySet<ObjectKey>
  /** What may stand beside what is described, since that has another name in AWS by now. */
  readonly predecessors: readonly Predecessor[]
  /** Keys of ours in this environment that are there, described or not. */
  readonly owned: ReadonlySet<ObjectKey>
}

/** The namespaces that an environment clears. Without an Environment they are those that manifests stand in. */
function namespacesOf(
  manifests: readonly Manifest[],
  desired: Desired,
  environment: Environment,
): Set<string> {
  return isOnlyOne(desired)
    ? new Set(manifests.map(({ namespace }) => namespace))
    : new Set([environment.name])
}

/** One index serves many passes over one snapshot: what the last of them asked of it, and the answer. */
const known = new WeakMap<
  readonly IndexEntry[],
  { readonly desired: Desired; readonly environment: Environment; readonly found: Orphans }
>()

/**
 * `manifests`: those of the environment. Whether something is described is asked of all manifests of the source, since
 * a pass may be limited to some.
 */
export function orphansOf(
  index: readonly IndexEntry[],
  desired: Desired,
  environment: Environment,
  manifests: readonly Manifest[],
  kinds: readonly Kind[],
): Orphans {
  const before = known.get(index)
  if (before?.desired === desired && before.environment === environment) return before.found
  const found = lookFor(index, desired, environment, manifests, kinds)
  known.set(index, { desired, environment, found })
  return found
}

function lookFor(
  index: readonly IndexEntry[],
  desired: Desired,
  environment: Environment,
  manifests: readonly Manifest[],
  kinds: readonly Kind[],
): Orphans {
  const all = index.flatMap((entry) => ownedIn(entry, kinds) ?? [])
  const namespaces = namespacesOf(manifests, desired, environment)
  const there = new Set(all.map(({ key }) => key))
  const lost = all.filter(({ key }) => !Object.hasOwn(desired.identities, key))
  const moved = new Map<ObjectKey, { from: ObjectKey; arn: string }>()
  const seen = new Map<ObjectKey, Set<string>>()
  const orphans: Orphan[] = []
  for (const one of lost) {
    const identity = one.kind.identify(one.spec, one.name, environment)
    const heirs = heirsOf(one, identity, desired, there)
    if (heirs.length === 1) moved.set(heirs[0]!, { from: one.key, arn: one.entry.arn })
    if (heirs.length > 0 || !namespaces.has(one.namespace)) continue
    // The index shows what was deleted a while ago, too: another by the same tag is looked for under a key of its own.
    const names = seen.get(one.key) ?? new Set()
    seen.set(one.key, names)
    const inAws = JSON.stringify(one.spec)
    if (names.has(inAws)) continue
    const suffix = names.size === 0 ? undefined : idIn(one.entry.arn)
    names.add(inAws)
    orphans.push(orphan(one, identity, suffix))
  }
  const owned = all.filter(({ namespace }) => namespaces.has(namespace)).map(({ key }) => key)
  const lostFamilies = familiesIn(index, desired, namespaces)
  const isMeant = (one: Owned, identity: Identity) =>
    heirsOf(one, identity, desired, there).length > 0
  const predecessors = predecessorsIn(all, manifests, desired, environment, isMeant)
  return { orphans, moved, lostFamilies, predecessors, owned: new Set(owned) }
}

/** A family that a manifest means is not lost, whatever its key was. */
function familiesIn(
  index: readonly IndexEntry[],
  desired: Desired,
  namespaces: ReadonlySet<string>,
): Set<ObjectKey> {
  const lost = new Set<ObjectKey>()
  for (const { arn, tags } of index) {
    const family = nameInArn(arn, 'ecs', 'task-definition')?.split(':')[0]
    const key = tags['fairlead:resource'] ?? ''
    const [namespace = '', kind] = key.split('/')
    if (family === undefined || kind !== 'TaskDefinition' || !namespaces.has(namespace)) continue
    if (lost.has(key) || Object.hasOwn(desired.identities, key)) continue
    const meant = Object.entries(desired.identities).some(
      ([other, { name }]) => name === family && other.split('/')[1] === kind,
    )
    if (!meant) lost.add(key)
  }
  return lost
}

function ownedIn(entry: IndexEntry, kinds: readonly Kind[]): Owned | undefined {
  const key = entry.tags['fairlead:resource'] ?? ''
  const [namespace, kindName, name, ...rest] = key.split('/')
  const kind = kinds.find((candidate) => candidate.name === kindName)
  const spec = kind?.named?.(entry.arn)
  if (!namespace || !name || rest.length > 0 || !kind || !spec) return undefined
  return { entry, key, namespace, kind, name, spec: spec as Record<string, unknown> }
}

/**
 * The manifests that mean the same resource under another key. What has a name in AWS is known by it; what is found by
 * an id or ARN, by the manifest's name in another namespace that has none yet, and by the name that people see.
 */
function heirsOf(
  one: Owned,
  identity: Identity,
  desired: Desired,
  there: ReadonlySet<ObjectKey>,
): ObjectKey[] {
  const { label, id = one.entry.arn.split('/').at(-1), arn } = identity.parts
  const byName = label === undefined && identity.parts.id === undefined && arn === undefined
  return Object.entries(desired.identities).flatMap(([key, other]) => {
    const [namespace = '', kind, name] = key.split('/')
    if (kind !== one.kind.name || !mayBeIn(namespace, desired, one.entry.arn)) return []
    if (other.name === identity.name) return key
    if (byName) return []
    const given = other.parts.id ?? other.parts.arn
    if (given !== undefined) return given === id || given === one.entry.arn ? key : []
    if (name !== one.name || namespace === one.namespace || there.has(key)) return []
    const shown = one.entry.tags.Name
    const same =
      label === undefined || (shown ?? other.parts.label) === shownName(key, other, desired)
    return same ? key : []
  })
}

function shownName(key: ObjectKey, { parts }: Identity, desired: Desired): string | undefined {
  const manifest = desired.manifests.find((one) => one.key === key)
  const tags = (manifest?.spec as { tags?: { key?: string; value?: string }[] } | undefined)?.tags
  return tags?.find((tag) => tag.key === 'Name')?.value ?? parts.label
}

/** Whether a namespace may lie in the account and region of an ARN. Where Git does not say, it may. */
export function mayBeIn(
  namespace: string,
  desired: Pick<Desired, 'environments'>,
  arn: string,
): boolean {
  const environment = desired.environments.find(({ name }) => name === namespace)
  if (!environment) return true
  const { account, region } = placeInArn(arn)
  const [ofAccount, ofRegion] = [accountOf(environment) ?? account, environment.region ?? region]
  return ofAccount === account && (region === '' || ofRegion === region)
}

function orphan(one: Owned, identity: Identity, inAws: string | undefined): Orphan {
  const { entry } = one
  const stays = entry.tags[pruneTag] === 'disabled' ? `its tag ${pruneTag} is disabled` : undefined
  return {
    manifest: undescribed(one, inAws),
    identity,
    arn: entry.arn,
    adopted: isAdopted(entry),
    ...(stays ? { stays } : {}),
  }
}
