/** Service deployments and service revisions: ListServiceDeployments, the describes, StopServiceDeployment. */
import type {
  ContinueServiceDeploymentRequest,
  DescribeServiceDeploymentsRequest,
  DescribeServiceRevisionsRequest,
  ListServiceDeploymentsRequest,
  ServiceDeployment,
  StopServiceDeploymentRequest,
} from '@aws-sdk/client-ecs'
import { AwsError, type CallContext, type ServiceHandlers } from '../../api.ts'
import { failDeployment } from '../../machines/rollback.ts'
import { isFinished, serviceDeploymentView } from '../../machines/service-deployments.ts'
import { wakeService } from '../../machines/tasks.ts'
import { page } from '../../pages.ts'
import { type ServiceRecord, serviceKey } from '../../world.ts'
import { activeCluster } from './clusters.ts'
import { invalid } from './launch-settings.ts'
import { parseEcsArn } from './names.ts'
import { findService } from './services.ts'

/** The service that an ARN of a deployment or revision speaks of. */
function ownerOf(context: CallContext, arn: string, type: string): ServiceRecord | undefined {
  const parsed = parseEcsArn(arn)
  const [cluster = '', service = ''] = parsed?.path ?? []
  return parsed?.type === type
    ? context.world.services.get(serviceKey(cluster, service))
    : undefined
}

function list(input: ListServiceDeploymentsRequest, context: CallContext) {
  const home = activeCluster(input.cluster, context).clusterName ?? ''
  const record = findService(context, home, input.service ?? '')
  if (!record) throw new AwsError('ServiceNotFoundException', 'Service not found.')
  const { status = [], createdAt } = input
  const wanted = record.serviceDeployments.filter((one) => {
    if (status.length > 0 && !(one.status && status.includes(one.status))) return false
    if (createdAt?.after && !(one.createdAt && one.createdAt >= createdAt.after)) return false
    return !createdAt?.before || (one.createdAt !== undefined && one.createdAt < createdAt.before)
  })
  // Newest first: the key is the place in the history counted from its beginning.
  const place = new Map(record.serviceDeployments.map((one, i, all) => [one, all.length - i]))
  const { items, nextToken } = page(wanted, input, {
    key: (one) => String(place.get(one)).padStart(8, '0'),
    size: 20,
    max: 100,
    descending: true,
  })
  const views = items.map((one) => serviceDeploymentView(context.world, record, one))
  return { serviceDeployments: views.map(brief), nextToken }
}

function brief(one: ServiceDeployment) {
  return {
    serviceDeploymentArn: one.serviceDeploymentArn,
    serviceArn: one.serviceArn,
    clusterArn: one.clusterArn,
    startedAt: one.startedAt,
    createdAt: one.createdAt,
    ...(one.finishedAt && { finishedAt: one.finishedAt }),
    targetServiceRevisionArn: one.targetServiceRevision?.arn,
    status: one.status,
    ...(one.statusReason && { statusReason: one.statusReason }),
  }
}

function describe(input: DescribeServiceDeploymentsRequest, context: CallContext) {
  const arns = input.serviceDeploymentArns ?? []
  if (arns.length > 20) throw invalid('Service deployments cannot have more than 20 elements.')
  const found = arns.map((arn) => {
    const record = ownerOf(context, arn, 'service-deployment')
    const one = record?.serviceDeployments.find((d) => d.serviceDeploymentArn === arn)
    return record && one ? serviceDeploymentView(context.world, record, one) : arn
  })
  return {
    serviceDeployments: found.filter((one) => typeof one !== 'string'),
    failures: missing(found),
  }
}

function describeRevisions(input: DescribeServiceRevisionsRequest, context: CallContext) {
  const arns = input.serviceRevisionArns ?? []
  if (arns.length > 20) throw invalid('Service revisions cannot have more than 20 elements.')
  const found = arns.map((arn) => {
    const record = ownerOf(context, arn, 'service-revision')
    return record?.serviceRevisions.find((one) => one.serviceRevisionArn === arn) ?? arn
  })
  return {
    serviceRevisions: found.filter((one) => typeof one !== 'string'),
    failures: missing(found),
  }
}

function missing(found: readonly unknown[]) {
  return found.filter((one) => typeof one === 'string').map((arn) => ({ arn, reason: 'MISSING' }))
}

function stop(input: StopServiceDeploymentRequest, context: CallContext) {
  const { serviceDeploymentArn = '', stopType = 'ROLLBACK' } = input
  const record = ownerOf(context, serviceDeploymentArn, 'service-deployment')
  const one = record?.serviceDeployments.find(
    (d) => d.serviceDeploymentArn === serviceDeploymentArn,
  )
  if (!record || !one) {
    throw new AwsError('ServiceDeploymentNotFoundException', 'Service deployment not found.')
  }
  if (isFinished(one)) {
    throw new AwsError('ConflictException', 'The service deployment has already ended.', 400, {
      resourceIds: [serviceDeploymentArn],
    })
  }
  // What is being stopped or rolled back already goes on doing so.
  if (one.status === 'PENDING' || one.status === 'IN_PROGRESS') {
    const rollback = stopType === 'ROLLBACK'
    failDeployment(context.world, record, { by: 'user', rollback }, context.now)
  }
  return { serviceDeploymentArn }
}

function proceed(input: ContinueServiceDeploymentRequest, context: CallContext) {
  const { serviceDeploymentArn = '', hookId = '', action = 'CONTINUE' } = input
  const record = ownerOf(context, serviceDeploymentArn, 'service-deployment')
  const one = record?.serviceDeployments.find(
    (d) => d.serviceDeploymentArn === serviceDeploymentArn,
  )
  if (!record || !one) {
    throw new AwsError('ServiceDeploymentNotFoundException', 'Service deployment not found.')
  }
  const deployment = record.deployments.find((d) => d.serviceDeploymentArn === serviceDeploymentArn)
  const run = deployment?.shift?.hooks.find(({ id }) => id === hookId)
  if (one.status !== 'IN_PROGRESS' || !deployment?.shift || run?.status !== 'AWAITING_ACTION') {
    throw invalid(`The lifecycle hook ${hookId} is not awaiting an action.`)
  }
  const status = action === 'CONTINUE' ? 'SUCCEEDED' : 'FAILED'
  const hooks = deployment.shift.hooks.map((each) =>
    each === run ? ({ ...each, status } as const) : each,
  )
  deployment.shift = { ...deployment.shift, hooks }
  wakeService(context.world, record, context.now)
  return { serviceDeploymentArn }
}

export const serviceDeploymentHandlers: ServiceHandlers = {
  ListServiceDeployments: list,
  DescribeServiceDeployments: describe,
  DescribeServiceRevisions: describeRevisions,
  StopServiceDeployment: stop,
  ContinueServiceDeployment: proceed,
}
