/** IAM, SSM, ECR, load balancing, Scheduler, secrets and logs by way of their real clients: one story, told twice. */
import * as logs from '@aws-sdk/client-cloudwatch-logs'
import * as ecr from '@aws-sdk/client-ecr'
import * as ecs from '@aws-sdk/client-ecs'
import * as elb from '@aws-sdk/client-elastic-load-balancing-v2'
import * as iam from '@aws-sdk/client-iam'
import * as scheduler from '@aws-sdk/client-scheduler'
import * as secrets from '@aws-sdk/client-secrets-manager'
import * as ssm from '@aws-sdk/client-ssm'
import { expect, it } from 'vitest'
import { createSimulator, type Simulator } from '../../src/simulator/index.ts'
import { createWire, type Wire } from '../../src/simulator/wire/handle.ts'
import { clientConfig } from './client.ts'

const region = 'eu-west-1'
const account = '123456789012'
const minute = 60_000
const trust = (service: string) =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { Service: service }, Action: 'sts:AssumeRole' }],
  })
const RoleName = 'schedules'
const PolicyArn = 'arn:aws:iam::aws:policy/service-role/AmazonEC2ContainerServiceEventsRole'
const web = { repositoryName: 'shop/web' }
const vpc = 'vpc-0defa000000000000'
const subnets = ['subnet-0defa00000000000a', 'subnet-0defa00000000000b']
const schedule = {
  Name: 'a.job',
  GroupName: 'night',
  ClientToken: 'token',
  ScheduleExpression: 'cron(0 3 * * ? *)',
  ScheduleExpressionTimezone: 'Europe/Berlin',
  StartDate: new Date('2026-04-01T00:00:00Z'),
  FlexibleTimeWindow: { Mode: 'OFF' },
  Target: {
    Arn: `arn:aws:ecs:${region}:${account}:cluster/shop`,
    RoleArn: `arn:aws:iam::${account}:role/${RoleName}`,
    Input: '{"containerOverrides":[]}',
    EcsParameters: {
      TaskDefinitionArn: `arn:aws:ecs:${region}:${account}:task-definition/job:1`,
      LaunchType: 'FARGATE',
      Tags: [{ Key: 'a', Value: 'b' }],
      NetworkConfiguration: { awsvpcConfiguration: { Subnets: subnets } },
    },
  },
}
const group = { ResourceArn: `arn:aws:scheduler:${region}:${account}:schedule-group/night` }

type Step = readonly [
  operation: string,
  input: Record<string, unknown> | ((told: readonly Told[]) => Record<string, unknown>),
  thenMs?: number,
]
// biome-ignore lint/suspicious/noExplicitAny: answers have the shape that the operation gives them
type Told = { answer: any } | { code: string; message: string }

/** A member of what an earlier step was answered. */
// biome-ignore lint/suspicious/noExplicitAny: answers have the shape that the operation gives them
function of(told: readonly Told[], operation: string, pick: (answer: any) => unknown): unknown {
  const index = story.findIndex(([name]) => name === operation)
  const step = told[index]
  return step && 'answer' in step ? pick(step.answer) : undefined
}
const groupArn = (told: readonly Told[]) =>
  of(told, 'elasticloadbalancing:CreateTargetGroup', (a) => a.TargetGroups[0].TargetGroupArn)
const balancerArn = (told: readonly Told[]) =>
  of(told, 'elasticloadbalancing:CreateLoadBalancer', (a) => a.LoadBalancers[0].LoadBalancerArn)
const listenerArn = (told: readonly Told[]) =>
  of(told, 'elasticloadbalancing:CreateListener', (a) => a.Listeners[0].ListenerArn)

