/** Promise: what is only observed is looked up and referred to, in few calls, and never written. */
import { expect, test } from 'vitest'
import { createRig, type Rig } from '../rig.ts'
import {
  document,
  fargateSpec,
  files,
  liveService,
  minute,
  readyMessage,
  webService,
  written,
} from './shop.ts'

const observe = { mode: 'observe' }
const subnets = ['subnet-0defa00000000000a', 'subnet-0defa00000000000b']
type Answer = Record<string, Record<string, string>[]>

/** What the network team made: a load balancer with a listener, a rule and a target group. */
async function front(rig: Rig, listening = true) {
  const elb = async (operation: string, input: Record<string, unknown>) =>
    (await rig.aws(`elasticloadbalancing:${operation}`, input)) as Answer
  const groups = await elb('CreateTargetGroup', {
    Name: 'web',
    Protocol: 'HTTP',
    Port: 80,
    VpcId: 'vpc-0defa000000000000',
    TargetType: 'ip',
  })
  const group = groups.TargetGroups![0]!.TargetGroupArn!
  const balancers = await elb('CreateLoadBalancer', { Name: 'front', Subnets: subnets })
  const balancer = balancers.LoadBalancers![0]!.LoadBalancerArn!
  if (!listening) return { group, balancer, rule: '' }
  const forward = [{ Type: 'forward', TargetGroupArn: group }]
  const listeners = await elb('CreateListener', {
    LoadBalancerArn: balancer,
    Protocol: 'HTTP',
    Port: 80,
    DefaultActions: forward,
  })
  const rules = await elb('CreateRule', {
    ListenerArn: listeners.Listeners![0]!.ListenerArn!,
    Priority: 10,
    Conditions: [{ Field: 'path-pattern', Values: ['/web/*'] }],
    Actions: forward,
  })
  return { group, balancer, rule: rules.Rules![0]!.RuleArn! }
}

test('a load balancer, a rule, target groups and secrets: found by name or ARN, in one call each', async () => {
  const rig = createRig()
  const { group, rule } = await front(rig)
  const secret = (await rig.aws('secretsmanager:CreateSecret', {
    Name: 'shop/db',
    SecretString: 'hush',
  })) as { ARN: string }
  await rig.aws('secretsmanager:CreateSecret', { Name: 'shop/db2', SecretString: 'hush' })
  await rig.aws('ssm:PutParameter', { Name: '/shop/key', Value: 'hush', Type: 'SecureString' })
  const parameter = 'arn:aws:ssm:us-east-1:123456789012:parameter/shop/key'
  await rig.git(
    files(
      document('LoadBalancer', 'front', {}, observe),
      document('TargetGroup', 'web', {}, observe),
      document('TargetGroup', 'same', { targetGroupArn: group }, observe),
      document('ListenerRule', 'web', { ruleArn: rule }, observe),
      document('Secret', 'db', { name: 'shop/db' }, observe),
      document('Secret', 'by-arn', { arn: secret.ARN }, observe),
      document('Secret', 'key', { arn: parameter }, observe),
    ),
  )
  await rig.ready()
  const of = (kind: string, name: string) => rig.status(`default/${kind}/${name}`)!.attributes
  expect(of('LoadBalancer', 'front')).toMatchObject({ name: 'front', type: 'application' })
  const web = { arn: group, name: 'web', port: '80', protocol: 'HTTP', targetType: 'ip' }
  expect(of('TargetGroup', 'web')).toEqual({ ...web, vpcId: 'vpc-0defa000000000000' })
  expect(of('TargetGroup', 'same')).toMatchObject({ arn: group })
  expect(of('ListenerRule', 'web')).toMatchObject({ arn: rule, priority: '10' })
  expect(of('Secret', 'db')).toEqual({ arn: secret.ARN, name: 'shop/db' })
  expect(of('Secret', 'by-arn')).toEqual({ arn: secret.ARN, name: 'shop/db' })
  expect(of('Secret', 'key')).toEqual({ arn: parameter, name: '/shop/key' })
  rig.calls.length = 0
  await rig.clock.advance(minute)
  expect(rig.writes()).toEqual([])
  expect(
    rig
      .reads()
      .map(({ operation }) => operation)
      .sort(),
  ).toEqual([
    'elasticloadbalancing:DescribeLoadBalancers',
    'elasticloadbalancing:DescribeRules',
    'elasticloadbalancing:DescribeTargetGroups',
    'elasticloadbalancing:DescribeTargetGroups',
    'secretsmanager:ListSecrets',
    'ssm:DescribeParameters',
    'tag:GetResources',
  ])
  await rig.stop()
})

test('a service stands behind an observed target group, and its task gets an observed secret', async () => {
  const rig = createRig()
  const { group } = await front(rig)
  const secret = (await rig.aws('secretsmanager:CreateSecret', {
    Name: 'shop/db',
    SecretString: 'hush',
  })) as { ARN: string }
  const role = 'arn:aws:iam::123456789012:role/run'
  await rig.git(
    files(
      document('TargetGroup', 'web', {}, observe),
      document('Secret', 'db', { name: 'shop/db' }, observe),
      document('Cluster', 'shop'),
      document('TaskDefinition', 'web', {
        ...fargateSpec,
        executionRoleArn: role,
        containerDefinitions: [
          {
            name: 'app',
            image: 'nginx:1.27',
            portMappings: [{ containerPort: 80 }],
            secrets: [{ name: 'PASSWORD', valueFrom: { ref: 'db', append: ':password::' } }],
          },
        ],
      }),
      document(
        'Service',
        'web',
        webService({
          desiredCount: 0,
          loadBalancers: [
            { targetGroupArn: { ref: 'web' }, containerName: 'app', containerPort: 80 },
          ],
        }),
      ),
    ),
  )
  await rig.ready()
  expect((await liveService(rig)).loadBalancers).toMatchObject([{ targetGroupArn: group }])
  const [register] = rig
    .writes()
    .filter(({ operation }) => operation === 'ecs:RegisterTaskDefinition')
  expect(JSON.stringify(register?.input)).toContain(`${secret.ARN}:password::`)
  expect(written(rig).filter((operation) => !operation.startsWith('ecs:'))).toEqual([])
  await rig.stop()
})

test('a target group to which no load balancer sends says so, and what is not there is missing', async () => {
  const rig = createRig()
  await front(rig, false)
  await rig.git(
    files(
      document('TargetGroup', 'web', {}, observe),
      document('TargetGroup', 'never', {}, observe),
      document('Secret', 'never', {}, observe),
      document('ListenerRule', 'unnamed', {}, observe),
    ),
  )
  await rig.clock.advance(minute)
  expect(readyMessage(rig, 'default/TargetGroup/web')).toMatch(/^no load balancer sends to it yet/)
  for (const key of ['default/TargetGroup/never', 'default/Secret/never']) {
    expect(readyMessage(rig, key)).toBe('it is observed only, and AWS has none by that name')
  }
  expect(readyMessage(rig, 'default/ListenerRule/unnamed')).toMatch(/spec\.ruleArn is missing/)
  expect(rig.writes()).toEqual([])
  await rig.stop()
})

test('a teardown leaves all of it', async () => {
  const before = createRig()
  await front(before)
  await before.stop()
  const rig = createRig({ beside: before, teardown: true })
  await rig.git(
    files(
      document('TargetGroup', 'web', {}, observe),
      document('LoadBalancer', 'front', {}, observe),
    ),
  )
  await rig.ready()
  expect(rig.writes()).toEqual([])
  await rig.stop()
})
