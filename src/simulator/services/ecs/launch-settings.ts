/** What services and RunTask share of a request: the task definition, the launch type or strategy, network, placement. */
import type {
  CapacityProviderStrategyItem,
  Cluster,
  LaunchType,
  NetworkConfiguration,
  PlacementConstraint,
  PlacementStrategy,
  TaskDefinition,
} from '@aws-sdk/client-ecs'
import { AwsError } from '../../api.ts'
import { parseQuery } from '../../machines/cluster-query.ts'
import { isFargateProvider } from '../../machines/launch.ts'
import type { World } from '../../world.ts'
import { checkStrategy } from './capacity-providers.ts'
import { findTaskDefinition } from './task-definitions.ts'

export function invalid(message: string): AwsError {
  return new AwsError('InvalidParameterException', message)
}

/** The ACTIVE revision that a request wants to run. Throws ClientException. */
export function usableDefinition(world: World, reference: string | undefined): TaskDefinition {
  if (!reference) throw invalid('TaskDefinition can not be blank.')
  const definition = findTaskDefinition(world, reference)
  if (!definition) throw new AwsError('ClientException', 'TaskDefinition not found.')
  if (definition.status !== 'ACTIVE')
    throw new AwsError('ClientException', 'TaskDefinition is inactive')
  return definition
}

/** Launch type or strategy: never both, as AWS shows them. */
export interface LaunchSettings {
  launchType?: LaunchType
  capacityProviderStrategy?: CapacityProviderStrategyItem[]
}

/** What a request without either falls back to: the cluster's default strategy as of now, else EC2. */
export function launchSettings(
  requested: {
    readonly launchType?: LaunchType | undefined
    readonly capacityProviderStrategy?: CapacityProviderStrategyItem[] | undefined
  },
  cluster: Cluster,
): LaunchSettings {
  const { launchType, capacityProviderStrategy = [] } = requested
  if (launchType && capacityProviderStrategy.length > 0) {
    throw invalid(
      'Specifying both a launch type and capacity provider strategy is not supported. Remove one and try again.',
    )
  }
  if (launchType === 'MANAGED_INSTANCES') {
    throw invalid('Managed instances need a capacity provider strategy.')
  }
  if (launchType) return { launchType }
  const strategy =
    capacityProviderStrategy.length > 0
      ? capacityProviderStrategy
      : (cluster.defaultCapacityProviderStrategy ?? [])
  if (strategy.length === 0) return { launchType: 'EC2' }
  return { capacityProviderStrategy: checkStrategy(strategy, cluster.capacityProviders ?? []) }
}

/** Whether tasks run on Fargate. */
export function onFargate({ launchType, capacityProviderStrategy }: LaunchSettings): boolean {
  if (capacityProviderStrategy)
    return isFargateProvider(capacityProviderStrategy[0]?.capacityProvider)
  return launchType === 'FARGATE'
}

/** Throws when the revision cannot run there. */
export function checkCompatible(definition: TaskDefinition, launch: LaunchSettings): void {
  const wanted = onFargate(launch) ? 'FARGATE' : (launch.launchType ?? 'EC2')
  const able = definition.compatibilities ?? []
  if (able.length > 0 && !able.includes(wanted)) {
    throw invalid(`Task definition does not support launch_type ${wanted}.`)
  }
  const declared = definition.requiresCompatibilities ?? []
  if (wanted === 'FARGATE' && declared.length > 0 && !declared.includes('FARGATE')) {
    throw invalid('Task definition does not support launch_type FARGATE.')
  }
}

/** The platform version in use; undefined off Fargate. */
export function platformOf(
  requested: string | undefined,
  launch: LaunchSettings,
): string | undefined {
  if (!onFargate(launch)) {
    if (requested)
      throw invalid('The platform version must be null when specifying an EC2 launch type.')
    return undefined
  }
  const version = requested === undefined || requested === 'LATEST' ? '1.4.0' : requested
  if (!['1.3.0', '1.4.0'].includes(version)) {
    throw new AwsError('PlatformUnknownException', 'The specified platform does not exist.')
  }
  return version
}

