/** How an Auto Scaling group parts with an instance: who is chosen, draining first, termination. */
import type { GroupMember, GroupRecord } from '../services/autoscaling/state.ts'
import type { World } from '../world.ts'
import { onDemandOf } from './group-launch.ts'
import { activeMembers, beginActivity, changeMember, nameOf, stamp } from './group-records.ts'
import { containerInstanceOf } from './host-agents.ts'
import { stateOf, terminateHost } from './hosts.ts'
import { instanceChanged } from './tasks.ts'
import { latestVersion } from './templates.ts'
import { managedDrainMs } from './timing.ts'

export const drainingHook = 'ecs-managed-draining-termination-hook'

/** Who goes when the group shrinks: unprotected ones alone, from the fullest zone, by the group's policies in order. */
export function chooseVictims(
  world: World,
  record: GroupRecord,
  count: number,
): readonly GroupMember[] {
  let left = activeMembers(record)
  const chosen: GroupMember[] = []
  while (chosen.length < count) {
    const one = chooseVictim(world, record, left)
    if (!one) break
    chosen.push(one)
    left = left.filter((other) => other !== one)
  }
  return chosen
}

function chooseVictim(
  world: World,
  record: GroupRecord,
  members: readonly GroupMember[],
): GroupMember | undefined {
  const free = members.filter((one) => !one.protectedFromScaleIn)
  // Zones are balanced by all members; of the fullest zones only those with someone to spare count.
  const size = (zone: string) => members.filter((one) => one.zone === zone).length
  const most = Math.max(...free.map(({ zone }) => size(zone)))
  let candidates = free.filter(({ zone }) => size(zone) === most)
  for (const policy of record.group.TerminationPolicies ?? ['Default']) {
    if (candidates.length < 2) break
    candidates = policies[policy]?.(world, record, candidates, members) ?? candidates
  }
  return [...candidates].sort((a, b) => a.joinedAt - b.joinedAt)[0]
}

type Policy = (
  world: World,
  record: GroupRecord,
  candidates: readonly GroupMember[],
  members: readonly GroupMember[],
) => GroupMember[]

/** The candidates with the lowest score. */
function lowest(candidates: readonly GroupMember[], score: (one: GroupMember) => number) {
  const least = Math.min(...candidates.map(score))
  return candidates.filter((one) => score(one) === least)
}

/** Those launched from the oldest version of a template; a template that has gone is the oldest of all. */
const oldestTemplate: Policy = (world, _record, candidates) =>
  lowest(candidates, ({ template }) => {
    const known = world.compute.templates.get(template?.id ?? '')
    return known ? Number(template?.version) - latestVersion(known).number : -1e9
  })

/** Those of the market that has too many. */
const market: Policy = (_world, record, candidates, members) => {
  if (!record.group.MixedInstancesPolicy) return [...candidates]
  const onDemand = members.filter((one) => !one.spot).length
  const tooMany = onDemand > onDemandOf(record.group, members.length - 1)
  return lowest(candidates, (one) => (one.spot === tooMany ? 1 : 0))
}

const policies: Readonly<Record<string, Policy>> = {
  Default: (world, record, candidates, members) =>
    oldestTemplate(world, record, market(world, record, candidates, members), members),
  AllocationStrategy: market,
  OldestLaunchTemplate: oldestTemplate,
  OldestLaunchConfiguration: oldestTemplate,
  OldestInstance: (_world, _record, candidates) => lowest(candidates, (one) => one.joinedAt),
  NewestInstance: (_world, _record, candidates) => lowest(candidates, (one) => -one.joinedAt),
  ClosestToNextInstanceHour: (_world, _record, candidates) =>
    lowest(candidates, (one) => one.joinedAt % 3_600_000),
}

/** Takes a member out of service: it drains where ECS has its hook on the group, and is then terminated. */
export function removeMember(
  world: World,
  record: GroupRecord,
  member: GroupMember,
  why: string,
  now: number,
): void {
  const name = nameOf(record)
  const id = member.instanceId
  const activity = beginActivity(
    world,
    record,
    {
      Description: `Terminating EC2 instance: ${id}`,
      Cause: `At ${stamp(now)} ${why}`,
      Details: JSON.stringify({ 'Availability Zone': member.zone }),
    },
    now,
  )
  const drains = record.hooks.some((hook) => hook.LifecycleHookName === drainingHook)
  const instance = drains ? containerInstanceOf(world, id) : undefined
  const host = world.compute.hosts.get(id)
  if (instance && instance.instance.status !== 'INACTIVE' && host && stateOf(host) === 'running') {
    instance.instance.status = 'DRAINING'
    instance.instance.version = (instance.instance.version ?? 0) + 1
    instanceChanged(world, instance, now)
    changeMember(world, name, id, {
      state: 'Terminating:Wait',
      drainUntil: now + managedDrainMs,
      activity,
    })
    return
  }
  end(world, name, id, activity, now)
}

function end(world: World, name: string, id: string, activity: string | undefined, now: number) {
  changeMember(world, name, id, { state: 'Terminating', ...(activity && { activity }) })
  const host = world.compute.hosts.get(id)
  if (host) terminateHost(world, host, now)
}

/** A member that drains is terminated once no task is left on it. */
export function stepDraining(world: World, name: string, member: GroupMember, now: number): void {
  const instance = containerInstanceOf(world, member.instanceId)
  const connected = instance?.instance.agentConnected ?? false
  const busy = instance !== undefined && connected && instance.tasks.size > 0
  if (busy && now < (member.drainUntil ?? now)) return
  end(world, name, member.instanceId, member.activity, now)
}
