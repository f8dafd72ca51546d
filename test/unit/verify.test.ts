/** Promise: verify names what is missing where it is written, keeps quiet about what the manifests make, and guesses nothing. */
import { describe, expect, test } from 'vitest'
import type { Aws } from '../../src/aws/aws.ts'
import { directAws } from '../../src/aws/sdk.ts'

import type { Subject } from '../../src/cli/verify/subject.ts'
import { checked } from '../../src/cli/verify.ts'
import { AwsFailure } from '../../src/errors.ts'
import type { Read } from '../../src/kind.ts'
import { kinds } from '../../src/kinds/index.ts'
import { trusts } from '../../src/kit/trust-rules.ts'
import { defaultEnvironment } from '../../src/reconcile/manifest/environment.ts'
import { readManifests } from '../../src/reconcile/manifest.ts'
import { createSimulator } from '../../src/simulator/index.ts'
import { snapshotOf } from '../rig.ts'

const account = '123456789012'
const region = 'eu-central-1'
const caller = `arn:aws:sts::${account}:assumed-role/controller/session`
const trust = (service: string) =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { Service: service }, Action: 'sts:AssumeRole' }],
  })
const policy = (...actions: string[]) =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: actions, Resource: '*' }],
  })

/** An account with a controller that may do everything, and the roles of a task. */
function createAccount() {
  const simulator = createSimulator({ now: () => 1_900_000_000_000, account })
  const call = (operation: string, input: Record<string, unknown>) =>
    simulator.call(operation, input, { region })
  const role = (RoleName: string, service: string, ...actions: string[]) => {
    call('iam:CreateRole', { RoleName, AssumeRolePolicyDocument: trust(service) })
    if (actions.length === 0) return
    const PolicyDocument = policy(...actions)
    call('iam:PutRolePolicy', { RoleName, PolicyName: 'own', PolicyDocument })
  }
  const services = ['ecs', 'ecr', 'elasticloadbalancing', 'logs', 'secretsmanager', 'ssm']
  const may = [...services, 'application-autoscaling'].map((service) => `${service}:*`)
  role('controller', 'ecs-tasks.amazonaws.com', ...may, 'iam:PassRole')
  role('execution', 'ecs-tasks.amazonaws.com', 'ssm:GetParameters')
  role('task', 'ecs-tasks.amazonaws.com')
  return { call, role, aws: directAws(call) }
}

/** Lets the controller do everything, where that is not what is tried. */
const allowing =
  (aws: Aws): Aws =>
  (operation, input) =>
    operation === 'iam:SimulatePrincipalPolicy'
      ? Promise.resolve({ EvaluationResults: [] })
      : aws(operation, input)

/** Answers of services by hand, in front of the simulator. */
type Table = Readonly<Record<string, (input: Record<string, unknown>) => Record<string, unknown>>>

/** What verify says of these documents, one line a problem. */
async function said(documents: readonly object[], aws: Aws, table: Table = {}, more = {}) {
  const text = documents
    .map((each) => JSON.stringify({ apiVersion: 'fairlead.dev/v1alpha1', ...each }))
    .join('\n---\n')
  const desired = await readManifests(snapshotOf({ 'all.yaml': text }), kinds)
  expect(desired.problems).toEqual([])
  const subject: Subject = {
    environment: defaultEnvironment,
    manifests: desired.manifests,
    identities: desired.identities,
    owner: 'default',
    account,
    caller,
    region,
    read: (async (operation, input) =>
      table[operation] ? table[operation](input) : aws(operation, input)) as Read,
    ...more,
  }
  return (await checked(subject)).map(
    ({ severity, object, path, code, message }) =>
      `${severity === 'notice' ? 'notice ' : ''}${code} ${object} ${path}: ${message}`,
  )
}

const arn = (name: string) => `arn:aws:iam::${account}:role/${name}`
const image = `${account}.dkr.ecr.${region}.amazonaws.com/shop/web:1.0`
const definition = (container: object = {}, more: object = {}) => ({
  kind: 'TaskDefinition',
  metadata: { name: 'web' },
  spec: {
    requiresCompatibilities: ['FARGATE'],
    networkMode: 'awsvpc',
    cpu: '256',
    memory: '512',
    executionRoleArn: arn('execution'),
    taskRoleArn: arn('task'),
    containerDefinitions: [
      { name: 'web', image, portMappings: [{ containerPort: 80 }], ...container },
    ],
    ...more,
  },
})
const service = (more: object = {}) => ({
  kind: 'Service',
  metadata: { name: 'web' },
  spec: {
    cluster: 'shop',
    taskDefinition: { ref: 'web' },
    launchType: 'FARGATE',
    networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-0defa00000000000a'] } },
    ...more,
  },
})
const failed = (
  cls: 'denied' | 'notFound',
  code: string,
  message: string,
): (() => Record<string, unknown>) => {
  return () => {
    throw new AwsFailure('x:Y', cls, code, message)
  }
}
const pushed: Table = { 'ecr:DescribeImages': () => ({ imageDetails: [{}] }) }

