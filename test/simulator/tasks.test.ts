/** The life of tasks: start-up, labels, stop codes, dependencies, load balancers, and the task operations. */
import type { Task } from '@aws-sdk/client-ecs'
import { describe, expect, it } from 'vitest'
import { onFargate, type Story, start, story } from './story.ts'

/** Runs one task of family `web`. */
function run(teller: Story, input: Record<string, unknown> = onFargate): Task {
  return teller.ecs('RunTask', { cluster: 'shop', taskDefinition: 'web', ...input }).tasks[0]
}

function look(teller: Story, task: Task): Task {
  return teller.ecs('DescribeTasks', { cluster: 'shop', tasks: [task.taskArn] }).tasks[0]
}

/** Walks on second by second; the distinct statuses that the task shows. */
function statuses(teller: Story, task: Task, seconds: number): string[] {
  const seen = [task.lastStatus ?? '']
  for (let i = 0; i < seconds; i++) {
    teller.after(1)
    const { lastStatus = '' } = look(teller, task)
    if (seen.at(-1) !== lastStatus) seen.push(lastStatus)
  }
  return seen
}

const seconds = (from: Date | undefined, to: Date | undefined) =>
  ((to?.getTime() ?? Number.NaN) - (from?.getTime() ?? 0)) / 1000

describe('a task', () => {
  it('on Fargate goes through its states, and starts within 20 to 40 s', () => {
    const teller = story()
    teller.fargate()
    const task = run(teller)
    expect(task).toMatchObject({
      lastStatus: 'PROVISIONING',
      desiredStatus: 'RUNNING',
      launchType: 'FARGATE',
      platformVersion: '1.4.0',
      group: 'family:web',
      cpu: '256',
      memory: '512',
      version: 1,
      tags: [],
      overrides: { containerOverrides: [{ name: 'app' }], inferenceAcceleratorOverrides: [] },
      attachments: [{ type: 'ElasticNetworkInterface', status: 'PRECREATED' }],
      containers: [{ name: 'app', image: 'nginx:1.27', lastStatus: 'PENDING' }],
    })
    expect(statuses(teller, task, 60)).toEqual(['PROVISIONING', 'PENDING', 'RUNNING'])
    const running = look(teller, task)
    expect(seconds(running.createdAt, running.startedAt)).toBeGreaterThanOrEqual(20)
    expect(seconds(running.createdAt, running.startedAt)).toBeLessThanOrEqual(40)
    expect(running.attachments?.[0]).toMatchObject({ status: 'ATTACHED' })
    expect(running.containers?.[0]).toMatchObject({
      lastStatus: 'RUNNING',
      imageDigest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
      networkInterfaces: [{ privateIpv4Address: expect.stringMatching(/^172\.31\./) }],
    })
    teller.ecs('StopTask', { cluster: 'shop', task: task.taskArn, reason: 'enough' })
    expect(look(teller, task)).toMatchObject({ lastStatus: 'RUNNING', desiredStatus: 'STOPPED' })
    expect(statuses(teller, look(teller, task), 30)).toEqual([
      'RUNNING',
      'STOPPING',
      'DEPROVISIONING',
      'STOPPED',
    ])
    const stopped = look(teller, task)
    expect(stopped).toMatchObject({ stopCode: 'UserInitiated', stoppedReason: 'enough' })
    expect(stopped.containers?.[0]).toMatchObject({ lastStatus: 'STOPPED', exitCode: 0 })
    expect(stopped.version).toBeGreaterThan(running.version ?? 0)
    expect(seconds(stopped.stoppingAt, stopped.executionStoppedAt)).toBeLessThan(3)
  })

  it('on an instance starts within 2 to 8 s, with its ports bound', () => {
    const teller = story({ containerInstances: [{ cluster: 'shop', count: 1 }] })
    teller.revision({ portMappings: [{ containerPort: 80 }] })
    const task = run(teller, {})
    expect(statuses(teller, task, 10)).toEqual(['PENDING', 'RUNNING'])
    const running = look(teller, task)
    expect(seconds(running.createdAt, running.startedAt)).toBeGreaterThanOrEqual(2)
    expect(running.containers?.[0]?.networkBindings).toMatchObject([
      { bindIP: '0.0.0.0', containerPort: 80, hostPort: 32768, protocol: 'tcp' },
    ])
  })

  it('starts faster or slower by the scale that was asked for', () => {
    const teller = story({ coldStartScale: 0.1 })
    teller.fargate()
    const task = run(teller)
    teller.after(5)
    expect(look(teller, task).lastStatus).toBe('RUNNING')
  })

  it('can be described for an hour after its end, and is MISSING then', () => {
    const teller = story()
    teller.fargate('exit 0 after 1s')
    const task = run(teller)
    teller.after(3500)
    expect(look(teller, task).lastStatus).toBe('STOPPED')
    teller.after(300)
    const input = { cluster: 'shop', tasks: [task.taskArn] }
    expect(teller.ecs('DescribeTasks', input).failures).toEqual([
      { arn: task.taskArn, reason: 'MISSING' },
    ])
  })

  it('that ignores SIGTERM is killed after its stopTimeout', () => {
    const teller = story()
    teller.fargate('ignores stop', { stopTimeout: 20 })
    const task = run(teller)
    teller.after(60)
    teller.ecs('StopTask', { cluster: 'shop', task: task.taskArn })
    teller.after(15)
    expect(look(teller, task).lastStatus).toBe('STOPPING')
    teller.after(20)
    expect(look(teller, task)).toMatchObject({
      lastStatus: 'STOPPED',
      stoppedReason: 'Task stopped by user',
      containers: [{ exitCode: 137 }],
    })
  })
})

