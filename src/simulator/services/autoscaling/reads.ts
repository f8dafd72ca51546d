/** How Auto Scaling shows groups, instances, activities, tags, and what hangs on a group. */
import type {
  DescribeAutoScalingGroupsCommandInput,
  DescribeAutoScalingInstancesCommandInput,
  DescribeScalingActivitiesCommandInput,
  DescribeTagsCommandInput,
  Filter,
  TagDescription,
} from '@aws-sdk/client-auto-scaling'
import type { CallContext, ServiceHandlers } from '../../api.ts'
import { invalid, pageOf, requireGroup } from './requests.ts'
import type { GroupMember, GroupRecord } from './state.ts'

function memberView(member: GroupMember) {
  const { template } = member
  return {
    InstanceId: member.instanceId,
    InstanceType: member.instanceType,
    AvailabilityZone: member.zone,
    LifecycleState: member.state,
    HealthStatus: member.healthy ? 'Healthy' : 'Unhealthy',
    ...(template && {
      LaunchTemplate: {
        LaunchTemplateId: template.id,
        LaunchTemplateName: template.name,
        Version: template.version,
      },
    }),
    ImageId: member.imageId,
    ProtectedFromScaleIn: member.protectedFromScaleIn,
  }
}

function groupView(record: GroupRecord) {
  return { ...record.group, Instances: record.members.map(memberView), Tags: [...record.tags] }
}

/** `tag-key`, `tag-value` and `tag:<key>`: one tag must match each. */
function matchesTags(tags: readonly TagDescription[], filters: readonly Filter[]): boolean {
  return filters.every(({ Name = '', Values = [] }) => {
    if (Name === 'tag-key') return tags.some((tag) => Values.includes(tag.Key ?? ''))
    if (Name === 'tag-value') return tags.some((tag) => Values.includes(tag.Value ?? ''))
    if (!Name.startsWith('tag:')) throw invalid(`Filter type ${Name} is not correct.`)
    const key = Name.slice(4)
    return tags.some((tag) => tag.Key === key && Values.includes(tag.Value ?? ''))
  })
}

/** Names that mean nothing are simply not in the answer. */
function describeGroups(input: DescribeAutoScalingGroupsCommandInput, { world }: CallContext) {
  const names = input.AutoScalingGroupNames ?? []
  const found = [...world.autoscaling.groups.values()]
    .filter(({ group }) => names.length === 0 || names.includes(group.AutoScalingGroupName ?? ''))
    .filter(({ tags }) => matchesTags(tags, input.Filters ?? []))
  const { items, nextToken } = pageOf(found, input as never, nameOfRecord)
  return { AutoScalingGroups: items.map(groupView), NextToken: nextToken }
}

function nameOfRecord({ group }: GroupRecord): string {
  return group.AutoScalingGroupName ?? ''
}

function describeInstances(
  input: DescribeAutoScalingInstancesCommandInput,
  { world }: CallContext,
) {
  const ids = input.InstanceIds ?? []
  const all = [...world.autoscaling.groups.values()].flatMap((record) =>
    record.members.map((member) => ({
      ...memberView(member),
      HealthStatus: member.healthy ? 'HEALTHY' : 'UNHEALTHY',
      AutoScalingGroupName: nameOfRecord(record),
    })),
  )
  const found = all.filter((one) => ids.length === 0 || ids.includes(one.InstanceId))
  const { items, nextToken } = pageOf(found, input as never, (one) => one.InstanceId)
  return { AutoScalingInstances: items, NextToken: nextToken }
}

/** Newest first. */
function describeActivities(input: DescribeScalingActivitiesCommandInput, { world }: CallContext) {
  const { AutoScalingGroupName: name, ActivityIds: ids = [] } = input
  // A group that was deleted has no activities any more, and is no error.
  const all = [...world.autoscaling.activities]
    .filter(([group]) => name === undefined || group === name)
    .flatMap(([, activities]) => activities)
  const found = all.filter((one) => ids.length === 0 || ids.includes(one.ActivityId ?? ''))
  const { items, nextToken } = pageOf(
    found.map((activity, i) => ({ activity, i })),
    input as never,
    ({ i }) => String(i).padStart(9, '0'),
  )
  return { Activities: items.map(({ activity }) => activity), NextToken: nextToken }
}

function describeTags(input: DescribeTagsCommandInput, { world }: CallContext) {
  const fields: Record<string, (tag: TagDescription) => string> = {
    'auto-scaling-group': (tag) => tag.ResourceId ?? '',
    key: (tag) => tag.Key ?? '',
    value: (tag) => tag.Value ?? '',
    'propagate-at-launch': (tag) => String(tag.PropagateAtLaunch),
  }
  const tests = (input.Filters ?? []).map(({ Name = '', Values = [] }) => {
    const field = fields[Name]
    if (!field) throw invalid(`Filter type ${Name} is not correct.`)
    return (tag: TagDescription) => Values.includes(field(tag))
  })
  const found = [...world.autoscaling.groups.values()]
    .flatMap((record) => record.tags)
    .filter((tag) => tests.every((test) => test(tag)))
  const { items, nextToken } = pageOf(
    found,
    input as never,
    (tag) => `${tag.ResourceId} ${tag.Key}`,
  )
  return { Tags: items, NextToken: nextToken }
}

interface OfGroup {
  readonly AutoScalingGroupName?: string
}

/** An empty list of what is not modelled, for a group that exists. */
function none(member: string) {
  return (input: OfGroup, { world }: CallContext) => {
    requireGroup(world, input.AutoScalingGroupName)
    return { [member]: [] }
  }
}

export const groupReadHandlers: ServiceHandlers = {
  DescribeAutoScalingGroups: describeGroups,
  DescribeAutoScalingInstances: describeInstances,
  DescribeScalingActivities: describeActivities,
  DescribeTags: describeTags,
  DescribeLifecycleHooks(input: OfGroup & { LifecycleHookNames?: string[] }, { world }) {
    const names = input.LifecycleHookNames ?? []
    const { hooks } = requireGroup(world, input.AutoScalingGroupName)
    const found = hooks.filter(
      (hook) => names.length === 0 || names.includes(hook.LifecycleHookName ?? ''),
    )
    return { LifecycleHooks: [...found] }
  },
  DescribeLoadBalancers: none('LoadBalancers'),
  DescribeLoadBalancerTargetGroups(input: OfGroup, { world }) {
    const { group } = requireGroup(world, input.AutoScalingGroupName)
    const arns = group.TargetGroupARNs ?? []
    return {
      LoadBalancerTargetGroups: arns.map((arn) => ({
        LoadBalancerTargetGroupARN: arn,
        State: 'InService',
      })),
    }
  },
  DescribeTrafficSources(input: OfGroup, { world }) {
    const { group } = requireGroup(world, input.AutoScalingGroupName)
    const sources = group.TrafficSources ?? []
    return { TrafficSources: sources.map((one) => ({ ...one, State: 'InService' })) }
  },
  DescribeWarmPool: none('Instances'),
  DescribeNotificationConfigurations: () => ({ NotificationConfigurations: [] }),
  DescribeScheduledActions: () => ({ ScheduledUpdateGroupActions: [] }),
}
