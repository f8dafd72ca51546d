/** What a service is declared to be: the request of CreateService or UpdateService, checked, with AWS's defaults. */
import type {
  Cluster,
  CreateServiceRequest,
  CreateTaskSetRequest,
  LoadBalancer,
  Service,
  TaskDefinition,
  UpdateServiceRequest,
} from '@aws-sdk/client-ecs'
import type { Workload } from '../../machines/deployments.ts'
import { definitionOf, type ServiceRecord, type World } from '../../world.ts'
import { whyUnusable } from '../elbv2/lookups.ts'
import { deploymentConfiguration } from './deployment-configuration.ts'
import {
  checkCompatible,
  checkPlacement,
  invalid,
  type LaunchSettings,
  launchSettings,
  networkOf,
  onFargate,
  platformOf,
  usableDefinition,
} from './launch-settings.ts'

/** Members of the service that do not deploy when they change. */
export type Settings = Pick<
  Service,
  | 'desiredCount'
  | 'schedulingStrategy'
  | 'deploymentController'
  | 'deploymentConfiguration'
  | 'placementConstraints'
  | 'placementStrategy'
  | 'healthCheckGracePeriodSeconds'
  | 'availabilityZoneRebalancing'
  | 'enableECSManagedTags'
  | 'propagateTags'
  | 'enableExecuteCommand'
>

export interface Declared {
  readonly settings: Settings
  readonly workload: Workload
}

/** Everything that CreateService declares. Throws as AWS does. */
export function declareNew(world: World, input: CreateServiceRequest, cluster: Cluster): Declared {
  const daemon = input.schedulingStrategy === 'DAEMON'
  if (daemon && input.desiredCount !== undefined) {
    throw invalid(
      'The daemon scheduling strategy does not support a desired count for services. Remove the desired count value and try again.',
    )
  }
  if (!daemon && input.desiredCount === undefined) throw invalid('desiredCount can not be blank.')
  // An EXTERNAL controller brings the task definition along with each task set.
  const empty = input.deploymentController?.type === 'EXTERNAL' && !input.taskDefinition
  const workload = empty
    ? { loadBalancers: [], serviceRegistries: [] }
    : newWorkload(world, input, cluster)
  const configuration = deploymentConfiguration(input.deploymentConfiguration, undefined, daemon)
  const settings: Settings = {
    desiredCount: input.desiredCount ?? 0,
    schedulingStrategy: input.schedulingStrategy ?? 'REPLICA',
    deploymentController: input.deploymentController ?? { type: 'ECS' },
    deploymentConfiguration: configuration,
    placementConstraints: input.placementConstraints ?? [],
    placementStrategy: input.placementStrategy ?? [],
    enableECSManagedTags: input.enableECSManagedTags ?? false,
    propagateTags: input.propagateTags ?? 'NONE',
    enableExecuteCommand: input.enableExecuteCommand ?? false,
    availabilityZoneRebalancing: input.availabilityZoneRebalancing ?? 'ENABLED',
    ...graceOf(input.healthCheckGracePeriodSeconds, workload.loadBalancers ?? []),
  }
  if (input.availabilityZoneRebalancing === undefined && whyNotRebalanced(settings, workload)) {
    settings.availabilityZoneRebalancing = 'DISABLED'
  }
  checkSettings(settings, workload)
  return { settings, workload }
}

/** What a new service, or a new task set, runs. Throws as AWS does. */
export function newWorkload(
  world: World,
  input: CreateServiceRequest | CreateTaskSetRequest,
  cluster: Cluster,
): Workload {
  const definition = usableDefinition(world, input.taskDefinition)
  const launch = launchSettings(input, cluster)
  checkCompatible(definition, launch)
  const platformVersion = platformOf(input.platformVersion, launch)
  const networkConfiguration = networkOf(world, input.networkConfiguration, definition, launch)
  checkLoadBalancers(input.loadBalancers ?? [], definition)
  checkTargetGroups(world, input.loadBalancers ?? [], definition)
  return {
    taskDefinition: definition.taskDefinitionArn,
    ...launch,
    ...(platformVersion && { platformVersion, platformFamily: 'Linux' }),
    ...(networkConfiguration && { networkConfiguration }),
    loadBalancers: input.loadBalancers ?? [],
    serviceRegistries: input.serviceRegistries ?? [],
    ...extras(input),
  }
}

/** Members that only deployments and revisions show. */
const extraMembers = [
  'serviceConnectConfiguration',
  'volumeConfigurations',
  'vpcLatticeConfigurations',
  'gatewayConnectors',
  'monitoring',
] as const