describe('the label', () => {
  const ended = (label: string, after = 120) => {
    const teller = story()
    teller.fargate(label)
    const task = run(teller)
    teller.after(after)
    return look(teller, task)
  }

  it('"exit 3 after 5s" exits so', () => {
    const task = ended('exit 3 after 5s')
    expect(task).toMatchObject({
      lastStatus: 'STOPPED',
      stopCode: 'EssentialContainerExited',
      stoppedReason: 'Essential container in task exited',
      containers: [{ exitCode: 3 }],
    })
    expect(seconds(task.startedAt, task.executionStoppedAt)).toBe(5)
  })

  it('"oom after 1m" is killed for its memory', () => {
    const task = ended('oom after 1m')
    expect(task).toMatchObject({ stopCode: 'EssentialContainerExited' })
    expect(task.containers).toMatchObject([
      { exitCode: 137, reason: 'OutOfMemoryError: Container killed due to memory usage' },
    ])
  })

  it('"cannot pull" never starts and has no exit code', () => {
    const task = ended('cannot pull')
    expect(task).toMatchObject({
      lastStatus: 'STOPPED',
      stopCode: 'TaskFailedToStart',
      stoppedReason: expect.stringMatching(/^CannotPullContainerError: .*nginx:1\.27/),
    })
    expect(task).not.toHaveProperty('startedAt')
    expect(task.containers?.[0]).not.toHaveProperty('exitCode')
    expect(task.containers?.[0]?.reason).toMatch(/^CannotPullContainerError/)
  })

  it.each(['never ready', 'unhealthy after 40s'])('"%s" runs, and is UNHEALTHY', (label) => {
    expect(ended(label, 200)).toMatchObject({ lastStatus: 'RUNNING', healthStatus: 'UNHEALTHY' })
  })

  it('that is not understood keeps the container from starting, and says so', () => {
    expect(ended('exti 1')).toMatchObject({
      stopCode: 'TaskFailedToStart',
      stoppedReason: expect.stringContaining('exti 1'),
    })
  })
})

