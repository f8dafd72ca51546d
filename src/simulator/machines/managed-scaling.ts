/** ECS's managed scaling: CapacityProviderReservation = M / N × 100, the group's desired capacity, and scale-in protection. */
import type { ManagedScaling } from '@aws-sdk/client-ecs'
import type { GroupMember, GroupRecord } from '../services/autoscaling/state.ts'
import {
  type CapacityProviderRecord,
  type InstanceRecord,
  serviceOf,
  type TaskRecord,
  type World,
  waitingIn,
} from '../world.ts'
import { wakeAt } from './agenda.ts'
import { typeIn } from './foreign.ts'
import { resolveConfiguration } from './group-launch.ts'
import { activeMembers, changeMember, changeSettings, nameOf, wakeGroup } from './group-records.ts'
import { containerInstanceOf } from './host-agents.ts'
import type { InstanceType } from './instance-types.ts'
import { clusterOfProvider, groupNameOf } from './providers.ts'
import { scaling } from './timing.ts'

/** An instance may take so long to register, however short its warm-up. */
const patienceMs = 120_000

/** Begins to watch a provider that has just been associated, or changed. */
export function watchProvider(world: World, name: string, now: number): void {
  const record = world.capacityProviders.get(name)
  if (record) wakeAt(world, 'provider', name, record.clock, now + scaling.everyMs / 4)
}

/** One look: protects busy instances, and moves the desired capacity. Ends when the provider is no longer in use. */
export function stepScaling(world: World, name: string, now: number): void {
  const record = world.capacityProviders.get(name)
  const settings = record?.provider.autoScalingGroupProvider
  const cluster = clusterOfProvider(world, name)
  if (!record || record.deletedAt !== undefined || cluster === undefined) return
  if (settings?.managedScaling?.status !== 'ENABLED') return
  const group = world.autoscaling.groups.get(groupNameOf(record))
  if (group && !group.deleting) {
    if (settings.managedTerminationProtection === 'ENABLED') protectBusy(world, group)
    adjust(world, name, record, group, cluster, settings.managedScaling, now)
  }
  wakeAt(world, 'provider', name, record.clock, now + scaling.everyMs)
}

/** Tasks that count: those of daemons run wherever there is an instance. */
function countsOn(world: World, instance: InstanceRecord | undefined): boolean {
  return [...(instance?.tasks ?? [])].some((id) => {
    const task = world.tasks.get(id)
    if (!task) return false
    return serviceOf(world, task)?.service.schedulingStrategy !== 'DAEMON'
  })
}

/** Instances with tasks are protected from scale-in; the others are not. */
export function protectBusy(world: World, group: GroupRecord): void {
  for (const member of activeMembers(group)) {
    const busy = countsOn(world, containerInstanceOf(world, member.instanceId))
    if (busy === member.protectedFromScaleIn) continue
    changeMember(world, nameOf(group), member.instanceId, { protectedFromScaleIn: busy })
  }
}

export interface Reservation {
  /** Instances needed, and instances there. */
  readonly needed: number
  readonly there: number
  /** The metric, in percent. */
  readonly percent: number
}

/** The metric of a provider as of now. */
export function reservationOf(
  world: World,
  name: string,
  group: GroupRecord,
  cluster: string,
  warmUpMs: number,
  now: number,
): Reservation {
  const members = activeMembers(group)
  const there = members.length
  const hosts = members.map((member) => containerInstanceOf(world, member.instanceId))
  const busy = hosts.filter((instance) => countsOn(world, instance)).length
  // An instance that has not registered in good time is not expected to any more.
  const coming = members.filter(
    (member, i) => hosts[i] === undefined && now < member.joinedAt + Math.max(warmUpMs, patienceMs),
  )
  const waiting = waitingTasks(world, name, cluster)
  const { known, more } = binsFor(world, waiting, smallest(world, group), coming)
  // Whoever waits for more found no room on what is there, though some of that may be idle.
  const needed = more > 0 ? there + more : busy + known
  if (there === 0) return { needed, there, percent: needed > 0 ? 200 : 100 }
  return { needed, there, percent: (needed / there) * 100 }
}

function waitingTasks(world: World, name: string, cluster: string): TaskRecord[] {
  return [...waitingIn(world, cluster).tasks].flatMap((id) => {
    const record = world.tasks.get(id)
    return record && record.task.capacityProviderName === name ? [record] : []
  })
}

