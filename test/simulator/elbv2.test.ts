/** The simulator's load balancers: what AWS shows of them, and what ECS makes of target groups. */
import { describe, expect, it } from 'vitest'
import { aws } from './aws.ts'
import { balanced, sg, subnets, vpc } from './elbv2-account.ts'
import { network } from './story.ts'

describe('target groups', () => {
  it('show AWS’s defaults, and who uses them', () => {
    const { call, group, balancer } = balanced()
    const [shown] = call('elasticloadbalancing:DescribeTargetGroups', {
      Names: ['web'],
    }).TargetGroups
    expect(shown).toEqual({
      TargetGroupArn: expect.stringMatching(/:targetgroup\/web\/[0-9a-f]{16}$/),
      TargetGroupName: 'web',
      Protocol: 'HTTP',
      Port: 80,
      VpcId: vpc,
      HealthCheckProtocol: 'HTTP',
      HealthCheckPort: 'traffic-port',
      HealthCheckEnabled: true,
      HealthCheckPath: '/',
      Matcher: { HttpCode: '200' },
      HealthCheckIntervalSeconds: 30,
      HealthCheckTimeoutSeconds: 5,
      HealthyThresholdCount: 5,
      UnhealthyThresholdCount: 2,
      TargetType: 'ip',
      ProtocolVersion: 'HTTP1',
      IpAddressType: 'ipv4',
      LoadBalancerArns: [balancer],
    })
    expect(shown.TargetGroupArn).toBe(group)
    const by = { LoadBalancerArn: balancer }
    expect(call('elasticloadbalancing:DescribeTargetGroups', by).TargetGroups).toEqual([shown])
  })

  it('are made once: the same request again gives the same group', () => {
    const { call, refusal } = aws()
    const input = { Name: 'web', Protocol: 'TCP', Port: 80, VpcId: vpc }
    const make = (more: object = {}) =>
      call('elasticloadbalancing:CreateTargetGroup', { ...input, ...more }).TargetGroups[0]
    const first = make()
    expect(make()).toEqual(first)
    expect(first).not.toHaveProperty('HealthCheckPath')
    expect(first.HealthCheckTimeoutSeconds).toBe(10)
    expect(refusal('elasticloadbalancing:CreateTargetGroup', { ...input, Port: 81 })).toBe(
      "DuplicateTargetGroupName (400): A target group with the same name 'web' exists, but with different settings",
    )
  })

  it('change their checks and attributes', () => {
    const { call, group: TargetGroupArn } = balanced()
    const change = { TargetGroupArn, HealthCheckPath: '/up', Matcher: { HttpCode: '204' } }
    call('elasticloadbalancing:ModifyTargetGroup', change)
    expect(
      call('elasticloadbalancing:DescribeTargetGroups', { TargetGroupArns: [TargetGroupArn] })
        .TargetGroups[0],
    ).toMatchObject({ ...change, HealthCheckIntervalSeconds: 30 })
    const Attributes = [{ Key: 'deregistration_delay.timeout_seconds', Value: '7' }]
    call('elasticloadbalancing:ModifyTargetGroupAttributes', { TargetGroupArn, Attributes })
    const attributes = call('elasticloadbalancing:DescribeTargetGroupAttributes', {
      TargetGroupArn,
    }).Attributes
    expect(attributes).toContainEqual(Attributes[0])
    expect(attributes).toContainEqual({ Key: 'stickiness.type', Value: 'lb_cookie' })
  })
})

it('load balancers are provisioned, then active', () => {
  const { call, later, balancer, now } = balanced()
  const described = () =>
    call('elasticloadbalancing:DescribeLoadBalancers', { Names: ['front'] }).LoadBalancers[0]
  expect(described()).toEqual({
    LoadBalancerArn: balancer,
    DNSName: expect.stringMatching(/^front-\d+\.us-east-1\.elb\.amazonaws\.com$/),
    CanonicalHostedZoneId: expect.any(String),
    CreatedTime: new Date(now()),
    LoadBalancerName: 'front',
    Scheme: 'internet-facing',
    VpcId: vpc,
    State: { Code: 'provisioning' },
    Type: 'application',
    AvailabilityZones: subnets.map((SubnetId) => ({
      ZoneName: `us-east-1${SubnetId.at(-1)}`,
      SubnetId,
      LoadBalancerAddresses: [],
    })),
    SecurityGroups: [sg],
    IpAddressType: 'ipv4',
  })
  later(150)
  expect(described().State).toEqual({ Code: 'active' })
  const LoadBalancerArn = balancer
  const moved = [...subnets, subnets[0]?.replace(/a$/, 'c')]
  call('elasticloadbalancing:SetSubnets', { LoadBalancerArn, Subnets: moved })
  expect(described().AvailabilityZones).toHaveLength(3)
  const { GroupId } = call('ec2:CreateSecurityGroup', {
    GroupName: 'front',
    Description: 'front',
    VpcId: vpc,
  })
  call('elasticloadbalancing:SetSecurityGroups', { LoadBalancerArn, SecurityGroups: [GroupId] })
  expect(described().SecurityGroups).toEqual([GroupId])
  const Attributes = [{ Key: 'idle_timeout.timeout_seconds', Value: '30' }]
  call('elasticloadbalancing:ModifyLoadBalancerAttributes', { LoadBalancerArn, Attributes })
  expect(
    call('elasticloadbalancing:DescribeLoadBalancerAttributes', { LoadBalancerArn }).Attributes,
  ).toContainEqual(Attributes[0])
})

