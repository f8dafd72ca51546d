/** What the simulator's load balancers say no to, and that nothing has changed then. */
import { expect, it } from 'vitest'
import { writeSnapshot } from '../../src/simulator/snapshot.ts'
import { type Balanced, balanced, subnets, vpc } from './elbv2-account.ts'

const forward = (TargetGroupArn: string) => [{ Type: 'forward', TargetGroupArn }]
const path = [{ Field: 'path-pattern', Values: ['/x'] }]
const reply = [{ Type: 'fixed-response', FixedResponseConfig: { StatusCode: '200' } }]

const group = (more: object) => () => ({
  Name: 'new',
  Protocol: 'HTTP',
  Port: 80,
  VpcId: vpc,
  ...more,
})
const checks = (more: object) => (one: Balanced) => ({ TargetGroupArn: one.group, ...more })
const balancer = (more: object) => () => ({ Name: 'new', Subnets: subnets, ...more })
const listener = (more: object) => (one: Balanced) => ({
  LoadBalancerArn: one.balancer,
  Protocol: 'HTTP',
  Port: 81,
  DefaultActions: reply,
  ...more,
})
const rule = (more: object) => (one: Balanced) => ({
  ListenerArn: one.listener,
  Priority: 1,
  Conditions: path,
  Actions: reply,
  ...more,
})
const none = 'arn:aws:elasticloadbalancing:us-east-1:123456789012'
const noGroup = `${none}:targetgroup/none/0123456789abcdef`
const noBalancer = `${none}:loadbalancer/app/none/0123456789abcdef`
const defaultRule = (one: Balanced) =>
  one.call('elasticloadbalancing:DescribeRules', { ListenerArn: one.listener }).Rules[0].RuleArn

