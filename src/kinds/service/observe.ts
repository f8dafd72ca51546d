/** Reads services, ten a call, and for those that differ from Git whether AWS has already rejected what Git asks for. */
import type { Failure, Service } from '@aws-sdk/client-ecs'
import { AwsFailure } from '../../errors.ts'
import { withoutIgnored } from '../../ignored.ts'
import { inBatches, type ObserveContext, type Wanted } from '../../kind.ts'
import type { ObjectKey, Observation } from '../../model.ts'
import { fromTagList } from '../../tags.ts'
import { stuckIn } from './deadline.ts'
import { dyingIn } from './dying.ts'
import { type Followed, followRollouts } from './follow.ts'
import { previousOf, rejectionOf } from './history.ts'
import type { ServiceSpec } from './manifest.ts'
import { fields } from './policy.ts'
import { withScaling } from './scaling.ts'
import { staleOf } from './stale.ts'
import { watchStarts } from './starts.ts'
import { type ServiceState, type Stale, stateOf } from './state.ts'
import { withTargets } from './target-health.ts'
import { asWanted } from './twins.ts'
import { explain } from './why/explain.ts'

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
  const described = await Promise.all(
    batches.map(({ cluster, part }) => describe(context, cluster, part)),
  )
  const there = described
    .flat()
    .flatMap(({ service }) => (service?.status === 'ACTIVE' ? [service] : []))
  const followed = await followRollouts(context, there)
  const stale = await staleOf(
    context,
    described
      .flat()
      .flatMap(({ want: { manifest }, service }) =>
        service?.status === 'ACTIVE' ? [{ manifest, service, state: stateOf(service) }] : [],
      ),
  )
  const seen = new Map(
    await Promise.all(
      described.flat().map(async ({ want, service, unread }): Promise<[ObjectKey, Answer]> => {
        const answer = unread ?? (await found(context, want, service, followed, stale))
        return [want.manifest.key, answer]
      }),
    ),
  )
  await watchStarts([...seen.values()], context)
  const explained = await withTargets(await explain(seen, there, context), there, context)
  return withScaling(explained, wanted, context)
}

/** What AWS says of one service; `unread`: why it says nothing. */
interface Described {
  readonly want: Wanted<ServiceSpec>
  readonly service?: Service | undefined
  readonly unread?: Answer
}

async function describe(
  context: ObserveContext,
  cluster: string,
  part: readonly Wanted<ServiceSpec>[],
): Promise<Described[]> {
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
    return part.map((want): Described => {
      const name = want.identity.parts.service
      const reason = refused.get(name)
      if (reason === undefined) return { want, service: byName.get(name) }
      const message = `ecs:DescribeServices: ${reason}`
      return { want, unread: { found: 'unknown', reason: 'invalid', message } }
    })
  } catch (error) {
    if (!(error instanceof AwsFailure)) throw error
    if (error.code === 'ClusterNotFoundException') return part.map((want) => ({ want }))
    const message = `${error.operation}: ${error.message}`
    return part.map((want) => ({
      want,
      unread: { found: 'unknown', reason: error.class, message },
    }))
  }
}

/** Deleted services are still described for hours, as INACTIVE. */
async function found(
  context: ObserveContext,
  want: Wanted<ServiceSpec>,
  service: Service | undefined,
  followed: ReadonlyMap<string, Followed>,
  stale: ReadonlyMap<string, readonly Stale[]>,
): Promise<Answer> {
  if (!service) return { found: 'no' }
  if (service.status === 'INACTIVE') {
    return { found: 'no', predecessor: `${service.createdAt?.toISOString()}` }
  }
  const { key } = want.manifest
  const arn = service.serviceArn ?? ''
  const old = stale.get(arn)
  const tags = fromTagList(service.tags)
  const name = want.identity.parts.service ?? ''
  try {
    const plain = stateOf(service)
    const members = await asWanted(context, want.spec, plain.members)
    const dying = dyingIn(service, context.now)
    const more = {
      ...followed.get(arn),
      ...(old ? { stale: old } : {}),
      ...(dying ? { dying } : {}),
    }
    const state: ServiceState = { ...plain, members, ...more }
    const stuck = stuckIn(context, want.manifest, state)
    const back = context.back?.has(key) ? await previousOf(context, service) : undefined
    const { spec } = withoutIgnored(want.spec, state.members, fields, want.manifest.annotations)
    const rejected = await rejectionOf(context, { ...want, spec }, service, state, tags)
    return {
      found: 'yes',
      live: {
        key,
        identity: want.identity,
        attributes: { arn, name },
        tags,
        state: {
          ...state,
          ...(rejected ? { rejected } : {}),
          ...(stuck ? { stuck } : {}),
          ...(back ? { previous: back } : {}),
        },
      },
    }
  } catch (error) {
    if (!(error instanceof AwsFailure)) throw error
    const message = `${error.operation}: ${error.message}`
    return { found: 'unknown', reason: error.class, message }
  }
}