test('nothing is missing, nothing is said', async () => {
  const { aws } = createAccount()
  expect(await said([definition(), service()], aws, pushed)).toEqual([])
})

describe('roles', () => {
  test('that do not exist, do not trust ECS, or may not be passed', async () => {
    const { call, aws, role } = createAccount()
    role('lambda', 'lambda.amazonaws.com')
    call('iam:PutRolePolicy', {
      RoleName: 'controller',
      PolicyName: 'own',
      PolicyDocument: policy('ecs:*', 'ecr:*'),
    })
    const roles = { executionRoleArn: arn('nobody'), taskRoleArn: arn('lambda') }
    const controller = arn('controller')
    expect(await said([definition({}, roles)], aws, pushed)).toEqual([
      `NotPassable TaskDefinition/web spec.executionRoleArn: ${controller} may not pass the role ${arn('nobody')} to ecs-tasks.amazonaws.com`,
      'NoSuchRole TaskDefinition/web spec.executionRoleArn: there is no role nobody',
      `NotPassable TaskDefinition/web spec.taskRoleArn: ${controller} may not pass the role ${arn('lambda')} to ecs-tasks.amazonaws.com`,
      'NotTrusted TaskDefinition/web spec.taskRoleArn: the role lambda does not trust ecs-tasks.amazonaws.com',
    ])
  })

  test('whose path is another are not the same', async () => {
    const { aws } = createAccount()
    const lines = await said([definition({}, { taskRoleArn: arn('team/task') })], aws, pushed)
    expect(lines).toEqual([
      `NoSuchRole TaskDefinition/web spec.taskRoleArn: there is no role ${arn('team/task')}`,
    ])
  })

  test('trust is read as IAM writes it', () => {
    const service = 'ecs-tasks.amazonaws.com'
    expect(trusts(encodeURIComponent(trust(service)), service)).toBe(true)
    expect(trusts(trust('ec2.amazonaws.com'), service)).toBe(false)
    expect(trusts(trust(service).replace('"Allow"', '"Deny"'), service)).toBe(false)
    const list = { Service: ['ec2.amazonaws.com', service] }
    const one = { Effect: 'Allow', Principal: list, Action: ['sts:TagSession', 'sts:AssumeRole'] }
    expect(trusts(JSON.stringify({ Statement: one }), service)).toBe(true)
    const wild = trust(service).replace('sts:AssumeRole', 'sts:Assume*')
    expect(trusts(wild, service)).toBe(true)
    expect(trusts(wild.replace('sts:Assume*', 'sts:AssumeRoleWith*'), service)).toBe(false)
    expect(trusts('%', service)).toBe(false)
  })
})

test('who calls may do what the kinds do', async () => {
  const { call, aws } = createAccount()
  call('iam:PutRolePolicy', {
    RoleName: 'controller',
    PolicyName: 'own',
    PolicyDocument: policy('ecs:Describe*', 'ecs:List*', 'ecr:*', 'iam:PassRole'),
  })
  const [line, ...more] = await said([definition()], aws, pushed)
  expect(line).toBe(
    `NotAllowed TaskDefinition/web kind: ${arn('controller')} may not ecs:RegisterTaskDefinition, ecs:TagResource, ecs:UntagResource, ecs:DeregisterTaskDefinition`,
  )
  expect(more).toEqual([])
})

