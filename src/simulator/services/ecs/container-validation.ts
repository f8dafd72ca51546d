/** What AWS refuses in one container definition, and in how the containers of a task refer to one another. */
import type {
  ContainerDefinition,
  HealthCheck,
  RegisterTaskDefinitionRequest,
} from '@aws-sdk/client-ecs'
import { isName } from './names.ts'

type Input = RegisterTaskDefinitionRequest
/** AWS's text for the first problem, if there is one. */
type Problem = string | undefined

/** The first problem of a container by itself or with its task. */
export function containerProblem(container: ContainerDefinition, input: Input): Problem {
  return (
    identityProblem(container) ??
    sizeProblem(container, input) ??
    networkProblem(container, input) ??
    healthCheckProblem(container) ??
    environmentProblem(container, input) ??
    logProblem(container) ??
    limitProblem(container)
  )
}

function setting(container: ContainerDefinition, text: string): string {
  return `Invalid setting for container '${container.name}'. ${text}`
}

function identityProblem({ name, image, ...container }: ContainerDefinition): Problem {
  if (!name) return 'Container.name should not be null or empty.'
  if (!isName(name)) return 'Container.name contains invalid characters.'
  if (!image) return 'Container.image should not be null or empty.'
  const [tagged = '', digest] = image.split('@')
  if (tagged.length > 255 || /\s/.test(image)) return 'Container.image contains invalid characters.'
  if (digest !== undefined && !/^sha256:[0-9a-f]{64}$/.test(digest))
    return 'Container.image contains an invalid digest.'
  if (container.cpu !== undefined && container.cpu < 0)
    return setting({ name, image }, "'cpu' must not be negative.")
  return undefined
}

function sizeProblem(container: ContainerDefinition, input: Input): Problem {
  const { memory, memoryReservation } = container
  if (memory === undefined && memoryReservation === undefined && !input.memory) {
    return setting(container, "At least one of 'memory' or 'memoryReservation' must be specified.")
  }
  if ((memory ?? 6) < 6) return setting(container, "'memory' must be at least 6.")
  if ((memoryReservation ?? 6) < 6)
    return setting(container, "'memoryReservation' must be at least 6.")
  if (memory !== undefined && memoryReservation !== undefined && memory <= memoryReservation) {
    return setting(container, "'memory' must be greater than 'memoryReservation'.")
  }
  if (input.memory && Math.max(memory ?? 0, memoryReservation ?? 0) > Number(input.memory)) {
    return `The 'memory' setting for container '${container.name}' is greater than for the task.`
  }
  return undefined
}

function networkProblem(container: ContainerDefinition, input: Input): Problem {
  const mode = input.networkMode ?? 'bridge'
  if (container.links?.length && mode !== 'bridge')
    return `Links are not supported when networkMode=${mode}.`
  if (mode === 'awsvpc') {
    const unsupported = (
      ['hostname', 'extraHosts', 'dnsServers', 'dnsSearchDomains'] as const
    ).find((member) => (container[member]?.length ?? 0) > 0)
    if (unsupported) return `${unsupported} is not supported on container when networkMode=awsvpc.`
  }
  const ports = container.portMappings ?? []
  if (mode === 'none' && ports.length > 0)
    return 'Port mappings are not supported when networkMode=none.'
  for (const port of ports) {
    if (port.containerPortRange !== undefined) {
      const [low = Number.NaN, high = Number.NaN] = port.containerPortRange.split('-').map(Number)
      if (!(low >= 1 && low <= high && high <= 65_535))
        return setting(container, 'Invalid containerPortRange.')
      if (port.containerPort !== undefined || port.hostPort !== undefined) {
        return setting(
          container,
          'containerPortRange cannot be used together with containerPort or hostPort.',
        )
      }
      continue
    }
    const { containerPort, hostPort = 0 } = port
    if (containerPort === undefined)
      return setting(container, 'A port mapping needs a containerPort or a containerPortRange.')
    if (containerPort < 0 || containerPort > 65_535 || hostPort < 0 || hostPort > 65_535) {
      return setting(container, 'Ports must be between 0 and 65535.')
    }
    if ((mode === 'awsvpc' || mode === 'host') && hostPort !== 0 && hostPort !== containerPort) {
      return `When networkMode=${mode}, the host ports and container ports in port mappings must match.`
    }
    if (port.name !== undefined && !/^[a-z0-9_][a-z0-9_-]{0,63}$/.test(port.name)) {
      return setting(container, `Invalid port mapping name '${port.name}'.`)
    }
    if (port.appProtocol && !port.name)
      return setting(container, "A port mapping with 'appProtocol' needs a 'name'.")
  }
  return undefined
}

