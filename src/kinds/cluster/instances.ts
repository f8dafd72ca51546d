/** The container instances of a cluster: read a hundred a call, and only where it has some. */
import type { ContainerInstance as Described, Resource } from '@aws-sdk/client-ecs'
import { inBatches, type ObserveContext } from '../../kind.ts'
import { allPages } from '../../kit/finding.ts'
import type { ContainerInstance } from '../../model.ts'

/** SSH, Docker and the agent itself: ports that no task can have. */
const kept = new Set(['22', '2375', '2376', '51678', '51679', '51680'])

/** Rejects with AwsFailure. `memory` holds since when an agent has been seen disconnected. */
export async function readInstances(
  cluster: string,
  { read, memory, now }: Pick<ObserveContext, 'read' | 'memory' | 'now'>,
): Promise<ContainerInstance[]> {
  const arns = await allPages(async (nextToken) => {
    const page = await read<{ containerInstanceArns?: string[]; nextToken?: string }>(
      'ecs:ListContainerInstances',
      { cluster, ...(nextToken ? { nextToken } : {}) },
    )
    return { items: page.containerInstanceArns ?? [], next: page.nextToken }
  })
  const parts = await Promise.all(
    inBatches(arns, 100).map((containerInstances) =>
      read<{ containerInstances?: Described[] }>('ecs:DescribeContainerInstances', {
        cluster,
        containerInstances,
      }),
    ),
  )
  return parts
    .flatMap(({ containerInstances = [] }) => containerInstances)
    .filter(({ status }) => status !== 'INACTIVE')
    .map((described) => {
      const instance = viewOf(described)
      const key = `disconnected ${instance.id}`
      if (instance.agentConnected) memory.delete(key)
      else if (!memory.has(key)) memory.set(key, now)
      const sinceMs = memory.get(key)
      return typeof sinceMs === 'number' ? { ...instance, disconnectedSinceMs: sinceMs } : instance
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
}

function viewOf(described: Described): ContainerInstance {
  const { registeredResources, remainingResources, attributes = [] } = described
  const attribute = (name: string) => attributes.find((one) => one.name === name)?.value ?? ''
  const size = (name: string) => ({
    registered: amount(registeredResources, name),
    free: amount(remainingResources, name),
  })
  const ports = ['PORTS', 'PORTS_UDP'].flatMap((name) => {
    const taken = remainingResources?.find((one) => one.name === name)?.stringSetValue ?? []
    return taken
      .filter((port) => !kept.has(port))
      .map((port) => (name === 'PORTS' ? port : `${port}/udp`))
  })
  return {
    name: described.ec2InstanceId ?? '',
    id: described.containerInstanceArn?.split('/').at(-1) ?? '',
    zone: attribute('ecs.availability-zone'),
    type: attribute('ecs.instance-type'),
    status: described.status ?? '',
    agentConnected: described.agentConnected ?? false,
    agentVersion: described.versionInfo?.agentVersion ?? '',
    ...(described.agentUpdateStatus ? { agentUpdateStatus: described.agentUpdateStatus } : {}),
    ...(described.capacityProviderName ? { capacityProvider: described.capacityProviderName } : {}),
    cpu: size('CPU'),
    memory: size('MEMORY'),
    ports,
    tasks: {
      running: described.runningTasksCount ?? 0,
      pending: described.pendingTasksCount ?? 0,
    },
    registeredAtMs: described.registeredAt?.getTime() ?? 0,
  }
}

const amount = (resources: readonly Resource[] | undefined, name: string) =>
  resources?.find((one) => one.name === name)?.integerValue ?? 0

/** Source: the public parameter of the ECS-optimised AMI; its JSON names the agent that AWS recommends. */
const recommended = '/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended'

export async function readLatestAgent(read: ObserveContext['read']): Promise<string | undefined> {
  const answer = await read<{ Parameters?: { Value?: string }[] }>('ssm:GetParameters', {
    Names: [recommended],
  })
  const text = answer.Parameters?.[0]?.Value
  return text && (JSON.parse(text) as { ecs_agent_version?: string }).ecs_agent_version
}