/** Operations in order, with the time that passes after each. */
// biome-ignore format: a table reads best with a row on a line
const story: readonly Step[] = [
  ['iam:CreateRole', { RoleName, Description: 'ü "<&>"', AssumeRolePolicyDocument: trust('scheduler.amazonaws.com'), Tags: [{ Key: 'a', Value: 'b' }] }],
  ['iam:CreateRole', { RoleName, AssumeRolePolicyDocument: trust('ec2.amazonaws.com') }],
  ['iam:AttachRolePolicy', { RoleName, PolicyArn }],
  ['iam:PutRolePolicy', { RoleName, PolicyName: 'p', PolicyDocument: '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"ecs:*","Resource":"*"}]}' }],
  ['iam:GetRole', { RoleName }],
  ['iam:GetRole', { RoleName: 'none' }],
  ['iam:GetRolePolicy', { RoleName, PolicyName: 'p' }],
  ['iam:ListAttachedRolePolicies', { RoleName }],
  ['iam:CreateInstanceProfile', { InstanceProfileName: 'hosts', Path: '/team/' }],
  ['iam:AddRoleToInstanceProfile', { InstanceProfileName: 'hosts', RoleName }],
  ['iam:GetInstanceProfile', { InstanceProfileName: 'hosts' }],
  ['iam:GetAccountAuthorizationDetails', { Filter: ['Role'] }],
  ['iam:SimulatePrincipalPolicy', { PolicySourceArn: schedule.Target.RoleArn, ActionNames: ['ecs:RunTask', 's3:GetObject'] }],
  ['iam:DeleteRole', { RoleName }, minute],
  ['ssm:GetParameter', { Name: '/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended' }],
  ['ssm:PutParameter', { Name: '/a', Value: 'x', Type: 'String' }],
  ['ssm:GetParameters', { Names: ['/a', '/b'] }],
  ['ssm:GetParameter', { Name: '/b' }],
  ['ssm:DescribeParameters', {}],
  ['ecr:CreateRepository', { ...web, tags: [{ Key: 'a', Value: 'b' }] }],
  ['ecr:CreateRepository', web],
  ['ecr:PutImage', { ...web, imageManifest: '{"schemaVersion":2}', imageTag: '1' }],
  ['ecr:DescribeImages', { ...web, imageIds: [{ imageTag: '1' }] }],
  ['ecr:DescribeImages', { ...web, imageIds: [{ imageTag: '2' }] }],
  ['ecr:DescribeRepositories', {}],
  ['ecr:GetLifecyclePolicy', web],
  ['ecr:GetAuthorizationToken', {}],
  ['elasticloadbalancing:CreateTargetGroup', { Name: 'web', Protocol: 'HTTP', Port: 80, VpcId: vpc, TargetType: 'ip' }],
  ['elasticloadbalancing:CreateLoadBalancer', { Name: 'front', Subnets: subnets, Tags: [{ Key: 'a', Value: 'b' }] }],
  ['elasticloadbalancing:CreateListener', (told) => ({ LoadBalancerArn: balancerArn(told), Protocol: 'HTTP', Port: 80, DefaultActions: [{ Type: 'forward', TargetGroupArn: groupArn(told) }] }), 3 * minute],
  ['elasticloadbalancing:CreateRule', (told) => ({ ListenerArn: listenerArn(told), Priority: 5, Conditions: [{ Field: 'path-pattern', Values: ['/a'] }], Actions: [{ Type: 'fixed-response', FixedResponseConfig: { StatusCode: '404' } }] })],
  ['elasticloadbalancing:DescribeTargetGroups', { Names: ['web'] }],
  ['elasticloadbalancing:DescribeTargetGroups', { Names: ['none'] }],
  ['elasticloadbalancing:DescribeTargetGroupAttributes', (told) => ({ TargetGroupArn: groupArn(told) })],
  ['elasticloadbalancing:DescribeLoadBalancers', { Names: ['front'] }],
  ['elasticloadbalancing:DescribeRules', (told) => ({ ListenerArn: listenerArn(told) })],
  ['elasticloadbalancing:DescribeTargetHealth', (told) => ({ TargetGroupArn: groupArn(told) })],
  ['elasticloadbalancing:DeleteTargetGroup', (told) => ({ TargetGroupArn: groupArn(told) })],
  ['scheduler:CreateScheduleGroup', { Name: 'night', ClientToken: 'token', Tags: [{ Key: 'a', Value: 'b' }] }],
  ['scheduler:CreateSchedule', schedule],
  ['scheduler:CreateSchedule', { ...schedule, ClientToken: 'other' }],
  ['scheduler:CreateSchedule', { ...schedule, Name: 'b', ClientToken: 'b', ScheduleExpression: 'often' }],
  ['scheduler:GetSchedule', { Name: 'a.job', GroupName: 'night' }],
  ['scheduler:GetSchedule', { Name: 'none' }],
  ['scheduler:ListSchedules', { GroupName: 'night', NamePrefix: 'a', MaxResults: 1 }],
  ['scheduler:UpdateSchedule', { ...schedule, State: 'DISABLED' }],
  ['scheduler:ListTagsForResource', group],
  ['scheduler:TagResource', { ...group, Tags: [{ Key: 'c d', Value: '&' }] }],
  ['scheduler:UntagResource', { ...group, TagKeys: ['a', 'x/y'] }],
  ['scheduler:ListTagsForResource', group],
  ['scheduler:DeleteSchedule', { Name: 'a.job', GroupName: 'night', ClientToken: 'token' }],
  ['scheduler:DeleteScheduleGroup', { Name: 'night', ClientToken: 'token' }],
  ['scheduler:ListScheduleGroups', {}, minute],
  ['scheduler:GetScheduleGroup', { Name: 'night' }],
  ['secretsmanager:CreateSecret', { Name: 'db', SecretString: 'x', ClientRequestToken: 'v1'.padEnd(32, '0') }],
  ['secretsmanager:GetSecretValue', { SecretId: 'db' }],
  ['secretsmanager:DescribeSecret', { SecretId: 'none' }],
  ['secretsmanager:DeleteSecret', { SecretId: 'db' }],
  ['logs:CreateLogGroup', { logGroupName: '/ecs/web', tags: { a: 'b' } }],
  ['logs:CreateLogGroup', { logGroupName: '/ecs/web' }],
  ['logs:DescribeLogGroups', {}],
]

