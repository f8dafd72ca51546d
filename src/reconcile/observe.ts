/** The fourth stage: what AWS says now about a set of resources, in batches, one kind after the other. */
import type { Aws } from '../aws/aws.ts'
import { AwsFailure, InvariantError } from '../errors.ts'
import type { IndexEntry, Kind, ObserveContext, Read } from '../kind.ts'
import type {
  Desired,
  Environment,
  Identity,
  Live,
  Manifest,
  ObjectKey,
  Observation,
  Reference,
} from '../model.ts'
import { substitute } from '../references.ts'

export type Observations = ReadonlyMap<ObjectKey, Observation>

export interface ObserveInput {
  readonly aws: Aws
  readonly kinds: readonly Kind[]
  readonly environment: Environment
  readonly manifests: readonly Manifest[]
  readonly identities: Desired['identities']
  readonly index: readonly IndexEntry[]
  readonly owner: string
  /** What was seen a moment ago and need not be read again. */
  readonly known?: ReadonlyMap<ObjectKey, Observation>
  /** Per kind: what the process remembers between passes. */
  readonly memories: Map<string, Map<string, unknown>>
  readonly teardown?: boolean
  readonly back?: ObserveContext['back']
  readonly onTaskStart?: ObserveContext['onTaskStart']
  readonly now: number
}

/**
 * Everything that carries our owner tag, as the tagging index shows it, 100 a page.
 * An endpoint without that API gives an empty index: what it would have told is then read one by one.
 */
export async function readIndex(
  aws: Aws,
  kinds: readonly Kind[],
  owner: string,
): Promise<IndexEntry[]> {
  const types = kinds.flatMap((kind) => (kind.taggable ? [kind.taggable] : []))
  const entries: IndexEntry[] = []
  let token: string | undefined
  do {
    const page = (await aws('tag:GetResources', {
      TagFilters: [{ Key: 'fairlead:owner', Values: [owner] }],
      ResourceTypeFilters: types,
      ResourcesPerPage: 100,
      ...(token ? { PaginationToken: token } : {}),
    }).catch((error) => {
      if (error instanceof AwsFailure && error.class === 'unsupported') return {}
      throw error
    })) as {
      PaginationToken?: string
      ResourceTagMappingList?: { ResourceARN?: string; Tags?: { Key?: string; Value?: string }[] }[]
    }
    for (const item of page.ResourceTagMappingList ?? []) {
      const tags: Record<string, string> = {}
      for (const { Key, Value } of item.Tags ?? []) if (Key) tags[Key] = Value ?? ''
      entries.push({ arn: item.ResourceARN ?? '', tags })
    }
    token = page.PaginationToken || undefined
  } while (token)
  return entries
}

/** The value of a reference as far as live state goes; a Hole where there is none yet. */
export function liveValue(reference: Reference, live: Live | undefined, identity?: Identity) {
  const value = live?.attributes[reference.attribute]
  if (value !== undefined) return value
  if (reference.attribute === 'name' && identity && !reference.late) return identity.name
  return { $hole: { key: reference.to, attribute: reference.attribute } }
}

/** Never throws for a failed read: the keys concerned are `unknown`, and nothing is decided about them. */
export async function observe(input: ObserveInput): Promise<Observations> {
  const observations = new Map<ObjectKey, Observation>(input.known)
  const read: Read = (operation, body) => input.aws(operation, body) as Promise<never>
  for (const kind of input.kinds) {
    const wanted = input.manifests
      .filter(({ key, kind: name }) => name === kind.name && !input.known?.has(key))
      .map((manifest) => ({
        manifest,
        identity: input.identities[manifest.key] ?? { name: manifest.name, parts: {} },
        spec: substitute(manifest.spec, kind, manifest.namespace, (reference) => {
          const seen = observations.get(reference.to)
          const live = seen?.found === 'yes' ? seen.live : undefined
          return liveValue(reference, live, input.identities[reference.to])
        }),
      }))
    if (wanted.length === 0) continue
    const memory = input.memories.get(kind.name) ?? new Map<string, unknown>()
    input.memories.set(kind.name, memory)
    const { index, owner, now, teardown = false, back, onTaskStart } = input
    const common = { read, owner, index, memory, teardown, now }
    const { region } = input.environment
    const context = {
      ...common,
      ...(region ? { region } : {}),
      ...(back ? { back } : {}),
      ...(onTaskStart ? { onTaskStart } : {}),
    }
    try {
      const seen = await kind.observe(context, wanted)
      for (const { manifest } of wanted) {
        observations.set(manifest.key, seen.get(manifest.key) ?? { found: 'no' })
      }
    } catch (error) {
      if (error instanceof InvariantError || !(error instanceof AwsFailure)) throw error
      for (const { manifest } of wanted) {
        observations.set(manifest.key, {
          found: 'unknown',
          reason: error.class,
          message: `${error.operation}: ${error.message}`,
        })
      }
    }
  }
  return observations
}