/** The network configuration as AWS shows it, checked against the task definition and the world's network. */
export function networkOf(
  world: World,
  requested: NetworkConfiguration | undefined,
  definition: TaskDefinition,
  launch: LaunchSettings,
): NetworkConfiguration | undefined {
  const awsvpc = requested?.awsvpcConfiguration
  if (definition.networkMode !== 'awsvpc') {
    if (!awsvpc) return undefined
    throw invalid(
      'Network Configuration is not valid for the given networkMode of this task definition.',
    )
  }
  if (!awsvpc) {
    throw invalid("Network Configuration must be provided when networkMode 'awsvpc' is specified.")
  }
  const { subnets = [], securityGroups = [], assignPublicIp = 'DISABLED' } = awsvpc
  if (subnets.length === 0) throw invalid('subnets can not be empty.')
  if (subnets.length > 16) throw invalid('subnets can have at most 16 items.')
  if (securityGroups.length > 5) throw invalid('securityGroups can have at most 5 items.')
  const unknown = subnets.find((id) => !world.ec2.subnets.has(id))
  if (unknown !== undefined) {
    throw invalid(
      `Error retrieving subnet information for [${unknown}]: The subnet ID '${unknown}' does not exist (ErrorCode: InvalidSubnetID.NotFound)`,
    )
  }
  const strange = securityGroups.find((id) => !world.ec2.securityGroups.has(id))
  if (strange !== undefined) {
    throw invalid(
      `Error retrieving security group information for [${strange}]: The security group '${strange}' does not exist (ErrorCode: InvalidGroup.NotFound)`,
    )
  }
  const vpcs = new Set(subnets.map((id) => world.ec2.subnets.get(id)?.vpcId))
  if (vpcs.size > 1) throw invalid('Subnets must be in the same VPC.')
  if (securityGroups.some((id) => !vpcs.has(world.ec2.securityGroups.get(id)?.vpcId))) {
    throw invalid('Security groups must be in the same VPC as the subnets.')
  }
  if (assignPublicIp === 'ENABLED' && !onFargate(launch)) {
    throw invalid('Assign public IP is not supported for this launch type.')
  }
  return { awsvpcConfiguration: { subnets, securityGroups, assignPublicIp } }
}

/** Throws on placement that AWS refuses. */
export function checkPlacement(
  constraints: readonly PlacementConstraint[],
  strategy: readonly PlacementStrategy[],
  launch: LaunchSettings,
): void {
  if (constraints.length > 10) throw invalid('placementConstraints can have at most 10 items.')
  if (strategy.length > 5) throw invalid('placementStrategy can have at most 5 items.')
  if (onFargate(launch) && constraints.length > 0) {
    throw invalid('Placement constraints are not supported with FARGATE launch type.')
  }
  if (onFargate(launch) && strategy.length > 0) {
    throw invalid('Placement strategies are not supported with FARGATE launch type.')
  }
  for (const { type, expression } of constraints) {
    if (type === 'distinctInstance' && expression) {
      throw invalid('The distinctInstance placement constraint does not take an expression.')
    }
    if (type !== 'memberOf') continue
    try {
      parseQuery(expression ?? '')
    } catch (error) {
      throw invalid(`Invalid placement constraint expression: ${(error as Error).message}.`)
    }
  }
  for (const { type, field } of strategy) {
    if (type === 'binpack' && !['cpu', 'memory'].includes((field ?? '').toLowerCase())) {
      throw invalid(`The field '${field}' is not valid for a binpack placement strategy.`)
    }
    const spreadable = /^(instanceId|host|attribute:.+)$/.test(field ?? 'instanceId')
    if (type === 'spread' && !spreadable) {
      throw invalid(`The field '${field}' is not valid for a spread placement strategy.`)
    }
  }
}
