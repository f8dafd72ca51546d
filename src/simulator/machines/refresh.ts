/** Instance refresh: replaces the members of a group step by step, within its bounds, and can go back. */
import type { InstanceRefresh, InstanceRefreshStatus } from '@aws-sdk/client-auto-scaling'
import type { GroupMember, GroupRecord, RefreshRecord } from '../services/autoscaling/state.ts'
import type { World } from '../world.ts'
import { removeMember } from './group-end.ts'
import { type Configuration, resolveConfiguration } from './group-launch.ts'
import { activeMembers, stamp } from './group-records.ts'
import { refreshStuckMs } from './timing.ts'

const moving: readonly (InstanceRefreshStatus | undefined)[] = [
  'Pending',
  'InProgress',
  'Cancelling',
  'RollbackInProgress',
  'Baking',
]

/** The refresh that is going on, if one is. */
export function currentRefresh(world: World, name: string): RefreshRecord | undefined {
  const [newest] = world.autoscaling.refreshes.get(name) ?? []
  return moving.includes(newest?.refresh.Status) ? newest : undefined
}

/** Replaces the newest refresh of a group by one with changes. */
export function changeRefresh(
  world: World,
  name: string,
  changes: Partial<RefreshRecord>,
  shown: Partial<InstanceRefresh> = {},
): RefreshRecord | undefined {
  const [newest, ...others] = world.autoscaling.refreshes.get(name) ?? []
  if (!newest) return undefined
  const changed = { ...newest, ...changes, refresh: { ...newest.refresh, ...shown } }
  world.autoscaling.refreshes.set(name, [changed, ...others])
  return changed
}

/** What new members are launched from: the refresh's wish while it lasts, else the group's own. */
export function launchConfiguration(world: World, record: GroupRecord): Configuration {
  const current = currentRefresh(world, record.group.AutoScalingGroupName ?? '')
  if (current?.refresh.Status === 'RollbackInProgress') return current.before
  return wishedBy(current?.refresh) ?? record.group
}

function wishedBy(refresh: InstanceRefresh | undefined): Configuration | undefined {
  const { LaunchTemplate: plain, MixedInstancesPolicy: mixed } = refresh?.DesiredConfiguration ?? {}
  if (mixed) return { MixedInstancesPolicy: mixed }
  return plain && { LaunchTemplate: plain }
}

/** Whether a member is as the configuration would launch it now. */
export function matchesConfiguration(
  world: World,
  configuration: Configuration,
  member: GroupMember,
): boolean {
  const { id, version, data, overrides } = resolveConfiguration(world, configuration)
  const types = overrides.flatMap((one) => one.InstanceType ?? [])
  const wanted = types.length > 0 ? types : [data.InstanceType as string | undefined]
  const sameType = data.InstanceRequirements !== undefined || wanted.includes(member.instanceType)
  return member.template?.id === id && member.template.version === version && sameType
}

interface Bounds {
  readonly lower: number
  readonly upper: number
  readonly warmUpMs: number
}

/** How many must be healthy, and how many may be there, while members are replaced. */
function boundsOf({ group }: GroupRecord, { refresh }: RefreshRecord): Bounds {
  const policy = group.InstanceMaintenancePolicy
  const wishes = refresh.Preferences ?? {}
  const min = wishes.MinHealthyPercentage ?? policy?.MinHealthyPercentage ?? 90
  const max = wishes.MaxHealthyPercentage ?? policy?.MaxHealthyPercentage
  const desired = group.DesiredCapacity ?? 0
  let lower = Math.ceil((desired * Math.max(0, min)) / 100)
  let upper = Math.floor((desired * (max ?? 100)) / 100)
  if (lower >= desired && upper <= desired) {
    // Nothing can be replaced within these bounds: one more is launched first where a maximum was given.
    if (max !== undefined || min >= 100) upper = desired + 1
    else lower = desired - 1
  }
  const seconds =
    wishes.InstanceWarmup ??
    (group.DefaultInstanceWarmup !== undefined && group.DefaultInstanceWarmup >= 0
      ? group.DefaultInstanceWarmup
      : (group.HealthCheckGracePeriod ?? 0))
  return { lower, upper, warmUpMs: seconds * 1_000 }
}

export interface RefreshStep {
  /** How many members more than desired there may be for now. */
  readonly surplus: number
  readonly wakeAt?: number
}

