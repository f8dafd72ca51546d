/** Limits of task definitions: counts, sizes and lengths, at the edge and beyond. */
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
const AWSLOGS = { logDriver: 'awslogs', options: { 'awslogs-region': 'r', 'awslogs-group': 'g' } }

describe('RegisterTaskDefinition takes what is at the limit', () => {
  const TAKEN: Record<string, object> = {
    'ten containers': containers(...Array(10).fill({})),
    'a container of 6 MiB': definition({}, { memory: 6 }),
    'no container memory where the task has some': definition(
      { memory: '512' },
      { memory: undefined },
    ),
    'a digest': definition({}, { image: `nginx@sha256:${'0'.repeat(64)}` }),
    'the same port over tcp and udp': on(
      'host',
      ports({ containerPort: 53 }, { containerPort: 53, protocol: 'udp' }),
    ),
    'a container port twice under bridge': definition(
      {},
      ports({ containerPort: 80 }, { containerPort: 80 }),
    ),
    'an unlimited ulimit': definition(
      {},
      { ulimits: [{ name: 'core', softLimit: 1, hardLimit: -1 }] },
    ),
    'a diamond of dependencies': containers(
      { dependsOn: [1, 2].map((n) => ({ containerName: `c${n}`, condition: 'START' })) },
      { dependsOn: [{ containerName: 'c3', condition: 'START' }] },
      { dependsOn: [{ containerName: 'c3', condition: 'COMPLETE' }] },
      { essential: false },
    ),
    'a router for logs': containers(
      { firelensConfiguration: { type: 'fluentbit' } },
      { logConfiguration: { logDriver: 'awsfirelens', options: { Name: 'stdout' } } },
    ),
    'Fargate with all that it has': fargate(
      {
        executionRoleArn: ROLE,
        ephemeralStorage: { sizeInGiB: 200 },
        pidMode: 'task',
        volumes: [{ name: 'v' }],
      },
      {
        logConfiguration: AWSLOGS,
        linuxParameters: { initProcessEnabled: true, capabilities: { add: ['SYS_PTRACE'] } },
        stopTimeout: 120,
      },
    ),
  }
  it.each(Object.entries(TAKEN))('%s', (_name, input) => {
    expect(createAccount().call('RegisterTaskDefinition', input).taskDefinition.revision).toBe(1)
  })
})
