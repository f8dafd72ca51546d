/** One trip from manifests to a plan over a set of resources of one environment. Each stage adds to what the next reads. */
import type { Aws } from '../aws/aws.ts'
import type { IndexEntry, Kind, ObserveContext } from '../kind.ts'
import type {
  Change,
  Desired,
  Environment,
  Health,
  Manifest,
  ObjectKey,
  Observation,
  Plan,
  Reason,
} from '../model.ts'
import { buildGraph, closure, connected, type Graph } from './graph.ts'
import { type Observations, observe, readIndex } from './observe.ts'
import { plan } from './plan.ts'

export interface PassInput {
  readonly aws: Aws
  readonly kinds: readonly Kind[]
  readonly owner: string
  readonly desired: Desired
  readonly environment: Environment
  /** The keys to look at; what they refer to is added. Absent: all of the environment. */
  readonly keys?: Iterable<ObjectKey>
  /** Keys with a call in flight: left out, and with them what refers to them. */
  readonly busy?: ReadonlySet<ObjectKey>
  /** The tagging index, if a recent one is at hand. */
  readonly index?: readonly IndexEntry[]
  /** What was seen a moment ago and was well: not read again where the keys only refer to it. */
  readonly known?: ReadonlyMap<ObjectKey, Observation>
  readonly memories: Map<string, Map<string, unknown>>
  readonly teardown?: boolean
  /** Why nothing may be done in this environment: nothing is read, and every key is blocked. */
  readonly refuse?: Reason
  readonly now: () => number
  readonly onTaskStart?: ObserveContext['onTaskStart']
  /** Told how long each stage took, in seconds. */
  readonly onStage?: (stage: string, seconds: number) => void
}

export interface Pass {
  readonly manifests: ReadonlyMap<ObjectKey, Manifest>
  readonly graph: Graph
  readonly index: readonly IndexEntry[]
  readonly observations: Observations
  readonly plan: Plan
  readonly health: ReadonlyMap<ObjectKey, Health>
}

/** The manifests of one environment. Without any Environment document there is one, and all are its own. */
export function manifestsOf(desired: Desired, environment: Environment): readonly Manifest[] {
  return desired.environments.length > 1 || desired.environments[0]?.name !== 'default'
    ? desired.manifests.filter((manifest) => manifest.namespace === environment.name)
    : desired.manifests
}

/** Manifests do not change, so their graph is built once for each environment of a snapshot. */
const graphs = new WeakMap<Desired, Map<string, Related>>()

interface Related {
  readonly all: readonly Manifest[]
  readonly graph: Graph
}

function graphOf({ desired, environment, kinds }: PassInput): Related {
  const known = graphs.get(desired) ?? new Map<string, Related>()
  graphs.set(desired, known)
  const present = known.get(environment.name)
  if (present) return present
  const all = manifestsOf(desired, environment)
  const made = { all, graph: buildGraph(all, desired.references, kinds) }
  known.set(environment.name, made)
  return made
}

/** Rejects with AwsFailure only when the tagging index cannot be read: then nothing at all is known. */
export async function runPass(input: PassInput): Promise<Pass> {
  const timed = async <T>(stage: string, work: () => T | Promise<T>): Promise<T> => {
    const startedMs = input.now()
    const result = await work()
    input.onStage?.(stage, (input.now() - startedMs) / 1000)
    return result
  }
  const { desired, environment, kinds } = input
  const { all, graph } = await timed('graph', () => graphOf(input))
  const together = input.teardown ? connected : closure
  const keys = withoutBusy(together(input.keys ?? graph.order, graph), graph, input.busy)
  const manifests = new Map<ObjectKey, Manifest>()
  for (const manifest of all) if (keys.has(manifest.key)) manifests.set(manifest.key, manifest)
  const { index, observations } = await timed('observe', async () => {
    if (input.refuse) return { index: [], observations: new Map() }
    const index = input.index ?? (await readIndex(input.aws, kinds, input.owner))
    const observations = await observe({
      aws: input.aws,
      kinds,
      environment,
      manifests: [...manifests.values()],
      identities: desired.identities,
      index,
      owner: input.owner,
      known: knownOf(input, manifests),
      memories: input.memories,
      teardown: input.teardown ?? false,
      ...(input.onTaskStart ? { onTaskStart: input.onTaskStart } : {}),
      now: input.now(),
    })
    return { index, observations }
  })
  const planned = await timed('plan', () =>
    plan({
      desired,
      environment,
      manifests,
      graph,
      observations,
      kinds,
      owner: input.owner,
      teardown: input.teardown ?? false,
      ...(input.refuse ? { refuse: input.refuse } : {}),
      now: input.now(),
    }),
  )
  const health = healthOf(planned.changes, manifests, observations, input)
  return { manifests, graph, index, observations, plan: planned, health }
}

/** What need not be read: in this pass for the sake of others alone, and well when it was last seen. */
function knownOf(
  { known, keys }: PassInput,
  manifests: ReadonlyMap<ObjectKey, Manifest>,
): Map<ObjectKey, Observation> {
  const asked = new Set(keys)
  const entries = keys === undefined ? [] : [...manifests.keys()]
  return new Map(
    entries.flatMap((key) => {
      const seen = asked.has(key) ? undefined : known?.get(key)
      return seen ? [[key, seen] as const] : []
    }),
  )
}

function withoutBusy(
  keys: Set<ObjectKey>,
  graph: Graph,
  busy: ReadonlySet<ObjectKey> = new Set(),
): Set<ObjectKey> {
  const todo = [...busy]
  for (let key = todo.pop(); key !== undefined; key = todo.pop()) {
    if (!keys.delete(key)) continue
    todo.push(...(graph.referredBy.get(key) ?? []))
  }
  return keys
}

function healthOf(
  changes: readonly Change[],
  manifests: ReadonlyMap<ObjectKey, Manifest>,
  observations: Observations,
  input: PassInput,
): Map<ObjectKey, Health> {
  const health = new Map<ObjectKey, Health>()
  for (const { key } of changes) {
    const manifest = manifests.get(key)
    const seen = observations.get(key)
    const kind = input.kinds.find((candidate) => candidate.name === manifest?.kind)
    if (!manifest || !kind || seen?.found !== 'yes') continue
    const identity = input.desired.identities[key] ?? { name: manifest.name, parts: {} }
    health.set(key, kind.health(seen.live, { manifest, identity, spec: manifest.spec }))
  }
  return health
}

/** Changes when, and only when, Git says something else of a resource or of anything that it refers to. */
export function digestOf(key: ObjectKey, { graph, manifests }: Pass): string {
  return [...closure([key], graph)].map((other) => manifests.get(other)?.digest ?? '').join(' ')
}
