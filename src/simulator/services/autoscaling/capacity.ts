/** Desired capacity, protection, health and termination of single instances, processes, metrics, tags. */
import type {
  CreateOrUpdateTagsType,
  DeleteTagsType,
  DisableMetricsCollectionQuery,
  EnableMetricsCollectionQuery,
  ScalingProcessQuery,
  SetDesiredCapacityType,
  SetInstanceHealthQuery,
  SetInstanceProtectionQuery,
  TerminateInstanceInAutoScalingGroupType,
} from '@aws-sdk/client-auto-scaling'
import type { CallContext, ServiceHandlers } from '../../api.ts'
import { removeMember } from '../../machines/group-end.ts'
import {
  changeGroup,
  changeMember,
  changeSettings,
  nameOf,
  wakeGroup,
} from '../../machines/group-records.ts'
import { invalid, mergedTags, requireLivingGroup, requireMember } from './requests.ts'

function setDesired(input: SetDesiredCapacityType, { world, now }: CallContext) {
  const record = requireLivingGroup(world, input.AutoScalingGroupName)
  const { MinSize: min = 0, MaxSize: max = 0 } = record.group
  const wanted = input.DesiredCapacity ?? 0
  if (wanted > max) {
    throw invalid(
      `New SetDesiredCapacity value ${wanted} is above max value ${max} for the AutoScalingGroup.`,
    )
  }
  if (wanted < min) {
    throw invalid(
      `New SetDesiredCapacity value ${wanted} is below min value ${min} for the AutoScalingGroup.`,
    )
  }
  changeSettings(world, record, { DesiredCapacity: wanted })
  wakeGroup(world, nameOf(record), now)
  return {}
}

function protect(input: SetInstanceProtectionQuery, { world, now }: CallContext) {
  const record = requireLivingGroup(world, input.AutoScalingGroupName)
  const ids = input.InstanceIds ?? []
  if (ids.length > 50) throw invalid('At most 50 instances can be protected in one call.')
  const strange = ids.find((id) => !record.members.some((one) => one.instanceId === id))
  if (strange !== undefined) {
    throw invalid(
      `The instance ${strange} is not part of Auto Scaling group ${input.AutoScalingGroupName}.`,
    )
  }
  for (const id of ids) {
    const protectedFromScaleIn = input.ProtectedFromScaleIn ?? false
    changeMember(world, nameOf(record), id, { protectedFromScaleIn })
  }
  wakeGroup(world, nameOf(record), now)
  return {}
}

/** Protection from scale-in does not keep an instance from this. */
function terminate(input: TerminateInstanceInAutoScalingGroupType, context: CallContext) {
  const { world, now } = context
  const { record, member } = requireMember(world, input.InstanceId)
  const name = nameOf(record)
  requireLivingGroup(world, name)
  let changed = record
  if (input.ShouldDecrementDesiredCapacity) {
    const { MinSize: min = 0, DesiredCapacity: desired = 0 } = record.group
    if (desired - 1 < min) {
      throw invalid(
        `Currently, desiredSize equals minSize (${min}). Terminating instance without replacement will violate group's min size constraint. Either set shouldDecrementDesiredCapacity flag to false or lower group's min size.`,
      )
    }
    changed = changeSettings(world, record, { DesiredCapacity: desired - 1 })
  }
  if (!member.state.startsWith('Terminating')) {
    const why = `instance ${member.instanceId} was taken out of service in response to a user request.`
    removeMember(world, changed, member, why, now)
    wakeGroup(world, name, now)
  }
  const [activity] = world.autoscaling.activities.get(name) ?? []
  return { Activity: activity }
}

function setHealth(input: SetInstanceHealthQuery, { world, now }: CallContext) {
  const { record, member } = requireMember(world, input.InstanceId)
  const healthy = input.HealthStatus !== 'Unhealthy'
  changeMember(world, nameOf(record), member.instanceId, { healthy })
  wakeGroup(world, nameOf(record), now)
  return {}
}

