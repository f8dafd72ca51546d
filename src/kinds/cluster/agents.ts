/**
 * The policy for container agents that a Cluster's annotations ask for: one instance at a time, and none while another
 * one drains, updates or is being replaced. Pure.
 */
import type { Draft } from '../../kind.ts'
import type { ContainerInstance } from '../../model.ts'

const updating = new Set(['PENDING', 'STAGING', 'STAGED', 'UPDATING'])

export interface AgentPolicy {
  readonly update: boolean
  /** Milliseconds; absent: never. */
  readonly replaceAfterMs?: number
}

export function agentPolicy(
  annotations: Readonly<Record<string, string>>,
): AgentPolicy | undefined {
  const update = annotations['fairlead.dev/agent-update'] === 'enabled'
  const after = annotations['fairlead.dev/agent-replace-after']
  if (!update && after === undefined) return undefined
  return { update, ...(after === undefined ? {} : { replaceAfterMs: milliseconds(after) }) }
}

const units: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }

function milliseconds(text: string): number {
  return [...text.matchAll(/(\d+)([smhd])/g)].reduce(
    (sum, [, count, unit]) => sum + Number(count) * units[unit!]!,
    0,
  )
}

export interface AgentFacts {
  /** The newest agent that AWS recommends, where it is known. */
  readonly latest?: string | undefined
  /** When an instance was last replaced. */
  readonly replacedAtMs?: number | undefined
  readonly now: number
}

/** How long a replacement may take to register before the next one is tried all the same. */
const successorMs = 15 * 60_000

/** The next deed of the policy, or nothing. */
export function tendAgents(
  cluster: string,
  instances: readonly ContainerInstance[],
  policy: AgentPolicy,
  { latest, replacedAtMs, now }: AgentFacts,
): Pick<Draft, 'fields' | 'calls'> | undefined {
  const moving = instances.some(
    ({ status, agentUpdateStatus = '' }) => status !== 'ACTIVE' || updating.has(agentUpdateStatus),
  )
  if (moving) return undefined
  const awaited =
    replacedAtMs !== undefined &&
    now - replacedAtMs < successorMs &&
    !instances.some(({ registeredAtMs }) => registeredAtMs >= replacedAtMs)
  if (awaited) return undefined
  const { replaceAfterMs } = policy
  const lost = instances.find(
    ({ disconnectedSinceMs }) =>
      replaceAfterMs !== undefined &&
      disconnectedSinceMs !== undefined &&
      now - disconnectedSinceMs >= replaceAfterMs,
  )
  if (lost) return replacement(cluster, lost, now)
  if (!policy.update || latest === undefined) return undefined
  const old = instances.find(
    ({ agentConnected, agentUpdateStatus, agentVersion }) =>
      agentConnected && agentUpdateStatus !== 'FAILED' && isOlder(agentVersion, latest),
  )
  if (!old) return undefined
  return {
    fields: [{ path: `instances[${old.name}].agentVersion`, from: old.agentVersion, to: latest }],
    calls: [
      { operation: 'ecs:UpdateContainerAgent', input: { cluster, containerInstance: old.id } },
    ],
  }
}

/** Its group starts another one; the ghost that a disconnected agent leaves behind is taken off the cluster. */
function replacement(cluster: string, lost: ContainerInstance, now: number) {
  const minutes = Math.floor((now - lost.disconnectedSinceMs!) / 60_000)
  return {
    fields: [
      {
        path: `instances[${lost.name}]`,
        from: `agent disconnected for ${minutes} min`,
        to: 'replaced by its Auto Scaling group',
      },
    ],
    calls: [
      {
        operation: 'autoscaling:TerminateInstanceInAutoScalingGroup' as const,
        input: { InstanceId: lost.name, ShouldDecrementDesiredCapacity: false },
      },
      {
        operation: 'ecs:DeregisterContainerInstance' as const,
        input: { cluster, containerInstance: lost.id, force: true },
      },
    ],
  }
}

function isOlder(version: string, than: string): boolean {
  const [a, b] = [version, than].map((text) => text.split('.').map(Number))
  for (let i = 0; i < 3; i++) {
    const difference = (a![i] ?? 0) - (b![i] ?? 0)
    if (difference !== 0) return difference < 0
  }
  return false
}
