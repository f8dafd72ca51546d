/** What a cluster needs, as calls. Pure. */
import { canonicalise, compare, type LeftOut, overlay } from '../../diff.ts'
import type { Draft, PlanInput } from '../../kind.ts'
import type { DraftCall, FieldChange } from '../../model.ts'
import { missingTags, tagChanges, toTagList } from '../../tags.ts'
import { agentPolicy, tendAgents } from './agents.ts'
import type { ClusterSpec } from './manifest.ts'
import type { ClusterState } from './observe.ts'
import { capacity, fields, updatable } from './policy.ts'

type Members = Record<string, unknown>
type Input = PlanInput<ClusterSpec, ClusterState>

export function plan(input: Input): Draft {
  const { want, live } = input
  if (!want) {
    if (!live) return { verdict: 'keep' }
    const call: DraftCall = {
      operation: 'ecs:DeleteCluster',
      input: { cluster: live.identity.name },
    }
    return { verdict: 'delete', effect: 'in place', calls: [call] }
  }
  const { clusterName: _, tags: __, ...spec } = want.spec
  if (!live) {
    const call: DraftCall = {
      operation: 'ecs:CreateCluster',
      input: { ...spec, clusterName: want.identity.name, tags: toTagList(input.tags) },
      yields: { arn: 'cluster.clusterArn' },
    }
    return { verdict: 'create', calls: [call] }
  }
  return update(input, want.identity.name, spec, live)
}

function update(
  input: Input,
  cluster: string,
  spec: Members,
  live: NonNullable<Input['live']>,
): Draft {
  const leftOut: LeftOut = { alone: [], reset: new Set() }
  const { status: _, instances: __, latestAgent: ___, ...state } = live.state
  const whole = overlay(declared(spec, state), state, { fields, merge: true }, leftOut)
  const changes = compare(canonicalise(whole, fields), canonicalise(state, fields), fields)
  const tags = tagChanges(live.tags, input.tags)
  if (changes.length > 0 && input.ownership === 'adopt-unchanged') {
    const message = `adopting it unchanged is not possible, these differ: ${changes.map(({ path }) => path).join(', ')}`
    return {
      verdict: 'blocked',
      stalled: true,
      fields: changes,
      reason: { code: 'AdoptWouldChange', message },
    }
  }
  const calls = [...updateCalls(cluster, { ...whole, settings: spec.settings }, changes)]
  if (tags.length > 0) {
    const missing = toTagList(missingTags(live.tags, input.tags))
    calls.push({
      operation: 'ecs:TagResource',
      input: { resourceArn: live.attributes.arn, tags: missing },
    })
  }
  const notes = leftOut.alone.map(([path]) => `${path} is left as it is`)
  const tending = calls.length === 0 ? tend(input, cluster, live.state) : undefined
  if (tending) return { verdict: 'update', effect: 'in place', notes, ...tending }
  if (calls.length === 0) return { verdict: 'keep', notes }
  const effect = changes.length > 0 ? 'in place' : 'none'
  return { verdict: 'update', fields: [...changes, ...tags], effect, calls, notes }
}

function tend(
  { want, now }: Input,
  cluster: string,
  { instances = [], latestAgent }: ClusterState,
) {
  const policy = agentPolicy(want?.manifest.annotations ?? {})
  return policy && tendAgents(cluster, instances, policy, latestAgent, now)
}

/** Settings that Git does not name, and providers that others attached, are no business of this manifest. */
function declared(spec: Members, state: ClusterState): Members {
  const { settings, capacityProviders, ...rest } = spec as ClusterSpec
  const named = new Set(settings?.map(({ name }) => name))
  const others = (state.settings ?? []).filter(({ name }) => !named.has(name))
  return {
    ...rest,
    ...(settings ? { settings: [...settings, ...others] } : {}),
    ...(capacityProviders
      ? {
          capacityProviders: [
            ...new Set([...capacityProviders, ...(state.capacityProviders ?? [])]),
          ],
        }
      : {}),
  }
}

function* updateCalls(
  cluster: string,
  whole: Members,
  changes: readonly FieldChange[],
): Generator<DraftCall> {
  const changed = new Set(changes.map(({ path }) => path.split(/[.[]/)[0]!))
  const members = Object.keys(updatable).filter((name) => changed.has(name))
  if (members.length > 0) {
    const input = Object.fromEntries(members.map((name) => [name, whole[name]]))
    yield { operation: 'ecs:UpdateCluster', input: { cluster, ...input } }
  }
  if (Object.keys(capacity).some((name) => changed.has(name))) {
    // Replaces both lists, so both are always sent.
    yield {
      operation: 'ecs:PutClusterCapacityProviders',
      input: {
        cluster,
        capacityProviders: whole.capacityProviders ?? [],
        defaultCapacityProviderStrategy: whole.defaultCapacityProviderStrategy ?? [],
      },
    }
  }
}