const idle: RefreshStep = { surplus: 0 }

/** One step of the refresh that is going on: takes out old members within the bounds, and keeps the books. */
export function stepRefresh(world: World, name: string, now: number): RefreshStep {
  const current = currentRefresh(world, name)
  const record = world.autoscaling.groups.get(name)
  if (!current || !record) return idle
  if (record.deleting) {
    finish(world, name, 'Cancelled', 'The Auto Scaling group is being deleted.', now)
    return idle
  }
  if (current.refresh.Status === 'Pending') changeRefresh(world, name, {}, { Status: 'InProgress' })
  const bounds = boundsOf(record, current)
  const active = activeMembers(record)
  const left = current.left.filter((id) => active.some((one) => one.instanceId === id))
  const fresh = active.filter((one) => !left.includes(one.instanceId))
  const warm = (one: GroupMember) =>
    one.inServiceAt !== undefined && now >= one.inServiceAt + bounds.warmUpMs
  const warming = fresh.filter((one) => !warm(one))
  const missing = Math.max(0, (record.group.DesiredCapacity ?? 0) - active.length)
  const done = Math.max(0, current.total - left.length - warming.length - missing)
  const moved = left.length < current.left.length || done > replacedOf(current)
  const percent = current.total === 0 ? 100 : Math.floor((100 * done) / current.total)
  const updated = changeRefresh(
    world,
    name,
    { left, ...(moved && { stuckSince: now }) },
    progress(current, percent, current.total - done),
  )
  if (!updated) return idle
  const warmAt = Math.min(
    ...warming.map((one) => (one.inServiceAt ?? Number.POSITIVE_INFINITY) + bounds.warmUpMs),
  )
  if (updated.refresh.Status === 'Cancelling') {
    if (warming.length > 0 || missing > 0) return { surplus: 0, ...wake(warmAt) }
    finish(world, name, 'Cancelled', 'Cancelled by user', now)
    return idle
  }
  if (left.length === 0 && warming.length === 0 && missing === 0)
    return complete(world, name, updated, now)
  const pause = checkpoint(world, name, updated, percent, now)
  if (pause !== undefined) return { surplus: 0, wakeAt: pause }
  if (now - updated.stuckSince >= refreshStuckMs) {
    fail(world, name, updated, now)
    return { surplus: 0, wakeAt: now + 1_000 }
  }
  const taken = takeOut(world, name, updated, left, bounds, warm, now)
  const surplus = Math.min(left.length - taken, bounds.upper - (record.group.DesiredCapacity ?? 0))
  return {
    surplus: Math.max(0, surplus),
    ...wake(Math.min(warmAt, updated.stuckSince + refreshStuckMs)),
  }
}

function wake(at: number): { wakeAt?: number } {
  return Number.isFinite(at) ? { wakeAt: at } : {}
}

function replacedOf({ refresh, total }: RefreshRecord): number {
  return total - (refresh.InstancesToUpdate ?? total)
}

function progress(
  current: RefreshRecord,
  percent: number,
  toUpdate: number,
): Partial<InstanceRefresh> {
  const rollback = current.refresh.RollbackDetails
  const live = { PercentageComplete: percent, InstancesToUpdate: toUpdate }
  return {
    ...live,
    ProgressDetails: { LivePoolProgress: live },
    ...(rollback && { RollbackDetails: { ...rollback } }),
  }
}

/** Takes out as many old members as the lower bound allows, protected ones as the preferences say; how many. */
function takeOut(
  world: World,
  name: string,
  current: RefreshRecord,
  left: readonly string[],
  bounds: Bounds,
  warm: (one: GroupMember) => boolean,
  now: number,
): number {
  const members = activeMembers(world.autoscaling.groups.get(name) as GroupRecord)
  const old = (one: GroupMember) => left.includes(one.instanceId)
  const healthy = members.filter(
    (one) => one.state === 'InService' && one.healthy && (old(one) || warm(one)),
  )
  let spare = healthy.length - bounds.lower
  // Members that are not in service yet make nobody poorer.
  const candidates = members.filter(old).filter((one) => !waitsFor(current, one))
  let taken = 0
  for (const member of candidates) {
    const counts = healthy.includes(member)
    if (counts && spare <= 0) continue
    if (counts) spare--
    const record = world.autoscaling.groups.get(name)
    if (!record) break
    const why = `an instance was taken out of service in response to an instance refresh.  At ${stamp(now)} instance ${member.instanceId} was selected for termination.`
    removeMember(world, record, member, why, now)
    taken++
  }
  return taken
}