it('listeners and rules show the long form of what they forward to', () => {
  const { call, balancer, listener: ListenerArn, group } = balanced()
  const long = (arn: string) => ({
    TargetGroups: [{ TargetGroupArn: arn, Weight: 1 }],
    TargetGroupStickinessConfig: { Enabled: false },
  })
  const action = { Type: 'forward', TargetGroupArn: group, ForwardConfig: long(group) }
  const by = { LoadBalancerArn: balancer }
  expect(call('elasticloadbalancing:DescribeListeners', by).Listeners).toEqual([
    {
      ListenerArn,
      LoadBalancerArn: balancer,
      Port: 80,
      Protocol: 'HTTP',
      DefaultActions: [action],
    },
  ])
  const other = call('elasticloadbalancing:CreateTargetGroup', {
    Name: 'other',
    Protocol: 'HTTP',
    Port: 80,
    VpcId: vpc,
  }).TargetGroups[0].TargetGroupArn
  const [rule] = call('elasticloadbalancing:CreateRule', {
    ListenerArn,
    Priority: 10,
    Conditions: [{ Field: 'path-pattern', Values: ['/api/*'] }],
    Actions: [{ Type: 'forward', ForwardConfig: { TargetGroups: [{ TargetGroupArn: other }] } }],
  }).Rules
  expect(rule).toEqual({
    RuleArn: expect.stringContaining(':listener-rule/app/front/'),
    Priority: '10',
    Conditions: [
      {
        Field: 'path-pattern',
        Values: ['/api/*'],
        PathPatternConfig: { Values: ['/api/*'] },
      },
    ],
    Actions: [{ Type: 'forward', TargetGroupArn: other, ForwardConfig: long(other) }],
    IsDefault: false,
  })
  const rules = () => call('elasticloadbalancing:DescribeRules', { ListenerArn }).Rules
  expect(rules().map(({ Priority }: { Priority: string }) => Priority)).toEqual(['10', 'default'])
  const reply = {
    Type: 'fixed-response',
    FixedResponseConfig: { StatusCode: '404', ContentType: 'text/plain' },
  }
  call('elasticloadbalancing:ModifyRule', { RuleArn: rule.RuleArn, Actions: [reply] })
  expect(rules()[0]).toMatchObject({ Actions: [reply], Conditions: rule.Conditions })
  call('elasticloadbalancing:ModifyListener', { ListenerArn, Port: 8080, DefaultActions: [reply] })
  expect(rules()[1].Actions).toEqual([reply])
  call('elasticloadbalancing:DeleteRule', { RuleArn: rule.RuleArn })
  expect(rules()).toHaveLength(1)
  expect(
    call('elasticloadbalancing:DescribeListenerAttributes', { ListenerArn }).Attributes,
  ).toContainEqual({ Key: 'routing.http.response.server.enabled', Value: 'true' })
  call('elasticloadbalancing:DeleteLoadBalancer', { LoadBalancerArn: balancer })
  expect(call('elasticloadbalancing:DescribeLoadBalancers').LoadBalancers).toEqual([])
  for (const TargetGroupArn of [group, other])
    call('elasticloadbalancing:DeleteTargetGroup', { TargetGroupArn })
})

