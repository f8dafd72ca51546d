/** Auto Scaling groups as the machines handle them: replacing records, waking, activities. */
import type { Activity, AutoScalingGroup } from '@aws-sdk/client-auto-scaling'
import type { GroupMember, GroupRecord } from '../services/autoscaling/state.ts'
import type { World } from '../world.ts'
import { wakeAt } from './agenda.ts'
import { uuid } from './random.ts'
import { reactionMs } from './timing.ts'

const keepActivities = 200

/** Replaces a group's record by one with changes; the new one. */
export function changeGroup(
  world: World,
  record: GroupRecord,
  changes: Partial<GroupRecord>,
): GroupRecord {
  const changed = { ...record, ...changes }
  world.autoscaling.groups.set(nameOf(record), changed)
  return changed
}

/** Changes members of what Describe shows. */
export function changeSettings(
  world: World,
  record: GroupRecord,
  members: Partial<AutoScalingGroup>,
): GroupRecord {
  return changeGroup(world, record, { group: { ...record.group, ...members } })
}

/** Changes one member; nothing when it has gone. */
export function changeMember(
  world: World,
  name: string,
  instanceId: string,
  changes: Partial<GroupMember>,
): void {
  const record = world.autoscaling.groups.get(name)
  if (!record) return
  const members = record.members.map((one) =>
    one.instanceId === instanceId ? { ...one, ...changes } : one,
  )
  changeGroup(world, record, { members })
}

export function nameOf(record: GroupRecord): string {
  return record.group.AutoScalingGroupName ?? ''
}

/** Members that count: on their way in, or in service. */
export function activeMembers(record: GroupRecord): readonly GroupMember[] {
  return record.members.filter(({ state }) => state === 'Pending' || state === 'InService')
}

export function isSuspended(record: GroupRecord, process: string): boolean {
  return (record.group.SuspendedProcesses ?? []).some((one) => one.ProcessName === process)
}

/** The group looks at itself shortly. */
export function wakeGroup(world: World, name: string, now: number, afterMs = reactionMs): void {
  const record = world.autoscaling.groups.get(name)
  if (record) wakeAt(world, 'group', name, record.clock, now + afterMs)
}

/** `2026-01-01T00:00:00Z`, as causes spell it. */
export function stamp(now: number): string {
  return `${new Date(now).toISOString().slice(0, 19)}Z`
}

/** Writes an activity; its id. */
export function beginActivity(
  world: World,
  record: GroupRecord,
  activity: Pick<Activity, 'Description' | 'Cause'> & Partial<Activity>,
  now: number,
): string {
  const id = uuid(world, 'activity')
  const name = nameOf(record)
  const whole: Activity = {
    ActivityId: id,
    AutoScalingGroupName: name,
    StartTime: new Date(now),
    StatusCode: 'InProgress',
    Progress: 50,
    Details: '{}',
    AutoScalingGroupARN: record.group.AutoScalingGroupARN,
    ...activity,
  }
  const known = world.autoscaling.activities.get(name) ?? []
  world.autoscaling.activities.set(name, [whole, ...known].slice(0, keepActivities))
  return id
}

/** An activity has come to its end. */
export function endActivity(
  world: World,
  name: string,
  id: string | undefined,
  now: number,
  changes: Partial<Activity> = {},
): void {
  const known = world.autoscaling.activities.get(name) ?? []
  if (id === undefined || !known.some((one) => one.ActivityId === id)) return
  const ended = {
    StatusCode: 'Successful',
    Progress: 100,
    EndTime: new Date(now),
    ...changes,
  } as const
  world.autoscaling.activities.set(
    name,
    known.map((one) => (one.ActivityId === id ? { ...one, ...ended } : one)),
  )
}
