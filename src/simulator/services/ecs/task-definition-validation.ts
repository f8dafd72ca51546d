/** What RegisterTaskDefinition refuses, in AWS's words where they are known. */
import {
  ApplicationProtocol,
  Compatibility,
  ContainerCondition,
  CPUArchitecture,
  FirelensConfigurationType,
  IpcMode,
  LogDriver,
  NetworkMode,
  OSFamily,
  PidMode,
  type RegisterTaskDefinitionRequest,
  ResourceType,
  TransportProtocol,
  UlimitName,
} from '@aws-sdk/client-ecs'
import { AwsError } from '../../api.ts'
import { containerProblem } from './container-validation.ts'
import { dependencyProblem } from './dependencies.ts'
import { fargateProblem } from './fargate.ts'
import { isName } from './names.ts'
import { volumeProblem } from './volume-validation.ts'

type Input = RegisterTaskDefinitionRequest
type Problem = string | undefined

const MAX_BYTES = 65_536

/**
 * Throws ClientException for the first thing that AWS would refuse. `input` is in the model's shape
 * (see conform) and its task cpu and memory are plain numbers in strings (see taskSize).
 */
export function validateTaskDefinition(input: Input): void {
  const problem =
    familyProblem(input) ??
    enumProblem(input) ??
    containersProblem(input) ??
    taskSizeProblem(input) ??
    portsProblem(input) ??
    dependencyProblem(input.containerDefinitions ?? []) ??
    volumeProblem(input) ??
    firelensProblem(input) ??
    placementProblem(input) ??
    platformProblem(input) ??
    bytesProblem(input)
  if (problem !== undefined) throw new AwsError('ClientException', problem)
}

function familyProblem({ family }: Input): Problem {
  if (!family) return 'Family should not be null or empty.'
  if (family.length > 255) return 'Family is unexpectedly too long.'
  return isName(family) ? undefined : 'Family contains invalid characters.'
}

function containersProblem(input: Input): Problem {
  const containers = input.containerDefinitions ?? []
  if (containers.length === 0) return 'Container list cannot be empty.'
  if (containers.length > 10) return 'Too many containers.'
  for (const container of containers) {
    const problem = containerProblem(container, input)
    if (problem) return problem
  }
  const names = containers.map((container) => container.name)
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  if (twice !== undefined)
    return `Container names must be unique in a task definition, but '${twice}' is used more than once.`
  if (!containers.some((container) => container.essential ?? true)) {
    return "Task definition doesn't have any essential container"
  }
  return undefined
}

const HELP =
  'For more information, see the Troubleshooting section of the Amazon ECS Developer Guide.'

function taskSizeProblem(input: Input): Problem {
  const { cpu, memory, containerDefinitions: containers = [] } = input
  const fargate = input.requiresCompatibilities?.includes('FARGATE') ?? false
  if (cpu !== undefined && !fargate && (Number(cpu) < 128 || Number(cpu) > 196_608)) {
    return `Invalid 'cpu' setting for task. ${HELP}`
  }
  const sum = (member: 'cpu' | 'memory') =>
    containers.reduce((total, container) => total + (container[member] ?? 0), 0)
  if (cpu !== undefined && sum('cpu') > Number(cpu)) {
    return "The sum of all container 'cpu' values cannot be greater than the value of the task 'cpu'."
  }
  if (memory !== undefined && sum('memory') > Number(memory)) {
    return "The sum of all container 'memory' values cannot be greater than the value of the task 'memory'."
  }
  return undefined
}

function portsProblem({ networkMode, containerDefinitions: containers = [] }: Input): Problem {
  const mappings = containers.flatMap((container) => container.portMappings ?? [])
  const names = mappings.flatMap(({ name }) => (name === undefined ? [] : [name]))
  if (new Set(names).size < names.length)
    return 'Port mapping names must be unique in a task definition.'
  if (networkMode !== 'awsvpc' && networkMode !== 'host') return undefined
  const ports = mappings.flatMap(({ containerPort, protocol }) =>
    containerPort === undefined ? [] : [`${containerPort}/${protocol ?? 'tcp'}`],
  )
  const twice = ports.find((port, index) => ports.indexOf(port) !== index)
  return (
    twice &&
    `When networkMode=${networkMode}, container port ${twice} can be mapped only once in a task definition.`
  )
}

