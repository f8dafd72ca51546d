/** What stands around the manifests' resources and decides how a roll-out goes: who else is in the clusters, what is free, who brings more. */
import type { AutoScalingGroup } from '@aws-sdk/client-auto-scaling'
import type { LaunchTemplateVersion } from '@aws-sdk/client-ec2'
import type { CapacityProvider, Cluster, Service, Task } from '@aws-sdk/client-ecs'
import type { InstanceProfile } from '@aws-sdk/client-iam'
import { inBatches } from '../kind.ts'
import type { Desired, Manifest } from '../model.ts'
import type { Reader } from './reader.ts'

/** Reads them all. What the first pass has read already is not read again where that costs a call for each item. */
export async function readSurroundings(
  reader: Reader,
  manifests: readonly Manifest[],
  identities: Desired['identities'],
): Promise<void> {
  const clusters = await readClusters(reader, manifests, identities)
  await Promise.all(
    clusters.map(async (cluster) => {
      const name = cluster.clusterName ?? ''
      await Promise.all([
        readInstances(reader, name),
        readServices(reader, name).then((services) => readTasks(reader, name, services)),
      ])
    }),
  )
  await Promise.all([readDefinitions(reader), readFamilies(reader), readNetwork(reader, manifests)])
  await readCapacity(reader, clusters)
  await readTargets(reader, manifests)
}

/** All that the reader has been answered so far under a member. */
function known<Item>({ answers }: Reader, operation: string, member: string): Item[] {
  return answers.flatMap((answer) =>
    answer.operation === operation ? ((answer.output[member] ?? []) as Item[]) : [],
  )
}

async function readClusters(
  reader: Reader,
  manifests: readonly Manifest[],
  identities: Desired['identities'],
): Promise<Cluster[]> {
  const names = new Set(
    manifests.flatMap(({ key, kind }) => {
      const identity = identities[key]
      return (kind === 'Cluster' ? identity?.name : identity?.parts.cluster) ?? []
    }),
  )
  const unread = [...names]
  for (const clusters of inBatches(unread, 100)) {
    const include = ['TAGS', 'SETTINGS', 'CONFIGURATIONS', 'ATTACHMENTS']
    await reader.read('ecs:DescribeClusters', { clusters, include })
  }
  const found = known<Cluster>(reader, 'ecs:DescribeClusters', 'clusters')
  const active = found.filter(({ status }) => status === 'ACTIVE')
  return [...new Map(active.map((one) => [one.clusterName, one])).values()]
}

async function readInstances(reader: Reader, cluster: string): Promise<void> {
  const arns = await reader.pages<string>(
    'ecs:ListContainerInstances',
    { cluster },
    'containerInstanceArns',
  )
  await Promise.all(
    inBatches(arns, 100).map((containerInstances) =>
      reader.read('ecs:DescribeContainerInstances', {
        cluster,
        containerInstances,
        include: ['TAGS'],
      }),
    ),
  )
}

/** Services that no manifest describes take room too. */
async function readServices(reader: Reader, cluster: string): Promise<Service[]> {
  const arns = await reader.pages<string>(
    'ecs:ListServices',
    { cluster, maxResults: 100 },
    'serviceArns',
  )
  const seen = new Set(
    known<Service>(reader, 'ecs:DescribeServices', 'services').map((one) => one.serviceArn),
  )
  const unread = arns.filter((arn) => !seen.has(arn))
  await Promise.all(
    inBatches(unread, 10).map((services) =>
      reader.read('ecs:DescribeServices', { cluster, services, include: ['TAGS'] }),
    ),
  )
  const all = known<Service>(reader, 'ecs:DescribeServices', 'services')
  return all.filter((one) => one.clusterArn?.endsWith(`/${cluster}`))
}

async function readTasks(
  reader: Reader,
  cluster: string,
  services: readonly Service[],
): Promise<void> {
  const list = (more: object) =>
    reader.pages<string>('ecs:ListTasks', { cluster, maxResults: 100, ...more }, 'taskArns')
  const moving = services.some(({ deployments = [] }) => deployments.length > 1)
  const [running, stopping] = await Promise.all([
    list({ desiredStatus: 'RUNNING' }),
    // Tasks on their way out hold their room until they are gone.
    moving ? list({ desiredStatus: 'STOPPED' }) : [],
  ])
  const seen = new Set(known<Task>(reader, 'ecs:DescribeTasks', 'tasks').map((one) => one.taskArn))
  const unread = [...new Set([...running, ...stopping])].filter((arn) => !seen.has(arn))
  await Promise.all(
    inBatches(unread, 100).map((tasks) =>
      reader.read('ecs:DescribeTasks', { cluster, tasks, include: ['TAGS'] }),
    ),
  )
}