const HEALTH_LIMITS: readonly [keyof HealthCheck & string, number, number][] = [
  ['interval', 5, 300],
  ['timeout', 2, 60],
  ['retries', 1, 10],
  ['startPeriod', 0, 300],
]

function healthCheckProblem(container: ContainerDefinition): Problem {
  const check = container.healthCheck
  if (!check) return undefined
  if (!check.command?.length)
    return setting(container, 'The health check command must not be empty.')
  if (!['CMD', 'CMD-SHELL'].includes(check.command[0] ?? '') || check.command.length < 2) {
    return setting(container, 'The health check command must start with CMD or CMD-SHELL.')
  }
  for (const [member, low, high] of HEALTH_LIMITS) {
    const value = check[member] as number | undefined
    if (value !== undefined && (value < low || value > high)) {
      return setting(container, `The health check ${member} must be between ${low} and ${high}.`)
    }
  }
  return undefined
}

function environmentProblem(container: ContainerDefinition, input: Input): Problem {
  const secrets = container.secrets ?? []
  const logSecrets = container.logConfiguration?.secretOptions ?? []
  for (const secret of [...secrets, ...logSecrets]) {
    if (!secret.name || !secret.valueFrom)
      return setting(container, 'A secret needs a name and a valueFrom.')
  }
  if (secrets.length > 0 && !input.executionRoleArn) {
    return "When you are specifying container secrets, you must also specify a value for 'executionRoleArn'."
  }
  if (container.repositoryCredentials && !input.executionRoleArn) {
    return "When you are specifying container repositoryCredentials, you must also specify a value for 'executionRoleArn'."
  }
  const taken = new Set((container.environment ?? []).map((entry) => entry.name))
  for (const { name } of secrets) {
    if (taken.has(name)) {
      return `The secret name must be unique and not shared with any new or existing environment variables set on the container, such as '${name}'.`
    }
    taken.add(name)
  }
  const files = container.environmentFiles ?? []
  if (files.length > 10) return setting(container, 'At most 10 environment files can be specified.')
  if (
    files.some((file) => file.type !== 's3' || !/^arn:[^:]+:s3:::.+\.env$/.test(file.value ?? ''))
  ) {
    return setting(
      container,
      "An environment file must be the ARN of an S3 object whose name ends in '.env', of type s3.",
    )
  }
  return undefined
}

function logProblem(container: ContainerDefinition): Problem {
  const log = container.logConfiguration
  if (log?.logDriver === 'awslogs') {
    const missing = ['awslogs-region', 'awslogs-group'].filter((option) => !log.options?.[option])
    if (missing.length > 0) return `Log driver awslogs requires options: ${missing.join(', ')}`
  }
  return undefined
}

function limitProblem(container: ContainerDefinition): Problem {
  const { restartPolicy: restart, linuxParameters: linux } = container
  if ((container.startTimeout ?? 2) < 2 || (container.stopTimeout ?? 2) < 2) {
    return setting(container, 'Timeouts must be at least 2 seconds.')
  }
  if (restart) {
    const period = restart.restartAttemptPeriod ?? 300
    if (period < 60 || period > 1800)
      return setting(container, 'restartAttemptPeriod must be between 60 and 1800.')
    if ((restart.ignoredExitCodes ?? []).length > 50)
      return setting(container, 'At most 50 ignoredExitCodes can be specified.')
  }
  if (linux?.swappiness !== undefined) {
    if (linux.maxSwap === undefined) return setting(container, "'swappiness' needs 'maxSwap'.")
    if (linux.swappiness < 0 || linux.swappiness > 100)
      return setting(container, "'swappiness' must be between 0 and 100.")
  }
  for (const { softLimit = 0, hardLimit = 0, name } of container.ulimits ?? []) {
    // -1 means unlimited.
    if (hardLimit !== -1 && (softLimit === -1 || softLimit > hardLimit)) {
      return setting(
        container,
        `The soft limit of ulimit '${name}' is greater than its hard limit.`,
      )
    }
  }
  return undefined
}
