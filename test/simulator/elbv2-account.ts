/** What the tests of load balancers start from: one of each, connected. */
import { type Aws, aws } from './aws.ts'

export const vpc = 'vpc-0defa000000000000'
export const sg = 'sg-0defa000000000000'
export const subnets = ['subnet-0defa00000000000a', 'subnet-0defa00000000000b']

export interface Balanced extends Aws {
  readonly group: string
  readonly balancer: string
  readonly listener: string
}

/** A target group `web` of addresses, a load balancer `front`, and its listener on port 80; all by ARN. */
export function balanced(): Balanced {
  const one = aws()
  const elb = (operation: string, input: Record<string, unknown>) =>
    one.call(`elasticloadbalancing:${operation}`, input)
  const [{ TargetGroupArn: group }] = elb('CreateTargetGroup', {
    Name: 'web',
    Protocol: 'HTTP',
    Port: 80,
    VpcId: vpc,
    TargetType: 'ip',
  }).TargetGroups
  const [{ LoadBalancerArn: balancer }] = elb('CreateLoadBalancer', {
    Name: 'front',
    Subnets: subnets,
  }).LoadBalancers
  const [{ ListenerArn: listener }] = elb('CreateListener', {
    LoadBalancerArn: balancer,
    Protocol: 'HTTP',
    Port: 80,
    DefaultActions: [{ Type: 'forward', TargetGroupArn: group }],
  }).Listeners
  return { ...one, group, balancer, listener }
}