/** Of everything that runs: how much it takes, which ports, which health checks. */
async function readDefinitions(reader: Reader): Promise<void> {
  const services = known<Service>(reader, 'ecs:DescribeServices', 'services')
  const tasks = known<Task>(reader, 'ecs:DescribeTasks', 'tasks')
  const wanted = new Set([
    ...services.flatMap(({ deployments = [] }) => deployments.map((one) => one.taskDefinition)),
    ...services.map((one) => one.taskDefinition),
    ...tasks.filter((one) => one.lastStatus !== 'STOPPED').map((one) => one.taskDefinitionArn),
  ])
  for (const { operation, output } of reader.answers) {
    if (operation !== 'ecs:DescribeTaskDefinition') continue
    wanted.delete((output.taskDefinition as { taskDefinitionArn?: string }).taskDefinitionArn)
  }
  wanted.delete(undefined)
  await Promise.all(
    [...wanted].map((taskDefinition) =>
      reader.read('ecs:DescribeTaskDefinition', { taskDefinition, include: ['TAGS'] }),
    ),
  )
}

/** The index shows so many revisions of a family that old ones may be cleared away: which of them are still there. */
const crowded = 5

async function readFamilies(reader: Reader): Promise<void> {
  const counts = new Map<string, number>()
  const tagged = known<{ ResourceARN?: string }>(
    reader,
    'tag:GetResources',
    'ResourceTagMappingList',
  )
  for (const { ResourceARN = '' } of tagged) {
    const family = /:task-definition\/([^/:]+):\d+$/.exec(ResourceARN)?.[1]
    if (family) counts.set(family, (counts.get(family) ?? 0) + 1)
  }
  const families = [...counts].filter(([, count]) => count > crowded).map(([family]) => family)
  await Promise.all(
    families.map((familyPrefix) =>
      reader.pages(
        'ecs:ListTaskDefinitions',
        { familyPrefix, status: 'ACTIVE' },
        'taskDefinitionArns',
      ),
    ),
  )
}

const networked = new Set([
  ...['Vpc', 'Subnet', 'InternetGateway', 'RouteTable', 'SecurityGroup'],
  ...['AutoScalingGroup', 'LaunchTemplate'],
])

/** Everything of the region: what a new service or instance may name must be there. */
async function readNetwork(reader: Reader, manifests: readonly Manifest[]): Promise<void> {
  const wanted = manifests.some(
    ({ kind, spec }) => networked.has(kind) || JSON.stringify(spec).includes('awsvpcConfiguration'),
  )
  const launching = known(reader, 'ecs:DescribeContainerInstances', 'containerInstances').length > 0
  if (!wanted && !launching) return
  await Promise.all([
    reader.pages('ec2:DescribeVpcs', {}, 'Vpcs'),
    reader.pages('ec2:DescribeSubnets', {}, 'Subnets'),
    reader.pages('ec2:DescribeSecurityGroups', {}, 'SecurityGroups'),
    reader.pages('ec2:DescribeRouteTables', {}, 'RouteTables'),
    reader.pages('ec2:DescribeInternetGateways', {}, 'InternetGateways'),
  ])
}

/** The groups behind the clusters' capacity providers, what they launch, and what they have launched. */
async function readCapacity(reader: Reader, clusters: readonly Cluster[]): Promise<void> {
  const names = new Set(
    clusters
      .flatMap((one) => one.capacityProviders ?? [])
      .filter((name) => !name.startsWith('FARGATE')),
  )
  for (const capacityProviders of inBatches([...names], 100)) {
    await reader.read('ecs:DescribeCapacityProviders', { capacityProviders, include: ['TAGS'] })
  }
  const providers = known<CapacityProvider>(
    reader,
    'ecs:DescribeCapacityProviders',
    'capacityProviders',
  )
  const groups = new Set(
    providers.flatMap(
      ({ autoScalingGroupProvider: of }) =>
        of?.autoScalingGroupArn?.split('autoScalingGroupName/')[1] ?? [],
    ),
  )
  for (const AutoScalingGroupNames of inBatches([...groups], 100)) {
    await reader.read('autoscaling:DescribeAutoScalingGroups', { AutoScalingGroupNames })
  }
  const found = known<AutoScalingGroup>(
    reader,
    'autoscaling:DescribeAutoScalingGroups',
    'AutoScalingGroups',
  )
  await Promise.all([readLaunches(reader, found), readHosts(reader, found)])
}

