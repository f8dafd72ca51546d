/** What a cluster needs, as calls. Pure. */
import { holesIn, isHole } from '../../diff.ts'
import type { Draft, PlanInput } from '../../kind.ts'
import { type Comparison, planner } from '../../kit/planning.ts'
import type { DraftCall, Live } from '../../model.ts'
import { toTagList } from '../../tags.ts'
import { agentPolicy, tendAgents } from './agents.ts'
import type { ClusterSpec } from './manifest.ts'
import type { ClusterState } from './observe.ts'
import { capacity, fields, updatable } from './policy.ts'
import { replaceStrays } from './strays.ts'

type Members = Record<string, unknown>
type Input = PlanInput<ClusterSpec, ClusterState>

const declared = planner<ClusterSpec, ClusterState>({
  fields,
  desired,
  compared: ({ settings, configuration, serviceConnectDefaults, ...state }) => ({
    settings,
    configuration,
    serviceConnectDefaults,
    capacityProviders: state.capacityProviders,
    defaultCapacityProviderStrategy: state.defaultCapacityProviderStrategy,
  }),
  create,
  update,
  tag: ({ attributes }, tags) => [
    {
      operation: 'ecs:TagResource',
      input: { resourceArn: attributes.arn, tags: toTagList(tags) },
    },
  ],
  remove: ({ identity }) => [{ operation: 'ecs:DeleteCluster', input: { cluster: identity.name } }],
  effect: () => 'in place',
})

/** Instances are tended once the cluster itself is as Git says. */
export function plan(input: Input): Draft {
  const draft = declared(input)
  const { want, live, now } = input
  if (draft.verdict !== 'keep' || !want || !live) return draft
  const { instances = [], latestAgent: latest, replacedAtMs, strays = [] } = live.state
  const policy = agentPolicy(want.manifest.annotations)
  const facts = { latest, replacedAtMs, now }
  const tending =
    replaceStrays(strays) ?? (policy && tendAgents(live.identity.name, instances, policy, facts))
  return tending ? { ...draft, verdict: 'update', effect: 'in place', ...tending } : draft
}

/** Providers stand on groups whose instances join the cluster, so they come after it. */
export function release(
  { identity, state }: Live<ClusterState>,
  of?: readonly Live[],
): readonly DraftCall[] {
  const { capacityProviders = [], defaultCapacityProviderStrategy: strategy } = state
  const goes = (name: unknown) =>
    of ? of.some((other) => other.identity.name === name) : !isFargate(name)
  if (!capacityProviders.some(goes)) return []
  const stay = capacityProviders.filter((name) => !goes(name))
  // A cluster that stays keeps the rest of its strategy.
  const kept = of && strategy?.filter(({ capacityProvider }) => !goes(capacityProvider))
  return [putCall(identity.name, stay, kept ?? [])]
}

const isFargate = (name: unknown) => name === 'FARGATE' || name === 'FARGATE_SPOT'

/**
 * Settings that Git does not name, and providers that others attached, are no business of this manifest. A provider of
 * the default strategy counts as declared.
 */
function desired(spec: Members, { live }: Input): Members {
  const { clusterName: _, settings, capacityProviders, ...rest } = spec as ClusterSpec
  const named = new Set(settings?.map(({ name }) => name))
  const others = (live?.state.settings ?? []).filter(({ name }) => !named.has(name))
  const inStrategy = (rest.defaultCapacityProviderStrategy ?? [])
    .map(({ capacityProvider }) => capacityProvider)
    .filter((name) => name !== undefined && !isFargate(name))
  const own = [...(capacityProviders ?? []), ...inStrategy]
  const attached = live?.state.capacityProviders ?? []
  return {
    ...rest,
    ...(settings ? { settings: [...settings, ...others] } : {}),
    ...(capacityProviders || inStrategy.length > 0
      ? { capacityProviders: distinct([...own, ...attached]) }
      : {}),
  }
}

/** Two holes for one value are one. */
function distinct(items: readonly unknown[]): unknown[] {
  return [...new Map(items.map((item) => [JSON.stringify(item), item])).values()]
}

/** What exists is attached at once; the rest by a late call, since it may need the cluster. */
function create(members: Members, { want, tags }: Input): readonly DraftCall[] {
  const { name } = want!.identity
  const { capacityProviders, defaultCapacityProviderStrategy: strategy, ...rest } = members
  const providers = (capacityProviders ?? []) as unknown[]
  const there = providers.filter((provider) => !isHole(provider))
  const whole = holesIn(strategy).length === 0
  const call: DraftCall = {
    operation: 'ecs:CreateCluster',
    input: {
      ...rest,
      ...(there.length > 0 ? { capacityProviders: there } : {}),
      ...(strategy && whole ? { defaultCapacityProviderStrategy: strategy } : {}),
      clusterName: name,
      tags: toTagList(tags),
    },
    yields: { arn: 'cluster.clusterArn' },
  }
  if (there.length === providers.length && whole) return [call]
  return [call, latePut(name, providers, strategy)]
}

function update(
  { live, whole, changed }: Comparison<ClusterState>,
  { want }: Input,
): readonly DraftCall[] {
  const cluster = live.identity.name
  const calls: DraftCall[] = []
  const members = Object.keys(updatable).filter((name) => changed.has(name))
  if (members.length > 0) {
    // What Git does not name among the settings stays out of the call.
    const input = Object.fromEntries(
      members.map((name) => [name, name === 'settings' ? want!.spec.settings : whole[name]]),
    )
    calls.push({ operation: 'ecs:UpdateCluster', input: { cluster, ...input } })
  }
  const changes = Object.keys(capacity).some((name) => changed.has(name))
  // AWS takes one change of the providers after the other.
  if (changes && live.state.attachmentsStatus !== 'UPDATE_IN_PROGRESS') {
    calls.push(...putCalls(live, whole, changed))
  }
  return calls
}

/** One call for all that exist and are missing, so that none waits for another; and a late one with those to come. */
function* putCalls(
  { identity, state }: Live<ClusterState>,
  whole: Members,
  changed: ReadonlySet<string>,
): Generator<DraftCall> {
  const providers = (whole.capacityProviders ?? []) as unknown[]
  const strategy = whole.defaultCapacityProviderStrategy
  const there = providers.filter((provider) => !isHole(provider))
  const known = holesIn(strategy).length === 0
  const missing = there.some((name) => !state.capacityProviders?.includes(String(name)))
  if (missing || (known && changed.has('defaultCapacityProviderStrategy'))) {
    yield putCall(identity.name, there, known ? strategy : state.defaultCapacityProviderStrategy)
  }
  if (there.length === providers.length && known) return
  yield latePut(identity.name, providers, strategy)
}

/** Who uses a provider waits until it is attached; who uses none, for the default strategy. */
function latePut(cluster: string, providers: readonly unknown[], strategy: unknown): DraftCall {
  const coming = holesIn(providers).map(({ key }) => key)
  const concerns = holesIn(strategy).length > 0 ? 'all' : coming
  return { ...putCall(cluster, providers, strategy), late: true, concerns }
}

/** Replaces both lists, so both are always sent. */
function putCall(cluster: string, providers: readonly unknown[], strategy: unknown): DraftCall {
  return {
    operation: 'ecs:PutClusterCapacityProviders',
    input: {
      cluster,
      capacityProviders: providers,
      defaultCapacityProviderStrategy: strategy ?? [],
    },
  }
}
