/** What AWS makes of a task definition before it stores it: plain numbers, defaults, empty lists, computed members. */
import type {
  Compatibility,
  ContainerDefinition,
  KeyValuePair,
  PortMapping,
  RegisterTaskDefinitionRequest,
  Volume,
} from '@aws-sdk/client-ecs'
import { AwsError } from '../../api.ts'
import { fargateProblem } from './fargate.ts'

type Input = RegisterTaskDefinitionRequest

/**
 * Task cpu and memory as strings of an integer: `.5 vCPU` is 512 units, `2GB` is 2048 MiB.
 * Throws ClientException for anything else.
 */
export function taskSize(input: Input): Pick<Input, 'cpu' | 'memory'> {
  const cpu = plain('cpu', input.cpu, /^([0-9]*\.?[0-9]+)\s*(vcpu)?$/i)
  const memory = plain('memory', input.memory, /^([0-9]*\.?[0-9]+)\s*(gb)?$/i)
  return { ...(cpu !== undefined && { cpu }), ...(memory !== undefined && { memory }) }
}

function plain(member: string, text: string | undefined, pattern: RegExp): string | undefined {
  if (text === undefined || text === '') return undefined
  const match = pattern.exec(text.trim())
  // Words count in thousands of 1024; without a word the number is already in AWS's unit.
  const value = match ? Number(match[1]) * (match[2] ? 1024 : 1) : Number.NaN
  if (!Number.isInteger(value) || value <= 0) {
    throw new AwsError(
      'ClientException',
      `Invalid '${member}' setting for task. For more information, see the Troubleshooting section of the Amazon ECS Developer Guide.`,
    )
  }
  return String(value)
}

/** The members that RegisterTaskDefinition fills in. `input` is valid, its cpu and memory are plain. */
export function withDefaults(input: Input) {
  const { tags: _, containerDefinitions = [], ...rest } = input
  return {
    ...rest,
    containerDefinitions: containerDefinitions.map((container) =>
      containerWithDefaults(container, input),
    ),
    volumes: (input.volumes ?? []).map(volumeWithDefaults),
    placementConstraints: input.placementConstraints ?? [],
    compatibilities: compatibilities(input),
  }
}

function containerWithDefaults(container: ContainerDefinition, input: Input): ContainerDefinition {
  const { healthCheck, restartPolicy } = container
  return {
    ...container,
    cpu: container.cpu ?? 0,
    portMappings: (container.portMappings ?? []).map((port) =>
      portWithDefaults(port, input.networkMode),
    ),
    essential: container.essential ?? true,
    environment: shuffled(container.environment ?? [], input.family ?? ''),
    mountPoints: container.mountPoints ?? [],
    volumesFrom: container.volumesFrom ?? [],
    systemControls: container.systemControls ?? [],
    ...(healthCheck && { healthCheck: { interval: 30, timeout: 5, retries: 3, ...healthCheck } }),
    ...(restartPolicy && { restartPolicy: { restartAttemptPeriod: 300, ...restartPolicy } }),
  }
}

function portWithDefaults(port: PortMapping, networkMode: string | undefined): PortMapping {
  const shown: PortMapping = { ...port, protocol: port.protocol ?? 'tcp' }
  if (port.containerPortRange === undefined && !port.hostPort) {
    const same = networkMode === 'awsvpc' || networkMode === 'host'
    shown.hostPort = same ? port.containerPort : 0
  }
  return shown
}

function volumeWithDefaults(volume: Volume): Volume {
  const { dockerVolumeConfiguration: docker, efsVolumeConfiguration: efs } = volume
  if (docker) return { ...volume, dockerVolumeConfiguration: { scope: 'task', ...docker } }
  if (efs)
    return {
      ...volume,
      efsVolumeConfiguration: { rootDirectory: '/', transitEncryption: 'DISABLED', ...efs },
    }
  const bare = Object.keys(volume).every((key) => key === 'name')
  return bare ? { ...volume, host: {} } : volume
}

/** AWS does not keep the order of environment variables; neither do we, the same way each time. */
function shuffled(environment: readonly KeyValuePair[], family: string): KeyValuePair[] {
  const rank = (name: string) => {
    let hash = 2_166_136_261
    for (const char of `${family}/${name}`) hash = Math.imul(hash ^ char.charCodeAt(0), 16_777_619)
    return hash >>> 0
  }
  return environment
    .map((entry) => ({ entry, rank: rank(entry.name ?? '') }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ entry }) => entry)
}

/** Where the definition could run, whatever it asks for. */
function compatibilities(input: Input): Compatibility[] {
  if (input.networkMode !== 'awsvpc') return ['EXTERNAL', 'EC2']
  return fargateProblem(input) === undefined
    ? ['EC2', 'FARGATE', 'MANAGED_INSTANCES']
    : ['EC2', 'MANAGED_INSTANCES']
}
