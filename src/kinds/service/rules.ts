/**
 * Rules of services beyond the schema: what AWS enforces late, or answers with a service that never runs.
 * They rest on CreateService in the Amazon ECS API reference.
 */
import type { RegisterTaskDefinitionRequest } from '@aws-sdk/client-ecs'
import {
  checkConstraints,
  checkCount,
  checkGiven,
  checkName,
  checkRange,
  checkStrategy,
  checkTags,
  type Findings,
} from '../../kit/field-rules.ts'
import { checkPlatform } from '../../kit/launch-rules.ts'
import { itemLabels } from '../../paths.ts'
import type { ServiceSpec } from './spec.ts'

export function checkService(spec: ServiceSpec, found: Findings): void {
  const { say } = found
  checkName(spec.serviceName, 'spec.serviceName', found)
  checkTags(spec.tags, 'spec.tags', found)
  checkRange(spec.desiredCount, 'spec.desiredCount', [0, Number.POSITIVE_INFINITY], found)
  const grace = spec.healthCheckGracePeriodSeconds
  checkRange(grace, 'spec.healthCheckGracePeriodSeconds', [0, 2_147_483_647], found)
  if (spec.taskDefinition === undefined && spec.deploymentController?.type !== 'EXTERNAL') {
    const hint = 'taskDefinition: { ref: name } of a TaskDefinition'
    checkGiven(spec.taskDefinition, 'spec.taskDefinition', found, hint)
  }
  if (spec.launchType !== undefined && (spec.capacityProviderStrategy?.length ?? 0) > 0) {
    say(
      'spec.launchType',
      'NotTogether',
      'launchType and capacityProviderStrategy cannot be set both: leave one out',
    )
  }
  checkStrategy(spec.capacityProviderStrategy, 'spec.capacityProviderStrategy', found)
  checkDaemon(spec, found)
  checkDeployment(spec, found)
  checkPlacement(spec, found)
  checkNetwork(spec, found)
  checkTraffic(spec, found)
  checkCount(
    spec.volumeConfigurations,
    'spec.volumeConfigurations',
    [0, 1],
    'volume configurations',
    found,
  )
}

function checkDaemon(spec: ServiceSpec, { say }: Findings): void {
  if (spec.schedulingStrategy !== 'DAEMON') return
  const no = (path: string, message: string, hint?: string) =>
    say(path, 'NotForDaemons', `a DAEMON service ${message}`, hint)
  if (spec.desiredCount !== undefined) {
    no(
      'spec.desiredCount',
      'runs one task on each instance and takes no desiredCount',
      'leave it out',
    )
  }
  if ((spec.placementStrategy?.length ?? 0) > 0)
    no('spec.placementStrategy', 'takes no placement strategy')
  if (runsOnFargate(spec)) {
    no(
      spec.launchType ? 'spec.launchType' : 'spec.capacityProviderStrategy',
      'cannot run on Fargate',
    )
  }
  const controller = spec.deploymentController?.type
  if (controller !== undefined && controller !== 'ECS') {
    no('spec.deploymentController.type', `cannot be deployed by ${controller}`)
  }
  if (spec.availabilityZoneRebalancing === 'ENABLED') {
    no('spec.availabilityZoneRebalancing', 'cannot be rebalanced over zones')
  }
}

export const crowded =
  'AWS refuses a maximumPercent of 100 or less while it rebalances the service over zones: write availabilityZoneRebalancing: DISABLED beside it'

/** A task starts in the emptier zone before one stops in the other. */
export const isCrowded = (rebalancing: unknown, maximumPercent: unknown): boolean =>
  rebalancing === 'ENABLED' && Number(maximumPercent ?? 200) <= 100

function checkDeployment(spec: ServiceSpec, found: Findings): void {
  const deployment = spec.deploymentConfiguration
  if (deployment === undefined) return
  const path = 'spec.deploymentConfiguration'
  const daemon = spec.schedulingStrategy === 'DAEMON'
  checkRange(deployment.minimumHealthyPercent, `${path}.minimumHealthyPercent`, [0, 200], found)
  checkRange(deployment.maximumPercent, `${path}.maximumPercent`, [0, 1_000], found)
  const least = deployment.minimumHealthyPercent ?? (daemon ? 0 : 100)
  const most = deployment.maximumPercent ?? (daemon ? 100 : 200)
  const at = `${path}.${deployment.maximumPercent === undefined ? 'minimumHealthyPercent' : 'maximumPercent'}`
  if (most <= least && (least !== most || most === 100)) {
    const written = deployment.minimumHealthyPercent === undefined ? ' (its default)' : ''
    found.say(
      at,
      'NoRoomToDeploy',
      `maximumPercent ${most} with minimumHealthyPercent ${least}${written} leaves no room: no deployment could move`,
      'lower minimumHealthyPercent, or raise maximumPercent',
    )
  }
  if (isCrowded(spec.availabilityZoneRebalancing, deployment.maximumPercent)) {
    found.say(`${path}.maximumPercent`, 'NotTogether', crowded, 'or a maximumPercent above 100')
  }
  if (deployment.alarms?.enable && deployment.alarms.alarmNames?.length === 0) {
    found.say(`${path}.alarms`, 'TooFew', 'enabled alarms need at least one alarm name')
  }
}

