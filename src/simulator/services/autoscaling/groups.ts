/** Auto Scaling groups: create, update, delete. */
import type {
  AutoScalingGroup,
  CreateAutoScalingGroupType,
  DeleteAutoScalingGroupType,
  UpdateAutoScalingGroupType,
} from '@aws-sdk/client-auto-scaling'
import { AwsError, type CallContext, type ServiceHandlers } from '../../api.ts'
import { changeGroup, wakeGroup } from '../../machines/group-records.ts'
import {
  checkLaunch,
  checkPolicies,
  checkSizes,
  configurationIn,
  placesIn,
  plainMembers,
} from './group-input.ts'
import { groupArn, invalid, mergedTags, requireLivingGroup } from './requests.ts'
import type { GroupRecord } from './state.ts'

function create(input: CreateAutoScalingGroupType, context: CallContext) {
  const { world, now } = context
  const name = input.AutoScalingGroupName ?? ''
  const known = world.autoscaling.groups.get(name)
  if (known) {
    const pending = known.deleting ? ' and is pending delete' : ''
    throw new AwsError(
      'AlreadyExists',
      `AutoScalingGroup by this name already exists - A group with the name ${name} already exists${pending}`,
    )
  }
  if (name === '' || name.length > 255 || name.includes(':')) {
    throw invalid(`The group name '${name}' is not valid.`)
  }
  const configuration = configurationIn(world, input)
  if (!configuration) {
    throw invalid(
      'Valid requests must contain either LaunchTemplate, LaunchConfigurationName, InstanceId or MixedInstancesPolicy parameter.',
    )
  }
  const places = placesIn(world, input)
  if (!places) throw invalid('At least one Availability Zone or VPC Subnet is required.')
  checkPolicies(input.TerminationPolicies)
  const group: AutoScalingGroup = {
    AutoScalingGroupName: name,
    AutoScalingGroupARN: groupArn(context, name),
    DefaultCooldown: 300,
    HealthCheckType: 'EC2',
    HealthCheckGracePeriod: 0,
    TerminationPolicies: ['Default'],
    NewInstancesProtectedFromScaleIn: false,
    CapacityRebalance: false,
    ServiceLinkedRoleARN: `arn:aws:iam::${context.account}:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling`,
    CreatedTime: new Date(now),
    LoadBalancerNames: input.LoadBalancerNames ?? [],
    TargetGroupARNs: input.TargetGroupARNs ?? [],
    TrafficSources: trafficSources(input),
    SuspendedProcesses: [],
    EnabledMetrics: [],
    MinSize: 0,
    MaxSize: 0,
    DesiredCapacity: input.MinSize ?? 0,
    ...plainMembers(input),
    ...configuration,
    AvailabilityZones: places.AvailabilityZones,
    VPCZoneIdentifier: places.VPCZoneIdentifier,
  }
  checkSizes(group)
  const record: GroupRecord = {
    group,
    tags: mergedTags(name, [], input.Tags ?? []),
    members: [],
    hooks: (input.LifecycleHookSpecificationList ?? []).map((hook) => ({
      ...hook,
      AutoScalingGroupName: name,
      DefaultResult: hook.DefaultResult ?? 'ABANDON',
      HeartbeatTimeout: hook.HeartbeatTimeout ?? 3_600,
      GlobalTimeout: 172_800,
    })),
    deleting: false,
    clock: {},
  }
  checkLaunch(record, configuration, context)
  world.autoscaling.groups.set(name, record)
  wakeGroup(world, name, now)
  return {}
}

function trafficSources(input: CreateAutoScalingGroupType) {
  const groups = (input.TargetGroupARNs ?? []).map((Identifier) => ({ Identifier, Type: 'elbv2' }))
  return [...groups, ...(input.TrafficSources ?? [])]
}

/** Changes what is given. Running instances are left as they are, whatever it is. */
function update(input: UpdateAutoScalingGroupType, context: CallContext) {
  const { world, now } = context
  const record = requireLivingGroup(world, input.AutoScalingGroupName)
  const name = input.AutoScalingGroupName ?? ''
  const configuration = configurationIn(world, input)
  const places = placesIn(world, input)
  checkPolicies(input.TerminationPolicies)
  // A template takes the place of a mixed policy, and the other way round.
  const { LaunchTemplate, MixedInstancesPolicy, ...rest } = record.group
  const group: AutoScalingGroup = {
    ...rest,
    ...(configuration ?? {
      ...(LaunchTemplate && { LaunchTemplate }),
      ...(MixedInstancesPolicy && { MixedInstancesPolicy }),
    }),
    ...plainMembers(input),
    ...places,
  }
  if (input.DesiredCapacity === undefined) {
    const { MinSize: min = 0, MaxSize: max = 0, DesiredCapacity: desired = 0 } = group
    if (max >= min) group.DesiredCapacity = Math.min(max, Math.max(min, desired))
  }
  checkSizes(group)
  const { retryAt: _, retryMs: __, ...others } = record
  const changed = { ...others, group }
  if (configuration || places) checkLaunch(changed, configuration ?? group, context)
  world.autoscaling.groups.set(name, changed)
  wakeGroup(world, name, now)
  return {}
}

function remove(input: DeleteAutoScalingGroupType, context: CallContext) {
  const { world, now } = context
  const record = requireLivingGroup(world, input.AutoScalingGroupName)
  const protection = record.group.DeletionProtection ?? 'none'
  const force = input.ForceDelete ?? false
  if (protection === 'prevent-all-deletion' || (protection === 'prevent-force-deletion' && force)) {
    throw invalid(
      `The group ${input.AutoScalingGroupName} has the deletion protection ${protection}.`,
    )
  }
  if (record.members.length > 0 && !force) {
    throw new AwsError(
      'ResourceInUse',
      'You cannot delete an AutoScalingGroup while there are instances or pending Spot instance request(s) still in the group.',
    )
  }
  const group = { ...record.group, Status: 'Delete in progress', MinSize: 0, DesiredCapacity: 0 }
  changeGroup(world, record, { group, deleting: true })
  wakeGroup(world, input.AutoScalingGroupName ?? '', now)
  return {}
}

export const groupHandlers: ServiceHandlers = {
  CreateAutoScalingGroup: create,
  UpdateAutoScalingGroup: update,
  DeleteAutoScalingGroup: remove,
}
