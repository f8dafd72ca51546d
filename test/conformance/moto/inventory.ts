/** All that an account of moto's holds, by type, in ids and names: what a file may leave behind is looked for here. */
import * as autoscaling from '@aws-sdk/client-auto-scaling'
import * as logs from '@aws-sdk/client-cloudwatch-logs'
import * as ec2 from '@aws-sdk/client-ec2'
import * as ecr from '@aws-sdk/client-ecr'
import * as ecs from '@aws-sdk/client-ecs'
import * as elb from '@aws-sdk/client-elastic-load-balancing-v2'
import * as iam from '@aws-sdk/client-iam'
import * as tag from '@aws-sdk/client-resource-groups-tagging-api'
import * as scheduler from '@aws-sdk/client-scheduler'
import * as secrets from '@aws-sdk/client-secrets-manager'

// biome-ignore lint/suspicious/noExplicitAny: clients, commands and answers of ten packages
type Loose = any

/** A list: the service, the operation, the member that holds it, what names an item; further input. */
type Listing = readonly [
  client: string,
  operation: string,
  member: string,
  name: string,
  more?: { readonly input: object },
]

const packages: Readonly<Record<string, readonly [client: string, module: object]>> = {
  autoscaling: ['AutoScalingClient', autoscaling],
  ec2: ['EC2Client', ec2],
  ecr: ['ECRClient', ecr],
  ecs: ['ECSClient', ecs],
  elb: ['ElasticLoadBalancingV2Client', elb],
  iam: ['IAMClient', iam],
  logs: ['CloudWatchLogsClient', logs],
  scheduler: ['SchedulerClient', scheduler],
  secrets: ['SecretsManagerClient', secrets],
  tag: ['ResourceGroupsTaggingAPIClient', tag],
}

const listings: readonly Listing[] = [
  ['autoscaling', 'DescribeAutoScalingGroups', 'AutoScalingGroups', 'AutoScalingGroupName'],
  [
    'autoscaling',
    'DescribeLaunchConfigurations',
    'LaunchConfigurations',
    'LaunchConfigurationName',
  ],
  ['autoscaling', 'DescribePolicies', 'ScalingPolicies', 'PolicyARN'],
  ['autoscaling', 'DescribeTags', 'Tags', 'ResourceId'],
  ['ec2', 'DescribeAddresses', 'Addresses', 'AllocationId'],
  ['ec2', 'DescribeDhcpOptions', 'DhcpOptions', 'DhcpOptionsId'],
  ['ec2', 'DescribeInternetGateways', 'InternetGateways', 'InternetGatewayId'],
  ['ec2', 'DescribeLaunchTemplates', 'LaunchTemplates', 'LaunchTemplateId'],
  ['ec2', 'DescribeNatGateways', 'NatGateways', 'NatGatewayId'],
  ['ec2', 'DescribeRouteTables', 'RouteTables', 'RouteTableId'],
  ['ec2', 'DescribeSecurityGroups', 'SecurityGroups', 'GroupId'],
  ['ec2', 'DescribeSubnets', 'Subnets', 'SubnetId'],
  ['ec2', 'DescribeVolumes', 'Volumes', 'VolumeId'],
  ['ec2', 'DescribeVpcs', 'Vpcs', 'VpcId'],
  ['ecr', 'DescribeRepositories', 'repositories', 'repositoryName'],
  ['ecs', 'ListTaskDefinitions', 'taskDefinitionArns', ''],
  ['elb', 'DescribeLoadBalancers', 'LoadBalancers', 'LoadBalancerArn'],
  ['elb', 'DescribeTargetGroups', 'TargetGroups', 'TargetGroupArn'],
  ['iam', 'ListInstanceProfiles', 'InstanceProfiles', 'InstanceProfileName'],
  ['iam', 'ListPolicies', 'Policies', 'Arn', { input: { Scope: 'Local' } }],
  ['iam', 'ListRoles', 'Roles', 'RoleName'],
  ['iam', 'ListUsers', 'Users', 'UserName'],
  ['logs', 'DescribeLogGroups', 'logGroups', 'logGroupName'],
  ['scheduler', 'ListSchedules', 'Schedules', 'Name'],
  ['scheduler', 'ListScheduleGroups', 'ScheduleGroups', 'Name'],
  ['secrets', 'ListSecrets', 'SecretList', 'Name'],
  [
    'tag',
    'GetResources',
    'ResourceTagMappingList',
    'ResourceARN',
    { input: { TagFilters: [{ Key: 'fairlead:owner' }] } },
  ],
]