function firelensProblem({ containerDefinitions: containers = [] }: Input): Problem {
  const routers = containers.filter((container) => container.firelensConfiguration)
  const users = containers.filter(
    (container) => container.logConfiguration?.logDriver === 'awsfirelens',
  )
  if (routers.length > 1)
    return 'Only one container in a task definition can have a firelensConfiguration.'
  if (routers.length > 0 && users.length === 0) {
    return 'When a firelensConfiguration object is specified, at least one container has to be configured with the awsfirelens log driver.'
  }
  if (users.length > 0 && routers.length === 0) {
    return 'When the awsfirelens log driver is specified, one container has to be configured with a firelensConfiguration object.'
  }
  return undefined
}

function placementProblem({ placementConstraints: constraints = [] }: Input): Problem {
  if (constraints.length > 10) return 'At most 10 placement constraints can be specified.'
  for (const { type, expression } of constraints) {
    if (type !== 'memberOf')
      return "The placement constraint type of a task definition must be 'memberOf'."
    if (!expression || expression.length > 2000)
      return 'A placement constraint needs an expression of at most 2000 characters.'
  }
  return undefined
}

function platformProblem(input: Input): Problem {
  const wants = input.requiresCompatibilities ?? []
  const { proxyConfiguration: proxy, ephemeralStorage: storage } = input
  if (wants.includes('FARGATE')) {
    const problem = fargateProblem(input)
    if (problem) return problem
  }
  if (wants.includes('EXTERNAL') && input.networkMode === 'awsvpc') {
    return "Tasks using the External launch type do not support network mode 'awsvpc'."
  }
  if (proxy) {
    if (input.networkMode !== 'awsvpc')
      return 'proxyConfiguration is only supported when networkMode=awsvpc.'
    if (!input.containerDefinitions?.some(({ name }) => name === proxy.containerName)) {
      return `Unknown container '${proxy.containerName}' in proxyConfiguration.`
    }
  }
  if (!storage) return undefined
  if (!wants.includes('FARGATE'))
    return 'Ephemeral storage is only supported for the FARGATE compatibility.'
  const size = storage.sizeInGiB ?? 0
  return size < 21 || size > 200
    ? 'Ephemeral storage size must be between 21 and 200 GiB.'
    : undefined
}

function bytesProblem({ tags: _, ...input }: Input): Problem {
  const bytes = Buffer.byteLength(JSON.stringify(input))
  return bytes > MAX_BYTES
    ? `Actual length: '${bytes}'. Max allowed length is '${MAX_BYTES}' bytes.`
    : undefined
}

function enumProblem(input: Input): Problem {
  const one = (at: string, value: string | undefined, known: Record<string, string>): Problem => {
    const values = Object.values(known)
    if (value === undefined || values.includes(value)) return undefined
    return `1 validation error detected: Value '${value}' at '${at}' failed to satisfy constraint: Member must satisfy enum value set: [${values.join(', ')}]`
  }
  const problems = [
    one('networkMode', input.networkMode, NetworkMode),
    one('pidMode', input.pidMode, PidMode),
    one('ipcMode', input.ipcMode, IpcMode),
    one('runtimePlatform.cpuArchitecture', input.runtimePlatform?.cpuArchitecture, CPUArchitecture),
    one(
      'runtimePlatform.operatingSystemFamily',
      input.runtimePlatform?.operatingSystemFamily,
      OSFamily,
    ),
    ...(input.requiresCompatibilities ?? []).map((value) =>
      one('requiresCompatibilities', value, Compatibility),
    ),
    ...(input.containerDefinitions ?? []).flatMap((container, index) => {
      const at = `containerDefinitions.${index + 1}.member`
      return [
        one(`${at}.logConfiguration.logDriver`, container.logConfiguration?.logDriver, LogDriver),
        one(
          `${at}.firelensConfiguration.type`,
          container.firelensConfiguration?.type,
          FirelensConfigurationType,
        ),
        ...(container.portMappings ?? []).flatMap(({ protocol, appProtocol }) => [
          one(`${at}.portMappings.protocol`, protocol, TransportProtocol),
          one(`${at}.portMappings.appProtocol`, appProtocol, ApplicationProtocol),
        ]),
        ...(container.dependsOn ?? []).map(({ condition }) =>
          one(`${at}.dependsOn.condition`, condition, ContainerCondition),
        ),
        ...(container.ulimits ?? []).map(({ name }) => one(`${at}.ulimits.name`, name, UlimitName)),
        ...(container.resourceRequirements ?? []).map(({ type }) =>
          one(`${at}.resourceRequirements.type`, type, ResourceType),
        ),
      ]
    }),
  ]
  return problems.find((problem) => problem !== undefined)
}
