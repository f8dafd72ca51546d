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
import { buildGraph, closure, companions, connected, type Graph } from './graph.ts'
import { isOnlyOne } from './manifest/environment.ts'
import { type Observations, observe, readIndex } from './observe.ts'
import { usersOfReplaced } from './plan/replacing.ts'
import { plan } from './plan.ts'
import { type Predecessor, type Sorted, sorted } from './predecessors.ts'
import {
  type Clearing,
  clearingOf,
  concerns,
  decide,
  type Pruned,
  type PruneMode,
  readOwned,
} from './prune.ts'

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
  /** See ObserveContext. */
  readonly back?: ReadonlyMap<ObjectKey, string>
  /** What becomes of what is no longer described; absent: it is not looked for. */
  readonly prune?: PruneMode
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
  readonly pruned: Pruned
}

/** The manifests of one environment. Without any Environment document there is one, and all are its own. */
export function manifestsOf(desired: Desired, environment: Environment): readonly Manifest[] {
  return isOnlyOne(desired)
    ? desired.manifests
    : desired.manifests.filter((manifest) => manifest.namespace === environment.name)
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
  const index = await timed('index', () => (input.refuse ? [] : (input.index ?? readAll(input))))
  const mode = input.teardown || input.refuse ? undefined : input.prune
  const bare = (input.teardown ?? false) || input.refuse !== undefined
  const clearing = clearingOf(index, all, desired, environment, kinds, mode, bare)
  const whole = !input.teardown && concerns(clearing, input.keys)
  const together = input.teardown ? connected : companions
  const some = [...(input.keys ?? graph.order)]
  const asked = whole ? graph.order : [...some, ...usersOfReplaced(some, graph, all)]
  const busy = input.busy ?? new Set()
  const keys = withoutBusy(together(asked, graph), graph, busy)
  const described = new Map<ObjectKey, Manifest>()
  for (const manifest of all) if (keys.has(manifest.key)) described.set(manifest.key, manifest)
  const seen = await timed('observe', () =>
    input.refuse ? unseen : observeAll(input, clearing, described, whole, index),
  )
  const { observations } = seen
  const decided = decide(clearing, seen, { desired, environment, mode, busy, whole })
  const manifests = new Map([
    ...described,
    ...decided.manifests.map((manifest) => [manifest.key, manifest] as const),
  ])
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
      ...(input.back ? { back: input.back } : {}),
      former: new Map(seen.standing.map(({ heir, manifest }) => [heir.key, manifest.key])),
      ...(decided.going ? { going: decided.going } : {}),
      ...(input.refuse ? { refuse: input.refuse } : {}),
      now: input.now(),
    }),
  )
  const health = healthOf(planned.changes, described, observations, input)
  return { manifests, graph, index, observations, plan: planned, health, pruned: decided.pruned }
}

async function readAll(input: PassInput): Promise<IndexEntry[]> {
  const { aws, kinds, owner, prune, memories } = input
  const index = await readIndex(aws, kinds, owner)
  const listed = prune?.on
    ? kinds
    : kinds.filter((kind) => kind.owned && mayLeaveOne(kind.name, input))
  return [...index, ...(await readOwned(aws, listed, owner, memories))]
}

/** Whether a manifest of the kind allows that what it meant before goes. */
const mayLeaveOne = (kind: string, { desired, environment, teardown }: PassInput) =>
  !teardown &&
  manifestsOf(desired, environment).some(
    (one) => one.kind === kind && one.annotations['fairlead.dev/replace'] === 'allowed',
  )

/** What stands beside what is described, too. */
type Seen = Sorted & { readonly observations: Observations }

const unseen: Seen = { observations: new Map(), standing: [], unsure: [] }

/** What stays first; then what is to go, with all that deleting needs to know. */
async function observeAll(
  input: PassInput,
  clearing: Clearing,
  described: ReadonlyMap<ObjectKey, Manifest>,
  whole: boolean,
  index: readonly IndexEntry[],
): Promise<Seen> {
  const { teardown = false, busy = new Set() } = input
  const going = teardown ? new Set() : clearing.confirmed
  const common = {
    aws: input.aws,
    kinds: input.kinds,
    environment: input.environment,
    index,
    owner: input.owner,
    memories: input.memories,
    ...(input.back ? { back: input.back } : {}),
    ...(input.onTaskStart ? { onTaskStart: input.onTaskStart } : {}),
    now: input.now(),
  }
  const observations = await observe({
    ...common,
    manifests: [...described.values()].filter(({ key }) => !going.has(key)),
    identities: clearing.lookups,
    known: knownOf(input, described),
    teardown,
  })
  const asked = new Set(input.keys)
  const { predecessors } = clearing
  const { standing, unsure } = sorted(
    predecessors.filter(({ heir }) => whole || asked.has(heir.key)),
    observations,
  )
  // Whoever nobody describes may use what stands there; else what stays is not read.
  const orphans = whole
    ? [...new Set([...clearing.orphans, ...clearing.around])].filter(
        ({ stays }) => stays === undefined || standing.length > 0,
      )
    : []
  const leaving = [
    ...[...orphans, ...standing].flatMap(({ manifest }) =>
      busy.has(manifest.key) ? [] : manifest,
    ),
    ...[...described.values()].filter(({ key }) => going.has(key)),
  ]
  if (leaving.length === 0) return { observations, standing, unsure }
  const all = await observe({
    ...common,
    manifests: leaving,
    identities: { ...clearing.lookups, ...identitiesOf(standing) },
    known: observations,
    teardown: true,
  })
  return { observations: all, standing, unsure }
}

const identitiesOf = (some: readonly Predecessor[]) =>
  Object.fromEntries(some.map(({ manifest, identity }) => [manifest.key, identity]))

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
