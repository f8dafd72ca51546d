/** How an Auto Scaling group launches an instance: from which template, of which type, in which zone, On-Demand or Spot. */
import type {
  AutoScalingGroup,
  LaunchTemplateOverrides,
  LaunchTemplateSpecification,
} from '@aws-sdk/client-auto-scaling'
import { AwsError } from '../api.ts'
import type { GroupMember, GroupRecord } from '../services/autoscaling/state.ts'
import { defaultSubnets } from '../services/ec2/default-vpc.ts'
import type { World } from '../world.ts'
import { activeMembers, beginActivity, changeGroup, nameOf, stamp } from './group-records.ts'
import { type HostWish, hostWish, type LaunchData } from './host-wish.ts'
import { createHost, newReservation } from './hosts.ts'
import { findTemplate, requireVersion } from './templates.ts'
import { groupRetry } from './timing.ts'

/** What new instances are launched from: a plain template, or a mixed policy. */
export type Configuration = Pick<AutoScalingGroup, 'LaunchTemplate' | 'MixedInstancesPolicy'>

/** A template's version as it is now, and what may be laid over it. */
export interface Resolved {
  readonly id: string
  readonly name: string
  readonly version: string
  readonly data: LaunchData
  readonly overrides: readonly LaunchTemplateOverrides[]
}

function resolve(world: World, reference: LaunchTemplateSpecification | undefined) {
  const { LaunchTemplateId: id, LaunchTemplateName: name, Version } = reference ?? {}
  const template = findTemplate(
    world,
    id === undefined ? { LaunchTemplateName: name } : { LaunchTemplateId: id },
  )
  const version = requireVersion(template, Version)
  return {
    id: template.id,
    name: template.name,
    version: String(version.number),
    data: version.data,
  }
}

/** The template that a configuration means as of now. Throws EC2's errors. */
export function resolveConfiguration(world: World, configuration: Configuration): Resolved {
  const mixed = configuration.MixedInstancesPolicy?.LaunchTemplate
  const reference = mixed?.LaunchTemplateSpecification ?? configuration.LaunchTemplate
  return { ...resolve(world, reference), overrides: mixed?.Overrides ?? [] }
}

/** The data of one instance: an override's type, image or own template over the base. */
function dataOf(
  world: World,
  base: Resolved,
  override: LaunchTemplateOverrides | undefined,
  spot: boolean,
) {
  const own = override?.LaunchTemplateSpecification
  const from = own ? { ...resolve(world, own), overrides: [] } : base
  const { InstanceType: type, InstanceRequirements: requirements, ImageId: image } = override ?? {}
  const { InstanceType: _, InstanceRequirements: __, ...rest } = from.data
  const data: LaunchData = {
    ...(type || requirements ? rest : from.data),
    ...(type && { InstanceType: type as NonNullable<LaunchData['InstanceType']> }),
    ...(requirements && {
      InstanceRequirements: requirements as NonNullable<LaunchData['InstanceRequirements']>,
    }),
    ...(image && { ImageId: image }),
    ...(spot && { InstanceMarketOptions: { MarketType: 'spot' as const } }),
  }
  return { from, data }
}

/** How many of `total` instances are to be On-Demand. */
export function onDemandOf(configuration: Configuration, total: number): number {
  const { OnDemandBaseCapacity: base = 0, OnDemandPercentageAboveBaseCapacity: percent = 100 } =
    configuration.MixedInstancesPolicy?.InstancesDistribution ?? {}
  return Math.min(total, base) + Math.ceil((Math.max(0, total - base) * percent) / 100)
}

/** The subnets that the group launches in: those it names, or the default ones of its zones. */
export function subnetsOf(world: World, group: AutoScalingGroup): { id: string; zone: string }[] {
  const named = (group.VPCZoneIdentifier ?? '').split(',').filter((id) => id !== '')
  if (named.length > 0) {
    return named.map((id) => ({ id, zone: world.ec2.subnets.get(id)?.availabilityZone ?? '' }))
  }
  return defaultSubnets(world)
    .filter((one) => group.AvailabilityZones?.includes(one.availabilityZone))
    .map((one) => ({ id: one.subnetId, zone: one.availabilityZone }))
}

/** The subnet whose zone has the fewest members, and of these the one that comes first. */
function nextSubnet(world: World, record: GroupRecord): string | undefined {
  const active = activeMembers(record)
  const inZone = (zone: string) => active.filter((one) => one.zone === zone).length
  const subnets = subnetsOf(world, record.group)
  const least = Math.min(...subnets.map(({ zone }) => inZone(zone)))
  return subnets.find(({ zone }) => inZone(zone) === least)?.id
}

