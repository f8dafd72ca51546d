/** Task definitions that AWS refuses, each with its error name; nothing is registered. */
import { describe, expect, it } from 'vitest'
import { createAccount, definition, fargate } from './account.ts'

const ROLE = 'arn:aws:iam::123456789012:role/task'

function containers(...list: object[]) {
  return definition({
    containerDefinitions: list.map((container, index) => ({
      name: `c${index}`,
      image: 'i',
      memory: 8,
      ...container,
    })),
  })
}

const on = (networkMode: string, container: object) => definition({ networkMode }, container)
const ports = (...portMappings: object[]) => ({ portMappings })
const volumes = (...list: object[]) => definition({ volumes: list })
const check = (healthCheck: object) =>
  definition({}, { healthCheck: { command: ['CMD', 'true'], ...healthCheck } })
const AWSLOGS = { logDriver: 'awslogs', options: { 'awslogs-region': 'r', 'awslogs-group': 'g' } }

/** What is sent, and AWS's words (those that aws-facts knows in full) or ours (by a pattern). */
const REFUSED: Record<string, [object, string | RegExp][]> = {
  family: [
    [definition({ family: undefined }), 'Family should not be null or empty.'],
    [definition({ family: 'a b' }), 'Family contains invalid characters.'],
    [definition({ family: 'x'.repeat(256) }), /too long/],
  ],
  containers: [
    [{ family: 'web' }, 'Container list cannot be empty.'],
    [containers(), 'Container list cannot be empty.'],
    [containers(...Array(11).fill({})), 'Too many containers.'],
    [containers({ name: undefined }), 'Container.name should not be null or empty.'],
    [containers({ name: 'a.b' }), 'Container.name contains invalid characters.'],
    [containers({ image: '' }), 'Container.image should not be null or empty.'],
    [containers({ image: 'a b' }), 'Container.image contains invalid characters.'],
    [containers({ image: 'x'.repeat(256) }), 'Container.image contains invalid characters.'],
    [containers({ image: 'x@sha256:12' }), /invalid digest/],
    [containers({ name: 'a' }, { name: 'a' }), /must be unique.*'a'/],
    [containers({ essential: false }), "Task definition doesn't have any essential container"],
    [containers({ cpu: -1 }), /'cpu' must not be negative/],
  ],
  sizes: [
    [
      definition({}, { memory: undefined }),
      "Invalid setting for container 'app'. At least one of 'memory' or 'memoryReservation' must be specified.",
    ],
    [definition({}, { memory: 5 }), /'memory' must be at least 6/],
    [definition({}, { memoryReservation: 5 }), /'memoryReservation' must be at least 6/],
    [
      definition({}, { memoryReservation: 128 }),
      /'memory' must be greater than 'memoryReservation'/,
    ],
    [
      definition({ memory: '100' }),
      "The 'memory' setting for container 'app' is greater than for the task.",
    ],
    [
      { ...containers({ cpu: 200 }, { cpu: 200 }), cpu: '256' },
      "The sum of all container 'cpu' values cannot be greater than the value of the task 'cpu'.",
    ],
    [
      { ...containers({ memory: 80 }, { memory: 80 }), memory: '100' },
      /sum of all container 'memory'/,
    ],
    [definition({ cpu: '127' }), /^Invalid 'cpu' setting for task\./],
    [definition({ cpu: '196609' }), /^Invalid 'cpu' setting for task\./],
    [definition({ cpu: 'lots' }), /^Invalid 'cpu' setting for task\./],
    [definition({ cpu: '.3333 vCPU' }), /^Invalid 'cpu' setting for task\./],
    [definition({ memory: '2TB' }), /^Invalid 'memory' setting for task\./],
  ],
  network: [
    [
      on('awsvpc', ports({ containerPort: 80, hostPort: 81 })),
      'When networkMode=awsvpc, the host ports and container ports in port mappings must match.',
    ],
    [
      on('host', ports({ containerPort: 80, hostPort: 81 })),
      'When networkMode=host, the host ports and container ports in port mappings must match.',
    ],
    [on('none', ports({ containerPort: 80 })), /not supported when networkMode=none/],
    [on('awsvpc', { links: ['app'] }), 'Links are not supported when networkMode=awsvpc.'],
    [
      on('awsvpc', { hostname: 'h' }),
      'hostname is not supported on container when networkMode=awsvpc.',
    ],
    [
      on('awsvpc', { extraHosts: [{ hostname: 'h', ipAddress: '1.1.1.1' }] }),
      /^extraHosts is not supported/,
    ],
    [on('awsvpc', { dnsServers: ['1.1.1.1'] }), /^dnsServers is not supported/],
    [
      on('host', ports({ containerPort: 80 }, { containerPort: 80 })),
      /80\/tcp can be mapped only once/,
    ],
    [definition({}, ports({ containerPort: 65_536 })), /between 0 and 65535/],
    [definition({}, ports({ containerPort: 80, hostPort: 65_536 })), /between 0 and 65535/],
    [definition({}, ports({})), /needs a containerPort/],
    [definition({}, ports({ containerPortRange: '90-80' })), /Invalid containerPortRange/],
    [
      definition({}, ports({ containerPortRange: '80-90', hostPort: 80 })),
      /cannot be used together/,
    ],
    [definition({}, ports({ containerPort: 80, name: 'Web' })), /Invalid port mapping name 'Web'/],
    [definition({}, ports({ containerPort: 80, name: '-web' })), /Invalid port mapping name/],
    [
      definition({}, ports({ containerPort: 80, name: 'a' }, { containerPort: 81, name: 'a' })),
      /names must be unique/,
    ],
    [definition({}, ports({ containerPort: 80, appProtocol: 'http' })), /needs a 'name'/],
    [
      definition({}, ports({ containerPort: 80, protocol: 'sctp' })),
      /Value 'sctp' .* enum value set: \[tcp, udp\]/,
    ],
    [
      definition({ networkMode: 'mesh' }),
      /^1 validation error detected: Value 'mesh' at 'networkMode'/,
    ],
    [
      definition({ requiresCompatibilities: ['EXTERNAL'], networkMode: 'awsvpc' }),
      /External launch type/,
    ],
  ],
  'health checks': [
    [check({ command: [] }), /must not be empty/],
    [check({ command: ['curl'] }), /must start with CMD/],
    [check({ interval: 4 }), /interval must be between 5 and 300/],
    [check({ interval: 301 }), /interval must be between 5 and 300/],
    [check({ timeout: 1 }), /timeout must be between 2 and 60/],
    [check({ retries: 11 }), /retries must be between 1 and 10/],
    [check({ startPeriod: 301 }), /startPeriod must be between 0 and 300/],
  ],
  dependencies: [
    [
      containers({ dependsOn: [{ containerName: 'x', condition: 'START' }] }),
      "Cannot depend on container + 'x' because it does not exist",
    ],
    [
      containers({ dependsOn: [{ containerName: 'c0', condition: 'START' }] }),
      /cannot depend on itself/,
    ],
    [
      containers({ dependsOn: [{ containerName: 'c1', condition: 'SUCCESS' }] }, {}),
      'A dependency container with SUCCESS or COMPLETE condition cannot be an essential container',
    ],
    [
      containers({ dependsOn: [{ containerName: 'c1', condition: 'HEALTHY' }] }, {}),
      /must have a health check: 'c1'/,
    ],
    [containers({ dependsOn: [{ containerName: 'c1', condition: 'SOON' }] }, {}), /Value 'SOON'/],
    [
      containers(
        { dependsOn: [{ containerName: 'c1', condition: 'START' }] },
        { dependsOn: [{ containerName: 'c2', condition: 'START' }] },
        { dependsOn: [{ containerName: 'c0', condition: 'START' }] },
      ),
      /cycle: c0 -> c1 -> c2 -> c0/,
    ],
    [containers({ links: ['x:y'] }), "Unknown container 'x'."],
    [containers({ volumesFrom: [{ sourceContainer: 'x' }] }), "Unknown container 'x'."],
  ],
  volumes: [
    [
      definition({}, { mountPoints: [{ sourceVolume: 'v', containerPath: '/v' }] }),
      "Unknown volume 'v'.",
    ],
    [
      definition({ volumes: [{ name: 'v' }] }, { mountPoints: [{ sourceVolume: 'v' }] }),
      /needs a containerPath/,
    ],
    [
      definition(
        { volumes: [{ name: 'v' }] },
        { mountPoints: Array(2).fill({ sourceVolume: 'v', containerPath: '/v' }) },
      ),
      /mounted more than once/,
    ],
    [volumes({ name: 'a b' }), 'Volume.name contains invalid characters.'],
    [volumes({ name: 'v' }, { name: 'v' }), /Volume names must be unique/],
    [
      volumes({ name: 'v', configuredAtLaunch: true }, { name: 'w', configuredAtLaunch: true }),
      /Only one volume/,
    ],
    [
      volumes({ name: 'v', configuredAtLaunch: true, host: {} }),
      /cannot have another configuration/,
    ],
    [
      volumes({ name: 'v', host: {}, efsVolumeConfiguration: { fileSystemId: 'fs-1' } }),
      /Only one kind/,
    ],
    [volumes({ name: 'v', efsVolumeConfiguration: {} }), /needs a fileSystemId/],
    [
      volumes({
        name: 'v',
        efsVolumeConfiguration: { fileSystemId: 'f', authorizationConfig: { iam: 'ENABLED' } },
      }),
      /Transit encryption must be enabled/,
    ],
    [
      volumes({
        name: 'v',
        efsVolumeConfiguration: {
          fileSystemId: 'f',
          rootDirectory: '/x',
          transitEncryption: 'ENABLED',
          authorizationConfig: { accessPointId: 'fsap-1' },
        },
      }),
      /root directory/,
    ],
  ],
  'secrets, logs and limits': [
    [
      definition({}, { secrets: [{ name: 'A', valueFrom: 'a' }] }),
      "When you are specifying container secrets, you must also specify a value for 'executionRoleArn'.",
    ],
    [
      definition({}, { repositoryCredentials: { credentialsParameter: 'x' } }),
      /repositoryCredentials.*'executionRoleArn'/,
    ],
    [
      definition({ executionRoleArn: ROLE }, { secrets: [{ name: 'A' }] }),
      /needs a name and a valueFrom/,
    ],
    [
      definition(
        { executionRoleArn: ROLE },
        { environment: [{ name: 'A', value: '1' }], secrets: [{ name: 'A', valueFrom: 'a' }] },
      ),
      "The secret name must be unique and not shared with any new or existing environment variables set on the container, such as 'A'.",
    ],
    [
      definition({}, { environmentFiles: [{ type: 's3', value: 'arn:aws:s3:::bucket/file' }] }),
      /ends in '.env'/,
    ],
    [
      definition(
        {},
        { environmentFiles: Array(11).fill({ type: 's3', value: 'arn:aws:s3:::b/a.env' }) },
      ),
      /At most 10/,
    ],
    [
      definition({}, { logConfiguration: { logDriver: 'awslogs' } }),
      'Log driver awslogs requires options: awslogs-region, awslogs-group',
    ],
    [
      definition({}, { logConfiguration: { logDriver: 'pigeon' } }),
      /Value 'pigeon' at 'containerDefinitions.1.member.logConfiguration.logDriver'/,
    ],
    [
      definition({}, { firelensConfiguration: { type: 'fluentbit' } }),
      'When a firelensConfiguration object is specified, at least one container has to be configured with the awsfirelens log driver.',
    ],
    [
      definition({}, { logConfiguration: { logDriver: 'awsfirelens' } }),
      /one container has to be configured with a firelensConfiguration/,
    ],
    [definition({}, { stopTimeout: 1 }), /at least 2 seconds/],
    [definition({}, { startTimeout: 1 }), /at least 2 seconds/],
    [
      definition({}, { restartPolicy: { enabled: true, restartAttemptPeriod: 59 } }),
      /between 60 and 1800/,
    ],
    [
      definition({}, { restartPolicy: { enabled: true, ignoredExitCodes: Array(51).fill(0) } }),
      /At most 50/,
    ],
    [definition({}, { linuxParameters: { swappiness: 50 } }), /'swappiness' needs 'maxSwap'/],
    [definition({}, { linuxParameters: { maxSwap: 1, swappiness: 101 } }), /between 0 and 100/],
    [
      definition({}, { ulimits: [{ name: 'nofile', softLimit: 2, hardLimit: 1 }] }),
      /greater than its hard limit/,
    ],
    [definition({}, { ulimits: [{ name: 'files', softLimit: 1, hardLimit: 1 }] }), /Value 'files'/],
    [
      definition({ placementConstraints: Array(11).fill({ type: 'memberOf', expression: 'x' }) }),
      /At most 10/,
    ],
    [definition({ placementConstraints: [{ type: 'distinctInstance' }] }), /must be 'memberOf'/],
    [
      definition({ placementConstraints: [{ type: 'memberOf', expression: 'x'.repeat(2001) }] }),
      /at most 2000/,
    ],
    [
      definition({ proxyConfiguration: { containerName: 'app' } }),
      /only supported when networkMode=awsvpc/,
    ],
    [
      definition({ networkMode: 'awsvpc', proxyConfiguration: { containerName: 'x' } }),
      /Unknown container 'x'/,
    ],
    [definition({ ephemeralStorage: { sizeInGiB: 30 } }), /only supported for the FARGATE/],
    [
      definition({}, { environment: [{ name: 'A', value: 'x'.repeat(65_536) }] }),
      /^Actual length: '\d+'\. Max allowed length is '65536' bytes\.$/,
    ],
  ],
  Fargate: [
    [fargate({ networkMode: 'bridge' }), 'Fargate only supports network mode ‘awsvpc’.'],
    [fargate({ networkMode: undefined }), 'Fargate only supports network mode ‘awsvpc’.'],
    [fargate({ cpu: undefined }), "Fargate requires that 'cpu' be defined at the task level."],
    [
      fargate({ memory: undefined }, { memory: 8 }),
      "Fargate requires that 'memory' be defined at the task level.",
    ],
    [
      fargate({}, { logConfiguration: AWSLOGS }),
      'Fargate requires task definition to have execution role ARN to support log driver awslogs.',
    ],
    [
      fargate({}, { image: '123456789012.dkr.ecr.eu-central-1.amazonaws.com/a:1' }),
      'Fargate requires task definition to have execution role ARN to support ECR images.',
    ],
    [fargate({ ipcMode: 'task' }), 'Tasks using the Fargate launch type do not support ipcMode.'],
    [fargate({ pidMode: 'host' }), /pidMode 'host'/],
    [
      fargate({ volumes: [{ name: 'v', host: { sourcePath: '/v' } }] }),
      'Fargate compatible task definitions do not support sourcePath',
    ],
    [
      fargate({ volumes: [{ name: 'v', dockerVolumeConfiguration: {} }] }),
      /dockerVolumeConfiguration/,
    ],
    [
      fargate({ placementConstraints: [{ type: 'memberOf', expression: 'x' }] }),
      /placement constraints/,
    ],
    [fargate({}, { privileged: true }), /privileged/],
    [fargate({}, { resourceRequirements: [{ type: 'GPU', value: '1' }] }), /GPU/],
    [fargate({}, { dockerSecurityOptions: ['x'] }), /dockerSecurityOptions/],
    [fargate({}, { linuxParameters: { devices: [{ hostPath: '/d' }] } }), /devices/],
    [fargate({}, { linuxParameters: { sharedMemorySize: 1 } }), /sharedMemorySize/],
    [fargate({}, { linuxParameters: { tmpfs: [{ containerPath: '/t', size: 1 }] } }), /tmpfs/],
    [fargate({}, { linuxParameters: { maxSwap: 1 } }), /swap/],
    [fargate({}, { linuxParameters: { capabilities: { add: ['NET_ADMIN'] } } }), /SYS_PTRACE/],
    [fargate({}, { stopTimeout: 121 }), /at most 120 seconds/],
    [fargate({}, { logConfiguration: { logDriver: 'syslog' } }), /log driver syslog/],
    [fargate({ ephemeralStorage: { sizeInGiB: 20 } }), /between 21 and 200/],
    [fargate({ ephemeralStorage: { sizeInGiB: 201 } }), /between 21 and 200/],
  ],
}

describe.each(Object.entries(REFUSED))('RegisterTaskDefinition refuses bad %s', (_group, rows) => {
  it.each(rows.map(([input, text]) => ({ text: String(text), input, expected: text })))(
    '$text',
    ({ input, expected }) => {
      const account = createAccount()
      const refusal = account.refusal('RegisterTaskDefinition', input)
      if (typeof expected === 'string') expect(refusal).toBe(`ClientException: ${expected}`)
      else expect(refusal.replace(/^ClientException: /, '')).toMatch(expected)
      expect(refusal).toMatch(/^ClientException: /)
      // Nothing is registered, and no revision number is used up.
      expect(account.world.families.size).toBe(0)
    },
  )
})