function checkPlacement(spec: ServiceSpec, found: Findings): void {
  checkConstraints(spec.placementConstraints, 'spec.placementConstraints', found)
  checkCount(
    spec.placementStrategy,
    'spec.placementStrategy',
    [0, 5],
    'placement strategies',
    found,
  )
  spec.placementStrategy?.forEach(({ type, field }, index) => {
    const path = `spec.placementStrategy[${index}]`
    checkGiven(type, `${path}.type`, found)
    if (type === 'binpack' && !/^(cpu|memory)$/i.test(field ?? '')) {
      found.say(`${path}.field`, 'NotAllowed', 'binpack needs the field cpu or memory')
    }
    if (type === 'spread') {
      const hint = 'attribute:ecs.availability-zone or instanceId'
      checkGiven(field, `${path}.field`, found, hint)
    }
  })
  if (!runsOnFargate(spec)) return
  for (const name of ['placementConstraints', 'placementStrategy'] as const) {
    if ((spec[name]?.length ?? 0) > 0)
      found.say(`spec.${name}`, 'NotOnFargate', `Fargate takes no ${name}`)
  }
}

function checkNetwork(spec: ServiceSpec, found: Findings): void {
  const vpc = spec.networkConfiguration?.awsvpcConfiguration
  const path = 'spec.networkConfiguration.awsvpcConfiguration'
  checkCount(vpc?.subnets, `${path}.subnets`, [1, 16], 'subnets', found)
  checkCount(vpc?.securityGroups, `${path}.securityGroups`, [0, 5], 'security groups', found)
  if (runsOnFargate(spec) && vpc === undefined) {
    found.say(
      'spec.networkConfiguration',
      'Required',
      'tasks on Fargate need networkConfiguration.awsvpcConfiguration with subnets',
    )
  }
  if (spec.launchType === 'EC2' && vpc?.assignPublicIp === 'ENABLED') {
    found.say(
      `${path}.assignPublicIp`,
      'OnlyOnFargate',
      'AWS gives public addresses to tasks on Fargate only',
    )
  }
  const onInstances = spec.launchType === 'EC2' || spec.launchType === 'EXTERNAL'
  if (spec.platformVersion !== undefined && onInstances) {
    found.say('spec.platformVersion', 'OnlyOnFargate', 'only Fargate has platform versions')
  }
}

function checkTraffic(spec: ServiceSpec, found: Findings): void {
  const { say } = found
  checkCount(spec.loadBalancers, 'spec.loadBalancers', [0, 5], 'target groups', found)
  checkCount(spec.serviceRegistries, 'spec.serviceRegistries', [0, 1], 'service registries', found)
  const external = spec.deploymentController?.type === 'EXTERNAL'
  spec.loadBalancers?.forEach((balancer, index) => {
    const path = `spec.loadBalancers[${index}]`
    const { targetGroupArn, loadBalancerName, containerName, containerPort } = balancer
    if (targetGroupArn === undefined && loadBalancerName === undefined) {
      const hint = 'or loadBalancerName for a Classic Load Balancer'
      checkGiven(targetGroupArn, `${path}.targetGroupArn`, found, hint)
    }
    if (targetGroupArn !== undefined && loadBalancerName !== undefined) {
      say(`${path}.loadBalancerName`, 'NotTogether', 'a target group takes no loadBalancerName')
    }
    if (!external) checkGiven(containerName, `${path}.containerName`, found)
    if (!external) checkGiven(containerPort, `${path}.containerPort`, found)
    checkRange(containerPort, `${path}.containerPort`, [1, 65_535], found)
  })
  if (
    spec.serviceConnectConfiguration?.enabled &&
    spec.serviceConnectConfiguration.services !== undefined
  ) {
    const names = spec.serviceConnectConfiguration.services.map(
      ({ portName, discoveryName }) => discoveryName ?? portName,
    )
    names.forEach((name, index) => {
      if (name === undefined || names.indexOf(name) === index) return
      const path = `spec.serviceConnectConfiguration.services[${index}]`
      say(path, 'DuplicateName', `the name "${name}" is here a second time`)
    })
  }
}

