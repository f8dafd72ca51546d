/**
 * Whether AWS has already tried what Git asks for, and failed. Rests on the service deployments and service revisions
 * that ECS keeps for 90 days. Read only for services whose deploying fields differ from Git.
 */
import type { Service, ServiceDeploymentBrief, ServiceRevision } from '@aws-sdk/client-ecs'
import { holesIn } from '../../diff.ts'
import { AwsFailure } from '../../errors.ts'
import type { ObserveContext, Wanted } from '../../kind.ts'
import { content, sameRevision } from './canonical.ts'
import type { ServiceSpec } from './manifest.ts'
import { deployingFields, ownFields } from './policy.ts'
import type { Rejection, ServiceState } from './state.ts'

/** The limit of DescribeServiceRevisions, and how far back is looked. */
const deploymentsLooked = 20

/**
 * The rejection of what Git asks for, if there is one. Undefined without history: unsupported by the endpoint, forgotten
 * by AWS, or another controller's business. Rejects with AwsFailure when the reads fail otherwise.
 */
export async function rejectionOf(
  context: ObserveContext,
  { spec }: Wanted<ServiceSpec>,
  service: Service,
  state: ServiceState,
): Promise<Rejection | undefined> {
  const want = content(spec)
  const controller = String(service.deploymentController?.type ?? 'ECS')
  if (state.status !== 'ACTIVE' || controller in ownFields) return undefined
  if (holesIn(want).length > 0 || sameRevision(want, state.members)) return undefined
  try {
    return await newestWith(want, service, context)
  } catch (error) {
    if (error instanceof AwsFailure && error.class === 'unsupported') return undefined
    throw error
  }
}

async function newestWith(
  want: Record<string, unknown>,
  { clusterArn, serviceArn }: Service,
  context: ObserveContext,
): Promise<Rejection | undefined> {
  const { serviceDeployments = [] } = await context.read<{
    serviceDeployments?: ServiceDeploymentBrief[]
  }>('ecs:ListServiceDeployments', {
    cluster: clusterArn,
    service: serviceArn,
    maxResults: deploymentsLooked,
  })
  const newestFirst = [...serviceDeployments].sort((a, b) => startOf(b) - startOf(a))
  if (!newestFirst.some(hasFailed)) return undefined
  const revisions = await revisionsOf(newestFirst, context)
  for (const deployment of newestFirst) {
    const revision = revisions.get(deployment.targetServiceRevisionArn ?? '')
    if (!revision || !sameRevision(want, revision)) continue
    if (!hasFailed(deployment)) return undefined
    return {
      deploymentArn: deployment.serviceDeploymentArn ?? '',
      status: deployment.status ?? '',
      reason: deployment.statusReason ?? '',
    }
  }
  return undefined
}

const startOf = ({ createdAt }: ServiceDeploymentBrief) => Number(createdAt ?? 0)

/** A deployment that a newer one overtook ends as STOPPED too, without having failed. */
function hasFailed({ status, statusReason }: ServiceDeploymentBrief): boolean {
  if (status?.startsWith('ROLLBACK_')) return true
  const stopped = status === 'STOPPED' || status === 'STOP_REQUESTED'
  return stopped && /circuit breaker|alarm|fail/i.test(statusReason ?? '')
}

/** The content of each deployment's target. A service revision never changes, so it is read once per process. */
async function revisionsOf(
  deployments: readonly ServiceDeploymentBrief[],
  { read, memory }: ObserveContext,
): Promise<Map<string, Record<string, unknown>>> {
  const arns = new Set(deployments.flatMap((each) => each.targetServiceRevisionArn ?? []))
  const unread = [...arns].filter((arn) => !memory.has(`revision:${arn}`))
  if (unread.length > 0) {
    const { serviceRevisions = [] } = await read<{ serviceRevisions?: ServiceRevision[] }>(
      'ecs:DescribeServiceRevisions',
      { serviceRevisionArns: unread },
    )
    for (const revision of serviceRevisions) {
      const members = Object.entries(revision).filter(([name]) =>
        Object.hasOwn(deployingFields, name),
      )
      memory.set(`revision:${revision.serviceRevisionArn}`, Object.fromEntries(members))
    }
  }
  return new Map(
    [...arns].flatMap((arn) => {
      const known = memory.get(`revision:${arn}`) as Record<string, unknown> | undefined
      return known ? [[arn, known] as const] : []
    }),
  )
}