describe('images', () => {
  const second = { name: 'side', image: image.replace('1.0', '2.0') }
  const both = definition(
    {},
    {
      containerDefinitions: [
        { name: 'web', image },
        { ...second, essential: false },
      ],
    },
  )

  test('the tag that is missing is named, not its neighbour', async () => {
    const { aws } = createAccount()
    const words = `The image with imageId {imageDigest:'null', imageTag:'2.0'} does not exist within the repository with name 'shop/web' in the registry with id '${account}'`
    const lines = await said([both], aws, {
      'ecr:DescribeImages': ({ imageIds }) => {
        const tags = (imageIds as { imageTag: string }[]).map(({ imageTag }) => imageTag)
        if (!tags.includes('2.0')) return { imageDetails: [{}] }
        throw new AwsFailure('ecr:DescribeImages', 'invalid', 'ImageNotFoundException', words)
      },
    })
    expect(lines).toEqual([
      'NoSuchImage TaskDefinition/web spec.containerDefinitions[side].image: shop/web has no image with the tag 2.0',
    ])
  })

  test('of a repository that the manifests make: fine before it is there, then the tag must be', async () => {
    const { call, aws } = createAccount()
    const repository = { kind: 'Repository', metadata: { name: 'web' }, spec: {} }
    const web = definition({ image: { ref: 'web', append: ':1.0' } })
    expect(await said([repository, web], allowing(aws))).toEqual([])
    call('ecr:CreateRepository', { repositoryName: 'web' })
    expect(await said([repository, web], allowing(aws))).toEqual([
      'NoSuchImage TaskDefinition/web spec.containerDefinitions[web].image: web has no image with the tag 1.0',
    ])
    call('ecr:PutImage', {
      repositoryName: 'web',
      imageTag: '1.0',
      imageManifest: JSON.stringify({
        schemaVersion: 2,
        mediaType: 'application/vnd.oci.image.manifest.v1+json',
        config: {
          mediaType: 'application/vnd.oci.image.config.v1+json',
          digest: `sha256:${'0'.repeat(64)}`,
          size: 2,
        },
        layers: [],
      }),
    })
    expect(await said([repository, web], allowing(aws))).toEqual([])
  })

  test('a repository that does not exist, one that is denied, and one that is not ECR’s', async () => {
    const { aws } = createAccount()
    const missing = failed(
      'notFound',
      'RepositoryNotFoundException',
      "The repository with name 'shop/web' does not exist in the registry",
    )
    expect(await said([definition()], aws, { 'ecr:DescribeImages': missing })).toEqual([
      'NoSuchRepository TaskDefinition/web spec.containerDefinitions[web].image: there is no repository shop/web',
    ])
    const denied = failed('denied', 'AccessDeniedException', 'no')
    expect(await said([definition()], aws, { 'ecr:DescribeImages': denied })).toEqual([
      'notice NotChecked TaskDefinition/web spec.containerDefinitions[web].image: could not be checked: x:Y: AccessDeniedException: no',
    ])
    const [line] = await said([definition({ image: 'nginx:1.27' })], aws)
    expect(line).toMatch(/^notice NotChecked .*nginx:1.27 is in no private ECR repository/)
  })
})

describe('secrets', () => {
  const parameter = `arn:aws:ssm:${region}:${account}:parameter/shop/key`
  const secret = `arn:aws:secretsmanager:${region}:${account}:secret:shop/db-AbCdEf`
  const withSecrets = (...valueFrom: string[]) =>
    definition({ secrets: valueFrom.map((each, i) => ({ name: `S${i}`, valueFrom: each })) })

  test('parameters that exist and may be read are fine, by name and by ARN', async () => {
    const { call, aws } = createAccount()
    call('ssm:PutParameter', { Name: '/shop/key', Value: 'x', Type: 'SecureString' })
    call('ssm:PutParameter', { Name: 'plain', Value: 'x', Type: 'String' })
    const plain = `arn:aws:ssm:${region}:${account}:parameter/plain`
    expect(await said([withSecrets(parameter, '/shop/key', 'plain', plain)], aws, pushed)).toEqual(
      [],
    )
  })

  test('what is missing, is being deleted, or may not be read', async () => {
    const { aws } = createAccount()
    const table: Table = {
      ...pushed,
      'secretsmanager:DescribeSecret': ({ SecretId }) => {
        if (String(SecretId).includes('gone')) return { DeletedDate: new Date(0) }
        if (SecretId === secret) return {}
        throw new AwsFailure(
          'secretsmanager:DescribeSecret',
          'notFound',
          'ResourceNotFoundException',
          '',
        )
      },
    }
    const gone = secret.replace('shop/db', 'gone')
    const none = secret.replace('shop/db', 'none')
    const lines = await said(
      [withSecrets(parameter, `${secret}:password::`, gone, none)],
      aws,
      table,
    )
    const at = (i: number) =>
      `TaskDefinition/web spec.containerDefinitions[web].secrets[S${i}].valueFrom`
    const unreadable = (of: string) =>
      `the execution role ${arn('execution')} may not secretsmanager:GetSecretValue ${of}`
    expect(lines).toEqual([
      `NoSuchParameter ${at(0)}: there is no parameter /shop/key`,
      `NotReadable ${at(1)}: ${unreadable(secret)}`,
      `SecretDeleted ${at(2)}: the secret gone-AbCdEf is being deleted`,
      `NotReadable ${at(2)}: ${unreadable(gone)}`,
      `NoSuchSecret ${at(3)}: there is no secret none-AbCdEf`,
      `NotReadable ${at(3)}: ${unreadable(none)}`,
    ])
  })

  test('those of another region are left alone', async () => {
    const { aws } = createAccount()
    const lines = await said([withSecrets(parameter.replace(region, 'eu-west-1'))], aws, pushed)
    expect(lines).toEqual([expect.stringMatching(/^notice NotChecked .*it is in eu-west-1/)])
  })
})

