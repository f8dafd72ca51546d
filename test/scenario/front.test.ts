/** Promise: what stands before a service is as Git says, but for the weights by which ECS deploys it. */
import type { Rule } from '@aws-sdk/client-elastic-load-balancing-v2'
import { expect, test } from 'vitest'
import { createRig, type Rig } from '../rig.ts'
import { quickGroup } from './front-door.ts'
import { document, minute, readyMessage, said, shop, written } from './shop.ts'

const elb = 'elasticloadbalancing'
const rule = 'default/ListenerRule/web'

interface Front {
  readonly strategy?: string
  readonly group?: Record<string, unknown>
  readonly weight?: number
  readonly priority?: number
  readonly image?: string
}

const targetGroup = (name: string, more: Record<string, unknown> = {}) =>
  document('TargetGroup', name, { ...quickGroup, ...more })

/** A load balancer with a listener and a rule before a service that is deployed between two target groups. */
function front({
  strategy = 'BLUE_GREEN',
  group = {},
  weight = 1,
  priority = 10,
  image = 'nginx:1.27',
}: Front = {}) {
  const native = strategy !== 'ROLLING'
  return shop({
    definition: {
      containerDefinitions: [{ name: 'app', image, portMappings: [{ containerPort: 80 }] }],
    },
    service: {
      desiredCount: 1,
      deploymentConfiguration: { strategy },
      loadBalancers: [
        {
          targetGroupArn: { ref: 'blue' },
          containerName: 'app',
          containerPort: 80,
          ...(native
            ? {
                advancedConfiguration: {
                  alternateTargetGroupArn: { ref: 'green' },
                  productionListenerRule: { ref: 'web' },
                  roleArn: 'arn:aws:iam::123456789012:role/shift',
                },
              }
            : {}),
        },
      ],
    },
    more: [
      document('LoadBalancer', 'front', {
        subnets: ['subnet-0defa00000000000a', 'subnet-0defa00000000000b'],
        attributes: [{ key: 'idle_timeout.timeout_seconds', value: '120' }],
      }),
      targetGroup('blue', group),
      targetGroup('green'),
      document('Listener', 'http', {
        loadBalancerArn: { ref: 'front' },
        protocol: 'HTTP',
        port: 80,
        defaultActions: [{ type: 'fixed-response', fixedResponseConfig: { statusCode: '404' } }],
      }),
      document('ListenerRule', 'web', {
        listenerArn: { ref: 'http' },
        priority,
        conditions: [{ field: 'path-pattern', values: ['/*'] }],
        actions: [
          {
            type: 'forward',
            forwardConfig: {
              targetGroups: [
                { targetGroupArn: { ref: 'blue' }, weight },
                { targetGroupArn: { ref: 'green' }, weight: 0 },
              ],
            },
          },
        ],
      }),
    ],
  })
}

const arnOf = (rig: Rig, key: string) => rig.status(`default/${key}`)?.attributes.arn ?? ''

async function liveRule(rig: Rig): Promise<Rule> {
  const answer = await rig.aws(`${elb}:DescribeRules`, {
    RuleArns: [arnOf(rig, 'ListenerRule/web')],
  })
  return (answer as { Rules: Rule[] }).Rules[0]!
}

const weights = ({ Actions = [] }: Rule) =>
  Actions[0]?.ForwardConfig?.TargetGroups?.map(
    ({ TargetGroupArn = '', Weight }) => `${TargetGroupArn.split('/')[1]} ${Weight}`,
  )

/** What ECS does in a deployment, and what a person may do: move the weights. */
const shift = (rig: Rig, ...to: [group: string, weight: number][]) =>
  rig.aws(`${elb}:ModifyRule`, {
    RuleArn: arnOf(rig, 'ListenerRule/web'),
    Actions: [
      {
        Type: 'forward',
        ForwardConfig: {
          TargetGroups: to.map(([TargetGroupArn, Weight]) => ({ TargetGroupArn, Weight })),
        },
      },
    ],
  })

const ofElb = (operations: readonly string[]) =>
  operations.filter((name) => name.startsWith(elb)).map((name) => name.slice(elb.length + 1))

async function sweep(rig: Rig) {
  await rig.clock.advance(70_000)
  rig.calls.length = 0
  await rig.clock.advance(minute)
  expect(rig.writes()).toEqual([])
  return ofElb(rig.reads().map(({ operation }) => operation)).sort()
}

test('from nothing to a service that takes requests; a quiet sweep; drift; a teardown in order', async () => {
  const rig = createRig()
  await rig.git(front())
  await rig.ready()
  expect(ofElb(written(rig))).toEqual([
    'CreateLoadBalancer',
    'CreateTargetGroup',
    'CreateTargetGroup',
    'ModifyLoadBalancerAttributes',
    'CreateListener',
    'CreateRule',
  ])
  expect(readyMessage(rig, 'default/TargetGroup/blue')).toContain('front')
  expect(readyMessage(rig, 'default/Listener/http')).toBe('HTTP on port 80')
  // One read for all of a kind, and one more where attributes are named.
  expect(await sweep(rig)).toEqual([
    'DescribeListeners',
    'DescribeLoadBalancerAttributes',
    'DescribeLoadBalancers',
    'DescribeRules',
    'DescribeTargetGroups',
  ])

  await rig.aws(`${elb}:ModifyTargetGroup`, {
    TargetGroupArn: arnOf(rig, 'TargetGroup/blue'),
    HealthCheckIntervalSeconds: 60,
  })
  await rig.aws(`${elb}:ModifyLoadBalancerAttributes`, {
    LoadBalancerArn: arnOf(rig, 'LoadBalancer/front'),
    Attributes: [{ Key: 'idle_timeout.timeout_seconds', Value: '10' }],
  })
  await rig.aws(`${elb}:DeleteRule`, { RuleArn: arnOf(rig, 'ListenerRule/web') })
  await rig.clock.advance(70_000)
  await rig.ready()
  expect(ofElb(written(rig)).sort()).toEqual([
    'CreateRule',
    'ModifyLoadBalancerAttributes',
    'ModifyTargetGroup',
  ])
  await rig.stop()

  const down = createRig({ beside: rig, teardown: true })
  await down.git(front())
  await down.clock.advance(30 * minute)
  expect(ofElb(written(down))).toEqual([
    'DeleteRule',
    'DeleteListener',
    'DeleteTargetGroup',
    'DeleteTargetGroup',
    'DeleteLoadBalancer',
  ])
  await down.stop()
})

