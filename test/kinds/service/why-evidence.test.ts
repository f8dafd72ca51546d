/** Promise: explaining costs few reads, what was learnt outlives AWS's memory, and nothing that cannot be read hurts. */
import type { ContainerInstance, Service, Task } from '@aws-sdk/client-ecs'
import { expect, test } from 'vitest'
import { AwsFailure } from '../../../src/errors.ts'
import type { ObserveContext, Read } from '../../../src/kind.ts'
import { evidenceOf } from '../../../src/kinds/service/why/evidence.ts'
import { isSuspect } from '../../../src/kinds/service/why/suspects.ts'
import type { FailureClass, Operation } from '../../../src/model.ts'
import { definition, minute, startedMs } from './why-support.ts'

const arn = (path: string) => `arn:aws:ecs:eu-central-1:123456789012:${path}`
const clusterArn = arn('cluster/shop')
const [bad, good] = [arn('task-definition/web:4'), arn('task-definition/web:3')]
const key = 'default/Service/web'

interface Account {
  now: number
  tasks: Task[]
  instances: ContainerInstance[]
  deployment: Record<string, unknown>
  /** Operations that fail, and how. */
  refused: Partial<Record<Operation, FailureClass>>
  log: string[]
}

/** What AWS answers, and what it was asked. */
function account(more: Partial<Account> = {}) {
  const state: Account = {
    now: startedMs + minute,
    tasks: [],
    instances: [],
    refused: {},
    log: [],
    deployment: { status: 'IN_PROGRESS' },
    ...more,
  }
  const reads: Operation[] = []
  const described: string[] = []
  const answers: Record<string, (input: never) => unknown> = {
    'ecs:ListServiceDeployments': () => ({
      serviceDeployments: [{ serviceDeploymentArn: arn('service-deployment/shop/web/2') }],
    }),
    'ecs:DescribeServiceDeployments': () => ({
      serviceDeployments: [
        {
          serviceDeploymentArn: arn('service-deployment/shop/web/2'),
          createdAt: new Date(startedMs),
          targetServiceRevision: { arn: 'revision-2' },
          sourceServiceRevisions: [{ arn: 'revision-1', runningTaskCount: 2 }],
          ...state.deployment,
        },
      ],
    }),
    'ecs:DescribeServiceRevisions': () => ({
      serviceRevisions: [
        { serviceRevisionArn: 'revision-1', taskDefinition: good, platformVersion: '1.4.0' },
        { serviceRevisionArn: 'revision-2', taskDefinition: bad, platformVersion: '1.3.0' },
      ],
    }),
    'ecs:ListTasks': () => ({ taskArns: state.tasks.map(({ taskArn }) => taskArn) }),
    'ecs:DescribeTasks': ({ tasks }: { tasks: string[] }) => {
      described.push(...tasks)
      return { tasks: state.tasks.filter(({ taskArn = '' }) => tasks.includes(taskArn)) }
    },
    'ecs:DescribeTaskDefinition': ({ taskDefinition }: { taskDefinition: string }) => ({
      taskDefinition: { ...definition, taskDefinitionArn: taskDefinition },
    }),
    'ecs:ListContainerInstances': () => ({ containerInstanceArns: ['one'] }),
    'ecs:DescribeContainerInstances': () => ({ containerInstances: state.instances }),
    'logs:GetLogEvents': () => ({ events: state.log.map((message) => ({ message })) }),
  }
  const read = (async (operation: Operation, input: never) => {
    reads.push(operation)
    const refused = state.refused[operation]
    if (refused) throw new AwsFailure(operation, refused, 'Refused', 'refused')
    const answer = answers[operation]
    if (!answer) throw new Error(`${operation} was not to be read`)
    return answer(input)
  }) as Read
  const memory = new Map<string, unknown>()
  return {
    state,
    reads,
    described,
    async look(...services: Service[]) {
      reads.length = 0
      described.length = 0
      const context = { read, memory, now: state.now } as unknown as ObserveContext
      const suspects = (services.length > 0 ? services : [service()]).map((one) => ({
        key: `default/Service/${one.serviceName}`,
        clusterArn,
        serviceArn: one.serviceArn ?? '',
        serviceName: one.serviceName ?? '',
        service: one,
      }))
      return evidenceOf(context, suspects)
    },
  }
}

const service = (more: Partial<Service> = {}, name = 'web'): Service => ({
  clusterArn,
  serviceArn: arn(`service/shop/${name}`),
  serviceName: name,
  status: 'ACTIVE',
  desiredCount: 2,
  runningCount: 0,
  pendingCount: 0,
  launchType: 'EC2',
  deployments: [
    {
      id: 'ecs-svc/2',
      status: 'PRIMARY',
      rolloutState: 'IN_PROGRESS',
      taskDefinition: bad,
      failedTasks: 1,
      createdAt: new Date(startedMs),
    },
  ],
  ...more,
})

