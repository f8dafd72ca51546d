/** Capacity providers of Auto Scaling groups: create, update, delete, and what an association with a cluster does to the group. */
import { createHash } from 'node:crypto'
import type {
  Attachment,
  AutoScalingGroupProvider,
  CapacityProvider,
  CreateCapacityProviderRequest,
  DeleteCapacityProviderRequest,
  ManagedScaling,
  UpdateCapacityProviderRequest,
} from '@aws-sdk/client-ecs'
import { AwsError, type CallContext, type ServiceHandlers } from '../../api.ts'
import { drainingHook } from '../../machines/group-end.ts'
import { changeGroup, nameOf } from '../../machines/group-records.ts'
import { watchProvider } from '../../machines/managed-scaling.ts'
import { clusterOfProvider, groupNameOf } from '../../machines/providers.ts'
import { uuid } from '../../machines/random.ts'
import type { CapacityProviderRecord, World } from '../../world.ts'
import type { GroupRecord } from '../autoscaling/state.ts'
import { isForgotten, providerName, providerView } from './capacity-providers.ts'
import { ecsArn, isName } from './names.ts'
import { checkTags, createTags, forgetTags, tagsOf } from './tags.ts'

/** How long updates and deletions take; AWS publishes no numbers. */
const UPDATE_MS = 5_000
const DELETE_MS = 10_000

function refused(message: string): AwsError {
  return new AwsError('ClientException', message)
}

function invalid(message: string): AwsError {
  return new AwsError('InvalidParameterException', message)
}

/** The group that a name or an ARN means. */
function findGroup(world: World, reference: string): GroupRecord | undefined {
  if (!reference.startsWith('arn:')) return world.autoscaling.groups.get(reference)
  return [...world.autoscaling.groups.values()].find(
    ({ group }) => group.AutoScalingGroupARN === reference,
  )
}

/** Settings with AWS's defaults where there are none. Throws InvalidParameterException. */
function settingsOf(
  given: Partial<AutoScalingGroupProvider>,
  live?: AutoScalingGroupProvider,
): Omit<AutoScalingGroupProvider, 'autoScalingGroupArn'> {
  const managedScaling: ManagedScaling = {
    status: 'DISABLED',
    targetCapacity: 100,
    minimumScalingStepSize: 1,
    maximumScalingStepSize: 10_000,
    instanceWarmupPeriod: 300,
    ...live?.managedScaling,
    ...given.managedScaling,
  }
  const within = (name: keyof ManagedScaling, from: number, to: number) => {
    const value = Number(managedScaling[name])
    if (value < from || value > to) throw invalid(`${name} must be between ${from} and ${to}.`)
  }
  within('targetCapacity', 1, 100)
  within('minimumScalingStepSize', 1, 10_000)
  within('maximumScalingStepSize', 1, 10_000)
  within('instanceWarmupPeriod', 0, 10_000)
  const protection =
    given.managedTerminationProtection ?? live?.managedTerminationProtection ?? 'DISABLED'
  if (protection === 'ENABLED' && managedScaling.status !== 'ENABLED') {
    throw invalid(
      'The managed termination protection setting for the capacity provider is invalid. To enable managed termination protection for a capacity provider, enable managed scaling for the capacity provider.',
    )
  }
  return {
    managedScaling,
    managedTerminationProtection: protection,
    managedDraining: given.managedDraining ?? live?.managedDraining ?? 'ENABLED',
  }
}