test('weights are ECS’s while it deploys the service by them, and Git’s otherwise', async () => {
  const rig = createRig()
  await rig.git(front())
  await rig.ready()
  const [blue, green] = [arnOf(rig, 'TargetGroup/blue'), arnOf(rig, 'TargetGroup/green')]
  await shift(rig, [blue, 0], [green, 100])
  expect(await sweep(rig)).toContain('DescribeRules')
  expect(weights(await liveRule(rig))).toEqual(['blue 0', 'green 100'])
  expect(readyMessage(rig, rule)).toBe('priority 10')

  // What else differs is still kept, without a word about weights.
  await rig.git(front({ priority: 20, weight: 5 }))
  await rig.ready()
  expect(ofElb(written(rig))).toEqual(['SetRulePriorities'])
  expect(weights(await liveRule(rig))).toEqual(['blue 0', 'green 100'])

  // Another target group is nothing that ECS does: said, and left to people.
  const old = (await rig.aws(`${elb}:CreateTargetGroup`, {
    Name: 'old',
    Protocol: 'HTTP',
    Port: 80,
    VpcId: 'vpc-0defa000000000000',
    TargetType: 'ip',
  })) as { TargetGroups: { TargetGroupArn: string }[] }
  await shift(rig, [old.TargetGroups[0]!.TargetGroupArn, 100])
  await sweep(rig)
  expect(readyMessage(rig, rule)).toMatch(/sends requests to .*targetgroup\/old\//)

  // A service that rolls leaves the weights to Git.
  await rig.git(front({ strategy: 'ROLLING', priority: 20 }))
  await rig.ready()
  expect(ofElb(written(rig))).toEqual(['ModifyRule'])
  expect(weights(await liveRule(rig))).toEqual(['blue 1', 'green 0'])
  expect(readyMessage(rig, rule)).toBe('priority 20')
  await rig.stop()
})

test('deployments there and back move the weights, and nothing puts them back', async () => {
  const rig = createRig()
  await rig.git(front())
  await rig.ready()
  const seen = [weights(await liveRule(rig))]
  for (const image of ['nginx:1.28', 'nginx:1.29']) {
    rig.calls.length = 0
    await rig.git(front({ image }))
    await rig.ready(3 * 60 * minute)
    await rig.clock.advance(3 * minute)
    expect(ofElb(written(rig))).toEqual([])
    seen.push(weights(await liveRule(rig)))
  }
  expect(seen.map((pair) => pair?.find((one) => one.endsWith(' 100')))).toEqual([
    'green 100',
    'blue 100',
    'green 100',
  ])
  expect(said(rig, 'DriftDetected')).toEqual([])
  expect(readyMessage(rig, rule)).toBe('priority 10')
  await rig.stop()
})

test('a rule that another has made is not written, nor one that has our priority', async () => {
  const rig = createRig()
  await rig.git(front())
  await rig.ready()
  await rig.aws(`${elb}:RemoveTags`, {
    ResourceArns: [arnOf(rig, 'ListenerRule/web')],
    TagKeys: ['fairlead:owner', 'fairlead:resource'],
  })
  await rig.aws(`${elb}:ModifyRule`, {
    RuleArn: arnOf(rig, 'ListenerRule/web'),
    Conditions: [{ Field: 'path-pattern', Values: ['/theirs/*'] }],
  })
  rig.calls.length = 0
  await rig.clock.advance(3 * minute)
  expect(rig.writes()).toEqual([])
  const [stalled] = (rig.status(rule)?.conditions ?? []).filter(({ type }) => type === 'Stalled')
  expect(stalled?.reason).toBe('NotOwned')
  await rig.stop()
})

test.each([3, 5, 6, 7, 8, 9, 10])(
  'killed after write %i, it goes on from what it finds',
  async (n) => {
    let writes = 0
    const rig = createRig({
      layer: (next) => async (operation, input, more) => {
        const answer = await next(operation, input, more)
        if (/:(Create|Register|Modify)/.test(operation) && ++writes === n) {
          queueMicrotask(() => rig.crash())
        }
        return answer
      },
    })
    await rig.git(front())
    await rig.ready()
    const { Rules } = (await rig.aws(`${elb}:DescribeRules`, {
      ListenerArn: arnOf(rig, 'Listener/http'),
    })) as { Rules: Rule[] }
    expect(Rules).toHaveLength(2)
    await rig.clock.advance(2 * minute)
    await sweep(rig)
    await rig.stop()
  },
)
