/** Reads clusters, a hundred a call. */
import type { Cluster, Failure } from '@aws-sdk/client-ecs'
import { AwsFailure } from '../../errors.ts'
import type { ObserveContext, Wanted } from '../../kind.ts'
import { observeInBatches } from '../../kit/finding.ts'
import type { ContainerInstance, ObjectKey, Observation } from '../../model.ts'
import { fromTagList } from '../../tags.ts'
import { agentPolicy } from './agents.ts'
import { readInstances, readLatestAgent } from './instances.ts'
import type { ClusterSpec } from './manifest.ts'
import { replacedAt } from './remember.ts'
import { readStrays, type Stray } from './strays.ts'

/** The members that policy and health need. */
export type ClusterState = Pick<
  Cluster,
  | 'status'
  | 'settings'
  | 'configuration'
  | 'serviceConnectDefaults'
  | 'capacityProviders'
  | 'defaultCapacityProviderStrategy'
  | 'attachmentsStatus'
> & {
  readonly instances?: readonly ContainerInstance[]
  /** The newest agent that AWS recommends; read only where the manifest wants agents updated. */
  readonly latestAgent?: string
  /** When this process last saw that it had replaced an instance, milliseconds. */
  readonly replacedAtMs?: number
  /** Instances that their group's capacity provider does not count. */
  readonly strays?: readonly Stray[]
}

type Answer = Observation<ClusterState>

/** The limit of DescribeClusters. */
const batch = 100

export function observe(
  context: ObserveContext,
  wanted: readonly Wanted<ClusterSpec>[],
): Promise<ReadonlyMap<ObjectKey, Answer>> {
  return observeInBatches(wanted, batch, async (part) => {
    const { clusters = [], failures = [] } = await context.read<{
      clusters?: Cluster[]
      failures?: Failure[]
    }>('ecs:DescribeClusters', {
      clusters: part.map(({ identity }) => identity.name),
      include: ['TAGS', 'SETTINGS', 'CONFIGURATIONS', 'ATTACHMENTS'],
    })
    const refused = new Map(
      failures
        .filter(({ reason }) => reason !== 'MISSING')
        .map(({ arn, reason, detail }) => [lastPart(arn), `${reason} ${detail ?? ''}`.trim()]),
    )
    const byName = new Map(clusters.map((cluster) => [cluster.clusterName, cluster]))
    const answers = part.map(async (want): Promise<[ObjectKey, Answer]> => {
      const { manifest, identity } = want
      const message = refused.get(identity.name)
      if (message === undefined) {
        const cluster = byName.get(identity.name)
        return [manifest.key, found(want, cluster, await agentsOf(context, want, cluster))]
      }
      const text = `ecs:DescribeClusters: ${message}`
      return [manifest.key, { found: 'unknown', reason: 'invalid', message: text }]
    })
    return new Map(await Promise.all(answers))
  })
}

type Agents = Pick<ClusterState, 'instances' | 'latestAgent' | 'replacedAtMs' | 'strays'>

/** Its container instances. A cluster is kept without them, too: what cannot be read is left out. */
async function agentsOf(
  context: ObserveContext,
  { manifest, identity }: Wanted<ClusterSpec>,
  cluster: Cluster | undefined,
): Promise<Agents> {
  if (!cluster?.registeredContainerInstancesCount) return { instances: [] }
  const unread = (error: unknown) => {
    if (error instanceof AwsFailure) return undefined
    throw error
  }
  const instances = await readInstances(identity.name, context).catch(unread)
  if (!instances) return {}
  const wantsUpdates = agentPolicy(manifest.annotations)?.update
  const latestAgent = wantsUpdates ? await readLatestAgent(context.read).catch(unread) : undefined
  const replacedAtMs = replacedAt(identity.name, context)
  const strays = await readStrays(cluster, instances, context).catch(unread)
  return {
    instances,
    ...(latestAgent ? { latestAgent } : {}),
    ...(replacedAtMs === undefined ? {} : { replacedAtMs }),
    ...(strays?.length ? { strays } : {}),
  }
}

const lastPart = (arn: string | undefined) => String(arn).split('/').pop()!

/** A cluster that was deleted is still described for a while, as INACTIVE. */
function found(
  { manifest, identity }: Wanted<ClusterSpec>,
  cluster: Cluster | undefined,
  agents: Agents,
): Answer {
  if (!cluster || cluster.status === 'INACTIVE') return { found: 'no' }
  const { status, settings, configuration, serviceConnectDefaults } = cluster
  const { capacityProviders, defaultCapacityProviderStrategy, attachmentsStatus } = cluster
  return {
    found: 'yes',
    live: {
      key: manifest.key,
      identity,
      attributes: { arn: cluster.clusterArn ?? '', name: identity.name },
      tags: fromTagList(cluster.tags),
      state: {
        status,
        settings,
        configuration,
        serviceConnectDefaults,
        capacityProviders,
        defaultCapacityProviderStrategy,
        attachmentsStatus,
        ...agents,
      },
    },
  }
}