function create(input: CreateCapacityProviderRequest, context: CallContext) {
  const { world, now } = context
  const name = input.name ?? ''
  if (!isName(name) || /^(aws|ecs|fargate)/i.test(name)) {
    throw refused(
      'The specified capacity provider name is invalid. Up to 255 letters (uppercase and lowercase), numbers, underscores (_), and hyphens (-) are allowed. The name cannot be prefixed with "aws", "ecs", or "fargate". Specify a valid name and try again.',
    )
  }
  const known = world.capacityProviders.get(name)
  if (known && providerView(known, now).status !== 'INACTIVE') {
    throw refused(
      'The specified capacity provider already exists. To change the configuration of an existing capacity provider, update the capacity provider.',
    )
  }
  const wanted = input.autoScalingGroupProvider
  if (!wanted) throw invalid('autoScalingGroupProvider must be specified.')
  const group = findGroup(world, wanted.autoScalingGroupArn ?? '')
  if (!group || group.deleting) {
    throw refused(
      `The specified Auto Scaling group ${wanted.autoScalingGroupArn} was not found. Specify a valid Auto Scaling group and try again.`,
    )
  }
  const groupArn = group.group.AutoScalingGroupARN
  const taken = [...world.capacityProviders.values()].find(
    (one) =>
      one.deletedAt === undefined &&
      one.provider.autoScalingGroupProvider?.autoScalingGroupArn === groupArn,
  )
  if (taken) {
    throw refused(
      'The specified Auto Scaling group ARN is already being used by another capacity provider. Specify a unique Auto Scaling group ARN and try again.',
    )
  }
  checkTags(input.tags)
  const arn = ecsArn(context, `capacity-provider/${name}`)
  const settings = settingsOf(wanted)
  const provider: CapacityProvider = {
    capacityProviderArn: arn,
    name,
    status: 'ACTIVE',
    autoScalingGroupProvider: { autoScalingGroupArn: groupArn, ...settings },
    updateStatus: 'CREATE_COMPLETE',
    type: 'EC2_AUTOSCALING',
  }
  world.capacityProviders.set(name, { provider, lowMinutes: 0, clock: {} })
  createTags(world, arn, input.tags)
  if (settings.managedScaling?.status === 'ENABLED') markManaged(world, group)
  return { capacityProvider: { ...provider, tags: tagsOf(world, arn) } }
}

/** ECS's own tag on a group that it scales. */
function markManaged(world: World, group: GroupRecord): void {
  if (group.tags.some((tag) => tag.Key === 'AmazonECSManaged')) return
  const tag = {
    ResourceId: nameOf(group),
    ResourceType: 'auto-scaling-group',
    Key: 'AmazonECSManaged',
    Value: '',
    PropagateAtLaunch: true,
  }
  changeGroup(world, group, { tags: [...group.tags, tag] })
}

/** The provider that a name or ARN means, while it can be changed. Throws ClientException, UpdateInProgressException. */
function requireProvider(context: CallContext, reference: string): CapacityProviderRecord {
  const { world, now } = context
  const name = providerName(reference)
  if (name === 'FARGATE' || name === 'FARGATE_SPOT') {
    throw refused('The specified capacity provider is reserved and cannot be changed or deleted.')
  }
  const record = world.capacityProviders.get(name)
  const gone = !record || isForgotten(record, now)
  if (gone || providerView(record, now).status === 'INACTIVE') {
    throw refused(
      'The specified capacity provider does not exist. Specify a valid name or ARN and try again.',
    )
  }
  if (now < (record.busyUntil ?? 0)) {
    throw new AwsError(
      'UpdateInProgressException',
      'The specified capacity provider is in a busy state. Wait until the update is complete and try again.',
    )
  }
  return record
}

function update(input: UpdateCapacityProviderRequest, context: CallContext) {
  const { world, now } = context
  const record = requireProvider(context, input.name ?? '')
  const name = record.provider.name ?? ''
  const live = record.provider.autoScalingGroupProvider
  const settings = settingsOf(input.autoScalingGroupProvider ?? {}, live)
  const provider: CapacityProvider = {
    ...record.provider,
    autoScalingGroupProvider: { autoScalingGroupArn: live?.autoScalingGroupArn, ...settings },
    updateStatus: 'UPDATE_IN_PROGRESS',
  }
  world.capacityProviders.set(name, { ...record, provider, busyUntil: now + UPDATE_MS })
  const group = world.autoscaling.groups.get(groupNameOf(record))
  if (group && settings.managedScaling?.status === 'ENABLED') markManaged(world, group)
  if (clusterOfProvider(world, name) !== undefined) {
    detachProvider(context, name)
    attachProvider(context, name)
  }
  return { capacityProvider: provider }
}

function remove(input: DeleteCapacityProviderRequest, context: CallContext) {
  const { world, now } = context
  const record = requireProvider(context, input.capacityProvider ?? '')
  const name = record.provider.name ?? ''
  const cluster = clusterOfProvider(world, name)
  if (cluster !== undefined) {
    throw refused(
      `The capacity provider cannot be deleted because it is associated with cluster: ${cluster}. Remove the capacity provider from the cluster and try again.`,
    )
  }
  const provider: CapacityProvider = { ...record.provider, updateStatus: 'DELETE_IN_PROGRESS' }
  const until = now + DELETE_MS
  world.capacityProviders.set(name, { ...record, provider, busyUntil: until, deletedAt: until })
  forgetTags(world, provider.capacityProviderArn ?? '')
  return { capacityProvider: provider }
}