test('log groups exist by their whole name, unless the containers make them', async () => {
  const { aws } = createAccount()
  const logs = (options: object) =>
    definition({
      logConfiguration: {
        logDriver: 'awslogs',
        options: {
          'awslogs-region': region,
          'awslogs-stream-prefix': 'web',
          'awslogs-group': '/shop/web',
          ...options,
        },
      },
    })
  const groups = (...names: string[]): Table => ({
    ...pushed,
    'logs:DescribeLogGroups': () => ({
      logGroups: names.map((logGroupName) => ({ logGroupName })),
    }),
  })
  const missing =
    'NoSuchLogGroup TaskDefinition/web spec.containerDefinitions[web].logConfiguration.options.awslogs-group: there is no log group /shop/web'
  expect(await said([logs({})], aws, groups('/shop/web', '/shop/web-old'))).toEqual([])
  expect(await said([logs({})], aws, groups('/shop/web-old'))).toEqual([missing])
  expect(await said([logs({ 'awslogs-create-group': 'true' })], aws, groups())).toEqual([])
})

test('subnets and security groups exist, and are in one VPC', async () => {
  const { call, aws } = createAccount()
  const { Vpc } = call('ec2:CreateVpc', { CidrBlock: '10.9.0.0/16' })
  const { Subnet } = call('ec2:CreateSubnet', { VpcId: Vpc.VpcId, CidrBlock: '10.9.1.0/24' })
  const network = (subnets: string[], securityGroups: string[]) =>
    service({ networkConfiguration: { awsvpcConfiguration: { subnets, securityGroups } } })
  const own = 'subnet-0defa00000000000a'
  const group = 'sg-0defa000000000000'
  expect(await said([definition(), network([own], [group])], aws, pushed)).toEqual([])
  const lines = await said(
    [
      definition(),
      network([own, 'subnet-0000000000000000f', Subnet.SubnetId], ['sg-0000000000000000f']),
    ],
    aws,
    pushed,
  )
  const at = 'Service/web spec.networkConfiguration.awsvpcConfiguration'
  expect(lines.sort()).toEqual([
    `AnotherVpc ${at}.subnets[2]: ${Subnet.SubnetId} is in ${Vpc.VpcId}, and ${own} in vpc-0defa000000000000`,
    `NoSuchSecurityGroup ${at}.securityGroups[0]: there is no security group sg-0000000000000000f`,
    `NoSuchSubnet ${at}.subnets[1]: there is no subnet subnet-0000000000000000f`,
  ])
})

test('target groups exist, take the tasks’ sort of targets, and have a load balancer', async () => {
  const { call, aws } = createAccount()
  const make = (Name: string, TargetType: string) =>
    call('elasticloadbalancing:CreateTargetGroup', {
      Name,
      Protocol: 'HTTP',
      Port: 80,
      VpcId: 'vpc-0defa000000000000',
      TargetType,
    }).TargetGroups[0].TargetGroupArn
  const behind = (targetGroupArn: string) =>
    service({ loadBalancers: [{ targetGroupArn, containerName: 'web', containerPort: 80 }] })
  const at = 'Service/web spec.loadBalancers[0].targetGroupArn'
  expect(await said([definition(), behind(make('web', 'instance'))], aws, pushed)).toEqual([
    `WrongTargetType ${at}: the target group takes instance targets, and tasks in network mode awsvpc are ip targets`,
    `NoLoadBalancer ${at}: no load balancer sends anything to this target group yet: ECS refuses the service`,
  ])
  const none = make('ip', 'ip').replace(/\/[^/]+$/, '/0123456789abcdef')
  expect(await said([definition(), behind(none)], aws, pushed)).toEqual([
    `NoSuchTargetGroup ${at}: there is no target group ${none}`,
  ])
})

test('what is denied is not missing: everything is said to be unchecked, once each', async () => {
  const denied: Aws = async (operation) => {
    throw new AwsFailure(operation, 'denied', 'AccessDenied', 'no')
  }
  const lines = await said([definition(), service()], denied)
  expect(lines.length).toBeGreaterThan(4)
  expect(lines.filter((line) => !line.startsWith('notice NotChecked'))).toEqual([])
})
