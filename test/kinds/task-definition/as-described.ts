/** What DescribeTaskDefinition answers for a registered revision: AWS's defaults filled in, sets in another order. */

type Members = Record<string, unknown>

const list = (value: unknown): Members[] => (Array.isArray(value) ? (value as Members[]) : [])

/** Seen on real answers: order is kept for what is ordered, and means nothing for the rest. */
const shuffled = <T>(items: readonly T[]): T[] => [...items].reverse()

function words(value: unknown): string | undefined {
  if (value === undefined) return undefined
  const match = /^([\d.]+) *(vcpu|gb)?$/i.exec(String(value).trim())!
  return String(match[2] ? Number(match[1]) * 1024 : Number(match[1]))
}

function portMapping(mapping: Members, networkMode: unknown): Members {
  const same = networkMode === 'awsvpc' || networkMode === 'host'
  const hostPort = mapping.containerPortRange
    ? {}
    : { hostPort: mapping.hostPort ?? (same ? mapping.containerPort : 0) }
  return { protocol: 'tcp', ...mapping, ...hostPort }
}

function container(definition: Members, networkMode: unknown): Members {
  const healthCheck = definition.healthCheck as Members | undefined
  const restartPolicy = definition.restartPolicy as Members | undefined
  const secrets = definition.secrets ? { secrets: shuffled(list(definition.secrets)) } : {}
  const ulimits = definition.ulimits ? { ulimits: shuffled(list(definition.ulimits)) } : {}
  const dependsOn = definition.dependsOn ? { dependsOn: shuffled(list(definition.dependsOn)) } : {}
  return {
    cpu: 0,
    essential: true,
    ...definition,
    ...secrets,
    ...ulimits,
    ...dependsOn,
    environment: shuffled(list(definition.environment)),
    mountPoints: shuffled(list(definition.mountPoints)),
    volumesFrom: list(definition.volumesFrom),
    systemControls: shuffled(list(definition.systemControls)),
    portMappings: shuffled(list(definition.portMappings)).map((mapping) =>
      portMapping(mapping, networkMode),
    ),
    ...(healthCheck
      ? { healthCheck: { interval: 30, timeout: 5, retries: 3, ...healthCheck } }
      : {}),
    ...(restartPolicy ? { restartPolicy: { restartAttemptPeriod: 300, ...restartPolicy } } : {}),
  }
}

function volume(definition: Members): Members {
  const efs = definition.efsVolumeConfiguration as Members | undefined
  const docker = definition.dockerVolumeConfiguration as Members | undefined
  const kinds = Object.keys(definition).filter((name) => name !== 'name')
  return {
    ...(kinds.length === 0 ? { host: {} } : {}),
    ...definition,
    ...(efs
      ? { efsVolumeConfiguration: { rootDirectory: '/', transitEncryption: 'DISABLED', ...efs } }
      : {}),
    ...(docker ? { dockerVolumeConfiguration: { scope: 'task', ...docker } } : {}),
  }
}

/** As in the API reference of RegisterTaskDefinition, and as seen on describe answers. */
export function asDescribed(input: Members, arn: string): Members {
  const { tags: _, cpu, memory, ...definition } = structuredClone(input)
  return {
    ...definition,
    ...(cpu === undefined ? {} : { cpu: words(cpu) }),
    ...(memory === undefined ? {} : { memory: words(memory) }),
    containerDefinitions: shuffled(list(input.containerDefinitions)).map((item) =>
      container(item, input.networkMode),
    ),
    volumes: shuffled(list(input.volumes)).map(volume),
    placementConstraints: list(input.placementConstraints),
    taskDefinitionArn: arn,
    revision: 1,
    status: 'ACTIVE',
    compatibilities: ['EC2', 'FARGATE'],
    requiresAttributes: [{ name: 'ecs.capability.task-eni' }],
    registeredAt: new Date(0),
    registeredBy: 'arn:aws:iam::123456789012:user/anna',
    // A member that AWS adds tomorrow.
    novelty: { mode: 'on' },
  }
}