/** What an association shows among the cluster's attachments. */
export function attachmentsOf({ world }: CallContext, name: string): Attachment[] {
  const settings = world.capacityProviders.get(name)?.provider.autoScalingGroupProvider
  const attachment = (type: string, detail: string, value: string): Attachment => ({
    id: uuid(world, 'attachment'),
    type,
    details: [
      { name: 'capacityProviderName', value: name },
      { name: detail, value },
    ],
  })
  return [
    ...(settings?.managedScaling?.status === 'ENABLED'
      ? [attachment('as_policy', 'scalingPolicyName', policyName(name))]
      : []),
    ...(settings?.managedDraining === 'ENABLED'
      ? [attachment('managed_draining', 'autoScalingLifecycleHookName', drainingHook)]
      : []),
  ]
}

/** The policy's name is made from the provider's, so that it is one in all places. */
function policyName(name: string): string {
  const hex = createHash('sha256').update(name).digest('hex')
  const groups = [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `4${hex.slice(13, 16)}`,
    `a${hex.slice(17, 20)}`,
  ]
  return `ECSManagedAutoScalingPolicy-${groups.join('-')}-${hex.slice(20, 32)}`
}

/** What ECS adds to the group of a provider that a cluster uses: its policy and its hook. It then watches. */
export function attachProvider(context: Pick<CallContext, 'world' | 'now'>, name: string): void {
  const { world, now } = context
  const record = world.capacityProviders.get(name)
  const group = record && world.autoscaling.groups.get(groupNameOf(record))
  if (!record || !group) return
  const { managedScaling, managedDraining } = record.provider.autoScalingGroupProvider ?? {}
  if (managedScaling?.status === 'ENABLED') {
    const policy = policyName(name)
    world.autoscaling.policies.set(`${nameOf(group)}/${policy}`, {
      policy: {
        AutoScalingGroupName: nameOf(group),
        PolicyName: policy,
        PolicyType: 'TargetTrackingScaling',
        Enabled: true,
        TargetTrackingConfiguration: {
          TargetValue: managedScaling.targetCapacity ?? 100,
          CustomizedMetricSpecification: {
            MetricName: 'CapacityProviderReservation',
            Namespace: 'AWS/ECS/ManagedScaling',
            Dimensions: [
              { Name: 'CapacityProviderName', Value: name },
              { Name: 'ClusterName', Value: clusterOfProvider(world, name) },
            ],
            Statistic: 'Average',
          },
        },
      },
      arn: `arn:aws:autoscaling:${world.region}:${world.account}:scalingPolicy:${uuid(world, 'policy')}:autoScalingGroupName/${nameOf(group)}:policyName/${policy}`,
    })
  }
  const hooked = group.hooks.some((hook) => hook.LifecycleHookName === drainingHook)
  if (managedDraining === 'ENABLED' && !hooked) {
    const hook = {
      LifecycleHookName: drainingHook,
      AutoScalingGroupName: nameOf(group),
      LifecycleTransition: 'autoscaling:EC2_INSTANCE_TERMINATING',
      HeartbeatTimeout: 3_600,
      GlobalTimeout: 172_800,
      DefaultResult: 'CONTINUE',
    }
    changeGroup(world, group, { hooks: [...group.hooks, hook] })
  }
  watchProvider(world, name, now)
}

/** Takes ECS's policy and hook off the group again. Protection from scale-in stays, as on AWS. */
export function detachProvider({ world }: CallContext, name: string): void {
  const record = world.capacityProviders.get(name)
  const group = record && world.autoscaling.groups.get(groupNameOf(record))
  if (!record || !group) return
  world.autoscaling.policies.delete(`${nameOf(group)}/${policyName(name)}`)
  const hooks = group.hooks.filter((hook) => hook.LifecycleHookName !== drainingHook)
  changeGroup(world, group, { hooks })
}

export const groupProviderHandlers: ServiceHandlers = {
  CreateCapacityProvider: create,
  UpdateCapacityProvider: update,
  DeleteCapacityProvider: remove,
}
