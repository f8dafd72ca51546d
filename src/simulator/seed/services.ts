/** Seeds services with their deployments: completed ones rest, those under way go on from where they are. */
import type {
  Deployment,
  Service,
  ServiceDeployment,
  ServiceDeploymentBrief,
  ServiceRevision,
} from '@aws-sdk/client-ecs'
import { wakeAt } from '../machines/agenda.ts'
import { texts } from '../machines/events.ts'
import { reactionMs, repeatEventMs } from '../machines/timing.ts'
import {
  type DeploymentRecord,
  ecsArn,
  type RolloutState,
  type ServiceRecord,
  serviceKey,
  type World,
} from '../world.ts'
import { type Answers, dateOf, keepTags, listed } from './answers.ts'

/** Of events only the newest: more is never looked at. */
const keptEvents = 10

export function seedServices(world: World, answers: Answers, now: number): void {
  const revisions = new Map(
    listed<ServiceRevision>(answers, 'ecs:DescribeServiceRevisions', 'serviceRevisions').map(
      (one) => [one.serviceRevisionArn ?? '', one],
    ),
  )
  const history = historyOf(answers)
  const described = new Map(
    listed<ServiceDeployment>(answers, 'ecs:DescribeServiceDeployments', 'serviceDeployments').map(
      (one) => [one.serviceDeploymentArn, one],
    ),
  )
  for (const each of listed<Service>(answers, 'ecs:DescribeServices', 'services')) {
    const clusterName = each.clusterArn?.split('/').at(-1) ?? ''
    if (!world.clusters.has(clusterName) || each.status === 'INACTIVE') continue
    const own = (history.get(each.serviceArn ?? '') ?? []).map(
      (brief) => described.get(brief.serviceDeploymentArn) ?? serviceDeploymentOf(each, brief),
    )
    seedService(world, clusterName, each, revisions, own, now)
  }
}

/** What was read of the history of service deployments, newest first. */
function historyOf(answers: Answers): Map<string, ServiceDeploymentBrief[]> {
  const history = new Map<string, ServiceDeploymentBrief[]>()
  const briefs = listed<ServiceDeploymentBrief>(
    answers,
    'ecs:ListServiceDeployments',
    'serviceDeployments',
  )
  for (const brief of briefs) {
    const own = history.get(brief.serviceArn ?? '') ?? []
    const known = own.some((one) => one.serviceDeploymentArn === brief.serviceDeploymentArn)
    if (!known) own.push(brief)
    history.set(brief.serviceArn ?? '', own)
  }
  const age = (one: ServiceDeploymentBrief) => dateOf(one.createdAt)?.getTime() ?? 0
  for (const own of history.values()) own.sort((a, b) => age(b) - age(a))
  return history
}

function seedService(
  world: World,
  clusterName: string,
  each: Service,
  known: ReadonlyMap<string, ServiceRevision>,
  history: readonly ServiceDeployment[],
  now: number,
): void {
  const {
    runningCount: _,
    pendingCount: __,
    deployments: shown = [],
    taskSets: ___,
    currentServiceRevisions = [],
    tags,
    ...service
  } = each
  const name = service.serviceName ?? ''
  const key = serviceKey(clusterName, name)
  const newestFirst = [...shown].sort(
    (a, b) =>
      Number(b.status === 'PRIMARY') - Number(a.status === 'PRIMARY') ||
      (dateOf(b.createdAt)?.getTime() ?? 0) - (dateOf(a.createdAt)?.getTime() ?? 0),
  )
  const deployments = newestFirst.map((one, i) => {
    const arn = currentServiceRevisions[i]?.arn
    const revision = revisionOf(world, `${clusterName}/${name}`, service, one, arn, known)
    return deploymentOf(service, one, revision, now)
  })
  const primary = deployments[0]
  const own = [...history]
  const steady = primary?.rolloutState === 'COMPLETED'
  if (primary && own.length === 0) own.push(currentDeployment(world, service, primary, steady))
  if (primary && own[0]) primary.serviceDeploymentArn = own[0].serviceDeploymentArn ?? ''
  const completed = deployments.find((one) => one.completed)
  const described = [...known.values()].filter((one) => one.serviceArn === service.serviceArn)
  const record: ServiceRecord = {
    service: { ...service, events: (service.events ?? []).slice(0, keptEvents) },
    clusterName,
    deployments,
    ...(completed && { lastCompleted: completed }),
    serviceDeployments: own,
    serviceRevisions: [
      ...new Map(
        [...deployments.map((one) => one.revision), ...described].map((one) => [
          one.serviceRevisionArn,
          one,
        ]),
      ).values(),
    ],
    live: new Set(),
    ended: new Set(),
    scheduler: {
      said: steady
        ? { steady: { message: texts.steady, at: now } }
        : { ...(lastEvent(service, 'was unable to place') ?? {}) },
      createInput: '',
    },
  }
  world.services.set(key, record)
  keepTags(world, service.serviceArn ?? '', tags)
  const whole = steady && each.runningCount === each.desiredCount && shown.length === 1
  wakeAt(world, 'service', key, record.scheduler, now + (whole ? repeatEventMs : reactionMs))
}

