/** What no manifest describes any more, told from tags alone; and what only moved. */
import { describe, expect, test } from 'vitest'
import type { IndexEntry } from '../../src/kind.ts'
import { kinds } from '../../src/kinds/index.ts'
import type { Desired, Environment, Manifest } from '../../src/model.ts'
import { orphansOf } from '../../src/reconcile/orphans.ts'

const at = (service: string, resource: string, region = 'eu-central-1') =>
  `arn:aws:${service}:${region}:123456789012:${resource}`

/** An ARN of each kind, and the spec by which it is looked for. */
const arns: Readonly<Record<string, readonly [arn: string, spec: object]>> = {
  Vpc: [at('ec2', 'vpc/vpc-1'), {}],
  Subnet: [at('ec2', 'subnet/subnet-1'), {}],
  InternetGateway: [at('ec2', 'internet-gateway/igw-1'), {}],
  RouteTable: [at('ec2', 'route-table/rtb-1'), {}],
  SecurityGroup: [at('ec2', 'security-group/sg-1'), {}],
  Role: [at('iam', 'role/team/exec', ''), { roleName: 'exec' }],
  InstanceProfile: [at('iam', 'instance-profile/hosts', ''), { instanceProfileName: 'hosts' }],
  Repository: [at('ecr', 'repository/shop/web'), { repositoryName: 'shop/web' }],
  LoadBalancer: [
    at('elasticloadbalancing', 'loadbalancer/app/front/50dc6c495c0c9188'),
    { loadBalancerArn: at('elasticloadbalancing', 'loadbalancer/app/front/50dc6c495c0c9188') },
  ],
  TargetGroup: [
    at('elasticloadbalancing', 'targetgroup/web/73e2d6bc24d8a067'),
    { targetGroupArn: at('elasticloadbalancing', 'targetgroup/web/73e2d6bc24d8a067') },
  ],
  Listener: [
    at('elasticloadbalancing', 'listener/app/front/1/2'),
    { listenerArn: at('elasticloadbalancing', 'listener/app/front/1/2') },
  ],
  ListenerRule: [
    at('elasticloadbalancing', 'listener-rule/app/front/1/2/3'),
    { ruleArn: at('elasticloadbalancing', 'listener-rule/app/front/1/2/3') },
  ],
  Cluster: [at('ecs', 'cluster/shop'), { clusterName: 'shop' }],
  LaunchTemplate: [at('ec2', 'launch-template/lt-1'), { launchTemplateId: 'lt-1' }],
  AutoScalingGroup: [
    at('autoscaling', 'autoScalingGroup:0a1b-2c3d:autoScalingGroupName/hosts'),
    { autoScalingGroupName: 'hosts' },
  ],
  CapacityProvider: [at('ecs', 'capacity-provider/hosts'), { name: 'hosts' }],
  Task: [at('ssm', 'parameter/fairlead/default/live/Task/migrate'), {}],
  Service: [at('ecs', 'service/shop/web'), { cluster: 'shop', serviceName: 'web' }],
  ScalableTarget: [
    at('application-autoscaling', 'scalable-target/0ec5a1'),
    { resourceId: at('application-autoscaling', 'scalable-target/0ec5a1') },
  ],
  ScheduledTask: [at('scheduler', 'schedule-group/nightly'), { name: 'nightly' }],
}

describe('by its ARN', () => {
  /** Secrets and policies of scaling carry no tag of ours, and a family is no resource. */
  const others = ['Secret', 'ScalingPolicy', 'TaskDefinition']

  test('every kind that is written and tagged is found again', () => {
    expect([...Object.keys(arns), ...others].sort()).toEqual(kinds.map(({ name }) => name).sort())
  })

  test.each(Object.entries(arns))('%s, and no other kind', (name, [arn, spec]) => {
    for (const kind of kinds) {
      if (kind.name === name) expect(kind.named?.(arn)).toEqual(spec)
      else expect([kind.name, kind.named?.(arn)]).toEqual([kind.name, undefined])
    }
  })
})

const live: Environment = { name: 'live', namePrefix: '', tags: {}, mode: 'apply' }

/** A source that describes these keys, by their names in AWS. */
function source(described: Readonly<Record<string, string>>, environments = [live]): Desired {
  const identities = Object.fromEntries(
    Object.entries(described).map(([key, name]) => [key, { name, parts: {} }]),
  )
  return {
    revision: 'r',
    environments,
    manifests: [],
    composites: [],
    problems: [],
    stopped: [],
    identities,
    references: {},
  }
}