/** The smallest type that the group may launch. */
function smallest(world: World, group: GroupRecord): InstanceType | undefined {
  let names: (string | undefined)[] = []
  try {
    const { data, overrides } = resolveConfiguration(world, group.group)
    names = overrides.length > 0 ? overrides.map((one) => one.InstanceType) : [data.InstanceType]
  } catch {
    // The template has gone: nothing can be launched, and nothing be said of what would fit.
  }
  const types = names.flatMap((name) => typeIn(world, name ?? '') ?? [])
  return types.sort((a, b) => a.cpu - b.cpu || a.memory - b.memory)[0]
}

/** How many instances the waiting tasks fill, of those that are coming and beyond. A task that fits none is left out. */
function binsFor(
  world: World,
  tasks: readonly TaskRecord[],
  type: InstanceType | undefined,
  coming: readonly GroupMember[],
): { known: number; more: number } {
  const sizes = coming.flatMap((one) => typeIn(world, one.instanceType) ?? [])
  const bins: { free: InstanceType; ports: Set<number>; groups: Set<string>; used: boolean }[] =
    sizes.map((free) => ({ free: { ...free }, ports: new Set(), groups: new Set(), used: false }))
  const fits = (bin: (typeof bins)[number], { need, task, machine }: TaskRecord) => {
    const alone = machine.waiting?.constraints.some((one) => one.type === 'distinctInstance')
    return (
      need.cpu <= bin.free.cpu &&
      need.memory <= bin.free.memory &&
      need.enis <= bin.free.enis - 1 &&
      need.gpus <= (bin.free.gpus ?? 0) &&
      !need.tcp.some((port) => bin.ports.has(port)) &&
      !(alone && bin.groups.has(task.group ?? ''))
    )
  }
  const bySize = [...tasks].sort((a, b) => b.need.memory - a.need.memory || b.need.cpu - a.need.cpu)
  for (const record of bySize) {
    let bin = bins.find((one) => fits(one, record))
    if (!bin && type) {
      const fresh = {
        free: { ...type },
        ports: new Set<number>(),
        groups: new Set<string>(),
        used: false,
      }
      if (!fits(fresh, record)) continue
      bins.push(fresh)
      bin = fresh
    }
    if (!bin) continue
    const { need, task } = record
    const { cpu, memory, enis, gpus = 0 } = bin.free
    bin.free = {
      ...bin.free,
      cpu: cpu - need.cpu,
      memory: memory - need.memory,
      enis: enis - need.enis,
      gpus: gpus - need.gpus,
    }
    for (const port of need.tcp) bin.ports.add(port)
    bin.groups.add(task.group ?? '')
    bin.used = true
  }
  const known = bins.slice(0, sizes.length).filter((one) => one.used).length
  return { known, more: bins.length - sizes.length }
}

function adjust(
  world: World,
  name: string,
  record: CapacityProviderRecord,
  before: GroupRecord,
  cluster: string,
  settings: ManagedScaling,
  now: number,
): void {
  const group = world.autoscaling.groups.get(nameOf(before)) ?? before
  const { MinSize: min = 0, MaxSize: max = 0, DesiredCapacity: desired = 0 } = group.group
  const warmUp = (settings.instanceWarmupPeriod ?? 300) * 1_000
  const reservation = reservationOf(world, name, group, cluster, warmUp, now)
  const { needed, there, percent } = reservation
  const target = settings.targetCapacity ?? 100
  const wanted = there === 0 ? Math.ceil(percent / target) : Math.ceil((needed * 100) / target)
  const low = percent < target
  const lowMinutes = low ? record.lowMinutes + 1 : 0
  if (lowMinutes !== record.lowMinutes) {
    world.capacityProviders.set(name, { ...record, lowMinutes })
  }
  if (percent > target) {
    const { minimumScalingStepSize: least = 1, maximumScalingStepSize: most = 10_000 } = settings
    const step = Math.min(most, Math.max(least, wanted - there))
    setDesired(world, group, Math.min(max, Math.max(desired, there + step)), now)
    return
  }
  const warming = activeMembers(group).some((one) => now < one.joinedAt + warmUp)
  if (low && lowMinutes >= scaling.lowMinutes && !warming) {
    setDesired(world, group, Math.min(desired, Math.max(min, wanted)), now)
  }
}

function setDesired(world: World, group: GroupRecord, desired: number, now: number): void {
  if (desired === group.group.DesiredCapacity) return
  changeSettings(world, group, { DesiredCapacity: desired })
  wakeGroup(world, nameOf(group), now)
}
