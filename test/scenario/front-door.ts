/** A load balancer by hand, as the network team leaves it: two target groups, a rule for production and one for tests. */
import type { Rig } from '../rig.ts'

/** A target group whose targets are healthy soon. */
export const quickGroup = {
  protocol: 'HTTP',
  port: 80,
  vpcId: 'vpc-0defa000000000000',
  targetType: 'ip',
  healthCheckIntervalSeconds: 5,
  healthCheckTimeoutSeconds: 2,
  healthyThresholdCount: 2,
}

type Answer = Record<string, Record<string, string>[]>

/** The members of a service that a strategy which shifts traffic needs. */
export async function frontDoor(rig: Rig): Promise<Record<string, unknown>> {
  const elb = async (operation: string, input: Record<string, unknown>) =>
    (await rig.aws(`elasticloadbalancing:${operation}`, input)) as Answer
  const group = async (Name: string) => {
    const { TargetGroups = [] } = await elb('CreateTargetGroup', {
      Name,
      Protocol: 'HTTP',
      Port: 80,
      VpcId: 'vpc-0defa000000000000',
      TargetType: 'ip',
      HealthCheckIntervalSeconds: 10,
      HealthyThresholdCount: 2,
    })
    const TargetGroupArn = TargetGroups[0]?.TargetGroupArn ?? ''
    const Attributes = [{ Key: 'deregistration_delay.timeout_seconds', Value: '5' }]
    await elb('ModifyTargetGroupAttributes', { TargetGroupArn, Attributes })
    return TargetGroupArn
  }
  const [blue, green] = [await group('blue'), await group('green')]
  const { LoadBalancers = [] } = await elb('CreateLoadBalancer', {
    Name: 'front',
    Subnets: ['subnet-0defa00000000000a', 'subnet-0defa00000000000b'],
  })
  const { Listeners = [] } = await elb('CreateListener', {
    LoadBalancerArn: LoadBalancers[0]?.LoadBalancerArn,
    Protocol: 'HTTP',
    Port: 80,
    DefaultActions: [{ Type: 'fixed-response', FixedResponseConfig: { StatusCode: '404' } }],
  })
  const { Rules = [] } = await elb('CreateRule', {
    ListenerArn: Listeners[0]?.ListenerArn,
    Priority: 10,
    Conditions: [{ Field: 'path-pattern', Values: ['/*'] }],
    Actions: [{ Type: 'forward', TargetGroupArn: blue }],
  })
  return {
    loadBalancers: [
      {
        targetGroupArn: blue,
        containerName: 'app',
        containerPort: 80,
        advancedConfiguration: {
          alternateTargetGroupArn: green,
          productionListenerRule: Rules[0]?.RuleArn,
          roleArn: 'arn:aws:iam::123456789012:role/ecsInfrastructureRole',
        },
      },
    ],
  }
}
