/** Load balancers that others made, and services behind them. */
import type { Rig } from '../rig.ts'
import { document, shop } from './shop.ts'

type Files = Readonly<Record<string, string>>

/** Makes one thing and answers its ARN. */
async function made({ aws }: Rig, kind: string, input: Record<string, unknown>): Promise<string> {
  const answer = await aws(`elasticloadbalancing:Create${kind}`, input)
  const [one] = answer[`${kind}s`] as Record<string, string>[]
  return one![`${kind}Arn`]!
}

const group = (rig: Rig, Name: string, more: Record<string, unknown> = {}) =>
  made(rig, 'TargetGroup', {
    Name,
    Protocol: 'HTTP',
    Port: 80,
    VpcId: 'vpc-0defa000000000000',
    TargetType: 'ip',
    ...more,
  })

async function listener(rig: Rig, action: Record<string, unknown>): Promise<string> {
  const Subnets = ['subnet-0defa00000000000a', 'subnet-0defa00000000000b']
  const LoadBalancerArn = await made(rig, 'LoadBalancer', { Name: 'front', Subnets })
  const common = { LoadBalancerArn, Protocol: 'HTTP', Port: 80 }
  return made(rig, 'Listener', { ...common, DefaultActions: [action] })
}

const withPort = (container: Record<string, unknown>) => ({
  containerDefinitions: [
    { name: 'app', image: 'nginx:1.27', portMappings: [{ containerPort: 80 }], ...container },
  ],
})

/** The target group `web` with a load balancer before it. */
export async function balancer(rig: Rig): Promise<void> {
  const TargetGroupArn = await group(rig, 'web', { HealthCheckPath: '/health' })
  await listener(rig, { Type: 'forward', TargetGroupArn })
}

export const balanced = (container: Record<string, unknown>): Files =>
  shop({
    definition: withPort(container),
    service: {
      loadBalancers: [{ targetGroupArn: { ref: 'web' }, containerName: 'app', containerPort: 80 }],
    },
    more: [document('TargetGroup', 'web', {}, { mode: 'observe' })],
  })

// ------------------------------------------------------------------ two groups, between which traffic is shifted

let pair = { blue: '', green: '', rule: '' }

export async function twoGroups(rig: Rig): Promise<void> {
  const [blue, green] = [await group(rig, 'blue'), await group(rig, 'green')]
  const answer = { Type: 'fixed-response', FixedResponseConfig: { StatusCode: '404' } }
  const rule = await made(rig, 'Rule', {
    ListenerArn: await listener(rig, answer),
    Priority: 10,
    Conditions: [{ Field: 'path-pattern', Values: ['/*'] }],
    Actions: [{ Type: 'forward', TargetGroupArn: blue }],
  })
  pair = { blue, green, rule }
}

/** A service that is deployed blue/green, with a hook that answers as told. */
export const shifted = (answer: string, container: Record<string, unknown> = {}): Files =>
  shop({
    definition: withPort(container),
    service: {
      loadBalancers: [
        {
          targetGroupArn: pair.blue,
          containerName: 'app',
          containerPort: 80,
          advancedConfiguration: {
            alternateTargetGroupArn: pair.green,
            productionListenerRule: pair.rule,
            roleArn: 'arn:aws:iam::123456789012:role/ecsInfrastructureRole',
          },
        },
      ],
      deploymentConfiguration: {
        strategy: 'BLUE_GREEN',
        lifecycleHooks: [
          {
            hookTargetArn: 'arn:aws:lambda:us-east-1:123456789012:function:smoke-test',
            roleArn: 'arn:aws:iam::123456789012:role/ecsHooks',
            lifecycleStages: ['POST_SCALE_UP'],
            hookDetails: { simulate: answer },
          },
        ],
      },
    },
  })
