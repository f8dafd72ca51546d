/** Registering and describing task definitions: revisions, defaults, normalised values. */
import { describe, expect, it } from 'vitest'
import { AGENT_ATTRIBUTES } from '../../src/simulator/services/ecs/requires-attributes.ts'
import { findTaskDefinition } from '../../src/simulator/services/ecs/task-definitions.ts'
import { type Account, createAccount, definition, fargate, START, taskRecord } from './account.ts'

const ROLE = 'arn:aws:iam::123456789012:role/task'
const PREFIX = 'arn:aws:ecs:eu-central-1:123456789012:task-definition'

function register(account: Account, input: object) {
  return account.call('RegisterTaskDefinition', input).taskDefinition
}

function requirements(input: object): string[] {
  return register(createAccount(), input).requiresAttributes.map(
    (attribute: { name: string }) => attribute.name,
  )
}

describe('what is stored', () => {
  it('fills in what AWS fills in on a bridge definition', () => {
    const stored = register(
      createAccount(),
      definition({}, { portMappings: [{ containerPort: 80 }] }),
    )
    expect(stored).toEqual({
      taskDefinitionArn: `${PREFIX}/web:1`,
      family: 'web',
      revision: 1,
      status: 'ACTIVE',
      containerDefinitions: [
        {
          name: 'app',
          image: 'nginx:1.27',
          memory: 128,
          cpu: 0,
          essential: true,
          portMappings: [{ containerPort: 80, hostPort: 0, protocol: 'tcp' }],
          environment: [],
          mountPoints: [],
          volumesFrom: [],
          systemControls: [],
        },
      ],
      volumes: [],
      placementConstraints: [],
      compatibilities: ['EXTERNAL', 'EC2'],
      requiresAttributes: [],
      registeredAt: new Date(START),
      registeredBy: 'arn:aws:iam::123456789012:user/simulator',
    })
  })

  it('says task sizes in plain numbers, however they were said', () => {
    const sizes = [
      ['.25 vCPU', '0.5 GB'],
      ['.25vcpu', '.5GB'],
      ['256', '512'],
      [' 0.25 VCPU ', '512'],
    ]
    for (const [cpu, memory] of sizes) {
      expect(register(createAccount(), fargate({ cpu, memory }))).toMatchObject({
        cpu: '256',
        memory: '512',
      })
    }
    expect(register(createAccount(), fargate({ cpu: '1 vCPU', memory: '2GB' }))).toMatchObject({
      cpu: '1024',
      memory: '2048',
    })
  })

  it('gives host ports by network mode', () => {
    const hostPort = (networkMode: string | undefined, port: object = { containerPort: 80 }) =>
      register(createAccount(), definition({ networkMode }, { portMappings: [port] }))
        .containerDefinitions[0].portMappings[0].hostPort
    expect(hostPort(undefined)).toBe(0)
    expect(hostPort('bridge', { containerPort: 80, hostPort: 8080 })).toBe(8080)
    expect(hostPort('host')).toBe(80)
    expect(hostPort('awsvpc')).toBe(80)
    expect(hostPort('bridge', { containerPortRange: '100-110' })).toBeUndefined()
  })

  it('fills in health checks, restart policies and volumes', () => {
    const stored = register(
      createAccount(),
      definition(
        {
          volumes: [
            { name: 'scratch' },
            { name: 'files', efsVolumeConfiguration: { fileSystemId: 'fs-1' } },
            { name: 'local', dockerVolumeConfiguration: { driver: 'local' } },
            { name: 'bind', host: { sourcePath: '/data' } },
            { name: 'later', configuredAtLaunch: true },
          ],
        },
        { healthCheck: { command: ['CMD', 'true'], timeout: 9 }, restartPolicy: { enabled: true } },
      ),
    )
    expect(stored.containerDefinitions[0].healthCheck).toEqual({
      command: ['CMD', 'true'],
      interval: 30,
      timeout: 9,
      retries: 3,
    })
    expect(stored.containerDefinitions[0].restartPolicy).toEqual({
      enabled: true,
      restartAttemptPeriod: 300,
    })
    expect(stored.volumes).toEqual([
      { name: 'scratch', host: {} },
      {
        name: 'files',
        efsVolumeConfiguration: {
          fileSystemId: 'fs-1',
          rootDirectory: '/',
          transitEncryption: 'DISABLED',
        },
      },
      { name: 'local', dockerVolumeConfiguration: { driver: 'local', scope: 'task' } },
      { name: 'bind', host: { sourcePath: '/data' } },
      { name: 'later', configuredAtLaunch: true },
    ])
  })

  it('keeps what the API knows and drops what it does not, null included', () => {
    const stored = register(
      createAccount(),
      definition(
        { colour: 'red', pidMode: null },
        { command: null, shape: 'round', dockerLabels: { any: 'thing' } },
      ),
    )
    expect(stored).not.toHaveProperty('colour')
    expect(stored).not.toHaveProperty('pidMode')
    expect(stored.containerDefinitions[0]).not.toHaveProperty('command')
    expect(stored.containerDefinitions[0]).not.toHaveProperty('shape')
    expect(stored.containerDefinitions[0].dockerLabels).toEqual({ any: 'thing' })
  })

  it('does not share anything with the request', () => {
    const account = createAccount()
    const request = definition({}, { command: ['a'] })
    register(account, request)
    ;(request.containerDefinitions[0] as { command?: string[] }).command?.push('b')
    expect(findTaskDefinition(account.world, 'web')?.containerDefinitions?.[0]?.command).toEqual([
      'a',
    ])
  })

  it('loses the order of environment variables, the same way each time', () => {
    const environment = ['A', 'B', 'C', 'D', 'E', 'F', 'G', 'H'].map((name) => ({
      name,
      value: name,
    }))
    const stored = () =>
      register(createAccount(), definition({}, { environment })).containerDefinitions[0].environment
    expect(stored()).not.toEqual(environment)
    expect(stored()).toEqual(stored())
    expect(new Set(stored())).toEqual(new Set(environment))
  })

  it('says where a definition can run', () => {
    const places = (input: object) => register(createAccount(), input).compatibilities
    expect(places(definition({ networkMode: 'host' }))).toEqual(['EXTERNAL', 'EC2'])
    expect(places(fargate())).toEqual(['EC2', 'FARGATE', 'MANAGED_INSTANCES'])
    expect(places(definition({ networkMode: 'awsvpc' }))).toEqual(['EC2', 'MANAGED_INSTANCES'])
  })

  it('refuses a value of the wrong type', () => {
    const { refusal } = createAccount()
    expect(refusal('RegisterTaskDefinition', definition({}, { memory: '128' }))).toBe(
      'SerializationException: STRING_VALUE can not be converted to Integer',
    )
    expect(refusal('RegisterTaskDefinition', definition({ cpu: 256 }))).toBe(
      'SerializationException: NUMBER_VALUE can not be converted to String',
    )
    expect(refusal('RegisterTaskDefinition', { family: 'web', containerDefinitions: {} })).toBe(
      'SerializationException: STRUCTURE_VALUE can not be converted to list',
    )
  })
})