/** An event that AWS would not write again while its cause lasts. */
function lastEvent(service: Service, words: string) {
  const event = service.events?.[0]
  if (!event?.message?.includes(words)) return undefined
  const message = event.message.replace(`(service ${service.serviceName})`, '')
  return { placement: { message, at: dateOf(event.createdAt)?.getTime() ?? 0 } }
}

/** The revision as it was read, or as far as service and deployment show it. */
function revisionOf(
  world: World,
  path: string,
  service: Service,
  deployment: Deployment,
  arn: string | undefined,
  known: ReadonlyMap<string, ServiceRevision>,
): ServiceRevision {
  const read = known.get(arn ?? '')
  if (read && read.taskDefinition === deployment.taskDefinition) return read
  const digits = deployment.id?.split('/').at(-1) ?? '0'
  const revision: ServiceRevision = {
    serviceRevisionArn: arn ?? ecsArn(world, `service-revision/${path}/${digits}`),
    serviceArn: service.serviceArn,
    clusterArn: service.clusterArn,
    taskDefinition: deployment.taskDefinition,
    capacityProviderStrategy: deployment.capacityProviderStrategy,
    launchType: deployment.launchType ?? (deployment.capacityProviderStrategy ? undefined : 'EC2'),
    platformVersion: deployment.platformVersion,
    platformFamily: deployment.platformFamily,
    networkConfiguration: deployment.networkConfiguration ?? service.networkConfiguration,
    loadBalancers: service.loadBalancers,
    serviceRegistries: service.serviceRegistries,
    serviceConnectConfiguration: deployment.serviceConnectConfiguration,
    volumeConfigurations: deployment.volumeConfigurations,
    vpcLatticeConfigurations: deployment.vpcLatticeConfigurations,
    createdAt: deployment.createdAt,
  }
  return Object.fromEntries(Object.entries(revision).filter(([, value]) => value !== undefined))
}

function deploymentOf(
  service: Service,
  one: Deployment,
  revision: ServiceRevision,
  now: number,
): DeploymentRecord {
  const id = one.id ?? 'ecs-svc/0'
  // Behind a Classic Load Balancer, and by some emulators, no state is shown.
  const done = one.runningCount === one.desiredCount && service.deployments?.length === 1
  const rolloutState = (one.rolloutState ?? (done ? 'COMPLETED' : 'IN_PROGRESS')) as RolloutState
  return {
    id,
    status: one.status === 'PRIMARY' ? 'PRIMARY' : 'ACTIVE',
    revision,
    serviceDeploymentArn: service.currentServiceDeployment ?? '',
    createdAt: dateOf(one.createdAt) ?? new Date(now),
    updatedAt: dateOf(one.updatedAt) ?? new Date(now),
    rolloutState,
    rolloutStateReason:
      one.rolloutStateReason ??
      `ECS deployment ${id} ${rolloutState === 'COMPLETED' ? 'completed' : 'in progress'}.`,
    failures: one.failedTasks ?? 0,
    startFailures: 0,
    notBefore: 0,
    completed: rolloutState === 'COMPLETED',
  }
}

function serviceDeploymentOf(service: Service, brief: ServiceDeploymentBrief): ServiceDeployment {
  const { targetServiceRevisionArn, ...rest } = brief
  const at = rest.finishedAt ?? rest.startedAt ?? rest.createdAt
  return {
    ...rest,
    ...(at && { updatedAt: at }),
    ...(targetServiceRevisionArn && { targetServiceRevision: { arn: targetServiceRevisionArn } }),
    deploymentConfiguration: service.deploymentConfiguration,
  }
}

function currentDeployment(
  world: World,
  service: Service,
  primary: DeploymentRecord,
  steady: boolean,
): ServiceDeployment {
  const path = `${service.clusterArn?.split('/').at(-1)}/${service.serviceName}`
  const digits = primary.id.split('/').at(-1)
  const { createdAt, updatedAt } = primary
  return {
    serviceDeploymentArn:
      service.currentServiceDeployment ?? ecsArn(world, `service-deployment/${path}/${digits}`),
    serviceArn: service.serviceArn,
    clusterArn: service.clusterArn,
    createdAt,
    startedAt: createdAt,
    updatedAt,
    ...(steady && { finishedAt: updatedAt }),
    targetServiceRevision: { arn: primary.revision.serviceRevisionArn },
    sourceServiceRevisions: [],
    status: steady ? 'SUCCESSFUL' : primary.rolloutState === 'FAILED' ? 'STOPPED' : 'IN_PROGRESS',
    deploymentConfiguration: service.deploymentConfiguration,
  }
}