const entry = (key: string, arn: string, more: Record<string, string> = {}): IndexEntry => ({
  arn,
  tags: { 'fairlead:owner': 'default', 'fairlead:resource': key, ...more },
})

const found = (index: readonly IndexEntry[], desired: Desired, manifests: Manifest[] = []) =>
  orphansOf(index, desired, live, manifests, kinds)

const shop = entry('live/Cluster/shop', at('ecs', 'cluster/shop'))
const web = entry('live/Service/web', at('ecs', 'service/shop/web'))

test.each([
  ['described', [shop], { 'live/Cluster/shop': 'shop' }, []],
  ['not described', [shop, web], { 'live/Cluster/shop': 'shop' }, ['live/Service/web']],
  ['of another namespace', [entry('dev/Cluster/shop', at('ecs', 'cluster/dev'))], {}, []],
  ['with a tag that says nothing', [entry('shop', at('ecs', 'cluster/shop'))], {}, []],
  ['of a kind that is not known', [entry('live/Moon/shop', at('ecs', 'cluster/shop'))], {}, []],
  ['whose tag names another kind', [entry('live/Service/shop', at('ecs', 'cluster/shop'))], {}, []],
  ['a revision', [entry('live/TaskDefinition/web', at('ecs', 'task-definition/web:1'))], {}, []],
])('%s', (_, index, described, keys) => {
  const { orphans } = found(index, source({ 'live/Cluster/other': 'other', ...described }))
  expect(orphans.map(({ manifest }) => manifest.key)).toEqual(keys)
})

test('two by one tag are looked for one by one: the index shows what is gone, too', () => {
  const again = entry('live/Service/web', at('ecs', 'service/shop/former'))
  const { orphans } = found([web, again, web], source({ 'live/Cluster/shop': 'shop' }))
  expect(orphans.map(({ manifest, identity }) => [manifest.key, identity.name])).toEqual([
    ['live/Service/web', 'shop/web'],
    ['live/Service/web (former)', 'shop/former'],
  ])
})

test('the same name in AWS under another key has moved; in another region it has not', () => {
  const dev = { ...live, name: 'dev' }
  const here = source({ 'dev/Cluster/shop': 'shop' }, [live, dev])
  expect(found([shop], here).orphans).toEqual([])
  expect([...found([shop], here).moved]).toEqual([
    ['dev/Cluster/shop', { from: 'live/Cluster/shop', arn: shop.arn }],
  ])
  const there = { ...here, environments: [live, { ...dev, region: 'us-east-1' }] }
  expect(found([shop], there).orphans).toHaveLength(1)
  const elsewhere = { ...here, environments: [live, { ...dev, accountId: '210987654321' }] }
  expect(found([shop], elsewhere).orphans).toHaveLength(1)
})

test('IAM knows no regions: a role moves to any of the account', () => {
  const role = entry('live/Role/exec', at('iam', 'role/exec', ''))
  const dev = { ...live, name: 'dev', region: 'us-east-1' }
  const desired = source({ 'dev/Role/exec': 'exec' }, [live, dev])
  expect(found([role], desired).orphans).toEqual([])
})

test('protected and adopted by their tags', () => {
  const index = [
    entry('live/Cluster/a', at('ecs', 'cluster/a'), { 'fairlead:prune': 'disabled' }),
    entry('live/Cluster/b', at('ecs', 'cluster/b'), { 'fairlead:prune': 'enabled' }),
    entry('live/Cluster/c', at('ecs', 'cluster/c'), { 'fairlead:adopted': 'true' }),
  ]
  const { orphans } = found(index, source({}))
  expect(orphans.map(({ stays, adopted }) => [stays !== undefined, adopted])).toEqual([
    [true, false],
    [false, false],
    [false, true],
  ])
})

test('families that nobody describes, and those that only go by another key', () => {
  const index = [
    entry('live/TaskDefinition/web', at('ecs', 'task-definition/web:1')),
    entry('live/TaskDefinition/web', at('ecs', 'task-definition/web:2')),
    entry('live/TaskDefinition/api', at('ecs', 'task-definition/api:1')),
  ]
  const { lostFamilies } = found(index, source({ 'live/TaskDefinition/backend': 'api' }))
  expect([...lostFamilies]).toEqual(['live/TaskDefinition/web'])
})