it('tags are found by the tagging API', () => {
  const { call, later, group } = balanced()
  call('elasticloadbalancing:AddTags', {
    ResourceArns: [group],
    Tags: [
      { Key: 'a', Value: '1' },
      { Key: 'b', Value: '2' },
    ],
  })
  call('elasticloadbalancing:RemoveTags', { ResourceArns: [group], TagKeys: ['a'] })
  const Tags = [{ Key: 'b', Value: '2' }]
  expect(
    call('elasticloadbalancing:DescribeTags', { ResourceArns: [group] }).TagDescriptions,
  ).toEqual([{ ResourceArn: group, Tags }])
  later(60)
  const filter = { ResourceTypeFilters: ['elasticloadbalancing:targetgroup'] }
  expect(call('tag:GetResources', filter).ResourceTagMappingList).toEqual([
    { ResourceARN: group, Tags },
  ])
})

describe('a service behind a load balancer', () => {
  function behind() {
    const one = balanced()
    one.call('ecs:CreateCluster', { clusterName: 'shop' })
    one.call('ecs:RegisterTaskDefinition', {
      family: 'web',
      networkMode: 'awsvpc',
      requiresCompatibilities: ['FARGATE'],
      cpu: '256',
      memory: '512',
      containerDefinitions: [
        { name: 'app', image: 'nginx', portMappings: [{ containerPort: 80 }] },
      ],
    })
    const service = (targetGroupArn: string) => ({
      cluster: 'shop',
      serviceName: 'web',
      taskDefinition: 'web',
      launchType: 'FARGATE',
      desiredCount: 1,
      networkConfiguration: network,
      loadBalancers: [{ targetGroupArn, containerName: 'app', containerPort: 80 }],
    })
    const health = () =>
      one.call('elasticloadbalancing:DescribeTargetHealth', { TargetGroupArn: one.group })
        .TargetHealthDescriptions
    return { ...one, service, health }
  }

  it('registers its tasks, whose health the target group shows', () => {
    const { call, later, service, health, group } = behind()
    call('elasticloadbalancing:ModifyTargetGroup', {
      TargetGroupArn: group,
      HealthCheckIntervalSeconds: 10,
      HealthyThresholdCount: 2,
    })
    call('elasticloadbalancing:ModifyTargetGroupAttributes', {
      TargetGroupArn: group,
      Attributes: [{ Key: 'deregistration_delay.timeout_seconds', Value: '20' }],
    })
    call('ecs:CreateService', service(group))
    expect(health()).toEqual([])
    const seen: string[] = []
    const watch = (seconds: number) => {
      for (let i = 0; i < seconds; i++) {
        later(1)
        const state = health()[0]?.TargetHealth.State ?? 'none'
        if (seen.at(-1) !== state) seen.push(state)
      }
    }
    watch(90)
    expect(seen).toEqual(['none', 'initial', 'healthy'])
    const [{ Target, HealthCheckPort }] = health()
    expect(Target).toMatchObject({ Port: 80, AvailabilityZone: 'us-east-1a' })
    expect(Target.Id).toMatch(/^172\.31\./)
    expect(HealthCheckPort).toBe('80')
    call('ecs:UpdateService', { cluster: 'shop', service: 'web', desiredCount: 0 })
    watch(60)
    expect(seen).toEqual(['none', 'initial', 'healthy', 'draining', 'none'])
  })

  it('is refused for a target group that is of no use to it', () => {
    const { call, refusal, service, group, listener } = behind()
    const create = (arn: string) => refusal('ecs:CreateService', service(arn))
    const make = (Name: string, TargetType: string) =>
      call('elasticloadbalancing:CreateTargetGroup', {
        Name,
        Protocol: 'HTTP',
        Port: 80,
        VpcId: vpc,
        TargetType,
      }).TargetGroups[0].TargetGroupArn
    const [alone, wrong] = [make('alone', 'ip'), make('wrong', 'instance')]
    expect(create(alone)).toBe(
      `InvalidParameterException (400): The target group with targetGroupArn ${alone} does not have an associated load balancer.`,
    )
    expect(create(wrong)).toBe(
      `InvalidParameterException (400): The provided target group ${wrong} has target type instance, which is incompatible with the awsvpc network mode specified in the task definition.`,
    )
    call('elasticloadbalancing:DeleteListener', { ListenerArn: listener })
    call('elasticloadbalancing:DeleteTargetGroup', { TargetGroupArn: group })
    expect(create(group)).toMatch(
      /^InvalidParameterException \(400\): Unable to assume role and validate the specified targetGroupArn/,
    )
  })

  it('is believed a target group that was never made here', () => {
    const { call, service, group } = behind()
    const input = service(group.replace(/[0-9a-f]{16}$/, '0123456789abcdef'))
    expect(call('ecs:CreateService', input).service.status).toBe('ACTIVE')
  })
})