// biome-ignore format: a table reads best with a row on a line
const rows: readonly [string, (one: Balanced) => Record<string, unknown>, RegExp][] = [
  ['CreateTargetGroup', group({ Name: 'x'.repeat(33) }), /^ValidationError \(400\): The target group name 'x+' cannot be longer than '32' characters$/],
  ['CreateTargetGroup', group({ Name: '-x' }), /^ValidationError .*cannot begin or end with '-'$/],
  ['CreateTargetGroup', group({ Name: 'a_b' }), /^ValidationError .*alphanumeric/],
  ['CreateTargetGroup', group({ Protocol: undefined }), /^ValidationError .*A protocol must be specified$/],
  ['CreateTargetGroup', group({ Protocol: 'FTP' }), /^ValidationError .*'FTP' is not supported$/],
  ['CreateTargetGroup', group({ Port: undefined }), /^ValidationError .*A port must be specified$/],
  ['CreateTargetGroup', group({ Port: 0 }), /^ValidationError .*Port '0' must be in the range/],
  ['CreateTargetGroup', group({ VpcId: undefined }), /^ValidationError .*A VPC ID must be specified$/],
  ['CreateTargetGroup', group({ VpcId: 'vpc-none' }), /^ValidationError .*The VPC ID 'vpc-none' is not found$/],
  ['CreateTargetGroup', group({ TargetType: 'pod' }), /^ValidationError .*enum value set/],
  ['CreateTargetGroup', group({ HealthCheckIntervalSeconds: 4 }), /^ValidationError .*interval '4' must be in the range of 5-300$/],
  ['CreateTargetGroup', group({ Protocol: 'TCP', HealthCheckPath: '/' }), /^InvalidConfigurationRequest/],
  ['CreateTargetGroup', group({ Tags: [{ Key: 'a', Value: '' }, { Key: 'a', Value: '' }] }), /^DuplicateTagKeys/],
  ['CreateTargetGroup', group({ Tags: [{ Key: 'aws:a', Value: '' }] }), /^ValidationError/],
  ['CreateTargetGroup', group({ Tags: Array.from({ length: 51 }, (_, i) => ({ Key: `${i}`, Value: '' })) }), /^TooManyTags/],
  ['ModifyTargetGroup', checks({ HealthCheckTimeoutSeconds: 30 }), /^ValidationError .*timeout '30' must be smaller than the interval '30'$/],
  ['ModifyTargetGroup', checks({ HealthyThresholdCount: 11 }), /^ValidationError .*healthy threshold '11'/],
  ['ModifyTargetGroup', checks({ UnhealthyThresholdCount: 1 }), /^ValidationError .*unhealthy threshold '1'/],
  ['ModifyTargetGroup', checks({ HealthCheckPort: 'http' }), /^ValidationError .*Health check port 'http'/],
  ['ModifyTargetGroup', checks({ TargetGroupArn: noGroup }), /^TargetGroupNotFound \(400\): One or more target groups not found$/],
  ['ModifyTargetGroupAttributes', checks({ Attributes: [{ Key: 'speed', Value: '1' }] }), /^ValidationError .*'speed' is not recognized$/],
  ['ModifyTargetGroupAttributes', checks({ Attributes: [{ Key: 'deregistration_delay.timeout_seconds', Value: '3601' }] }), /^ValidationError .*'3601'/],
  ['ModifyTargetGroupAttributes', checks({ Attributes: [{ Key: 'slow_start.duration_seconds', Value: '29' }] }), /^ValidationError/],
  ['DescribeTargetGroups', () => ({ Names: ['none'] }), /^TargetGroupNotFound/],
  ['DescribeTargetGroups', () => ({ TargetGroupArns: [noGroup] }), /^TargetGroupNotFound/],
  ['DescribeTargetGroups', () => ({ LoadBalancerArn: noBalancer }), /^LoadBalancerNotFound/],
  ['DescribeTargetGroups', () => ({ PageSize: 401 }), /^ValidationError/],
  ['DescribeTargetGroups', () => ({ Marker: 'x' }), /^ValidationError/],
  ['DescribeTargetHealth', checks({ TargetGroupArn: noGroup }), /^TargetGroupNotFound/],
  ['DeleteTargetGroup', checks({}), /^ResourceInUse \(400\): Target group '.*' is currently in use by a listener or a rule$/],
  ['CreateLoadBalancer', balancer({ Name: 'internal-x' }), /^ValidationError .*cannot begin with 'internal-'$/],
  ['CreateLoadBalancer', balancer({ Name: 'front', Scheme: 'internal' }), /^DuplicateLoadBalancerName \(400\)/],
  ['CreateLoadBalancer', balancer({ Subnets: subnets.slice(1) }), /^ValidationError .*At least two subnets in two different Availability Zones must be specified$/],
  ['CreateLoadBalancer', balancer({ Subnets: [...subnets, subnets[0]] }), /^InvalidConfigurationRequest .*same Availability Zone$/],
  ['CreateLoadBalancer', balancer({ Subnets: ['subnet-none'] }), /^SubnetNotFound \(400\): The subnet ID 'subnet-none' does not exist$/],
  ['CreateLoadBalancer', balancer({ SecurityGroups: ['sg-none'] }), /^InvalidSecurityGroup/],
  ['CreateLoadBalancer', balancer({ Type: 'gateway' }), /^ValidationError/],
  ['CreateLoadBalancer', balancer({ Scheme: 'public' }), /^ValidationError/],
  ['DescribeLoadBalancers', () => ({ Names: ['none'] }), /^LoadBalancerNotFound \(400\): Load balancers '\[none\]' not found$/],
  ['DescribeLoadBalancerAttributes', () => ({ LoadBalancerArn: noBalancer }), /^LoadBalancerNotFound/],
  ['ModifyLoadBalancerAttributes', (one) => ({ LoadBalancerArn: one.balancer, Attributes: [{ Key: 'routing.http2.enabled', Value: 'yes' }] }), /^ValidationError/],
  ['SetSubnets', (one) => ({ LoadBalancerArn: one.balancer, Subnets: subnets.slice(1) }), /^ValidationError .*At least two/],
  ['SetSecurityGroups', (one) => ({ LoadBalancerArn: one.balancer, SecurityGroups: ['sg-none'] }), /^InvalidSecurityGroup/],
  ['CreateListener', listener({ LoadBalancerArn: noBalancer }), /^LoadBalancerNotFound/],
  ['CreateListener', listener({ Port: 80 }), /^DuplicateListener/],
  ['CreateListener', listener({ Port: undefined }), /^ValidationError .*port must be specified$/],
  ['CreateListener', listener({ Protocol: 'TCP' }), /^ValidationError .*must be one of 'HTTP, HTTPS'$/],
  ['CreateListener', listener({ Protocol: 'HTTPS' }), /^ValidationError .*A certificate must be specified/],
  ['CreateListener', listener({ DefaultActions: [] }), /^InvalidLoadBalancerAction/],
  ['CreateListener', listener({ DefaultActions: forward(noGroup) }), /^TargetGroupNotFound/],
  ['CreateListener', listener({ DefaultActions: [{ Type: 'forward' }] }), /^ValidationError .*target group ARN/],
  ['CreateListener', listener({ DefaultActions: [{ Type: 'redirect' }] }), /^ValidationError .*redirect/],
  ['CreateListener', listener({ DefaultActions: [{ Type: 'fixed-response' }] }), /^ValidationError .*fixed response/],
  ['DescribeListeners', () => ({}), /^ValidationError/],
  ['DeleteListener', () => ({ ListenerArn: noBalancer }), /^ListenerNotFound/],
  ['CreateRule', rule({ ListenerArn: noBalancer }), /^ListenerNotFound/],
  ['CreateRule', rule({ Priority: 50_001 }), /^ValidationError .*Priority '50001'/],
  ['CreateRule', rule({ Conditions: [] }), /^ValidationError .*A condition must be specified$/],
  ['CreateRule', rule({ Conditions: [{ Field: 'colour', Values: ['x'] }] }), /^ValidationError .*'colour' must be one of/],
  ['CreateRule', rule({ Conditions: [{ Field: 'path-pattern' }] }), /^ValidationError .*condition value/],
  ['ModifyRule', () => ({ RuleArn: noBalancer }), /^RuleNotFound/],
  ['ModifyRule', (one) => ({ RuleArn: defaultRule(one), Actions: reply }), /^OperationNotPermitted .*cannot be modified$/],
  ['DeleteRule', (one) => ({ RuleArn: defaultRule(one) }), /^OperationNotPermitted \(400\): Default rule '.*' cannot be deleted$/],
  ['AddTags', () => ({ ResourceArns: [noGroup], Tags: [] }), /^TargetGroupNotFound/],
  ['DescribeTags', () => ({ ResourceArns: ['x'] }), /^ValidationError/],
]

