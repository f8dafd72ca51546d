/**
 * Follows service deployments from their beginning to their end, twenty a call. Read only for services that roll out,
 * whose roll-out failed, or whose last one was seen under way: a settled fleet costs nothing.
 */
import type { Service, ServiceDeployment, ServiceDeploymentBrief } from '@aws-sdk/client-ecs'
import { AwsFailure } from '../../errors.ts'
import { inBatches, type ObserveContext } from '../../kind.ts'
import type { Rollout } from '../../model.ts'
import { plainRollout, rolloutOf } from './rollout.ts'
import { type ServiceState, stateOf } from './state.ts'
import { reasonOf } from './stopped.ts'

/** The limit of DescribeServiceDeployments. */
const batch = 20

/** Where an endpoint does not know service deployments, or they may not be read. */
const unserved = 'follow:unserved'

/** What is followed of a service, and how its last roll-out ended: both only save reads. */
const followed = (arn: string) => `follow:${arn}`
const ended = (arn: string) => `ended:${arn}`

export interface Followed {
  readonly rollout?: Rollout
}

/** How a roll-out ended, and which deployment was the primary one from then on. */
interface Ended {
  readonly rollout: Rollout
  readonly primary: string | undefined
}

interface Subject {
  readonly arn: string
  readonly service: Service
  readonly state: ServiceState
}

/** How each service's newest roll-out stands, by the service's ARN. */
export async function followRollouts(
  context: ObserveContext,
  described: readonly Service[],
): Promise<ReadonlyMap<string, Followed>> {
  const { memory } = context
  const services: Subject[] = described.map((service) => ({
    arn: service.serviceArn ?? '',
    service,
    state: stateOf(service),
  }))
  const plain = new Map(
    services.map(({ arn, service, state }) => {
      const last = memory.get(ended(arn)) as Ended | undefined
      const rollout = plainRollout(state.deployments, service)
      const same = last?.primary === primaryOf(state)?.id && !isMoving(state)
      return [arn, last && same ? { rollout: last.rollout } : rollout ? { rollout } : {}]
    }),
  )
  if (memory.has(unserved)) return plain
  const moving = services.filter(({ arn, state }) => isMoving(state) || memory.has(followed(arn)))
  try {
    const newest = new Map(
      await Promise.all(
        moving.map(async ({ arn, service }) => [arn, await newestOf(service, context)] as const),
      ),
    )
    const wanted = moving.flatMap(({ arn }) => [
      ...new Set([newest.get(arn), memory.get(followed(arn)) as string | undefined]),
    ])
    const known = await describe(
      wanted.filter((arn) => arn !== undefined),
      context,
    )
    const read = moving.map(({ arn, state }): [string, Followed] => {
      const own = newest.get(arn)
      const now = own === undefined ? undefined : known.get(own)
      if (!now) return [arn, plain.get(arn) ?? {}]
      const beforeArn = memory.get(followed(arn)) as string | undefined
      const older = beforeArn === own ? undefined : known.get(beforeArn ?? '')
      const told = rolloutOf(now, targetOf(now, state))
      const reason = reasonOf(memory, own, told.reason ?? '')
      const rollout = reason ? { ...told, reason } : told
      if (rollout.endedAtMs === undefined) memory.set(followed(arn), own)
      else {
        memory.delete(followed(arn))
        memory.set(ended(arn), { rollout, primary: primaryOf(state)?.id } satisfies Ended)
      }
      const before = older && rolloutOf(older, '', Number(now.createdAt ?? 0))
      return [arn, { rollout: before ? { ...rollout, before } : rollout }]
    })
    return new Map([...plain, ...read])
  } catch (error) {
    if (!(error instanceof AwsFailure)) throw error
    if (error.class !== 'unsupported' && error.class !== 'denied') throw error
    memory.set(unserved, true)
    return plain
  }
}

const primaryOf = ({ deployments }: ServiceState) =>
  deployments.find(({ status }) => status === 'PRIMARY')

const isMoving = ({ deployments }: ServiceState) =>
  deployments.some(
    ({ status, rolloutState }) =>
      status === 'PRIMARY' && (rolloutState === 'IN_PROGRESS' || rolloutState === 'FAILED'),
  )

async function newestOf(service: Service, { read }: ObserveContext): Promise<string | undefined> {
  if (service.currentServiceDeployment) return service.currentServiceDeployment
  const { serviceDeployments = [] } = await read<{
    serviceDeployments?: ServiceDeploymentBrief[]
  }>('ecs:ListServiceDeployments', {
    cluster: service.clusterArn,
    service: service.serviceArn,
    maxResults: 1,
  })
  return serviceDeployments[0]?.serviceDeploymentArn
}

async function describe(
  arns: readonly string[],
  { read }: ObserveContext,
): Promise<ReadonlyMap<string, ServiceDeployment>> {
  const answers = await Promise.all(
    inBatches(arns, batch).map((serviceDeploymentArns) =>
      read<{ serviceDeployments?: ServiceDeployment[] }>('ecs:DescribeServiceDeployments', {
        serviceDeploymentArns,
      }),
    ),
  )
  const all = answers.flatMap(({ serviceDeployments = [] }) => serviceDeployments)
  return new Map(all.map((each) => [each.serviceDeploymentArn ?? '', each]))
}

/** What is rolled out. During a rollback the primary deployment is the old one again. */
function targetOf({ rollback }: ServiceDeployment, { deployments }: ServiceState): string {
  const primary = deployments.find(({ status }) => status === 'PRIMARY')
  const failed = deployments.find(({ rolloutState }) => rolloutState === 'FAILED')
  const of = rollback ? (failed ?? primary) : primary
  return of?.taskDefinition?.split('/').at(-1) ?? ''
}