describe('requiresAttributes', () => {
  it('follows what the definition uses', () => {
    const names = requirements(
      definition(
        { networkMode: 'awsvpc', taskRoleArn: ROLE, executionRoleArn: ROLE },
        {
          image: '123456789012.dkr.ecr.eu-central-1.amazonaws.com/app:1',
          logConfiguration: {
            logDriver: 'awslogs',
            options: { 'awslogs-region': 'x', 'awslogs-group': 'y' },
          },
          secrets: [
            { name: 'A', valueFrom: 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:a' },
            { name: 'B', valueFrom: '/app/b' },
          ],
          healthCheck: { command: ['CMD-SHELL', 'true'] },
        },
      ),
    )
    expect(names).toEqual([
      'com.amazonaws.ecs.capability.docker-remote-api.1.18',
      'com.amazonaws.ecs.capability.docker-remote-api.1.19',
      'com.amazonaws.ecs.capability.docker-remote-api.1.24',
      'com.amazonaws.ecs.capability.ecr-auth',
      'com.amazonaws.ecs.capability.logging-driver.awslogs',
      'com.amazonaws.ecs.capability.task-iam-role',
      'ecs.capability.container-health-check',
      'ecs.capability.execution-role-awslogs',
      'ecs.capability.execution-role-ecr-pull',
      'ecs.capability.secrets.asm.environment-variables',
      'ecs.capability.secrets.ssm.environment-variables',
      'ecs.capability.task-eni',
    ])
    expect(AGENT_ATTRIBUTES).toEqual(expect.arrayContaining(names))
  })
})

describe('revisions', () => {
  it('counts up and never reuses a number', () => {
    const account = createAccount()
    register(account, definition())
    register(account, definition())
    account.call('DeregisterTaskDefinition', { taskDefinition: 'web:2' })
    account.call('DeleteTaskDefinitions', { taskDefinitions: ['web:2'] })
    account.now += 3_600_000
    expect(account.refusal('DescribeTaskDefinition', { taskDefinition: 'web:2' })).toBe(
      'ClientException: Unable to describe task definition.',
    )
    expect(register(account, definition()).revision).toBe(3)
  })

  it('are found by family, number and ARN', () => {
    const account = createAccount()
    register(account, definition())
    register(account, definition())
    const described = (taskDefinition: string) =>
      account.call('DescribeTaskDefinition', { taskDefinition }).taskDefinition.revision
    expect(described('web')).toBe(2)
    expect(described('web:1')).toBe(1)
    expect(described(`${PREFIX}/web:2`)).toBe(2)
    for (const unknown of [
      'web:3',
      'web:0',
      'web:01',
      'other',
      'web:1:2',
      `${PREFIX.replace('eu', 'us')}/web:1`,
      '',
    ]) {
      expect(account.refusal('DescribeTaskDefinition', { taskDefinition: unknown })).toBe(
        'ClientException: Unable to describe task definition.',
      )
    }
  })

  it('are described when INACTIVE by number, but not by family', () => {
    const account = createAccount()
    register(account, definition())
    account.now += 1000
    const inactive = account.call('DeregisterTaskDefinition', {
      taskDefinition: 'web:1',
    }).taskDefinition
    expect(inactive).toMatchObject({ status: 'INACTIVE', deregisteredAt: new Date(START + 1000) })
    account.now += 1000
    expect(
      account.call('DeregisterTaskDefinition', { taskDefinition: 'web:1' }).taskDefinition,
    ).toEqual(inactive)
    expect(
      account.call('DescribeTaskDefinition', { taskDefinition: 'web:1' }).taskDefinition,
    ).toEqual(inactive)
    expect(account.refusal('DescribeTaskDefinition', { taskDefinition: 'web' })).toMatch(
      /^ClientException: Unable to describe/,
    )
  })

  it('are deregistered one by one only', () => {
    const account = createAccount()
    expect(account.refusal('DeregisterTaskDefinition', { taskDefinition: 'web:1' })).toBe(
      'ClientException: The specified task definition does not exist. Specify a valid account, family, revision and try again.',
    )
    expect(account.refusal('DeregisterTaskDefinition', { taskDefinition: 'web' })).toMatch(
      /^ClientException: Invalid revision number/,
    )
  })

  it('are deleted only once INACTIVE, at most ten at a time', () => {
    const account = createAccount()
    register(account, definition())
    register(account, definition())
    account.call('DeregisterTaskDefinition', { taskDefinition: 'web:1' })
    const { taskDefinitions, failures } = account.call('DeleteTaskDefinitions', {
      taskDefinitions: ['web:1', 'web:2', 'web:9'],
    })
    expect(taskDefinitions).toMatchObject([
      { revision: 1, status: 'DELETE_IN_PROGRESS', deleteRequestedAt: new Date(START) },
    ])
    expect(failures).toMatchObject([{ arn: `${PREFIX}/web:2` }, { arn: `${PREFIX}/web:9` }])
    expect(failures[0].reason).toMatch(/still in ACTIVE status/)
    expect(
      account.refusal('DeleteTaskDefinitions', { taskDefinitions: Array(11).fill('web:1') }),
    ).toMatch(/^InvalidParameterException/)
  })

  it('that tasks still use stay in sight while they are being deleted', () => {
    const account = createAccount()
    const { taskDefinitionArn } = register(account, definition())
    account.world.tasks.set('t', taskRecord({ taskDefinitionArn, lastStatus: 'RUNNING' }))
    account.call('DeregisterTaskDefinition', { taskDefinition: 'web:1' })
    account.call('DeleteTaskDefinitions', { taskDefinitions: ['web:1'] })
    account.now += 3_600_000
    const status = () =>
      account.call('DescribeTaskDefinition', { taskDefinition: 'web:1' }).taskDefinition.status
    expect(status()).toBe('DELETE_IN_PROGRESS')
    account.world.tasks.clear()
    expect(status).toThrow('Unable to describe')
  })
})
