/** How tasks fail: what a rollout controller reads on the task, its containers, its target, and in the service's events. */
import type { Task } from '@aws-sdk/client-ecs'
import { describe, expect, it } from 'vitest'
import type { SimulatorOptions } from '../../src/simulator/index.ts'
import { onFargate, type Story, story } from './story.ts'
import { traffic } from './traffic-account.ts'

const breaker = {
  deploymentConfiguration: { deploymentCircuitBreaker: { enable: true, rollback: false } },
}

/** A service of one such task, after a while; its first stopped task. */
function failing(simulate: string | undefined): { teller: Story; task: Task | undefined } {
  const teller = story()
  teller.fargate(simulate)
  teller.create({ ...onFargate, ...breaker, desiredCount: 1 })
  teller.after(180)
  return { teller, task: teller.tasks('STOPPED')[0] }
}

describe('a stopped task', () => {
  it.each([
    ['exit 3 after 5s', 'EssentialContainerExited', { exitCode: 3 }],
    [
      'oom after 5s',
      'EssentialContainerExited',
      { exitCode: 137, reason: 'OutOfMemoryError: Container killed due to memory usage' },
    ],
    ['cannot pull', 'TaskFailedToStart', { reason: expect.stringMatching(/^CannotPull/) }],
  ])('says why: "%s"', (simulate, stopCode, container) => {
    const { task } = failing(simulate)
    expect(task).toMatchObject({ lastStatus: 'STOPPED', stopCode, containers: [container] })
    if (simulate === 'cannot pull') expect(task?.containers?.[0]?.exitCode).toBeUndefined()
    else expect(task?.stoppedReason).toBe('Essential container in task exited')
  })

  it('is listed and described for an hour', () => {
    const { teller, task } = failing('exit 1')
    teller.update({ desiredCount: 0 })
    teller.after(3300)
    const listed = () =>
      teller.ecs('ListTasks', { cluster: 'shop', desiredStatus: 'STOPPED' }).taskArns
    expect(listed()).toContain(task?.taskArn)
    teller.after(600)
    expect(listed()).not.toContain(task?.taskArn)
    expect(
      teller.ecs('DescribeTasks', { cluster: 'shop', tasks: [task?.taskArn] }).failures,
    ).toMatchObject([{ reason: 'MISSING' }])
  })
})

describe('a task that fails the checks of its target group', () => {
  function behind(simulate: string) {
    const teller = traffic()
    teller.fargate(simulate, { portMappings: [{ containerPort: 80 }] })
    const [{ advancedConfiguration: _, ...plain } = {}] = teller.loadBalancers as [
      Record<string, unknown>,
    ]
    teller.create({ ...onFargate, ...breaker, desiredCount: 1, loadBalancers: [plain] })
    return teller
  }

  it('answers with the wrong code, and is replaced for that', () => {
    const teller = behind('fails target health checks')
    const health = () =>
      teller.sim.call('elasticloadbalancing:DescribeTargetHealth', {
        TargetGroupArn: teller.groups.blue,
      }).TargetHealthDescriptions[0]?.TargetHealth
    for (let i = 0; i < 120 && !health(); i++) teller.after(1)
    teller.after(10)
    expect(health()).toMatchObject({ State: 'initial', Reason: 'Elb.InitialHealthChecking' })
    for (let i = 0; i < 120 && health()?.State !== 'unhealthy'; i++) teller.after(1)
    expect(health()).toEqual({
      State: 'unhealthy',
      Reason: 'Target.ResponseCodeMismatch',
      Description: 'Health checks failed with these codes: [502]',
    })
    teller.after(120)
    expect(teller.tasks('STOPPED')[0]).toMatchObject({
      stopCode: 'ServiceSchedulerInitiated',
      stoppedReason: `Task failed ELB health checks in (target-group ${teller.groups.blue})`,
      // The container itself is well.
      containers: [{ exitCode: 0, healthStatus: 'UNKNOWN' }],
    })
    const messages = (teller.service().events ?? []).map(({ message }) => message)
    expect(messages).toContainEqual(
      expect.stringMatching(
        /^\(service web, taskSet ecs-svc\/\d+\) has begun draining connections on 1 tasks\.$/,
      ),
    )
    expect(teller.events()).toContain(
      `(task T) (port 80) is unhealthy in (target-group ${teller.groups.blue}) due to (reason Health checks failed with these codes: [502]).`,
    )
    teller.after(600)
    expect(teller.service().deployments?.[0]).toMatchObject({ rolloutState: 'FAILED' })
  })

  it('may have served for a while before', () => {
    const teller = behind('fails target health checks after 5m')
    teller.after(200)
    expect(teller.service().deployments?.[0]).toMatchObject({ rolloutState: 'COMPLETED' })
    teller.after(200)
    expect(teller.tasks('STOPPED')[0]?.stoppedReason).toMatch(/^Task failed ELB health checks/)
  })
})

const executionRoleArn = 'arn:aws:iam::123456789012:role/execution'

/** A trust policy for one service. */
const trust = (Service: string) =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { Service }, Action: 'sts:AssumeRole' }],
  })

function createRole(teller: Story, service: string): void {
  teller.sim.call('iam:CreateRole', {
    RoleName: 'execution',
    AssumeRolePolicyDocument: trust(service),
  })
  teller.after(30)
}