function onClock() {
  const clock = { now: Date.UTC(2026, 2, 1, 12, 0, 0, 125) }
  return { clock, simulator: createSimulator({ now: () => clock.now }) }
}

async function tell(call: () => unknown): Promise<Told> {
  try {
    return { answer: await call() }
  } catch (error) {
    // A query error's code on the wire is not the name of its shape: NoSuchEntity, NoSuchEntityException.
    const { name: shape, message, ...more } = error as Error & { Code?: string; code?: string }
    return { code: more.code ?? more.Code ?? shape, message }
  }
}

function clientsOf(wire: Wire) {
  const config = clientConfig(wire, region)
  return {
    ecr: [new ecr.ECRClient(config), ecr],
    elasticloadbalancing: [new elb.ElasticLoadBalancingV2Client(config), elb],
    iam: [new iam.IAMClient(config), iam],
    logs: [new logs.CloudWatchLogsClient(config), logs],
    scheduler: [new scheduler.SchedulerClient(config), scheduler],
    secretsmanager: [new secrets.SecretsManagerClient(config), secrets],
    ssm: [new ssm.SSMClient(config), ssm],
  } as const
}

function wireCaller(simulator: Simulator) {
  const clients = clientsOf(createWire(simulator.call))
  return async (operation: string, input: object) => {
    const [service, verb] = operation.split(':') as [keyof typeof clients, string]
    const [client, module] = clients[service]
    const Command = (module as unknown as Record<string, new (input: object) => never>)[
      `${verb}Command`
    ]!
    const { $metadata: _, ...answer } = await (
      client as { send(command: never): Promise<{ $metadata: unknown }> }
    ).send(new Command(input))
    return answer
  }
}

it('the further services agree with themselves over the wire, call by call', async () => {
  const direct = onClock()
  const wired = onClock()
  const overWire = wireCaller(wired.simulator)
  const told: Told[] = []
  for (const [operation, wish, thenMs = 0] of story) {
    const input = typeof wish === 'function' ? wish(told) : wish
    const one = await tell(() => direct.simulator.call(operation, input, { region }))
    const other = await tell(() => overWire(operation, input))
    expect(other, operation).toEqual(one)
    told.push(one)
    direct.clock.now += thenMs
    wired.clock.now += thenMs
  }
  // The story is one only while most of it succeeds.
  expect(told.flatMap((step) => ('code' in step ? [step.code] : []))).toEqual([
    'EntityAlreadyExists',
    'NoSuchEntity',
    'DeleteConflict',
    'ParameterNotFound',
    'RepositoryAlreadyExistsException',
    'ImageNotFoundException',
    'LifecyclePolicyNotFoundException',
    'TargetGroupNotFound',
    'ResourceInUse',
    'ConflictException',
    'ValidationException',
    'ResourceNotFoundException',
    'ResourceNotFoundException',
    'ResourceNotFoundException',
    'ResourceAlreadyExistsException',
  ])
})

it('a schedule made by its client starts a task in virtual time', async () => {
  const { clock, simulator } = onClock()
  const wire = createWire(simulator.call)
  const client = new ecs.ECSClient(clientConfig(wire, region))
  const call = wireCaller(simulator)
  await call('iam:CreateRole', {
    RoleName,
    AssumeRolePolicyDocument: trust('scheduler.amazonaws.com'),
  })
  clock.now += minute
  await client.send(new ecs.CreateClusterCommand({ clusterName: 'shop' }))
  await client.send(
    new ecs.RegisterTaskDefinitionCommand({
      family: 'job',
      networkMode: 'awsvpc',
      requiresCompatibilities: ['FARGATE'],
      cpu: '256',
      memory: '512',
      containerDefinitions: [{ name: 'app', image: 'busybox' }],
    }),
  )
  const { GroupName: _, StartDate: __, ...now } = schedule
  await call('scheduler:CreateSchedule', { ...now, ScheduleExpression: 'cron(30 14 ? * SUN *)' })
  const running = async () => {
    const list = new ecs.ListTasksCommand({ cluster: 'shop' })
    return (await client.send(list)).taskArns?.length
  }
  clock.now = Date.UTC(2026, 2, 1, 13, 29, 59)
  expect(await running()).toBe(0)
  clock.now += 1000
  expect(await running()).toBe(1)
})