describe('containers of one task', () => {
  const pair = (first: object, second: object) => {
    const teller = story()
    const image = 'busybox'
    teller.ecs('RegisterTaskDefinition', {
      family: 'web',
      networkMode: 'awsvpc',
      requiresCompatibilities: ['FARGATE'],
      cpu: '256',
      memory: '512',
      containerDefinitions: [
        { name: 'app', image, ...first },
        { name: 'side', image, essential: false, ...second },
      ],
    })
    const task = run(teller)
    const at = (after: number) => {
      teller.after(after)
      return look(teller, task)
    }
    return { teller, task, at }
  }
  const label = (simulate: string) => ({ dockerLabels: { 'fairlead.dev/simulate': simulate } })

  it('may end without the task when they are not essential', () => {
    const { at } = pair({}, label('exit 1 after 1s'))
    expect(at(60)).toMatchObject({
      lastStatus: 'RUNNING',
      containers: [{ lastStatus: 'RUNNING' }, { lastStatus: 'STOPPED', exitCode: 1 }],
    })
  })

  it('wait for the success of what they depend on', () => {
    const dependsOn = [{ containerName: 'side', condition: 'SUCCESS' }]
    const { at, task, teller } = pair({ dependsOn }, label('exit 0 after 30s'))
    expect(at(45)).toMatchObject({
      lastStatus: 'PENDING',
      containers: [{ lastStatus: 'PENDING' }, { lastStatus: 'RUNNING' }],
    })
    teller.after(60)
    expect(look(teller, task)).toMatchObject({
      lastStatus: 'RUNNING',
      containers: [{ lastStatus: 'RUNNING' }, { lastStatus: 'STOPPED', exitCode: 0 }],
    })
  })

  it('never start when what they depend on fails', () => {
    const dependsOn = [{ containerName: 'side', condition: 'SUCCESS' }]
    const { at } = pair({ dependsOn }, label('exit 2'))
    expect(at(90)).toMatchObject({ lastStatus: 'STOPPED', stopCode: 'TaskFailedToStart' })
  })

  it('wait for health, but not for ever', () => {
    const dependsOn = [{ containerName: 'side', condition: 'HEALTHY' }]
    const healthCheck = { command: ['CMD', 'true'], interval: 10 }
    const good = pair({ dependsOn }, { healthCheck })
    expect(good.at(60)).toMatchObject({ lastStatus: 'RUNNING' })
    const bad = pair({ dependsOn }, { healthCheck, startTimeout: 60, ...label('never ready') })
    expect(bad.at(60)).toMatchObject({ lastStatus: 'PENDING' })
    expect(bad.at(90)).toMatchObject({ lastStatus: 'STOPPED', stopCode: 'TaskFailedToStart' })
  })

  it('restart in place by their policy', () => {
    const restartPolicy = { enabled: true, restartAttemptPeriod: 60 }
    const { at } = pair({ restartPolicy, ...label('exit 1 after 70s') }, {})
    expect(at(1000)).toMatchObject({ lastStatus: 'RUNNING' })
    const soon = pair({ restartPolicy, ...label('exit 1 after 50s') }, {})
    expect(soon.at(1000)).toMatchObject({ lastStatus: 'STOPPED' })
  })
})

describe('behind a load balancer', () => {
  const targetGroupArn =
    'arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/t/0123456789abcdef'
  const balanced = (simulate?: string, more: object = {}) => {
    const teller = story()
    teller.fargate(simulate, { portMappings: [{ containerPort: 80 }] })
    const loadBalancers = [{ targetGroupArn, containerName: 'app', containerPort: 80 }]
    teller.create({ ...onFargate, desiredCount: 1, loadBalancers, ...more })
    return teller
  }

  it('a task counts once its target is healthy, and drains before it stops', () => {
    const teller = balanced()
    teller.after(100)
    expect(teller.service()).toMatchObject({ healthCheckGracePeriodSeconds: 0, runningCount: 1 })
    expect(teller.service().deployments).toMatchObject([{ rolloutState: 'IN_PROGRESS' }])
    teller.after(120)
    expect(teller.service().deployments).toMatchObject([{ rolloutState: 'COMPLETED' }])
    teller.update({ desiredCount: 0 })
    teller.after(60)
    expect(teller.tasks('STOPPED')).toMatchObject([{ lastStatus: 'DEACTIVATING' }])
    teller.after(300)
    expect(teller.tasks('STOPPED')).toMatchObject([{ lastStatus: 'STOPPED' }])
    expect(teller.events()).toEqual(
      expect.arrayContaining([
        `registered 1 targets in (target-group ${targetGroupArn})`,
        `deregistered 1 targets in (target-group ${targetGroupArn})`,
      ]),
    )
  })

  it('a task whose target stays unhealthy is replaced, after the grace period', () => {
    const teller = balanced('never ready', { healthCheckGracePeriodSeconds: 200 })
    teller.after(200)
    expect(teller.tasks()).toHaveLength(1)
    // The replacement starts beside it, and only when that has failed as well is one of them stopped.
    teller.after(100)
    expect([teller.tasks().length, teller.tasks('STOPPED').length]).toEqual([2, 0])
    teller.after(200)
    expect(teller.tasks('STOPPED')[0]).toMatchObject({
      stopCode: 'ServiceSchedulerInitiated',
      stoppedReason: `Task failed ELB health checks in (target-group ${targetGroupArn})`,
    })
  })
})

