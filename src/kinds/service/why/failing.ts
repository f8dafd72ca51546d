/** Which deployment of a service is the one that fails, what AWS says of it, and what it changed of the service. */
import type {
  Deployment,
  Service,
  ServiceDeployment,
  ServiceDeploymentBrief,
  ServiceRevision,
} from '@aws-sdk/client-ecs'
import { canonicalise, compare } from '../../../diff.ts'
import type { ObserveContext } from '../../../kind.ts'
import type { FieldChange, ObjectKey } from '../../../model.ts'
import { deployingFields } from '../policy.ts'
import type { Rejection } from '../state.ts'
import type { Failing } from './model.ts'
import type { Reading } from './reading.ts'

/** A service whose roll-out is to be explained. */
export interface Suspect {
  readonly key: ObjectKey
  readonly clusterArn: string
  readonly serviceArn: string
  readonly serviceName: string
  readonly service: Service
  /** AWS tried what Git asks for, and took it back. */
  readonly rejected?: Rejection
  /** The deployment in question, where it has been read already. */
  readonly deployment?: ServiceDeployment
}

/** What succeeded goes on. */
const ends: readonly unknown[] = ['STOPPED', 'ROLLBACK_SUCCESSFUL', 'ROLLBACK_FAILED']
/** AWS makes a deployment, and the record that tells of it, at about the same time. */
const slackMs = 60_000
const hookFailures: readonly unknown[] = ['FAILED', 'TIMED_OUT']

type Content = Pick<ServiceRevision, 'taskDefinition'> & Record<string, unknown>
type Memory = ObserveContext['memory']

export async function findFailing(
  suspect: Suspect,
  ask: Reading,
  memory: Memory,
): Promise<Failing | undefined> {
  const { deployments = [] } = suspect.service
  const deployment = suspect.deployment ?? (await deploymentOf(suspect, ask))
  const rolledBack = /^ROLLBACK_/.test(deployment?.status ?? suspect.rejected?.status ?? '')
  const source = mostRunning(deployment)
  const targetArn = deployment?.targetServiceRevision?.arn
  const arns = [targetArn, source].filter((arn) => arn !== undefined)
  const revisions = await revisionsOf(arns, ask, memory)
  const target = revisions.get(targetArn ?? '')
  const before = revisions.get(source ?? '')
  const listed = listedAs(deployments, rolledBack, deployment, target)
  const definition = target?.taskDefinition ?? listed?.taskDefinition
  if (!definition) return undefined
  const settled = deployment?.status === 'SUCCESSFUL'
  const previous = settled
    ? undefined
    : (before?.taskDefinition ?? otherThan(listed, deployments)?.taskDefinition)
  const endedAt = deployment?.finishedAt ?? deployment?.stoppedAt
  const reason =
    deployment?.statusReason ?? deployment?.rollback?.reason ?? listed?.rolloutStateReason
  return {
    id: deployment?.serviceDeploymentArn ?? listed?.id ?? definition,
    ...(listed?.id ? { startedBy: listed.id } : {}),
    definition,
    ...(previous ? { previous } : {}),
    startedMs: Number(deployment?.createdAt ?? listed?.createdAt ?? suspect.service.createdAt ?? 0),
    ...(endedAt && ends.includes(deployment?.status) ? { endedMs: Number(endedAt) } : {}),
    status: deployment?.status ?? listed?.rolloutState ?? '',
    ...(reason ? { reason } : {}),
    alarms: deployment?.alarms?.triggeredAlarmNames ?? [],
    hooks: failedHooks(deployment, reason),
    changed: target && before && !settled ? changesOf(before, target) : [],
  }
}

/**
 * The same deployment in the service's own list, which alone says what its tasks were started by. One that failed may
 * stand there still while a newer one is under way.
 */
function listedAs(
  deployments: readonly Deployment[],
  rolledBack: boolean,
  deployment: ServiceDeployment | undefined,
  target: Content | undefined,
): Deployment | undefined {
  const primary = deployments.find(({ status }) => status === 'PRIMARY') ?? deployments[0]
  const failed = deployments.find(({ rolloutState }) => rolloutState === 'FAILED')
  const back = rolledBack || (!deployment && /rolling back/.test(primary?.rolloutStateReason ?? ''))
  const listed = back ? failed : primary
  if (!listed || !deployment) return listed
  const { createdAt, finishedAt } = deployment
  const atMs = Number(listed.createdAt ?? createdAt ?? 0)
  const inTime =
    atMs >= Number(createdAt ?? 0) - slackMs &&
    atMs <= Number(finishedAt ?? Number.POSITIVE_INFINITY)
  const same = target === undefined || target.taskDefinition === listed.taskDefinition
  return inTime && same ? listed : undefined
}