const processes: readonly string[] = [
  ...['Launch', 'Terminate', 'AddToLoadBalancer', 'AlarmNotification', 'AZRebalance'],
  ...['HealthCheck', 'InstanceRefresh', 'ReplaceUnhealthy', 'ScheduledActions'],
]

function named(input: ScalingProcessQuery): readonly string[] {
  const names = input.ScalingProcesses ?? []
  const unknown = names.find((name) => !processes.includes(name))
  if (unknown !== undefined) throw invalid(`${unknown} is not a valid process.`)
  return names.length > 0 ? names : processes
}

const metrics: readonly string[] = [
  ...['GroupMinSize', 'GroupMaxSize', 'GroupDesiredCapacity', 'GroupInServiceInstances'],
  ...['GroupPendingInstances', 'GroupStandbyInstances', 'GroupTerminatingInstances'],
  ...['GroupTotalInstances', 'GroupInServiceCapacity', 'GroupPendingCapacity'],
  ...['GroupStandbyCapacity', 'GroupTerminatingCapacity', 'GroupTotalCapacity'],
]

export const capacityHandlers: ServiceHandlers = {
  SetDesiredCapacity: setDesired,
  SetInstanceProtection: protect,
  SetInstanceHealth: setHealth,
  TerminateInstanceInAutoScalingGroup: terminate,
  SuspendProcesses(input: ScalingProcessQuery, { world, now }) {
    const record = requireLivingGroup(world, input.AutoScalingGroupName)
    const known = record.group.SuspendedProcesses ?? []
    const added = named(input)
      .filter((name) => !known.some((one) => one.ProcessName === name))
      .map((ProcessName) => ({
        ProcessName,
        SuspensionReason: `User suspended at ${new Date(now).toISOString().slice(0, 19)}Z`,
      }))
    changeSettings(world, record, { SuspendedProcesses: [...known, ...added] })
    return {}
  },
  ResumeProcesses(input: ScalingProcessQuery, { world, now }) {
    const record = requireLivingGroup(world, input.AutoScalingGroupName)
    const names = named(input)
    const left = (record.group.SuspendedProcesses ?? []).filter(
      (one) => !names.includes(one.ProcessName ?? ''),
    )
    changeSettings(world, record, { SuspendedProcesses: left })
    wakeGroup(world, nameOf(record), now)
    return {}
  },
  EnableMetricsCollection(input: EnableMetricsCollectionQuery, { world }) {
    const record = requireLivingGroup(world, input.AutoScalingGroupName)
    const names = input.Metrics?.length ? input.Metrics : metrics
    const known = record.group.EnabledMetrics ?? []
    const added = names
      .filter((name) => !known.some((one) => one.Metric === name))
      .map((Metric) => ({ Metric, Granularity: input.Granularity ?? '1Minute' }))
    changeSettings(world, record, { EnabledMetrics: [...known, ...added] })
    return {}
  },
  DisableMetricsCollection(input: DisableMetricsCollectionQuery, { world }) {
    const record = requireLivingGroup(world, input.AutoScalingGroupName)
    const names = input.Metrics?.length ? input.Metrics : metrics
    const left = (record.group.EnabledMetrics ?? []).filter(
      (one) => !names.includes(one.Metric ?? ''),
    )
    changeSettings(world, record, { EnabledMetrics: left })
    return {}
  },
  CreateOrUpdateTags(input: CreateOrUpdateTagsType, { world }) {
    for (const tag of input.Tags ?? []) {
      const record = requireLivingGroup(world, tag.ResourceId)
      changeGroup(world, record, { tags: mergedTags(nameOf(record), record.tags, [tag]) })
    }
    return {}
  },
  DeleteTags(input: DeleteTagsType, { world }) {
    for (const tag of input.Tags ?? []) {
      const record = requireLivingGroup(world, tag.ResourceId)
      const left = record.tags.filter(
        (one) => one.Key !== tag.Key || (tag.Value !== undefined && one.Value !== tag.Value),
      )
      changeGroup(world, record, { tags: left })
    }
    return {}
  },
}