/** A Fargate revision with the execution role. */
function register(teller: Story, container: Record<string, unknown> = {}): void {
  teller.revision(
    { memory: undefined, cpu: 0, ...container },
    {
      networkMode: 'awsvpc',
      requiresCompatibilities: ['FARGATE'],
      cpu: '256',
      memory: '512',
      executionRoleArn,
    },
  )
}

describe('what a task refers to', () => {
  const checks = { checksReferences: true }
  const first = (container: Record<string, unknown>, options: Partial<SimulatorOptions>) => {
    const teller = story(options)
    createRole(teller, 'ecs-tasks.amazonaws.com')
    register(teller, container)
    teller.create({ ...onFargate, ...breaker, desiredCount: 1 })
    teller.after(120)
    return teller.tasks('STOPPED')[0]
  }
  const secret = 'arn:aws:secretsmanager:us-east-1:123456789012:secret:db-AbCdEf'
  const secrets = (valueFrom: string) => ({ secrets: [{ name: 'PASSWORD', valueFrom }] })

  it.each([
    [
      `${secret}:password::`,
      `ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secret from asm: service call has been retried 1 time(s): failed to fetch secret ${secret} from secrets manager: ResourceNotFoundException: Secrets Manager can't find the specified secret.`,
    ],
    [
      '/shop/password',
      'ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secrets from ssm: service call has been retried 1 time(s): invalid parameters: /shop/password',
    ],
    [
      'arn:aws:ssm:us-east-1:123456789012:parameter/shop/password',
      expect.stringMatching(/invalid parameters: \/shop\/password$/),
    ],
  ])('keeps it from starting when it is not there: %s', (valueFrom, stoppedReason) => {
    expect(first(secrets(valueFrom), checks)).toMatchObject({
      stopCode: 'TaskFailedToStart',
      stoppedReason,
    })
    // Nothing is looked up unless that is asked for.
    expect(first(secrets(valueFrom), {})).toBeUndefined()
  })

  it('is found where it is', () => {
    const teller = story(checks)
    const { ARN } = teller.sim.call('secretsmanager:CreateSecret', {
      Name: 'db',
      SecretString: '{"password":"x"}',
    })
    teller.sim.call('ssm:PutParameter', { Name: '/shop/user', Value: 'x', Type: 'String' })
    teller.sim.call('logs:CreateLogGroup', { logGroupName: '/shop' })
    const elsewhere = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:db-AbCdEf'
    createRole(teller, 'ecs-tasks.amazonaws.com')
    register(teller, {
      logConfiguration: {
        logDriver: 'awslogs',
        options: { 'awslogs-group': '/shop', 'awslogs-region': 'us-east-1' },
      },
      secrets: [
        { name: 'A', valueFrom: `${ARN}:password::` },
        { name: 'B', valueFrom: ARN.slice(0, -7) },
        { name: 'C', valueFrom: '/shop/user' },
        { name: 'D', valueFrom: 'arn:aws:ssm:us-east-1:123456789012:parameter/shop/user' },
        { name: 'E', valueFrom: elsewhere },
      ],
    })
    teller.create({ ...onFargate, desiredCount: 1 })
    teller.after(60)
    expect(teller.service()).toMatchObject({ runningCount: 1 })
    teller.sim.call('secretsmanager:DeleteSecret', { SecretId: 'db' })
    teller.update({ forceNewDeployment: true })
    teller.after(60)
    expect(teller.tasks('STOPPED')[0]?.stoppedReason).toContain(`failed to fetch secret ${ARN} `)
  })

  it('may be a log group', () => {
    const options = { 'awslogs-group': '/shop', 'awslogs-region': 'us-east-1' }
    const logs = (more: object) => ({
      logConfiguration: { logDriver: 'awslogs', options: { ...options, ...more } },
    })
    expect(first(logs({}), checks)?.stoppedReason).toMatch(
      /^ResourceInitializationError: failed to validate logger args: .*The specified log group does not exist\./,
    )
    const made = { 'awslogs-create-group': 'true', 'awslogs-stream-prefix': 'web' }
    expect(first(logs(made), checks)).toBeUndefined()
  })

  it('may be a role, without which there is no task at all', () => {
    const teller = story(checks)
    teller.fargate()
    teller.create({ ...onFargate, ...breaker, desiredCount: 1 })
    teller.after(120)
    register(teller)
    const error = `ECS was unable to assume the role '${executionRoleArn}' that was provided for this task. Please verify that the role being passed has the proper trust relationship and permissions and that your IAM user has permissions to pass this role.`
    teller.update({ taskDefinition: 'web' })
    teller.after(120)
    expect(teller.events().filter((text) => /assume/.test(text))).toEqual([
      `failed to launch a task with (error ${error}).`,
    ])
    expect(teller.service().deployments?.[0]).toMatchObject({ pendingCount: 0, failedTasks: 2 })
    const run = { cluster: 'shop', taskDefinition: 'web', ...onFargate }
    expect(teller.refusal('RunTask', run)).toBe(`ClientException: ${error}`)
    createRole(teller, 'ec2.amazonaws.com')
    expect(teller.refusal('RunTask', run)).toBe(`ClientException: ${error}`)
    teller.sim.call('iam:UpdateAssumeRolePolicy', {
      RoleName: 'execution',
      PolicyDocument: trust('ecs-tasks.amazonaws.com'),
    })
    teller.after(180)
    expect(teller.service().deployments).toMatchObject([{ rolloutState: 'COMPLETED' }])
    expect(teller.ecs('RunTask', run).tasks).toHaveLength(1)
  })
})
