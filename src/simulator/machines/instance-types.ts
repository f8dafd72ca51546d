/** What a container instance of a common EC2 type offers: vCPUs, memory that the agent registers, network interfaces, GPUs. */

export interface InstanceType {
  /** CPU units: 1024 for each vCPU. */
  readonly cpu: number
  /** MiB as the agent registers them: nominal memory less what kernel and firmware keep. */
  readonly memory: number
  /** Network interfaces; the first belongs to the instance itself. */
  readonly enis: number
  readonly gpus?: number
  readonly arm?: true
}

const sizes = {
  large: { vcpus: 2, enis: 3 },
  xlarge: { vcpus: 4, enis: 4 },
  '2xlarge': { vcpus: 8, enis: 4 },
  '4xlarge': { vcpus: 16, enis: 8 },
} as const

/** GiB for each vCPU. */
const families = { m5: 4, m6i: 4, m7i: 4, c5: 2, c6i: 2, c7i: 2, r5: 8, r6i: 8 } as const
const armFamilies = { m6g: 4, m7g: 4, c6g: 2, c7g: 2, r6g: 8 } as const

function usable(gib: number): number {
  return Math.round(gib * 1024 * (gib < 4 ? 0.93 : gib < 16 ? 0.95 : 0.965))
}

function table(): Map<string, InstanceType> {
  const types = new Map<string, InstanceType>([
    ['t3.micro', { cpu: 2048, memory: 926, enis: 2 }],
    ['t3.small', { cpu: 2048, memory: 1911, enis: 3 }],
    ['t3.medium', { cpu: 2048, memory: 3837, enis: 3 }],
    ['t3.large', { cpu: 2048, memory: 7764, enis: 3 }],
    ['t3.xlarge', { cpu: 4096, memory: usable(16), enis: 4 }],
    ['t3.2xlarge', { cpu: 8192, memory: usable(32), enis: 4 }],
    ['t4g.small', { cpu: 2048, memory: 1866, enis: 3, arm: true }],
    ['t4g.medium', { cpu: 2048, memory: 3791, enis: 3, arm: true }],
    ['m4.large', { cpu: 2048, memory: 7985, enis: 2 }],
    ['g4dn.xlarge', { cpu: 4096, memory: usable(16), enis: 3, gpus: 1 }],
    ['g4dn.2xlarge', { cpu: 8192, memory: usable(32), enis: 3, gpus: 1 }],
    ['g4dn.12xlarge', { cpu: 49152, memory: usable(192), enis: 8, gpus: 4 }],
  ])
  for (const [size, { vcpus, enis }] of Object.entries(sizes)) {
    for (const [family, ratio] of Object.entries(families)) {
      types.set(`${family}.${size}`, { cpu: vcpus * 1024, memory: usable(vcpus * ratio), enis })
    }
    for (const [family, ratio] of Object.entries(armFamilies)) {
      const memory = usable(vcpus * ratio)
      types.set(`${family}.${size}`, { cpu: vcpus * 1024, memory, enis, arm: true })
    }
  }
  return types
}

/** By type name, `m5.large`. */
export const instanceTypes: ReadonlyMap<string, InstanceType> = table()

/** Attributes without a value that a current agent on Linux registers. */
export const agentCapabilities: readonly string[] = [
  ...['17', '18', '19', '20', '21', '22', '23', '24', '25', '26', '27', '28', '29', '30'].map(
    (minor) => `com.amazonaws.ecs.capability.docker-remote-api.1.${minor}`,
  ),
  ...[
    'json-file',
    'syslog',
    'journald',
    'gelf',
    'fluentd',
    'awslogs',
    'splunk',
    'awsfirelens',
    'none',
  ].map((driver) => `com.amazonaws.ecs.capability.logging-driver.${driver}`),
  'com.amazonaws.ecs.capability.privileged-container',
  'com.amazonaws.ecs.capability.ecr-auth',
  'com.amazonaws.ecs.capability.task-iam-role',
  'com.amazonaws.ecs.capability.task-iam-role-network-host',
  'com.amazonaws.ecs.capability.selinux',
  ...[
    'aws-appmesh',
    'cni-plugin-version',
    'container-health-check',
    'container-ordering',
    'container-port-range',
    'container-restart-policy',
    'docker-plugin.local',
    'docker-plugin.amazon-ecs-volume-plugin',
    'efs',
    'efsAuth',
    'env-files.s3',
    'execution-role-awslogs',
    'execution-role-ecr-pull',
    'fault-injection',
    'firelens.fluentbit',
    'firelens.fluentd',
    'firelens.options.config.file',
    'firelens.options.config.s3',
    'full-sync',
    'increased-task-cpu-limit',
    'ipc-namespace-sharing',
    'logging-driver.awsfirelens',
    'logging-driver.awsfirelens.log-driver-buffer-limit',
    'network.container-port-range',
    'pid-ipc-namespace-sharing',
    'private-registry-authentication.secretsmanager',
    'secrets.asm.bootstrap.log-driver',
    'secrets.asm.environment-variables',
    'secrets.ssm.bootstrap.log-driver',
    'secrets.ssm.environment-variables',
    'service-connect-v1',
    'storage.ebs-task-attach',
    'task-cpu-mem-limit',
    'task-eni',
    'task-eni-block-instance-metadata',
  ].map((name) => `ecs.capability.${name}`),
]