function extras(
  input: CreateServiceRequest | CreateTaskSetRequest | UpdateServiceRequest,
): Partial<Workload> {
  const members: Partial<CreateServiceRequest> = { ...input }
  const given = extraMembers.filter((member) => members[member] !== undefined)
  return Object.fromEntries(given.map((member) => [member, members[member]]))
}

function graceOf(requested: number | undefined, loadBalancers: readonly LoadBalancer[]) {
  if (requested !== undefined) return { healthCheckGracePeriodSeconds: requested }
  return loadBalancers.length > 0 ? { healthCheckGracePeriodSeconds: 0 } : {}
}

/** Everything that holds after UpdateService: what the request leaves out stays. Throws as AWS does. */
export function declareUpdate(
  world: World,
  record: ServiceRecord,
  live: Workload,
  input: UpdateServiceRequest,
  cluster: Cluster,
): Declared {
  const { service } = record
  const daemon = service.schedulingStrategy === 'DAEMON'
  if (daemon && input.desiredCount !== undefined) {
    throw invalid(
      'The daemon scheduling strategy does not support a desired count for services. Remove the desired count value and try again.',
    )
  }
  const settings = declareSettings(record, input, input.loadBalancers ?? live.loadBalancers ?? [])
  const workload = changedWorkload(world, live, input, cluster)
  checkSettings(settings, workload)
  return { settings, workload }
}

/** The settings that hold after UpdateService. */
export function declareSettings(
  { service }: ServiceRecord,
  input: UpdateServiceRequest,
  loadBalancers: readonly LoadBalancer[],
): Settings {
  const daemon = service.schedulingStrategy === 'DAEMON'
  return {
    desiredCount: input.desiredCount ?? service.desiredCount ?? 0,
    schedulingStrategy: service.schedulingStrategy,
    deploymentController: input.deploymentController ?? service.deploymentController,
    deploymentConfiguration: deploymentConfiguration(
      input.deploymentConfiguration,
      service.deploymentConfiguration,
      daemon,
    ),
    placementConstraints: input.placementConstraints ?? service.placementConstraints ?? [],
    placementStrategy: input.placementStrategy ?? service.placementStrategy ?? [],
    enableECSManagedTags: input.enableECSManagedTags ?? service.enableECSManagedTags ?? false,
    propagateTags: input.propagateTags ?? service.propagateTags ?? 'NONE',
    enableExecuteCommand: input.enableExecuteCommand ?? service.enableExecuteCommand ?? false,
    availabilityZoneRebalancing:
      input.availabilityZoneRebalancing ?? service.availabilityZoneRebalancing ?? 'DISABLED',
    ...graceOf(
      input.healthCheckGracePeriodSeconds ?? service.healthCheckGracePeriodSeconds,
      loadBalancers,
    ),
  }
}

function changedWorkload(
  world: World,
  live: Workload,
  input: UpdateServiceRequest,
  cluster: Cluster,
): Workload {
  const definition = input.taskDefinition
    ? usableDefinition(world, input.taskDefinition)
    : (definitionOf(world, live.taskDefinition) ?? usableDefinition(world, live.taskDefinition))
  const { launchType, capacityProviderStrategy, platformVersion, platformFamily, ...rest } = live
  const { networkConfiguration: network, ...kept } = rest
  const launch = changedLaunch({ launchType, capacityProviderStrategy }, input, cluster)
  if (input.taskDefinition || input.capacityProviderStrategy) checkCompatible(definition, launch)
  const asked = input.platformVersion ?? (onFargate(launch) ? platformVersion : undefined)
  const platform = platformOf(asked, launch)
  const loadBalancers = input.loadBalancers ?? live.loadBalancers ?? []
  checkLoadBalancers(loadBalancers, definition)
  checkTargetGroups(world, input.loadBalancers ?? [], definition)
  const networkConfiguration = networkOf(
    world,
    input.networkConfiguration ?? network,
    definition,
    launch,
  )
  return {
    ...kept,
    taskDefinition: definition.taskDefinitionArn,
    ...launch,
    ...(platform && { platformVersion: platform, platformFamily: platformFamily ?? 'Linux' }),
    ...(networkConfiguration && { networkConfiguration }),
    loadBalancers,
    serviceRegistries: input.serviceRegistries ?? live.serviceRegistries ?? [],
    ...extras(input),
  }
}