it.each(rows)('refuses %s %#', (operation, input, text) => {
  const one = balanced()
  const given = input(one)
  const before = writeSnapshot(one.sim.snapshot())
  expect(one.refusal(`elasticloadbalancing:${operation}`, given)).toMatch(text)
  expect(writeSnapshot(one.sim.snapshot())).toBe(before)
})

it('refuses what the state of other things forbids', () => {
  const one = balanced()
  const elb = (operation: string, input: Record<string, unknown>) =>
    one.call(`elasticloadbalancing:${operation}`, input)
  const refusal = (operation: string, input: Record<string, unknown>) =>
    one.refusal(`elasticloadbalancing:${operation}`, input)
  elb('CreateRule', rule({})(one))
  expect(refusal('CreateRule', rule({})(one))).toBe(
    "PriorityInUse (400): Priority '1' is currently in use",
  )
  const [second] = elb('CreateLoadBalancer', balancer({})()).LoadBalancers
  const [tcp] = elb('CreateTargetGroup', group({ Name: 'tcp', Protocol: 'TCP' })()).TargetGroups
  const at = (more: object) => listener({ LoadBalancerArn: second.LoadBalancerArn, ...more })(one)
  expect(refusal('CreateListener', at({ DefaultActions: forward(one.group) }))).toMatch(
    /^TargetGroupAssociationLimit/,
  )
  expect(refusal('CreateListener', at({ DefaultActions: forward(tcp.TargetGroupArn) }))).toMatch(
    /^IncompatibleProtocols/,
  )
  const { Vpc } = one.call('ec2:CreateVpc', { CidrBlock: '10.0.0.0/16' })
  const [far] = elb('CreateTargetGroup', group({ Name: 'far', VpcId: Vpc.VpcId })()).TargetGroups
  expect(refusal('CreateListener', at({ DefaultActions: forward(far.TargetGroupArn) }))).toMatch(
    /^InvalidConfigurationRequest .*different VPC/,
  )
  const inside = ['a', 'b'].map((zone, i) =>
    one.call('ec2:CreateSubnet', {
      VpcId: Vpc.VpcId,
      CidrBlock: `10.0.${i}.0/24`,
      AvailabilityZone: `us-east-1${zone}`,
    }),
  )
  const Subnets = inside.map(({ Subnet }) => Subnet.SubnetId)
  expect(refusal('CreateLoadBalancer', { Name: 'far', Subnets })).toBe(
    `InvalidSubnet (400): VPC ${Vpc.VpcId} has no internet gateway`,
  )
  expect(
    elb('CreateLoadBalancer', { Name: 'far', Subnets, Scheme: 'internal' }).LoadBalancers[0]
      .DNSName,
  ).toMatch(/^internal-far-/)
  elb('ModifyLoadBalancerAttributes', {
    LoadBalancerArn: one.balancer,
    Attributes: [{ Key: 'deletion_protection.enabled', Value: 'true' }],
  })
  expect(refusal('DeleteLoadBalancer', { LoadBalancerArn: one.balancer })).toMatch(
    /^OperationNotPermitted .*deletion protection is enabled$/,
  )
})
