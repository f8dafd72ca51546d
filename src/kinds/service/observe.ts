/** Reads services, ten a call, and for those that differ from Git whether AWS has already rejected what Git asks for. */
import type { Failure, Service } from '@aws-sdk/client-ecs'
import { AwsFailure } from '../../errors.ts'
import { inBatches, type ObserveContext, type Wanted } from '../../kind.ts'
import type { ObjectKey, Observation } from '../../model.ts'
import { fromTagList } from '../../tags.ts'
import { rejectionOf } from './history.ts'
import type { ServiceSpec } from './manifest.ts'
import { watchStarts } from './starts.ts'
import { type ServiceState, stateOf } from './state.ts'

type Answer = Observation<ServiceState>

/** The limit of DescribeServices. */
const batch = 10

export async function observe(
  context: ObserveContext,
  wanted: readonly Wanted<ServiceSpec>[],
): Promise<ReadonlyMap<ObjectKey, Answer>> {
  const clusters = new Map<string, Wanted<ServiceSpec>[]>()
  for (const want of wanted) {
    const cluster = want.identity.parts.cluster ?? 'default'
    clusters.set(cluster, [...(clusters.get(cluster) ?? []), want])
  }
  const batches = [...clusters].flatMap(([cluster, services]) =>
    inBatches(services, batch).map((part) => ({ cluster, part })),
  )
  const answers = await Promise.all(
    batches.map(({ cluster, part }) => observeBatch(context, cluster, part)),
  )
  const seen = new Map(answers.flat())
  await watchStarts([...seen.values()], context)
  return seen
}

async function observeBatch(
  context: ObserveContext,
  cluster: string,
  part: readonly Wanted<ServiceSpec>[],
): Promise<[ObjectKey, Answer][]> {
  const all = (answer: Answer): [ObjectKey, Answer][] =>
    part.map(({ manifest }) => [manifest.key, answer])
  try {
    const { services = [], failures = [] } = await context.read<{
      services?: Service[]
      failures?: Failure[]
    }>('ecs:DescribeServices', {
      cluster,
      services: part.map(({ identity }) => identity.parts.service),
      include: ['TAGS'],
    })
    const byName = new Map(services.map((service) => [service.serviceName, service]))
    const refused = new Map(
      failures
        .filter(({ reason }) => reason !== 'MISSING')
        .map(({ arn, reason }) => [String(arn).split('/').pop(), reason]),
    )
    return await Promise.all(
      part.map(async (want): Promise<[ObjectKey, Answer]> => {
        const name = want.identity.parts.service
        const reason = refused.get(name)
        const message = `ecs:DescribeServices: ${reason}`
        return [
          want.manifest.key,
          reason === undefined
            ? await found(context, want, byName.get(name))
            : { found: 'unknown', reason: 'invalid', message },
        ]
      }),
    )
  } catch (error) {
    if (!(error instanceof AwsFailure)) throw error
    if (error.code === 'ClusterNotFoundException') return all({ found: 'no' })
    const message = `${error.operation}: ${error.message}`
    return all({ found: 'unknown', reason: error.class, message })
  }
}

/** Deleted services are still described for hours, as INACTIVE. */
async function found(
  context: ObserveContext,
  want: Wanted<ServiceSpec>,
  service: Service | undefined,
): Promise<Answer> {
  if (!service) return { found: 'no' }
  if (service.status === 'INACTIVE') {
    return { found: 'no', predecessor: `${service.createdAt?.toISOString()}` }
  }
  const { key } = want.manifest
  const state = stateOf(service)
  const name = want.identity.parts.service ?? ''
  try {
    const rejected = await rejectionOf(context, want, service, state)
    return {
      found: 'yes',
      live: {
        key,
        identity: want.identity,
        attributes: { arn: service.serviceArn ?? '', name },
        tags: fromTagList(service.tags),
        state: rejected ? { ...state, rejected } : state,
      },
    }
  } catch (error) {
    if (!(error instanceof AwsFailure)) throw error
    const message = `${error.operation}: ${error.message}`
    return { found: 'unknown', reason: error.class, message }
  }
}
