/**
 * Whether AWS has already tried what Git asks for, and failed. Rests on the service deployments and service revisions
 * that ECS keeps for 90 days. Read only for services whose deploying fields differ from Git.
 */
import type { Service, ServiceDeploymentBrief, ServiceRevision } from '@aws-sdk/client-ecs'
import { holesIn } from '../../diff.ts'
import { AwsFailure } from '../../errors.ts'
import type { ObserveContext, Wanted } from '../../kind.ts'
import { isForgiven } from '../../kit/retries.ts'
import { content, sameRevision } from './canonical.ts'
import type { ServiceSpec } from './manifest.ts'
import { deployingFields, ownFields } from './policy.ts'
import { contentHash, rejectedIn, rejectedTag } from './rejected.ts'
import type { Rejection, ServiceState } from './state.ts'
import { reasonOf } from './stopped.ts'
import { asWanted, definitionHash } from './twins.ts'

/** The limit of DescribeServiceRevisions, and how far back is looked. */
const deploymentsLooked = 20

const remembered = (service: Service) => `rejected:${service.serviceArn}`

/**
 * The rejection of what Git asks for, if there is one. Undefined without history: unsupported by the endpoint, or
 * another controller's business. What AWS has forgotten, the service's tag remembers. Rejects with AwsFailure when the
 * reads fail otherwise.
 */
export async function rejectionOf(
  context: ObserveContext,
  { spec }: Wanted<ServiceSpec>,
  service: Service,
  state: ServiceState,
  tags: Readonly<Record<string, string>>,
): Promise<Rejection | undefined> {
  const want = content(spec)
  const controller = String(service.deploymentController?.type ?? 'ECS')
  if (state.status !== 'ACTIVE' || controller in ownFields || holesIn(want).length > 0)
    return undefined
  const { memory } = context
  const place = remembered(service)
  if (sameRevision(want, state.members)) {
    memory.delete(place)
    return undefined
  }
  const hash = contentHash(want, await definitionHash(context, want.taskDefinition))
  const known = memory.get(place) as Rejection | undefined
  if (known?.hash === hash && !isForgiven(known.deploymentArn, tags)) return known
  const newest = await newestWith(want, service, context)
  if (newest === undefined) {
    if (!rejectedIn(tags).includes(hash)) return undefined
    const reason = `as the tag ${rejectedTag} says; AWS no longer remembers why`
    return { hash, deploymentArn: '', status: 'rejected', reason }
  }
  if (!newest.failed || isForgiven(newest.arn, tags)) return undefined
  const rejection = {
    hash,
    deploymentArn: newest.arn,
    status: newest.status,
    reason: newest.reason,
  }
  if (newest.ended) memory.set(place, rejection)
  return rejection
}

interface Tried {
  readonly arn: string
  readonly status: string
  readonly reason: string
  readonly failed: boolean
  readonly ended: boolean
}

/** What the newest deployment rolls out, and what succeeded last before that was anything else, where AWS remembers it. */
export async function previousOf(
  context: ObserveContext,
  service: Service,
): Promise<ServiceState['previous']> {
  const [newest, ...older] = await historyOf(service, context)
  if (!newest) return undefined
  const succeeded = older.filter(({ status }) => status === 'SUCCESSFUL')
  const revisions = await revisionsOf([newest, ...succeeded], context)
  const now = revisions.get(newest.targetServiceRevisionArn ?? '')
  const before = succeeded
    .map(({ targetServiceRevisionArn = '' }) => revisions.get(targetServiceRevisionArn))
    .find((revision) => revision && now && !sameRevision(revision, now))
  return now && before ? { now, before } : undefined
}

async function historyOf(
  { clusterArn, serviceArn }: Service,
  { read }: ObserveContext,
): Promise<ServiceDeploymentBrief[]> {
  const { serviceDeployments = [] } = await read<{ serviceDeployments?: ServiceDeploymentBrief[] }>(
    'ecs:ListServiceDeployments',
    { cluster: clusterArn, service: serviceArn, maxResults: deploymentsLooked },
  )
  return [...serviceDeployments].sort((a, b) => startOf(b) - startOf(a))
}

/** The newest service deployment with this content, as far as AWS remembers. */
async function newestWith(
  want: Record<string, unknown>,
  service: Service,
  context: ObserveContext,
): Promise<Tried | undefined> {
  try {
    const newestFirst = await historyOf(service, context)
    const fails = newestFirst.map((each, i) => hasFailed(each, newestFirst[i - 1]))
    const running = newestFirst[0]?.finishedAt === undefined && fails[0] === false
    if (!running && !fails.includes(true)) return undefined
    const revisions = await revisionsOf(newestFirst, context)
    const same = await Promise.all(
      newestFirst.map(async ({ targetServiceRevisionArn = '' }) => {
        const revision = revisions.get(targetServiceRevisionArn)
        return revision && sameRevision(want, await asWanted(context, want, revision))
      }),
    )
    const found = same.indexOf(true)
    // The service does not run it: one of the two reads is old, and which one cannot be told.
    if (found === 0 && running) throw disagreement(service)
    const tried = newestFirst[found]
    return (
      tried && {
        arn: tried.serviceDeploymentArn ?? '',
        status: tried.status ?? '',
        reason: reasonOf(context.memory, tried.serviceDeploymentArn, tried.statusReason ?? ''),
        failed: fails[found] ?? false,
        ended: tried.finishedAt !== undefined,
      }
    )
  } catch (error) {
    if (error instanceof AwsFailure && error.class === 'unsupported') return undefined
    throw error
  }
}

/** A rollback may have begun between two reads, or before an old one: started again, it would be tried twice. */
function disagreement({ serviceName }: Service): AwsFailure {
  const message = `${serviceName} and its deployments tell different things: looked at again`
  return new AwsFailure('ecs:ListServiceDeployments', 'transient', 'ReadsDisagree', message)
}

const startOf = ({ createdAt }: ServiceDeploymentBrief) => Number(createdAt ?? 0)

/** A deployment that a newer one overtook ends as STOPPED too, without having failed. */
function hasFailed(
  { status, statusReason = '', finishedAt }: ServiceDeploymentBrief,
  newer: ServiceDeploymentBrief | undefined,
): boolean {
  if (status?.startsWith('ROLLBACK_')) return true
  if (status !== 'STOPPED' && status !== 'STOP_REQUESTED') return false
  if (/circuit breaker|alarm|fail/i.test(statusReason)) return true
  return newer === undefined || (finishedAt !== undefined && Number(finishedAt) < startOf(newer))
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