export type Inventory = Readonly<Record<string, readonly string[]>>

export function inventoryOf(url: string, region: string): () => Promise<Inventory> {
  const configuration = {
    endpoint: url,
    region,
    credentials: { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'example' },
  }
  const clients = Object.fromEntries(
    Object.entries(packages).map(([name, [client, module]]) => {
      const loose = module as Loose
      return [name, { module: loose, client: new loose[client](configuration) }]
    }),
  )
  const ask = (service: string, operation: string, input: object = {}): Promise<Loose> => {
    const { client, module } = clients[service] as Loose
    return client.send(new module[`${operation}Command`](input))
  }

  return async () => {
    const found: Record<string, readonly string[]> = {}
    for (const [service, operation, member, name, more] of listings) {
      const answer = await ask(service, operation, more?.input)
      const items: Loose[] = answer[member]
      // A list that is not all would hide what is left.
      if (answer.nextToken ?? answer.NextToken ?? (answer.PaginationToken || undefined))
        throw new Error(`${operation} has further pages`)
      found[`${service}:${operation}`] = items.map((item) => (name ? item[name] : item)).toSorted()
    }
    return { ...found, ...(await alive(ask)) }
  }
}

/** What AWS and moto show for a while after its end, without what has ended. */
async function alive(
  ask: (service: string, operation: string, input?: object) => Promise<Loose>,
): Promise<Inventory> {
  const { Reservations } = await ask('ec2', 'DescribeInstances')
  const instances: Loose[] = Reservations.flatMap(({ Instances }: Loose) => Instances)
  const ended = new Set(
    instances.filter(({ State }) => State.Name === 'terminated').map((one) => one.InstanceId),
  )
  const { NetworkInterfaces } = await ask('ec2', 'DescribeNetworkInterfaces')
  // moto keeps the interface of an instance that is gone; AWS deletes it with the instance.
  const interfaces: Loose[] = NetworkInterfaces.filter(
    ({ Attachment }: Loose) => !ended.has(Attachment?.InstanceId),
  )
  // And it keeps the network ACL of a VPC that is gone.
  const { Vpcs } = await ask('ec2', 'DescribeVpcs')
  const { NetworkAcls } = await ask('ec2', 'DescribeNetworkAcls')
  const acls: Loose[] = NetworkAcls.filter((acl: Loose) =>
    Vpcs.some((vpc: Loose) => vpc.VpcId === acl.VpcId),
  )
  const { clusterArns } = await ask('ecs', 'ListClusters')
  const { clusters } = await ask('ecs', 'DescribeClusters', { clusters: clusterArns })
  const active: Loose[] = clusters.filter(({ status }: Loose) => status !== 'INACTIVE')
  const inClusters: string[] = []
  for (const { clusterArn: cluster } of active) {
    for (const [operation, member] of [
      ['ListServices', 'serviceArns'],
      ['ListTasks', 'taskArns'],
      ['ListContainerInstances', 'containerInstanceArns'],
    ] as const)
      inClusters.push(...(await ask('ecs', operation, { cluster }))[member])
  }
  return {
    instances: instances.map((one) => one.InstanceId).filter((id) => !ended.has(id)),
    interfaces: interfaces.map((one) => one.NetworkInterfaceId).toSorted(),
    'network ACLs': acls.map((acl) => acl.NetworkAclId).toSorted(),
    clusters: active.map(({ clusterArn }) => clusterArn),
    'in clusters': inClusters,
  }
}