const task = (id: string, more: Partial<Task> = {}): Task => ({
  taskArn: arn(`task/shop/${id}`),
  taskDefinitionArn: bad,
  startedBy: 'ecs-svc/2',
  createdAt: new Date(startedMs + 1_000),
  stoppedAt: new Date(startedMs + 5_000),
  lastStatus: 'STOPPED',
  desiredStatus: 'STOPPED',
  stopCode: 'EssentialContainerExited',
  stoppedReason: 'Essential container in task exited',
  containers: [{ name: 'web', exitCode: 1 }],
  ...more,
})

test('each task is described once, and those of other deployments are not counted', async () => {
  const one = account({ tasks: [task('a'), task('old', { startedBy: 'ecs-svc/1' })] })
  expect((await one.look()).get(key)?.tasks.map(({ id }) => id)).toEqual(['a'])
  expect(one.described).toHaveLength(2)
  one.state.tasks.push(task('b'))
  const found = await one.look()
  expect(one.described).toEqual([arn('task/shop/b')])
  expect(
    found
      .get(key)
      ?.tasks.map(({ id }) => id)
      .sort(),
  ).toEqual(['a', 'b'])
  await one.look()
  expect(one.reads).not.toContain('ecs:DescribeTasks')
})

test('a task that is still stopping is looked at again, since its exit code is to come', async () => {
  const one = account({
    tasks: [task('a', { lastStatus: 'STOPPING', containers: [{ name: 'web' }] })],
  })
  expect((await one.look()).get(key)?.tasks).toEqual([])
  one.state.tasks = [task('a')]
  expect((await one.look()).get(key)?.tasks).toMatchObject([{ containers: [{ exitCode: 1 }] }])
})

test('once it has ended nothing is read any more, and what AWS forgets is still known', async () => {
  const one = account({ tasks: [task('a')] })
  await one.look()
  one.state.deployment = { status: 'ROLLBACK_SUCCESSFUL', finishedAt: new Date(startedMs + 30_000) }
  const back = service({
    deployments: [
      { id: 'ecs-svc/1', status: 'PRIMARY', rolloutState: 'COMPLETED', taskDefinition: good },
    ],
  })
  await one.look(back)
  one.state.tasks = []
  one.state.now += 3 * 60 * minute
  expect((await one.look(back)).get(key)?.tasks).toHaveLength(1)
  expect(one.reads).toEqual([])
})

test('after a rollback the tasks are found by what they ran, and when', async () => {
  const one = account({
    tasks: [
      task('late', { createdAt: new Date(startedMs + 60_000) }),
      task('before', { createdAt: new Date(startedMs - 1) }),
      task('good', { taskDefinitionArn: good }),
      task('own'),
    ],
    deployment: { status: 'ROLLBACK_SUCCESSFUL', finishedAt: new Date(startedMs + 30_000) },
  })
  const back = service({
    deployments: [
      { id: 'ecs-svc/1', status: 'PRIMARY', rolloutState: 'COMPLETED', taskDefinition: good },
    ],
  })
  const evidence = (await one.look(back)).get(key)
  expect(evidence?.tasks.map(({ id }) => id)).toEqual(['own'])
  expect(evidence?.failing).toMatchObject({
    definition: bad,
    previous: good,
    changed: [{ path: 'platformVersion', from: '1.4.0', to: '1.3.0' }],
  })
})

test('a fleet that fails is looked into five at a time, in turn', async () => {
  const one = account()
  const fleet = Array.from({ length: 7 }, (_, n) => service({}, `web-${n}`))
  const first = await one.look(...fleet)
  expect(first.size).toBe(5)
  expect(one.reads.filter((operation) => operation === 'ecs:ListTasks')).toHaveLength(5)
  one.state.now += 1_000
  expect((await one.look(...fleet)).size).toBe(7)
})

test('what may not be read is said, not asked for again at once, and hurts nothing else', async () => {
  const one = account({ tasks: [task('a')], refused: { 'ecs:ListTasks': 'denied' } })
  const said = 'stopped tasks could not be read: needs ecs:ListTasks'
  expect((await one.look()).get(key)).toMatchObject({
    unread: [said],
    definition: { executionRoleArn: expect.any(String) },
  })
  expect((await one.look()).get(key)?.unread).toEqual([said])
  expect(one.reads).not.toContain('ecs:ListTasks')
  one.state.refused = {}
  one.state.now += 31 * minute
  expect((await one.look()).get(key)).toMatchObject({ unread: [], tasks: [{ id: 'a' }] })
})

