/** The agent capabilities that a task definition needs, by the names that the container agent registers. */
import type {
  Attribute,
  ContainerDefinition,
  RegisterTaskDefinitionRequest,
} from '@aws-sdk/client-ecs'

type Input = RegisterTaskDefinitionRequest

const DOCKER = 'com.amazonaws.ecs.capability.docker-remote-api'
const LEGACY = 'com.amazonaws.ecs.capability'
const AGENT = 'ecs.capability'

/** The oldest Docker API that knows a log driver. */
const LOG_DRIVER_API: Readonly<Record<string, string>> = {
  'json-file': '1.18',
  syslog: '1.18',
  journald: '1.19',
  gelf: '1.19',
  fluentd: '1.19',
  awslogs: '1.19',
  splunk: '1.22',
}

/** What RegisterTaskDefinition answers as `requiresAttributes`: names only, sorted, each once. */
export function requiresAttributes(input: Input): Attribute[] {
  const names = [...taskAttributes(input)]
  for (const container of input.containerDefinitions ?? [])
    names.push(...containerAttributes(container, input))
  return [...new Set(names)].sort().map((name) => ({ name }))
}

function* taskAttributes(input: Input): Generator<string> {
  if (input.networkMode === 'awsvpc') {
    yield `${AGENT}.task-eni`
    yield `${DOCKER}.1.18`
  }
  if (input.taskRoleArn)
    yield input.networkMode === 'host'
      ? `${LEGACY}.task-iam-role-network-host`
      : `${LEGACY}.task-iam-role`
  if (input.pidMode || input.ipcMode) yield `${AGENT}.pid-ipc-namespace-sharing`
  if (input.proxyConfiguration) yield `${AGENT}.aws-appmesh`
  if (input.ephemeralStorage) yield `${AGENT}.extensible-ephemeral-storage`
  if (input.enableFaultInjection) yield `${AGENT}.fault-injection`
  if (Number(input.cpu ?? 0) > 10_240) yield `${AGENT}.increased-task-cpu-limit`
  for (const volume of input.volumes ?? []) {
    const { efsVolumeConfiguration: efs, dockerVolumeConfiguration: docker } = volume
    if (efs) yield `${AGENT}.efs`
    if (efs?.authorizationConfig) yield `${AGENT}.efsAuth`
    if (docker) yield `${AGENT}.docker-plugin.${docker.driver ?? 'local'}`
    if (volume.fsxWindowsFileServerVolumeConfiguration) yield `${AGENT}.fsxWindowsFileServer`
    if (volume.configuredAtLaunch) yield `${AGENT}.storage.ebs-task-attach`
  }
}

function* containerAttributes(container: ContainerDefinition, input: Input): Generator<string> {
  const {
    logConfiguration: log,
    linuxParameters: linux,
    firelensConfiguration: firelens,
  } = container
  if (/\.dkr\.ecr\.[^/]+\.amazonaws\.com/.test(container.image ?? '')) {
    yield `${LEGACY}.ecr-auth`
    if (input.executionRoleArn) yield `${AGENT}.execution-role-ecr-pull`
  }
  if (container.repositoryCredentials)
    yield `${AGENT}.private-registry-authentication.secretsmanager`
  if (log?.logDriver) {
    yield `${LEGACY}.logging-driver.${log.logDriver}`
    const api = LOG_DRIVER_API[log.logDriver]
    if (api) yield `${DOCKER}.${api}`
    if (log.logDriver === 'awslogs' && input.executionRoleArn)
      yield `${AGENT}.execution-role-awslogs`
    for (const secret of log.secretOptions ?? [])
      yield `${AGENT}.secrets.${store(secret.valueFrom)}.bootstrap.log-driver`
  }
  for (const secret of container.secrets ?? [])
    yield `${AGENT}.secrets.${store(secret.valueFrom)}.environment-variables`
  if (container.environmentFiles?.length) yield `${AGENT}.env-files.s3`
  if (container.dependsOn?.length) yield `${AGENT}.container-ordering`
  if (container.healthCheck) {
    yield `${AGENT}.container-health-check`
    yield `${DOCKER}.1.24`
  }
  if (container.privileged) yield `${LEGACY}.privileged-container`
  if (container.ulimits?.length) yield `${DOCKER}.1.18`
  if (linux?.sharedMemorySize !== undefined || linux?.tmpfs?.length) yield `${DOCKER}.1.22`
  if (linux?.initProcessEnabled) yield `${DOCKER}.1.25`
  if (container.portMappings?.some((port) => port.containerPortRange))
    yield `${AGENT}.container-port-range`
  if (container.restartPolicy?.enabled) yield `${AGENT}.container-restart-policy`
  if (firelens?.type) {
    yield `${AGENT}.firelens.${firelens.type}`
    const config = firelens.options?.['config-file-type']
    if (config) yield `${AGENT}.firelens.options.config.${config}`
  }
}

/** The store that a secret's ARN names; a bare name is a parameter of Systems Manager. */
function store(valueFrom: string | undefined): 'asm' | 'ssm' {
  return valueFrom?.includes(':secretsmanager:') ? 'asm' : 'ssm'
}

/**
 * The capability attributes of a current Linux agent, without `ecs.capability.docker-plugin.*` of
 * drivers other than local: what a simulated container instance has, so that placement can compare.
 */
export const AGENT_ATTRIBUTES: readonly string[] = [
  ...Array.from({ length: 28 }, (_, index) => `${DOCKER}.1.${17 + index}`),
  ...Object.keys(LOG_DRIVER_API).map((driver) => `${LEGACY}.logging-driver.${driver}`),
  `${LEGACY}.logging-driver.awsfirelens`,
  `${LEGACY}.ecr-auth`,
  `${LEGACY}.privileged-container`,
  `${LEGACY}.task-iam-role`,
  `${LEGACY}.task-iam-role-network-host`,
  ...[
    'task-eni',
    'execution-role-awslogs',
    'execution-role-ecr-pull',
    'container-ordering',
    'container-health-check',
    'container-port-range',
    'container-restart-policy',
    'private-registry-authentication.secretsmanager',
    'secrets.asm.environment-variables',
    'secrets.ssm.environment-variables',
    'secrets.asm.bootstrap.log-driver',
    'secrets.ssm.bootstrap.log-driver',
    'env-files.s3',
    'efs',
    'efsAuth',
    'docker-plugin.local',
    'pid-ipc-namespace-sharing',
    'aws-appmesh',
    'fault-injection',
    'increased-task-cpu-limit',
    'storage.ebs-task-attach',
    'firelens.fluentbit',
    'firelens.fluentd',
    'firelens.options.config.file',
    'firelens.options.config.s3',
  ].map((name) => `${AGENT}.${name}`),
]