/** Which override the next instance uses. Spot spreads over pools only where it is asked to. */
function nextOverride(
  configuration: Configuration,
  overrides: readonly LaunchTemplateOverrides[],
  members: readonly GroupMember[],
  spot: boolean,
): LaunchTemplateOverrides | undefined {
  const distribution = configuration.MixedInstancesPolicy?.InstancesDistribution
  const strategy = distribution?.SpotAllocationStrategy ?? 'lowest-price'
  if (!spot || strategy !== 'lowest-price') return overrides[0]
  const pools = overrides.slice(0, distribution?.SpotInstancePools ?? 2)
  const count = (one: LaunchTemplateOverrides) =>
    members.filter((m) => m.spot && m.instanceType === one.InstanceType).length
  return [...pools].sort((a, b) => count(a) - count(b))[0]
}

/** What would be launched next. Throws EC2's error when something that it needs is missing. */
export function nextLaunch(
  world: World,
  record: GroupRecord,
  configuration: Configuration,
  now: number,
): { wish: HostWish; from: Resolved } {
  const active = activeMembers(record)
  const base = resolveConfiguration(world, configuration)
  const onDemand = active.filter((one) => !one.spot).length
  const mixed = configuration.MixedInstancesPolicy !== undefined
  const market = base.data.InstanceMarketOptions?.MarketType === 'spot'
  const spot = mixed ? onDemand >= onDemandOf(configuration, active.length + 1) : market
  const override = nextOverride(configuration, base.overrides, active, spot)
  const { from, data } = dataOf(world, base, override, spot)
  const subnet = nextSubnet(world, record)
  return { wish: hostWish(world, data, now, subnet), from }
}

/** Launches one instance, or writes a failed activity and puts the next attempt off. */
export function launchMember(
  world: World,
  record: GroupRecord,
  configuration: Configuration,
  why: string,
  now: number,
): GroupRecord {
  let launch: ReturnType<typeof nextLaunch>
  try {
    launch = nextLaunch(world, record, configuration, now)
  } catch (error) {
    if (!(error instanceof AwsError)) throw error
    return launchFailed(world, record, error.message, why, now)
  }
  const { wish, from } = launch
  const tags = {
    ...templateTags(from.data),
    ...Object.fromEntries(
      record.tags
        .filter((tag) => tag.PropagateAtLaunch)
        .map(({ Key = '', Value = '' }) => [Key, Value]),
    ),
    'aws:autoscaling:groupName': nameOf(record),
    'aws:ec2launchtemplate:id': from.id,
    'aws:ec2launchtemplate:version': from.version,
  }
  const reservationId = newReservation(world)
  const group = nameOf(record)
  const host = createHost(world, { wish, reservationId, index: 0, tags, group }, now)
  const id = host.instance.InstanceId ?? ''
  const activity = beginActivity(
    world,
    record,
    {
      Description: `Launching a new EC2 instance: ${id}`,
      Cause: why,
      Details: JSON.stringify({
        'Subnet ID': wish.subnet.subnetId,
        'Availability Zone': wish.subnet.availabilityZone,
      }),
    },
    now,
  )
  const member: GroupMember = {
    instanceId: id,
    instanceType: wish.typeName,
    zone: wish.subnet.availabilityZone,
    state: 'Pending',
    healthy: true,
    protectedFromScaleIn: record.group.NewInstancesProtectedFromScaleIn ?? false,
    template: { id: from.id, name: from.name, version: from.version },
    imageId: wish.image.imageId,
    spot: wish.spot,
    joinedAt: now,
    activity,
  }
  const { retryAt: _, retryMs: __, ...rest } = record
  const changed = { ...rest, members: [...record.members, member] }
  world.autoscaling.groups.set(group, changed)
  return changed
}

function templateTags(data: LaunchData): Record<string, string> {
  const wanted = data.TagSpecifications?.filter((one) => one.ResourceType === 'instance') ?? []
  return Object.fromEntries(
    wanted.flatMap(({ Tags = [] }) => Tags.map(({ Key = '', Value = '' }) => [Key, Value])),
  )
}

function launchFailed(
  world: World,
  record: GroupRecord,
  message: string,
  why: string,
  now: number,
): GroupRecord {
  const status = `${message.replace(/\.$/, '')}. Launching EC2 instance failed.`
  beginActivity(
    world,
    record,
    {
      Description: `Launching a new EC2 instance.  Status Reason: ${status}`,
      Cause: why,
      StatusCode: 'Failed',
      StatusMessage: status,
      Progress: 100,
      EndTime: new Date(now),
    },
    now,
  )
  const retryMs = record.retryMs ?? groupRetry.firstMs
  return changeGroup(world, record, {
    retryAt: now + retryMs,
    retryMs: Math.min(groupRetry.lastMs, retryMs * 2),
  })
}

/** The cause of a launch that fills up the group. */
export function fillCause(record: GroupRecord, target: number, now: number): string {
  const from = activeMembers(record).length
  return `At ${stamp(now)} an instance was started in response to a difference between desired and actual capacity, increasing the capacity from ${from} to ${target}.`
}