/** A strategy in the request replaces launch type or strategy; an empty one returns to the launch type. */
function changedLaunch(
  live: Pick<Workload, 'launchType' | 'capacityProviderStrategy'>,
  input: UpdateServiceRequest,
  cluster: Cluster,
): LaunchSettings {
  const now: LaunchSettings = live.capacityProviderStrategy
    ? { capacityProviderStrategy: live.capacityProviderStrategy }
    : { launchType: live.launchType ?? 'EC2' }
  const asked = input.capacityProviderStrategy
  if (asked === undefined) return now
  if (asked.length > 0) return launchSettings({ capacityProviderStrategy: asked }, cluster)
  return { launchType: onFargate(now) ? 'FARGATE' : (live.launchType ?? 'EC2') }
}

function checkLoadBalancers(
  loadBalancers: readonly LoadBalancer[],
  definition: TaskDefinition,
): void {
  if (loadBalancers.length > 5) throw invalid('loadBalancers can have at most 5 items.')
  for (const { targetGroupArn, loadBalancerName, containerName, containerPort } of loadBalancers) {
    if (!targetGroupArn && !loadBalancerName) {
      throw invalid('Either targetGroupArn or loadBalancerName must be specified.')
    }
    const isArn = /^arn:[a-z-]+:elasticloadbalancing:[^:]+:\d+:targetgroup\/[^/]+\/[0-9a-f]+$/
    if (targetGroupArn && !isArn.test(targetGroupArn)) {
      throw invalid(`The target group ARN ${targetGroupArn} is malformed.`)
    }
    const container = definition.containerDefinitions?.find((c) => c.name === containerName)
    if (!container) {
      throw invalid(`The container ${containerName} does not exist in the task definition.`)
    }
    if (!container.portMappings?.some((mapping) => mapping.containerPort === containerPort)) {
      throw invalid(
        `The container ${containerName} did not have a container port ${containerPort} defined.`,
      )
    }
  }
}

/** Throws for a target group that was made here and cannot be used. */
function checkTargetGroups(
  world: World,
  loadBalancers: readonly LoadBalancer[],
  definition: TaskDefinition,
): void {
  for (const { targetGroupArn = '' } of loadBalancers) {
    const why = whyUnusable(world, targetGroupArn, definition.networkMode ?? 'bridge')
    if (why) throw invalid(why)
  }
}

/** Who shifts traffic must know where to: both target groups and the rule of each load balancer. */
function checkShifting({ deploymentConfiguration: asked }: Settings, workload: Workload): void {
  if ((asked?.strategy ?? 'ROLLING') === 'ROLLING') return
  for (const { advancedConfiguration: advanced } of workload.loadBalancers ?? []) {
    if (advanced?.alternateTargetGroupArn && advanced.productionListenerRule && advanced.roleArn)
      continue
    throw invalid(
      `The ${asked?.strategy} deployment strategy needs an advancedConfiguration with alternateTargetGroupArn, productionListenerRule and roleArn for each load balancer.`,
    )
  }
}

function checkSettings(settings: Settings, workload: Workload): void {
  checkShifting(settings, workload)
  const daemon = settings.schedulingStrategy === 'DAEMON'
  const launch = workload as LaunchSettings
  const strategy = settings.placementStrategy ?? []
  checkPlacement(settings.placementConstraints ?? [], strategy, launch)
  if (daemon && strategy.length > 0) {
    throw invalid('Placement strategies are not supported with the DAEMON scheduling strategy.')
  }
  if (daemon && onFargate(launch)) {
    throw invalid('DAEMON scheduling strategy is not supported for the FARGATE launch type.')
  }
  if (daemon && workload.capacityProviderStrategy) {
    throw invalid(
      'A capacity provider strategy cannot be used with the DAEMON scheduling strategy.',
    )
  }
  if ((settings.desiredCount ?? 0) < 0) throw invalid('desiredCount can not be negative.')
  const why = whyNotRebalanced(settings, workload)
  if (settings.availabilityZoneRebalancing === 'ENABLED' && why) {
    throw invalid(`Availability Zone rebalancing is not supported ${why}.`)
  }
}

/** Why a service cannot be rebalanced over zones; undefined when it can. */
function whyNotRebalanced(settings: Settings, workload: Workload): string | undefined {
  const first = settings.placementStrategy?.[0]
  const overZones = first?.type === 'spread' && first.field === 'attribute:ecs.availability-zone'
  if (settings.schedulingStrategy === 'DAEMON') return 'with the DAEMON scheduling strategy'
  if (workload.launchType === 'EXTERNAL') return 'with the EXTERNAL launch type'
  if (workload.loadBalancers?.some((lb) => lb.loadBalancerName))
    return 'with a Classic Load Balancer'
  if ((settings.deploymentConfiguration?.maximumPercent ?? 200) <= 100) {
    return 'with a maximumPercent of 100 or less'
  }
  return first && !overZones ? 'unless the first placement strategy spreads over zones' : undefined
}