describe('the task operations', () => {
  it('list running tasks unless told otherwise, by service, family, starter and status', () => {
    const teller = story()
    teller.fargate()
    teller.create(onFargate)
    run(teller, { ...onFargate, startedBy: 'me' })
    teller.after(60)
    const list = (input: object = {}) =>
      teller.ecs('ListTasks', { cluster: 'shop', ...input }).taskArns.length
    expect(list()).toBe(3)
    expect(list({ serviceName: 'web' })).toBe(2)
    expect(list({ startedBy: 'me' })).toBe(1)
    expect(list({ family: 'web' })).toBe(3)
    expect(list({ family: 'we' })).toBe(0)
    expect(list({ launchType: 'EC2' })).toBe(0)
    expect(list({ desiredStatus: 'STOPPED' })).toBe(0)
    expect(list({ maxResults: 2 })).toBe(2)
    expect(teller.refusal('ListTasks', { cluster: 'shop', serviceName: 'none' })).toMatch(
      /^ServiceNotFoundException/,
    )
  })

  it('propagate tags, and add those that ECS manages', () => {
    const teller = story()
    teller.fargate()
    const tags = [{ key: 'team', value: 'a' }]
    teller.create({ ...onFargate, tags, propagateTags: 'SERVICE', enableECSManagedTags: true })
    teller.after(30)
    const [task] = teller.tasks()
    const input = { cluster: 'shop', tasks: [task?.taskArn], include: ['TAGS'] }
    expect(teller.ecs('DescribeTasks', input).tasks[0].tags).toEqual(
      expect.arrayContaining([
        ...tags,
        { key: 'aws:ecs:serviceName', value: 'web' },
        { key: 'aws:ecs:clusterName', value: 'shop' },
      ]),
    )
    expect(task?.tags).toEqual([])
  })

  it('run a task once for one client token', () => {
    const teller = story()
    teller.fargate()
    const input = { ...onFargate, clientToken: 'one' }
    expect(run(teller, input).taskArn).toBe(run(teller, input).taskArn)
    expect(teller.sim.world().tasks.size).toBe(1)
  })

  it('take overrides', () => {
    const teller = story()
    teller.fargate()
    const overrides = {
      cpu: '512',
      memory: '1024',
      containerOverrides: [{ name: 'app', command: ['x'] }],
    }
    expect(run(teller, { ...onFargate, overrides })).toMatchObject({
      cpu: '512',
      memory: '1024',
      overrides: { containerOverrides: [{ name: 'app', command: ['x'] }] },
    })
  })

  it.each([
    ['RunTask', { taskDefinition: 'none' }, 'ClientException: TaskDefinition not found.'],
    ['RunTask', { count: 11 }, /^InvalidParameterException/],
    [
      'RunTask',
      { overrides: { containerOverrides: [{ name: 'x' }] } },
      /^InvalidParameterException/,
    ],
    ['StopTask', { task: 'x' }, 'InvalidParameterException: The referenced task was not found.'],
    ['DescribeTasks', { tasks: [] }, /^InvalidParameterException/],
  ])('%s refuses %j', (operation, input, message) => {
    const teller = story()
    teller.fargate()
    const base = operation === 'RunTask' ? { taskDefinition: 'web', ...onFargate } : {}
    const refusal = teller.refusal(operation, { cluster: 'shop', ...base, ...input })
    expect(refusal).toEqual(typeof message === 'string' ? message : expect.stringMatching(message))
  })

  it('starts nothing on a cluster that has no instances', () => {
    const teller = story()
    teller.revision()
    expect(teller.refusal('RunTask', { cluster: 'shop', taskDefinition: 'web' })).toBe(
      'InvalidParameterException: No Container Instances were found in your cluster.',
    )
    expect(teller.now()).toBe(start)
  })
})
