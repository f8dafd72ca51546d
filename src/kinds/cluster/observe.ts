/** Reads clusters, a hundred a call. */
import type { Cluster, Failure } from '@aws-sdk/client-ecs'
import { AwsFailure } from '../../errors.ts'
import { inBatches, type ObserveContext, type Wanted } from '../../kind.ts'
import type { ContainerInstance, ObjectKey, Observation } from '../../model.ts'
import { fromTagList } from '../../tags.ts'
import { agentPolicy } from './agents.ts'
import { readInstances, readLatestAgent } from './instances.ts'
import type { ClusterSpec } from './manifest.ts'

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
}

type Answer = Observation<ClusterState>

/** The limit of DescribeClusters. */
const batch = 100

export async function observe(
  context: ObserveContext,
  wanted: readonly Wanted<ClusterSpec>[],
): Promise<ReadonlyMap<ObjectKey, Answer>> {
  const { read } = context
  const answers = new Map<ObjectKey, Answer>()
  await Promise.all(
    inBatches(wanted, batch).map(async (part) => {
      const names = part.map(({ identity }) => identity.name)
      try {
        const { clusters = [], failures = [] } = await read<{
          clusters?: Cluster[]
          failures?: Failure[]
        }>('ecs:DescribeClusters', {
          clusters: names,
          include: ['TAGS', 'SETTINGS', 'CONFIGURATIONS', 'ATTACHMENTS'],
        })
        const refused = new Map(
          failures
            .filter(({ reason }) => reason !== 'MISSING')
            .map(({ arn, reason, detail }) => [lastPart(arn), `${reason} ${detail ?? ''}`.trim()]),
        )
        const byName = new Map(clusters.map((cluster) => [cluster.clusterName, cluster]))
        const instances = new Map(
          await Promise.all(
            clusters
              .filter(({ registeredContainerInstancesCount: count = 0 }) => count > 0)
              .map(
                async ({ clusterName = '' }): Promise<[string, ContainerInstance[]]> => [
                  clusterName,
                  await readInstances(clusterName, context),
                ],
              ),
          ),
        )
        const updates = part.some(({ manifest }) => agentPolicy(manifest.annotations)?.update)
        const latestAgent = updates && instances.size > 0 ? await readLatestAgent(read) : undefined
        for (const want of part) {
          const { name } = want.identity
          const message = refused.get(name)
          answers.set(
            want.manifest.key,
            message === undefined
              ? found(want, byName.get(name), instances.get(name), latestAgent)
              : {
                  found: 'unknown',
                  reason: 'invalid',
                  message: `ecs:DescribeClusters: ${message}`,
                },
          )
        }
      } catch (error) {
        if (!(error instanceof AwsFailure)) throw error
        const message = `${error.operation}: ${error.message}`
        for (const { manifest } of part) {
          answers.set(manifest.key, { found: 'unknown', reason: error.class, message })
        }
      }
    }),
  )
  return answers
}

const lastPart = (arn: string | undefined) => String(arn).split('/').pop()!

/** A cluster that was deleted is still described for a while, as INACTIVE. */
function found(
  { manifest, identity }: Wanted<ClusterSpec>,
  cluster: Cluster | undefined,
  instances: readonly ContainerInstance[] | undefined,
  latestAgent: string | undefined,
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
        ...(instances ? { instances } : {}),
        ...(latestAgent ? { latestAgent } : {}),
      },
    },
  }
}