/** Whether a protected member is left alone: the refresh waits for its protection to be lifted. */
function waitsFor({ refresh }: RefreshRecord, member: GroupMember): boolean {
  if (!member.protectedFromScaleIn) return false
  return (refresh.Preferences?.ScaleInProtectedInstances ?? 'Wait') === 'Wait'
}

/** Waits at a checkpoint: until when; undefined when there is none to wait at. */
function checkpoint(
  world: World,
  name: string,
  current: RefreshRecord,
  percent: number,
  now: number,
): number | undefined {
  const { CheckpointPercentages: marks = [], CheckpointDelay: delay = 3_600 } =
    current.refresh.Preferences ?? {}
  const mark = marks[current.checkpointsPassed]
  if (mark === undefined || percent < mark) return undefined
  const until = current.checkpointUntil ?? now + delay * 1_000
  if (now < until) {
    changeRefresh(world, name, { checkpointUntil: until, stuckSince: now })
    return until
  }
  const { checkpointUntil: _, ...rest } = current
  const others = (world.autoscaling.refreshes.get(name) ?? []).slice(1)
  const passed = { ...rest, checkpointsPassed: current.checkpointsPassed + 1, stuckSince: now }
  world.autoscaling.refreshes.set(name, [passed, ...others])
  return undefined
}

function complete(world: World, name: string, current: RefreshRecord, now: number): RefreshStep {
  const bake = (current.refresh.Preferences?.BakeTime ?? 0) * 1_000
  if (bake > 0 && current.refresh.Status === 'InProgress') {
    changeRefresh(world, name, { bakeUntil: now + bake }, { Status: 'Baking' })
    return { surplus: 0, wakeAt: now + bake }
  }
  if (now < (current.bakeUntil ?? now)) return { surplus: 0, ...wake(current.bakeUntil ?? now) }
  if (current.refresh.Status === 'RollbackInProgress') {
    finish(world, name, 'RollbackSuccessful', current.refresh.StatusReason, now)
    return idle
  }
  const wished = wishedBy(current.refresh)
  const record = world.autoscaling.groups.get(name)
  if (wished && record) {
    // The group goes on from what the refresh brought.
    const { LaunchTemplate: _, MixedInstancesPolicy: __, ...rest } = record.group
    world.autoscaling.groups.set(name, { ...record, group: { ...rest, ...wished } })
  }
  finish(world, name, 'Successful', undefined, now)
  return idle
}

function finish(
  world: World,
  name: string,
  status: InstanceRefreshStatus,
  reason: string | undefined,
  now: number,
): void {
  changeRefresh(
    world,
    name,
    {},
    { Status: status, EndTime: new Date(now), ...(reason && { StatusReason: reason }) },
  )
}

function fail(world: World, name: string, current: RefreshRecord, now: number): void {
  const reason = 'The instance refresh has made no progress for one hour.'
  const able = current.refresh.Preferences?.AutoRollback && wishedBy(current.refresh)
  if (current.refresh.Status === 'RollbackInProgress') {
    finish(world, name, 'RollbackFailed', reason, now)
  } else if (able) rollBack(world, name, reason, now)
  else finish(world, name, 'Failed', reason, now)
}

/** Turns a refresh round: members that are not as the group was before are replaced again. */
export function rollBack(world: World, name: string, reason: string, now: number): void {
  const current = currentRefresh(world, name)
  const record = world.autoscaling.groups.get(name)
  if (!current || !record) return
  const changed = activeMembers(record)
    .filter((one) => !matchesConfiguration(world, current.before, one))
    .map((one) => one.instanceId)
  changeRefresh(
    world,
    name,
    { left: changed, total: changed.length, stuckSince: now },
    {
      Status: 'RollbackInProgress',
      StatusReason: reason,
      RollbackDetails: {
        RollbackReason: reason,
        RollbackStartTime: new Date(now),
        PercentageCompleteOnRollback: current.refresh.PercentageComplete,
        InstancesToUpdateOnRollback: current.refresh.InstancesToUpdate,
      },
    },
  )
}