async function readHosts(reader: Reader, groups: readonly AutoScalingGroup[]): Promise<void> {
  const registered = known<{ ec2InstanceId?: string }>(
    reader,
    'ecs:DescribeContainerInstances',
    'containerInstances',
  ).flatMap((one) => one.ec2InstanceId ?? [])
  const members = groups.flatMap(({ Instances = [] }) =>
    Instances.flatMap((one) => one.InstanceId ?? []),
  )
  // Instances that were not launched by a group are of no concern: nothing happens to them.
  if (members.length === 0) return
  const ids = [...new Set([...members, ...registered.filter((id) => id.startsWith('i-'))])]
  await Promise.all(
    inBatches(ids, 100).map((InstanceIds) => reader.read('ec2:DescribeInstances', { InstanceIds })),
  )
}

async function readLaunches(reader: Reader, groups: readonly AutoScalingGroup[]): Promise<void> {
  const templates = new Set(
    groups.flatMap(({ LaunchTemplate, MixedInstancesPolicy: mixed }) => {
      const of = mixed?.LaunchTemplate?.LaunchTemplateSpecification ?? LaunchTemplate
      return of?.LaunchTemplateId ?? []
    }),
  )
  const seen = new Set(
    known<LaunchTemplateVersion>(
      reader,
      'ec2:DescribeLaunchTemplateVersions',
      'LaunchTemplateVersions',
    ).map((one) => one.LaunchTemplateId),
  )
  await Promise.all(
    [...templates].map(async (LaunchTemplateId) => {
      await reader.read('ec2:DescribeLaunchTemplateVersions', {
        LaunchTemplateId,
        Versions: ['$Latest', '$Default'],
      })
      if (!seen.has(LaunchTemplateId)) {
        await reader.read('ec2:DescribeLaunchTemplates', { LaunchTemplateIds: [LaunchTemplateId] })
      }
    }),
  )
  const profiles = new Set(
    known<LaunchTemplateVersion>(
      reader,
      'ec2:DescribeLaunchTemplateVersions',
      'LaunchTemplateVersions',
    ).flatMap(({ LaunchTemplateData: data }) => {
      const { Arn, Name } = data?.IamInstanceProfile ?? {}
      return Name ?? Arn?.split('/').at(-1) ?? []
    }),
  )
  await Promise.all([...profiles].map((name) => readProfile(reader, name)))
}

/** Whether new instances may join a cluster is said by their role. */
async function readProfile(reader: Reader, InstanceProfileName: string): Promise<void> {
  const answer = await reader.read<{ InstanceProfile?: InstanceProfile }>(
    'iam:GetInstanceProfile',
    { InstanceProfileName },
  )
  const RoleName = answer?.InstanceProfile?.Roles?.[0]?.RoleName
  if (!RoleName) return
  const [, , listed] = await Promise.all([
    reader.read('iam:GetRole', { RoleName }),
    reader.read('iam:ListAttachedRolePolicies', { RoleName }),
    reader.read<{ PolicyNames?: string[] }>('iam:ListRolePolicies', { RoleName }),
  ])
  await Promise.all(
    (listed?.PolicyNames ?? []).map((PolicyName) =>
      reader.read('iam:GetRolePolicy', { RoleName, PolicyName }),
    ),
  )
}

/** Target groups of services there and to come: how long targets take to be healthy, and to drain. */
async function readTargets(reader: Reader, manifests: readonly Manifest[]): Promise<void> {
  const services = known<Service>(reader, 'ecs:DescribeServices', 'services')
  const arns = new Set([
    ...services.flatMap(({ loadBalancers = [] }) =>
      loadBalancers.flatMap((one) => one.targetGroupArn ?? []),
    ),
    ...manifests.flatMap(
      ({ spec }) =>
        JSON.stringify(spec).match(
          /arn:[\w-]+:elasticloadbalancing:[\w-]*:\d*:targetgroup\/[^"]+/g,
        ) ?? [],
    ),
  ])
  await Promise.all(
    inBatches([...arns], 20).map((TargetGroupArns) =>
      reader.read('elasticloadbalancing:DescribeTargetGroups', { TargetGroupArns }),
    ),
  )
  await Promise.all(
    [...arns].map((TargetGroupArn) =>
      reader.read('elasticloadbalancing:DescribeTargetGroupAttributes', { TargetGroupArn }),
    ),
  )
}
