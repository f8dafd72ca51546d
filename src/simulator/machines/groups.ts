/** Auto Scaling groups: each keeps as many instances as it is to have, replaces those that are lost, and ends when it is deleted. */
import type { GroupRecord } from '../services/autoscaling/state.ts'
import type { World } from '../world.ts'
import { wakeAt } from './agenda.ts'
import { chooseVictims, removeMember, stepDraining } from './group-end.ts'
import { fillCause, launchMember } from './group-launch.ts'
import {
  activeMembers,
  beginActivity,
  changeGroup,
  changeMember,
  endActivity,
  isSuspended,
  nameOf,
  stamp,
} from './group-records.ts'
import { stateOf } from './hosts.ts'
import { launchConfiguration, stepRefresh } from './refresh.ts'
import { drainPollMs } from './timing.ts'

/** One look of a group at itself. */
export function stepGroup(world: World, name: string, now: number): void {
  const wakes: number[] = []
  syncMembers(world, name, now)
  const refresh = stepRefresh(world, name, now)
  if (refresh.wakeAt !== undefined) wakes.push(refresh.wakeAt)
  scale(world, name, refresh.surplus, now)
  const record = world.autoscaling.groups.get(name)
  if (!record) return
  if (record.deleting && record.members.length === 0) {
    forget(world, name)
    return
  }
  if (record.retryAt !== undefined) wakes.push(record.retryAt)
  if (record.members.some(({ state }) => state === 'Terminating:Wait')) {
    wakes.push(now + drainPollMs)
  }
  const next = Math.min(...wakes.filter((at) => at > now))
  if (Number.isFinite(next)) wakeAt(world, 'group', name, record.clock, next)
}

/** Brings members up to date with their instances; lost ones are taken out. */
function syncMembers(world: World, name: string, now: number): void {
  for (const member of world.autoscaling.groups.get(name)?.members ?? []) {
    const record = world.autoscaling.groups.get(name)
    if (!record) return
    const host = world.compute.hosts.get(member.instanceId)
    const state = host ? stateOf(host) : 'terminated'
    if (member.state === 'Terminating:Wait') {
      stepDraining(world, name, member, now)
    } else if (member.state === 'Terminating') {
      if (state !== 'terminated') continue
      endActivity(world, name, member.activity, now)
      const members = record.members.filter((one) => one.instanceId !== member.instanceId)
      changeGroup(world, record, { members })
    } else if (member.state === 'Pending' && state === 'running') {
      endActivity(world, name, member.activity, now)
      changeMember(world, name, member.instanceId, { state: 'InService', inServiceAt: now })
    } else if (!member.healthy || (state !== 'running' && state !== 'pending')) {
      replaceUnhealthy(world, record, member.instanceId, member.healthy, now)
    }
  }
}

function replaceUnhealthy(
  world: World,
  record: GroupRecord,
  instanceId: string,
  byEc2: boolean,
  now: number,
): void {
  if (isSuspended(record, 'ReplaceUnhealthy') || isSuspended(record, 'Terminate')) return
  if (byEc2 && isSuspended(record, 'HealthCheck')) return
  const member = record.members.find((one) => one.instanceId === instanceId)
  if (!member) return
  changeMember(world, nameOf(record), instanceId, { healthy: false })
  const said = byEc2
    ? 'an EC2 health check indicating it has been terminated or stopped'
    : 'a user health-check'
  const why = `an instance was taken out of service in response to ${said}.`
  removeMember(world, record, member, why, now)
}

/** Launches or terminates until there are as many as there should be. `surplus` more are allowed, and wanted, meanwhile. */
function scale(world: World, name: string, surplus: number, now: number): void {
  let record = world.autoscaling.groups.get(name)
  if (!record) return
  const desired = record.deleting ? 0 : (record.group.DesiredCapacity ?? 0)
  const target = desired + (record.deleting ? 0 : surplus)
  const active = activeMembers(record).length
  if (active < target && !isSuspended(record, 'Launch')) {
    if (now < (record.retryAt ?? now)) return
    const why = fillCause(record, target, now)
    for (let i = active; i < target; i++) {
      const before: number = record.members.length
      record = launchMember(world, record, launchConfiguration(world, record), why, now)
      if (record.members.length === before) return
    }
  }
  if (active > target && !isSuspended(record, 'Terminate')) shrink(world, record, target, now)
}

function shrink(world: World, record: GroupRecord, target: number, now: number): void {
  const active = activeMembers(record)
  // A group that is deleted takes protected instances with it.
  const victims = record.deleting ? active : chooseVictims(world, record, active.length - target)
  const name = nameOf(record)
  for (const victim of victims) {
    const why = record.deleting
      ? 'an instance was taken out of service in response to a user request, as its group is being deleted.'
      : `an instance was taken out of service in response to a difference between desired and actual capacity, shrinking the capacity from ${active.length} to ${target}.  At ${stamp(now)} instance ${victim.instanceId} was selected for termination.`
    removeMember(world, world.autoscaling.groups.get(name) ?? record, victim, why, now)
  }
  const stuck = victims.length < active.length - target
  sayProtected(world, name, stuck, now)
}

/** Says once that nothing more can be taken away, while that is so. */
function sayProtected(world: World, name: string, stuck: boolean, now: number): void {
  const record = world.autoscaling.groups.get(name)
  if (!record || stuck === (record.said !== undefined)) return
  if (!stuck) {
    const { said: _, ...rest } = record
    world.autoscaling.groups.set(name, rest)
    return
  }
  const message =
    'Could not scale to desired capacity because all remaining instances are protected from scale-in.'
  beginActivity(
    world,
    record,
    {
      Description: message,
      Cause: `At ${stamp(now)} the group was to shrink.`,
      StatusCode: 'Failed',
      StatusMessage: message,
      Progress: 100,
      EndTime: new Date(now),
    },
    now,
  )
  changeGroup(world, record, { said: message })
}

function forget(world: World, name: string): void {
  const { groups, activities, refreshes, policies } = world.autoscaling
  groups.delete(name)
  activities.delete(name)
  refreshes.delete(name)
  for (const key of policies.keys()) if (key.startsWith(`${name}/`)) policies.delete(key)
}
