/**
 * What of ours goes by the key of a manifest that means another name in AWS by now: the one that stood there before.
 * Told from tags alone; where an ARN does not hold the name, what AWS shows decides. Pure.
 */
import { isAdopted } from '../adoption.ts'
import type { IndexEntry, Kind } from '../kind.ts'
import type { Desired, Environment, Identity, Manifest, ObjectKey } from '../model.ts'
import type { Observations } from './observe.ts'
import { pruneTag } from './plan/ownership.ts'

/** A resource of ours, as its tags name it. */
export interface Owned {
  readonly entry: IndexEntry
  readonly key: ObjectKey
  readonly namespace: string
  readonly kind: Kind
  readonly name: string
  /** What names it in AWS. */
  readonly spec: Record<string, unknown>
}

export interface Predecessor {
  /** Under a key of its own: `live/Service/web (former)`. */
  readonly manifest: Manifest
  readonly identity: Identity
  readonly arn: string
  /** It was there before fairlead, so it is let go and not deleted. */
  readonly adopted: boolean
  /** It stays whatever is allowed, and why. */
  readonly stays?: string
  /** The manifest that it belonged to. */
  readonly heir: Manifest
}

/** The key and the name of what stands beside a described resource, or a second one by its tag. */
export const besideKey = (text: string, inAws: string): string => `${text} (${inAws})`

/** Whether it is the key of such a one. */
export const isBeside = (key: ObjectKey): boolean => key.endsWith(')')

/** The manifest that a resource of ours would have, were it still meant. */
export function undescribed(
  { entry, key, namespace, kind, name, spec }: Owned,
  inAws?: string,
): Manifest {
  const named = (text: string) => (inAws === undefined ? text : besideKey(text, inAws))
  return {
    key: named(key),
    namespace,
    kind: kind.name,
    name: named(name),
    annotations: {},
    labels: {},
    spec,
    position: { file: '', line: 0, column: 0 },
    positions: {},
    digest: `orphan ${entry.arn}`,
  }
}

export const idIn = (arn: string): string => arn.split('/').at(-1)!

/** `isMeant`: another manifest means it by now, so it is that one's. */
export function predecessorsIn(
  all: readonly Owned[],
  manifests: readonly Manifest[],
  { identities }: Pick<Desired, 'identities'>,
  environment: Environment,
  isMeant: (one: Owned, identity: Identity) => boolean,
): Predecessor[] {
  const described = new Map(manifests.map((manifest) => [manifest.key, manifest]))
  const taken = new Set<ObjectKey>()
  const seen = new Set<string>()
  return all.flatMap((one) => {
    const heir = described.get(one.key)
    const wanted = identities[one.key]
    const { arn } = one.entry
    if (!heir || !wanted || !one.kind.ownName || seen.has(arn)) return []
    if (heir.annotations['fairlead.dev/mode'] === 'observe' || isMeantBy(wanted, arn)) return []
    const found = identityOf(one, environment)
    if (isNamed(found) && (found.name === wanted.name || isMeant(one, found))) return []
    seen.add(arn)
    const inAws = shownAs(found, arn)
    const again = taken.has(besideKey(one.key, inAws))
    const manifest = undescribed(one, again ? `${inAws} ${idIn(arn)}` : inAws)
    taken.add(manifest.key)
    const adopted = isAdopted(one.entry, heir)
    const stays = keptBy(heir, one.entry)
    return [{ manifest, identity: found, arn, adopted, heir, ...(stays ? { stays } : {}) }]
  })
}

/** What protects it from being deleted. */
export function keptBy(
  { annotations }: Pick<Manifest, 'annotations'>,
  { tags }: Pick<IndexEntry, 'tags'>,
): string | undefined {
  if (tags[pruneTag] === 'disabled') return `its tag ${pruneTag} is disabled`
  if (annotations['fairlead.dev/prune'] !== 'disabled') return undefined
  return 'its annotation fairlead.dev/prune is disabled'
}

/** By what it is found: its name, or its id or ARN where that does not hold the name. */
function identityOf({ kind, spec, name, entry }: Owned, environment: Environment): Identity {
  const identity = kind.identify(spec, name, environment)
  if (identity.parts.label === undefined) return identity
  const id = idIn(entry.arn)
  return { name: id, parts: { ...identity.parts, id } }
}

/** A manifest that names what it means by its id or ARN. */
function isMeantBy({ parts }: Identity, arn: string): boolean {
  return parts.arn === arn || (parts.id !== undefined && parts.id === idIn(arn))
}

/** Whether its ARN says how it is called. */
const isNamed = ({ name, parts }: Identity) => parts.id === undefined && parts.arn !== name

const shownAs = (identity: Identity, arn: string) =>
  isNamed(identity) ? (identity.parts.service ?? identity.name) : idIn(arn)

export interface Sorted {
  readonly standing: readonly Predecessor[]
  /** Perhaps they are what is described: that could not be looked at. */
  readonly unsure: readonly Predecessor[]
}

/** Those that are none after all are left out: what is described is itself what was found. */
export function sorted(predecessors: readonly Predecessor[], observations: Observations): Sorted {
  if (predecessors.length === 0) return { standing: [], unsure: [] }
  const meant = new Set<string>()
  for (const seen of observations.values()) {
    if (seen.found !== 'yes') continue
    const { arn, id } = seen.live.attributes
    if (arn || id) meant.add(arn || id!)
  }
  const others = predecessors.filter(({ arn }) => !meant.has(arn) && !meant.has(idIn(arn)))
  const isSure = ({ heir, identity }: Predecessor) =>
    isNamed(identity) || (observations.get(heir.key)?.found ?? 'unknown') !== 'unknown'
  return {
    standing: others.filter(isSure),
    unsure: others.filter((one) => !isSure(one)),
  }
}