/** AWS shows how the hooks of the stage at hand stand; on the way back only its reason tells of those before. */
function failedHooks(deployment: ServiceDeployment | undefined, reason = ''): Failing['hooks'] {
  const failed = (deployment?.lifecycleHookDetails ?? [])
    .filter(({ status }) => hookFailures.includes(status))
    .map(({ targetArn, hookId = '', status = '' }) => ({
      name: nameOf(targetArn) ?? hookId,
      status: `${status}`,
    }))
  const { lifecycleHooks = [] } = deployment?.deploymentConfiguration ?? {}
  const only = lifecycleHooks.length === 1 ? nameOf(lifecycleHooks[0]?.hookTargetArn) : undefined
  const told = /\bhook/i.test(reason) && only ? [{ name: only, status: 'FAILED' }] : []
  return failed.length > 0 ? failed : told
}

const nameOf = (arn: string | undefined) => arn?.split(/[:/]/).pop()

/** What Git asked for and AWS took back; else the newest. */
async function deploymentOf(
  { service, rejected }: Suspect,
  ask: Reading,
): Promise<ServiceDeployment | undefined> {
  const arn =
    rejected?.deploymentArn || service.currentServiceDeployment || (await newestOf(service, ask))
  if (!arn) return undefined
  const answer = await ask<{ serviceDeployments?: ServiceDeployment[] }>(
    'the deployment',
    'ecs:DescribeServiceDeployments',
    { serviceDeploymentArns: [arn] },
  )
  return answer?.serviceDeployments?.[0]
}

async function newestOf(service: Service, ask: Reading): Promise<string | undefined> {
  const answer = await ask<{ serviceDeployments?: ServiceDeploymentBrief[] }>(
    'deployments',
    'ecs:ListServiceDeployments',
    { cluster: service.clusterArn, service: service.serviceArn, maxResults: 1 },
  )
  return answer?.serviceDeployments?.[0]?.serviceDeploymentArn
}

/** Where a newer deployment took over from one that failed too, what mostly ran before is what worked. */
function mostRunning(deployment: ServiceDeployment | undefined): string | undefined {
  const sources = [...(deployment?.sourceServiceRevisions ?? [])]
  sources.sort((a, b) => (b.runningTaskCount ?? 0) - (a.runningTaskCount ?? 0))
  return deployment?.rollback?.serviceRevisionArn ?? sources[0]?.arn
}

const otherThan = (listed: Deployment | undefined, deployments: readonly Deployment[]) =>
  listed && deployments.find(({ id }) => id !== listed.id)

/** Their deploying fields. A revision never changes; what looks for rejected content remembers them alike. */
async function revisionsOf(
  arns: readonly string[],
  ask: Reading,
  memory: Memory,
): Promise<ReadonlyMap<string, Content>> {
  const serviceRevisionArns = arns.filter((arn) => !memory.has(`revision:${arn}`))
  if (serviceRevisionArns.length > 0) {
    const answer = await ask<{ serviceRevisions?: ServiceRevision[] }>(
      'what the deployment changed',
      'ecs:DescribeServiceRevisions',
      { serviceRevisionArns },
    )
    for (const revision of answer?.serviceRevisions ?? []) {
      const members = Object.entries(revision).filter(([name]) =>
        Object.hasOwn(deployingFields, name),
      )
      memory.set(`revision:${revision.serviceRevisionArn}`, Object.fromEntries(members))
    }
  }
  return new Map(
    arns.flatMap((arn) => {
      const known = memory.get(`revision:${arn}`) as Content | undefined
      return known ? [[arn, known] as const] : []
    }),
  )
}

/** But for the task definition, whose fields say more. */
function changesOf(before: Content, after: Content): FieldChange[] {
  const { taskDefinition: _, ...fields } = deployingFields
  const content = ({ taskDefinition: _, ...members }: Content) => canonicalise(members, fields)
  return compare(content(after), content(before), fields)
}