function runsOnFargate(spec: ServiceSpec): boolean {
  const providers = spec.capacityProviderStrategy ?? []
  return (
    spec.launchType === 'FARGATE' ||
    providers.some(({ capacityProvider }) => /^FARGATE(_SPOT)?$/.test(String(capacityProvider)))
  )
}

/** Rules over a service and the task definition that it runs. */
export function checkWithTaskDefinition(
  spec: ServiceSpec,
  task: Partial<RegisterTaskDefinitionRequest>,
  found: Findings,
): void {
  const { say } = found
  const awsvpc = task.networkMode === 'awsvpc'
  if (
    awsvpc &&
    spec.networkConfiguration?.awsvpcConfiguration === undefined &&
    spec.deploymentController?.type !== 'EXTERNAL'
  ) {
    say(
      'spec.networkConfiguration',
      'Required',
      'its task definition has networkMode awsvpc, which needs a networkConfiguration',
    )
  }
  if (!awsvpc && spec.networkConfiguration !== undefined) {
    const mode = task.networkMode ?? 'bridge'
    const message = `its task definition has networkMode ${mode}, and only awsvpc takes a networkConfiguration`
    say('spec.networkConfiguration', 'NotTogether', message)
  }
  if (runsOnFargate(spec) && task.requiresCompatibilities?.includes('FARGATE') !== true) {
    const path = spec.launchType ? 'spec.launchType' : 'spec.capacityProviderStrategy'
    const message = 'its task definition does not say that it runs on Fargate'
    say(path, 'NotCompatible', message, 'add FARGATE to requiresCompatibilities there')
  }
  checkPlatform(spec, task, 'spec', found)
  const constraints =
    (spec.placementConstraints?.length ?? 0) + (task.placementConstraints?.length ?? 0)
  if (constraints > 10) {
    const message = `${constraints} placement constraints with those of its task definition, and AWS takes at most 10`
    say('spec.placementConstraints', 'TooMany', message)
  }
  checkTargets(spec, task, found)
  checkPortNames(spec, task, found)
  checkVolumes(spec, task, found)
}

function checkTargets(
  spec: ServiceSpec,
  task: Partial<RegisterTaskDefinitionRequest>,
  found: Findings,
): void {
  const containers = task.containerDefinitions ?? []
  const names = containers.map(({ name }) => name).join(', ')
  spec.loadBalancers?.forEach(({ containerName, containerPort }, index) => {
    if (containerName === undefined) return
    const path = `spec.loadBalancers[${index}]`
    const container = containers.find(({ name }) => name === containerName)
    if (container === undefined) {
      const message = `its task definition has no container "${containerName}": expected ${names}`
      found.say(`${path}.containerName`, 'UnknownContainer', message)
      return
    }
    if (containerPort === undefined) return
    const ports = (container.portMappings ?? []).map((mapping) => mapping.containerPort)
    if (
      ports.includes(containerPort) ||
      container.portMappings?.some((mapping) => mapping.containerPortRange)
    )
      return
    const message = `the container ${containerName} does not map the port ${containerPort}`
    found.say(
      `${path}.containerPort`,
      'UnknownPort',
      `${message}: expected ${ports.join(' or ') || 'a port mapping there'}`,
    )
  })
}

function checkPortNames(
  spec: ServiceSpec,
  task: Partial<RegisterTaskDefinitionRequest>,
  found: Findings,
): void {
  const known = (task.containerDefinitions ?? []).flatMap(({ portMappings = [] }) =>
    portMappings.map(({ name }) => name),
  )
  const names = known.filter((name) => name !== undefined).join(' or ')
  spec.serviceConnectConfiguration?.services?.forEach(({ portName }, index) => {
    if (portName === undefined || known.includes(portName)) return
    const message = `no port mapping of its task definition has the name "${portName}"`
    const path = `spec.serviceConnectConfiguration.services[${index}].portName`
    found.say(path, 'UnknownPort', names ? `${message}: expected ${names}` : message)
  })
}

function checkVolumes(
  spec: ServiceSpec,
  task: Partial<RegisterTaskDefinitionRequest>,
  found: Findings,
): void {
  const open = (task.volumes ?? [])
    .filter((volume) => volume.configuredAtLaunch)
    .map(({ name }) => name)
  const configurations = spec.volumeConfigurations ?? []
  const labels = itemLabels(configurations)
  configurations.forEach(({ name }, index) => {
    if (name === undefined || open.includes(name)) return
    const message = `its task definition has no volume "${name}" with configuredAtLaunch: true`
    found.say(`spec.volumeConfigurations[${labels[index]}]`, 'UnknownVolume', message)
  })
  for (const name of open) {
    if (configurations.some((configuration) => configuration.name === name)) continue
    const message = `its task definition leaves the volume "${name}" to the service: describe it in volumeConfigurations`
    found.say('spec.volumeConfigurations', 'Required', message)
  }
}
