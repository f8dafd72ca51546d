/** Instance refreshes: start, cancel, roll back, describe. */
import type {
  CancelInstanceRefreshType,
  DescribeInstanceRefreshesType,
  RefreshPreferences,
  RollbackInstanceRefreshType,
  StartInstanceRefreshType,
} from '@aws-sdk/client-auto-scaling'
import { AwsError, type CallContext, type ServiceHandlers } from '../../api.ts'
import { activeMembers, nameOf, wakeGroup } from '../../machines/group-records.ts'
import {
  changeRefresh,
  currentRefresh,
  matchesConfiguration,
  rollBack,
} from '../../machines/refresh.ts'
import { checkLaunch, configurationIn, fullyFormed } from './group-input.ts'
import { invalid, pageOf, requireGroup, requireLivingGroup } from './requests.ts'
import type { RefreshRecord } from './state.ts'

function checkPreferences(wishes: RefreshPreferences): void {
  const { MinHealthyPercentage: min, MaxHealthyPercentage: max } = wishes
  if (min !== undefined && (min < 0 || min > 100)) {
    throw invalid('MinHealthyPercentage must be between 0 and 100.')
  }
  if (max !== undefined) {
    if (max < 100 || max > 200) throw invalid('MaxHealthyPercentage must be between 100 and 200.')
    if (min === undefined) {
      throw invalid(
        'MaxHealthyPercentage can be specified only together with MinHealthyPercentage.',
      )
    }
    if (max - min > 100) {
      throw invalid(
        'The difference between MaxHealthyPercentage and MinHealthyPercentage cannot be greater than 100.',
      )
    }
  }
  const marks = wishes.CheckpointPercentages ?? []
  if (marks.some((mark, i) => mark <= (marks[i - 1] ?? 0) || mark > 100)) {
    throw invalid('CheckpointPercentages must be ascending, and between 1 and 100.')
  }
  if (wishes.CheckpointDelay !== undefined && marks.length === 0) {
    throw invalid('CheckpointDelay can be specified only together with CheckpointPercentages.')
  }
}

function start(input: StartInstanceRefreshType, context: CallContext) {
  const { world, now } = context
  const record = requireLivingGroup(world, input.AutoScalingGroupName)
  const name = nameOf(record)
  if (currentRefresh(world, name)) {
    throw new AwsError(
      'InstanceRefreshInProgress',
      'An Instance Refresh is already in progress and blocks the execution of this Instance Refresh.',
    )
  }
  const wishes = input.Preferences ?? {}
  checkPreferences(wishes)
  const wanted = input.DesiredConfiguration
  const configuration = wanted && configurationIn(world, wanted)
  if (wishes.AutoRollback && !configuration) {
    throw invalid('AutoRollback needs a desired configuration.')
  }
  if (configuration) checkLaunch(record, configuration, context)
  const left = activeMembers(record)
    .filter(
      (one) =>
        !wishes.SkipMatching ||
        !fullyFormed(() => matchesConfiguration(world, configuration ?? record.group, one)),
    )
    .filter((one) => !one.protectedFromScaleIn || wishes.ScaleInProtectedInstances !== 'Ignore')
    .map((one) => one.instanceId)
  const hex = context.id()
  const id = `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20)}`
  const { LaunchTemplate, MixedInstancesPolicy } = record.group
  const refresh: RefreshRecord = {
    refresh: {
      InstanceRefreshId: id,
      AutoScalingGroupName: name,
      Status: 'Pending',
      StartTime: new Date(now),
      PercentageComplete: 0,
      InstancesToUpdate: left.length,
      Strategy: 'Rolling',
      Preferences: {
        MinHealthyPercentage: record.group.InstanceMaintenancePolicy?.MinHealthyPercentage ?? 90,
        SkipMatching: false,
        AutoRollback: false,
        ScaleInProtectedInstances: 'Wait',
        StandbyInstances: 'Wait',
        ...wishes,
      },
      ...(configuration && { DesiredConfiguration: configuration }),
    },
    left,
    total: left.length,
    stuckSince: now,
    checkpointsPassed: 0,
    before: {
      ...(LaunchTemplate && { LaunchTemplate }),
      ...(MixedInstancesPolicy && { MixedInstancesPolicy }),
    },
  }
  const older = world.autoscaling.refreshes.get(name) ?? []
  world.autoscaling.refreshes.set(name, [refresh, ...older].slice(0, 100))
  wakeGroup(world, name, now)
  return { InstanceRefreshId: id }
}

function requireCurrent(context: CallContext, name: string | undefined): RefreshRecord {
  requireLivingGroup(context.world, name)
  const current = currentRefresh(context.world, name ?? '')
  if (current && current.refresh.Status !== 'Cancelling') return current
  throw new AwsError(
    'ActiveInstanceRefreshNotFound',
    `No in progress or pending Instance Refresh found for Auto Scaling group ${name}`,
  )
}

function cancel(input: CancelInstanceRefreshType, context: CallContext) {
  const { world, now } = context
  const { refresh } = requireCurrent(context, input.AutoScalingGroupName)
  changeRefresh(world, input.AutoScalingGroupName ?? '', {}, { Status: 'Cancelling' })
  wakeGroup(world, input.AutoScalingGroupName ?? '', now)
  return { InstanceRefreshId: refresh.InstanceRefreshId }
}

function goBack(input: RollbackInstanceRefreshType, context: CallContext) {
  const { world, now } = context
  const { refresh, before } = requireCurrent(context, input.AutoScalingGroupName)
  const floating = [
    before.LaunchTemplate?.Version,
    before.MixedInstancesPolicy?.LaunchTemplate?.LaunchTemplateSpecification?.Version,
  ].some((version) => version?.startsWith('$'))
  if (!refresh.DesiredConfiguration || floating) {
    throw new AwsError(
      'IrreversibleInstanceRefresh',
      'The instance refresh cannot be rolled back: it has no desired configuration, or the group uses $Latest or $Default.',
    )
  }
  rollBack(world, input.AutoScalingGroupName ?? '', 'Rolled back by user', now)
  wakeGroup(world, input.AutoScalingGroupName ?? '', now)
  return { InstanceRefreshId: refresh.InstanceRefreshId }
}

function describe(input: DescribeInstanceRefreshesType, { world }: CallContext) {
  requireGroup(world, input.AutoScalingGroupName)
  const ids = input.InstanceRefreshIds ?? []
  const all = world.autoscaling.refreshes.get(input.AutoScalingGroupName ?? '') ?? []
  const found = all.filter(
    ({ refresh }) => ids.length === 0 || ids.includes(refresh.InstanceRefreshId ?? ''),
  )
  const { items, nextToken } = pageOf(
    found.map(({ refresh }, i) => ({ refresh, i })),
    input as never,
    ({ i }) => String(i).padStart(6, '0'),
  )
  return { InstanceRefreshes: items.map(({ refresh }) => refresh), NextToken: nextToken }
}

export const refreshHandlers: ServiceHandlers = {
  StartInstanceRefresh: start,
  CancelInstanceRefresh: cancel,
  RollbackInstanceRefresh: goBack,
  DescribeInstanceRefreshes: describe,
}
