/** What a task definition must be to run on Fargate. */
import type { ContainerDefinition, RegisterTaskDefinitionRequest } from '@aws-sdk/client-ecs'

interface Size {
  readonly memory: readonly number[]
  readonly windows: boolean
}

function steps(from: number, to: number, step: number): number[] {
  return Array.from({ length: (to - from) / step + 1 }, (_, index) => from + index * step)
}

/** Memory in MiB for each CPU size: the 74 combinations of "Task CPU and memory" in the developer guide. */
export const FARGATE_SIZES: ReadonlyMap<number, Size> = new Map([
  [256, { memory: [512, 1024, 2048], windows: false }],
  [512, { memory: steps(1024, 4096, 1024), windows: false }],
  [1024, { memory: steps(2048, 8192, 1024), windows: true }],
  [2048, { memory: steps(4096, 16_384, 1024), windows: true }],
  [4096, { memory: steps(8192, 30_720, 1024), windows: true }],
  [8192, { memory: steps(16_384, 61_440, 4096), windows: false }],
  [16_384, { memory: steps(32_768, 122_880, 8192), windows: false }],
])

const LOG_DRIVERS = ['awslogs', 'splunk', 'awsfirelens']

/** The first reason why a definition (cpu and memory already in plain numbers) cannot run on Fargate; AWS's text. */
export function fargateProblem(input: RegisterTaskDefinitionRequest): string | undefined {
  if (input.networkMode !== 'awsvpc') return 'Fargate only supports network mode ‘awsvpc’.'
  if (!input.cpu) return "Fargate requires that 'cpu' be defined at the task level."
  if (!input.memory) return "Fargate requires that 'memory' be defined at the task level."
  const windows = input.runtimePlatform?.operatingSystemFamily?.startsWith('WINDOWS') ?? false
  const size = FARGATE_SIZES.get(Number(input.cpu))
  if (!size?.memory.includes(Number(input.memory)) || (windows && !size.windows)) {
    return `No Fargate configuration exists for given values: ${input.cpu} CPU, ${input.memory} memory. See the Amazon ECS documentation for the valid values.`
  }
  if (input.ipcMode) return 'Tasks using the Fargate launch type do not support ipcMode.'
  if (input.pidMode === 'host')
    return "Tasks using the Fargate launch type do not support pidMode 'host'."
  if (input.placementConstraints?.length)
    return 'Fargate compatible task definitions do not support placement constraints'
  for (const volume of input.volumes ?? []) {
    if (volume.host?.sourcePath)
      return 'Fargate compatible task definitions do not support sourcePath'
    if (volume.dockerVolumeConfiguration)
      return 'Fargate compatible task definitions do not support dockerVolumeConfiguration'
  }
  for (const container of input.containerDefinitions ?? []) {
    const problem = containerProblem(container, input)
    if (problem) return problem
  }
  return undefined
}

function containerProblem(
  container: ContainerDefinition,
  input: RegisterTaskDefinitionRequest,
): string | undefined {
  const { linuxParameters: linux, logConfiguration: log } = container
  const unsupported = (what: string) => `Fargate compatible task definitions do not support ${what}`
  if (container.privileged) return unsupported('privileged containers')
  if (container.resourceRequirements?.some((need) => need.type === 'GPU'))
    return unsupported('GPUs')
  if (container.dockerSecurityOptions?.length) return unsupported('dockerSecurityOptions')
  if (linux?.devices?.length) return unsupported('devices')
  if (linux?.sharedMemorySize !== undefined) return unsupported('sharedMemorySize')
  if (linux?.tmpfs?.length) return unsupported('tmpfs')
  if (linux?.maxSwap !== undefined || linux?.swappiness !== undefined)
    return unsupported('swap settings')
  if (linux?.capabilities?.add?.some((name) => name !== 'SYS_PTRACE'))
    return unsupported('capabilities other than SYS_PTRACE')
  if ((container.stopTimeout ?? 0) > 120 || (container.startTimeout ?? 0) > 120) {
    return `Invalid setting for container '${container.name}'. On Fargate, timeouts can be at most 120 seconds.`
  }
  if (log?.logDriver && !LOG_DRIVERS.includes(log.logDriver))
    return unsupported(`log driver ${log.logDriver}`)
  if (log?.logDriver === 'awslogs' && !input.executionRoleArn) {
    return 'Fargate requires task definition to have execution role ARN to support log driver awslogs.'
  }
  const privateImage = /\.dkr\.ecr\.[^/]+\.amazonaws\.com/.test(container.image ?? '')
  if (privateImage && !input.executionRoleArn) {
    return 'Fargate requires task definition to have execution role ARN to support ECR images.'
  }
  return undefined
}
