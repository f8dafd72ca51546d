/** What the tests of deployments that shift traffic start from: a service behind two target groups and two rules. */
import type { ServiceDeployment } from '@aws-sdk/client-ecs'
import { subnets, vpc } from './elbv2-account.ts'
import { onFargate, type Story, story } from './story.ts'

export interface Traffic extends Story {
  /** Target groups by name. */
  readonly groups: { readonly blue: string; readonly green: string }
  readonly rules: { readonly production: string; readonly test: string }
  readonly loadBalancers: readonly Record<string, unknown>[]
  /** The weights that a rule gives: `blue 90, green 10`. */
  weights(rule?: 'production' | 'test'): string
  /** The newest service deployment, in full. */
  deployment(): ServiceDeployment
  /** How many targets a group has that are not draining, by their health: `2 healthy`. */
  targets(group: 'blue' | 'green'): string
  /** Lets seconds pass until the newest service deployment is in a stage; fails after an hour. */
  reach(stage: string): void
  /** Lets seconds pass until the newest service deployment has a status; fails after two hours. */
  end(status: string): void
}

/** A cluster, a load balancer with a rule for production and one for tests, target groups that are quick. */
export function traffic(): Traffic {
  const teller = story()
  const elb = (operation: string, input: Record<string, unknown>) =>
    teller.sim.call(`elasticloadbalancing:${operation}`, input)
  const group = (Name: string): string => {
    const checks = { HealthCheckIntervalSeconds: 10, HealthyThresholdCount: 2 }
    const input = { Name, Protocol: 'HTTP', Port: 80, VpcId: vpc, TargetType: 'ip', ...checks }
    const arn = elb('CreateTargetGroup', input).TargetGroups[0].TargetGroupArn
    elb('ModifyTargetGroupAttributes', {
      TargetGroupArn: arn,
      Attributes: [{ Key: 'deregistration_delay.timeout_seconds', Value: '5' }],
    })
    return arn
  }
  const groups = { blue: group('blue'), green: group('green') }
  const [{ LoadBalancerArn }] = elb('CreateLoadBalancer', {
    Name: 'front',
    Subnets: subnets,
  }).LoadBalancers
  const [{ ListenerArn }] = elb('CreateListener', {
    LoadBalancerArn,
    Protocol: 'HTTP',
    Port: 80,
    DefaultActions: [{ Type: 'fixed-response', FixedResponseConfig: { StatusCode: '404' } }],
  }).Listeners
  const rule = (Priority: number, path: string): string =>
    elb('CreateRule', {
      ListenerArn,
      Priority,
      Conditions: [{ Field: 'path-pattern', Values: [path] }],
      Actions: [{ Type: 'forward', TargetGroupArn: groups.blue }],
    }).Rules[0].RuleArn
  const rules = { production: rule(10, '/*'), test: rule(5, '/test/*') }
  const nameOf = (arn: string) => (arn === groups.blue ? 'blue' : 'green')
  const deployment = (): ServiceDeployment => {
    const arn = teller.service().currentServiceDeployment
    return teller.ecs('DescribeServiceDeployments', { serviceDeploymentArns: [arn] })
      .serviceDeployments[0]
  }
  const walk = (done: () => boolean, seconds: number, what: string) => {
    for (let i = 0; i < seconds && !done(); i++) teller.after(1)
    if (!done()) throw new Error(`${what} was never reached: ${JSON.stringify(deployment())}`)
  }
  return {
    ...teller,
    groups,
    rules,
    loadBalancers: [
      {
        targetGroupArn: groups.blue,
        containerName: 'app',
        containerPort: 80,
        advancedConfiguration: {
          alternateTargetGroupArn: groups.green,
          productionListenerRule: rules.production,
          testListenerRule: rules.test,
          roleArn: 'arn:aws:iam::123456789012:role/ecsInfrastructureRole',
        },
      },
    ],
    weights(which = 'production') {
      const [{ Actions }] = elb('DescribeRules', { RuleArns: [rules[which]] }).Rules
      return Actions[0].ForwardConfig.TargetGroups.map(
        (one: { TargetGroupArn: string; Weight: number }) =>
          `${nameOf(one.TargetGroupArn)} ${one.Weight}`,
      ).join(', ')
    },
    deployment,
    targets(name) {
      const states = elb('DescribeTargetHealth', {
        TargetGroupArn: groups[name],
      })
        .TargetHealthDescriptions.map(
          (one: { TargetHealth: { State: string } }) => one.TargetHealth.State,
        )
        .filter((state: string) => state !== 'draining')
      const kinds = [...new Set<string>(states)].sort()
      return kinds
        .map((kind) => `${states.filter((s: string) => s === kind).length} ${kind}`)
        .join()
    },
    reach: (stage) => walk(() => deployment().lifecycleStage === stage, 3_600, stage),
    end: (status) => walk(() => deployment().status === status, 7_200, status),
  }
}

const port = { portMappings: [{ containerPort: 80 }] }

/** A service whose first deployment of the strategy has completed, and a second revision of it under way. */
export function shifting(
  deploymentConfiguration: Record<string, unknown>,
  simulate?: string,
): Traffic & { readonly good: string; readonly bad: string; readonly oldId: string | undefined } {
  const teller = traffic()
  const good = teller.fargate(undefined, port)
  teller.create({
    ...onFargate,
    loadBalancers: teller.loadBalancers,
    deploymentConfiguration: { ...deploymentConfiguration, lifecycleHooks: [] },
  })
  teller.end('SUCCESSFUL')
  const oldId = teller.service().deployments?.[0]?.id
  const bad = teller.fargate(simulate, port)
  teller.update({ taskDefinition: bad, deploymentConfiguration })
  return { ...teller, good, bad, oldId }
}