test('an endpoint that knows nothing of service deployments is explained by its own list', async () => {
  const one = account({
    tasks: [task('a')],
    refused: {
      'ecs:ListServiceDeployments': 'unsupported',
      'ecs:DescribeServiceDeployments': 'unsupported',
      'ecs:DescribeServiceRevisions': 'unsupported',
    },
  })
  const old = { id: 'ecs-svc/1', status: 'ACTIVE', taskDefinition: good }
  const evidence = (
    await one.look(service({ deployments: [...(service().deployments ?? []), old] }))
  ).get(key)
  expect(evidence).toMatchObject({
    failing: { id: 'ecs-svc/2', definition: bad, previous: good },
    tasks: [{ id: 'a' }],
    unread: [],
  })
})

test('instances are asked for where a task found none, once a minute', async () => {
  const instance = {
    containerInstanceArn: 'one',
    ec2InstanceId: 'i-1',
    status: 'ACTIVE',
    agentConnected: true,
    remainingResources: [
      { name: 'CPU', integerValue: 1024 },
      { name: 'MEMORY', integerValue: 100 },
      { name: 'PORTS', stringSetValue: ['22', '80'] },
    ],
    attributes: [{ name: 'ecs.instance-type', value: 't3.small' }],
  }
  const one = account({ instances: [instance] })
  const events = [
    {
      id: '1',
      createdAt: new Date(startedMs + 1_000),
      message:
        '(service web) was unable to place a task because no container instance met all of its requirements.',
    },
  ]
  expect((await one.look(service({ events }))).get(key)?.instances).toMatchObject([
    { name: 'i-1', type: 't3.small', cpu: 1024, memory: 100, ports: ['22', '80'] },
  ])
  await one.look(service({ events }))
  expect(one.reads).not.toContain('ecs:DescribeContainerInstances')
  await one.look(service({ events: [] }), service({ events, launchType: 'FARGATE' }, 'api'))
  expect(one.reads).not.toContain('ecs:ListContainerInstances')
})

test('log lines are read once, kept to a screen, and keep secrets', async () => {
  const logConfiguration = {
    logDriver: 'awslogs' as const,
    options: { 'awslogs-group': '/ecs/web', 'awslogs-stream-prefix': 'p' },
  }
  const [web] = definition.containerDefinitions ?? []
  const one = account({
    tasks: [task('a')],
    log: [
      '\u001b[31mred\u001b[0m',
      '',
      'DB_PASSWORD=hunter2 ok',
      '{"token": "abc"}',
      'x'.repeat(300),
    ],
  })
  const before = definition.containerDefinitions
  definition.containerDefinitions = [{ ...web, logConfiguration }]
  try {
    const [log] = (await one.look()).get(key)?.logs ?? []
    expect(log).toMatchObject({ container: 'web', task: 'a' })
    expect(log?.lines.slice(0, 3)).toEqual([
      'red',
      'DB_PASSWORD=(hidden) ok',
      expect.stringMatching(/^\{"token": .?\(hidden\)/),
    ])
    expect(log?.lines[3]).toHaveLength(160)
    one.state.tasks.push(task('b'))
    await one.look()
    expect(one.reads).not.toContain('logs:GetLogEvents')
  } finally {
    if (before) definition.containerDefinitions = before
  }
})

test('only what fails, or waits for long, is looked into', () => {
  const suspect = (more: Partial<Service>, afterMs = minute) =>
    isSuspect(service(more), {}, startedMs + afterMs)
  const [primary] = service().deployments ?? []
  const rolling = {
    deployments: [{ ...primary, failedTasks: 0, runningCount: 0, pendingCount: 2 }],
  }
  const whole = { deployments: [{ ...primary, failedTasks: 0, runningCount: 2, pendingCount: 0 }] }
  expect(suspect({})).toBe(true)
  expect(suspect(rolling)).toBe(false)
  expect(suspect(rolling, 3 * minute)).toBe(true)
  expect(suspect(whole, 60 * minute)).toBe(false)
  const done = { deployments: [{ ...primary, rolloutState: 'COMPLETED' as const }] }
  expect(suspect({ ...done, runningCount: 2 })).toBe(false)
  expect(suspect({ ...done, runningCount: 1 })).toBe(true)
  expect(suspect({ deployments: [{ ...primary, rolloutState: 'FAILED' as const }] })).toBe(true)
  expect(suspect({ status: 'DRAINING' })).toBe(false)
  const message = '(service web) was unable to place a task because of something'
  expect(suspect({ ...rolling, events: [{ createdAt: new Date(startedMs), message }] })).toBe(true)
  expect(suspect({ ...rolling, events: [{ createdAt: new Date(startedMs - 1), message }] })).toBe(
    false,
  )
})
