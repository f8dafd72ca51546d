/** An account as a team leaves it that made everything by hand, or with another tool: nothing in it is fairlead's. */
import { createRig, type Rig } from '../rig.ts'
import { handMadeHosts } from './hand-made.ts'

type Input = Record<string, unknown>

const account = '123456789012'
const subnets = ['subnet-0defa00000000000a', 'subnet-0defa00000000000b']
const vpcConfiguration = {
  awsvpcConfiguration: { subnets, securityGroups: ['sg-0defa000000000000'] },
}
const executionRoleArn = `arn:aws:iam::${account}:role/a/very/long/path/of/a/platform/team/ecsTaskExecutionRole`

const ecs = (rig: Rig, operation: string, input: Input) => rig.aws(`ecs:${operation}`, input)

/** A revision; answers its ARN. */
export async function register(rig: Rig, family: string, more: Input = {}): Promise<string> {
  const answer = await ecs(rig, 'RegisterTaskDefinition', {
    family,
    containerDefinitions: [{ name: 'app', image: 'nginx:1.27', memory: 128 }],
    ...more,
  })
  return String((answer.taskDefinition as Input).taskDefinitionArn)
}

export const onFargate = {
  requiresCompatibilities: ['FARGATE'],
  networkMode: 'awsvpc',
  cpu: '256',
  memory: '512',
  executionRoleArn,
  containerDefinitions: [
    {
      name: 'app',
      image: 'nginx:1.27',
      portMappings: [{ containerPort: 80 }],
      environment: [
        { name: 'DB_PASSWORD', value: 'hunter2' },
        { name: 'STAGE', value: 'prod' },
      ],
    },
  ],
}

export async function serve(rig: Rig, cluster: string, serviceName: string, more: Input) {
  await ecs(rig, 'CreateService', { cluster, serviceName, ...more })
}

const fargate = {
  launchType: 'FARGATE',
  networkConfiguration: vpcConfiguration,
  desiredCount: 1,
}

async function targetGroup(rig: Rig): Promise<string> {
  const elb = (operation: string, input: Input) =>
    rig.aws(`elasticloadbalancing:${operation}`, input)
  const { TargetGroups } = await elb('CreateTargetGroup', {
    Name: 'front-with-quite-a-long-name-32c',
    Protocol: 'HTTP',
    Port: 80,
    VpcId: 'vpc-0defa000000000000',
    TargetType: 'ip',
  })
  const { TargetGroupArn } = (TargetGroups as Input[])[0]!
  const { LoadBalancers } = await elb('CreateLoadBalancer', { Name: 'front', Subnets: subnets })
  await elb('CreateListener', {
    LoadBalancerArn: (LoadBalancers as Input[])[0]!.LoadBalancerArn,
    Protocol: 'HTTP',
    Port: 80,
    DefaultActions: [{ Type: 'forward', TargetGroupArn }],
  })
  return String(TargetGroupArn)
}

async function scale(rig: Rig, service: string, min: number, max: number): Promise<void> {
  const of = {
    ServiceNamespace: 'ecs',
    ResourceId: `service/${service}`,
    ScalableDimension: 'ecs:service:DesiredCount',
  }
  const scaling = (operation: string, input: Input) =>
    rig.aws(`application-autoscaling:${operation}`, { ...of, ...input })
  await scaling('RegisterScalableTarget', { MinCapacity: min, MaxCapacity: max })
  await scaling('PutScalingPolicy', {
    PolicyName: 'cpu at 50 %',
    PolicyType: 'TargetTrackingScaling',
    TargetTrackingScalingPolicyConfiguration: {
      TargetValue: 50,
      PredefinedMetricSpecification: { PredefinedMetricType: 'ECSServiceAverageCPUUtilization' },
    },
  })
}

/** EC2 capacity of a cluster: hosts, and the provider that scales them. */
export async function capacityOf(rig: Rig, cluster: string, name: string): Promise<void> {
  await handMadeHosts(rig, { name, cluster, count: 1 })
  const { AutoScalingGroups } = await rig.aws('autoscaling:DescribeAutoScalingGroups', {
    AutoScalingGroupNames: [name],
  })
  await ecs(rig, 'CreateCapacityProvider', {
    name,
    autoScalingGroupProvider: {
      autoScalingGroupArn: (AutoScalingGroups as Input[])[0]!.AutoScalingGroupARN,
      managedScaling: { status: 'ENABLED', targetCapacity: 90 },
    },
  })
  await ecs(rig, 'PutClusterCapacityProviders', {
    cluster,
    capacityProviders: [name, 'FARGATE'],
    defaultCapacityProviderStrategy: [{ capacityProvider: name, weight: 1 }],
  })
}

/** Two clusters with a service of every sort, names of every sort, and some things that are nobody's to import. */
export async function handMadeAccount(): Promise<Rig> {
  const rig = createRig({ simulator: { throttle: false } })
  for (const clusterName of ['Shop_Prod', 'batch', 'AWSBatch-jobs-0f0f']) {
    await ecs(rig, 'CreateCluster', {
      clusterName,
      tags: [
        { key: 'team', value: 'shop' },
        { key: 'ManagedBy', value: 'terraform' },
      ],
      settings: [{ name: 'containerInsights', value: 'enabled' }],
    })
  }
  const web = await register(rig, 'web', onFargate)
  const plain = await register(rig, 'Legacy_Worker')
  await capacityOf(rig, 'Shop_Prod', 'shop-hosts')
  await serve(rig, 'Shop_Prod', 'web', {
    ...fargate,
    taskDefinition: web,
    desiredCount: 2,
    tags: [{ key: 'team', value: 'shop' }],
  })
  await serve(rig, 'Shop_Prod', 'FrontDoor', {
    ...fargate,
    taskDefinition: web,
    loadBalancers: [
      { targetGroupArn: await targetGroup(rig), containerName: 'app', containerPort: 80 },
    ],
    healthCheckGracePeriodSeconds: 30,
    deploymentConfiguration: { deploymentCircuitBreaker: { enable: true, rollback: false } },
  })
  await serve(rig, 'Shop_Prod', 'Legacy_Worker', {
    taskDefinition: plain,
    desiredCount: 1,
    capacityProviderStrategy: [{ capacityProvider: 'shop-hosts', weight: 1 }],
    placementStrategy: [{ type: 'spread', field: 'attribute:ecs.availability-zone' }],
  })
  await serve(rig, 'Shop_Prod', 'agent', {
    taskDefinition: await register(rig, 'agent', { networkMode: 'host' }),
    schedulingStrategy: 'DAEMON',
    launchType: 'EC2',
  })
  await serve(rig, 'Shop_Prod', 'scaled', { ...fargate, taskDefinition: web })
  await scale(rig, 'Shop_Prod/scaled', 2, 6)
  await serve(rig, 'batch', 'web', { ...fargate, taskDefinition: web })
  await serve(rig, 'batch', 'cluster', { ...fargate, taskDefinition: web })
  await scale(rig, 'batch/web', 1, 3)
  await rig.clock.advance(15 * 60_000)
  return rig
}
