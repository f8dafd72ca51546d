/**
 * Instances of our groups that joined the cluster before their group's capacity provider did: ECS never counts them to
 * it, so that no task of its strategy reaches them. The Amazon ECS developer guide warns of it; a new instance is
 * counted. Read only where there may be some, and replaced only while they run nothing.
 */
import type { AutoScalingGroup } from '@aws-sdk/client-auto-scaling'
import type { CapacityProvider, Cluster } from '@aws-sdk/client-ecs'
import type { Draft, ObserveContext } from '../../kind.ts'
import type { ContainerInstance } from '../../model.ts'
import { fromAwsTags } from '../../tags.ts'

export interface Stray {
  readonly instance: string
  readonly provider: string
}

/** What registered just now may still be counted. */
const settledMs = 3 * 60_000

const isFargate = (name: string) => name === 'FARGATE' || name === 'FARGATE_SPOT'

/** Rejects with AwsFailure. `memory` holds which instances are of no such group, so that they are not asked for again. */
export async function readStrays(
  { capacityProviders = [], attachmentsStatus }: Cluster,
  instances: readonly ContainerInstance[],
  { read, memory, now, owner }: Pick<ObserveContext, 'read' | 'memory' | 'now' | 'owner'>,
): Promise<readonly Stray[]> {
  const names = capacityProviders.filter((name) => !isFargate(name))
  const idle = instances.filter(
    ({ id, status, agentConnected, capacityProvider, tasks, registeredAtMs }) =>
      status === 'ACTIVE' &&
      agentConnected &&
      capacityProvider === undefined &&
      tasks.running + tasks.pending === 0 &&
      now - registeredAtMs >= settledMs &&
      !memory.has(`elsewhere ${id} ${names}`),
  )
  if (names.length === 0 || idle.length === 0 || attachmentsStatus === 'UPDATE_IN_PROGRESS') {
    return []
  }
  const answer = await read<{ capacityProviders?: CapacityProvider[] }>(
    'ecs:DescribeCapacityProviders',
    { capacityProviders: names },
  )
  const providers = new Map(
    (answer.capacityProviders ?? []).flatMap(({ name = '', autoScalingGroupProvider: group }) =>
      group?.autoScalingGroupArn ? [[group.autoScalingGroupArn.split('/').at(-1)!, name]] : [],
    ),
  )
  if (providers.size === 0) return []
  const { AutoScalingGroups: groups = [] } = await read<{ AutoScalingGroups?: AutoScalingGroup[] }>(
    'autoscaling:DescribeAutoScalingGroups',
    { AutoScalingGroupNames: [...providers.keys()], MaxRecords: 100 },
  )
  const ours = new Map(
    groups
      .filter(({ Tags }) => fromAwsTags(Tags)['fairlead:owner'] === owner)
      .flatMap(({ AutoScalingGroupName: group = '', Instances = [] }) =>
        Instances.map(({ InstanceId = '' }) => [InstanceId, providers.get(group) ?? ''] as const),
      ),
  )
  return idle.flatMap(({ name, id }) => {
    const provider = ours.get(name)
    if (provider === undefined) memory.set(`elsewhere ${id} ${names}`, true)
    return provider === undefined ? [] : [{ instance: name, provider }]
  })
}

/** Its group starts another one in the place of each. */
export function replaceStrays(
  strays: readonly Stray[],
): Pick<Draft, 'fields' | 'calls'> | undefined {
  if (strays.length === 0) return undefined
  return {
    fields: strays.map(({ instance, provider }) => ({
      path: `instances[${instance}].capacityProvider`,
      from: 'none, since it registered earlier',
      to: `${provider}, of an instance in its place`,
    })),
    calls: strays.map(({ instance }) => ({
      operation: 'autoscaling:TerminateInstanceInAutoScalingGroup' as const,
      input: { InstanceId: instance, ShouldDecrementDesiredCapacity: false },
    })),
  }
}
