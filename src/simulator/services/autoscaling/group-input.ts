/** CreateAutoScalingGroup's and UpdateAutoScalingGroup's members: checked, and in the shape of Describe. */
import type {
  AutoScalingGroup,
  CreateAutoScalingGroupType,
  LaunchTemplateSpecification,
  MixedInstancesPolicy,
  UpdateAutoScalingGroupType,
} from '@aws-sdk/client-auto-scaling'
import { AwsError, type CallContext } from '../../api.ts'
import {
  type Configuration,
  nextLaunch,
  resolveConfiguration,
} from '../../machines/group-launch.ts'
import { findTemplate } from '../../machines/templates.ts'
import type { World } from '../../world.ts'
import { defaultSubnets } from '../ec2/default-vpc.ts'
import { invalid } from './requests.ts'
import type { GroupRecord } from './state.ts'

type GroupInput = CreateAutoScalingGroupType | UpdateAutoScalingGroupType

/** Members that are kept as they come. */
const plain = [
  ...['DefaultCooldown', 'HealthCheckType', 'HealthCheckGracePeriod', 'PlacementGroup'],
  ...['NewInstancesProtectedFromScaleIn', 'MaxInstanceLifetime', 'CapacityRebalance', 'Context'],
  ...['DesiredCapacityType', 'DefaultInstanceWarmup', 'InstanceMaintenancePolicy'],
  ...['DeletionProtection', 'AvailabilityZoneDistribution', 'AvailabilityZoneImpairmentPolicy'],
  ...['CapacityReservationSpecification', 'InstanceLifecyclePolicy', 'ServiceLinkedRoleARN'],
  ...['TerminationPolicies', 'MinSize', 'MaxSize', 'DesiredCapacity'],
] as const

export function plainMembers(input: GroupInput): Partial<AutoScalingGroup> {
  const given = input as unknown as Record<string, unknown>
  const entries = plain.flatMap((name) => (given[name] === undefined ? [] : [[name, given[name]]]))
  return Object.fromEntries(entries) as Partial<AutoScalingGroup>
}

/** A template as Describe shows it: with id and name, the version as it was asked for. */
function shownTemplate(world: World, reference: LaunchTemplateSpecification | undefined) {
  const { LaunchTemplateId: id, LaunchTemplateName: name, Version } = reference ?? {}
  const template = findTemplate(
    world,
    id === undefined ? { LaunchTemplateName: name } : { LaunchTemplateId: id },
  )
  return {
    LaunchTemplateId: template.id,
    LaunchTemplateName: template.name,
    Version: Version ?? '$Default',
  }
}

function shownPolicy(world: World, policy: MixedInstancesPolicy): MixedInstancesPolicy {
  const { LaunchTemplate: base, InstancesDistribution: distribution } = policy
  return {
    LaunchTemplate: {
      LaunchTemplateSpecification: shownTemplate(world, base?.LaunchTemplateSpecification),
      Overrides: (base?.Overrides ?? []).map((one) => ({
        ...one,
        ...(one.LaunchTemplateSpecification && {
          LaunchTemplateSpecification: shownTemplate(world, one.LaunchTemplateSpecification),
        }),
      })),
    },
    InstancesDistribution: {
      OnDemandAllocationStrategy: 'prioritized',
      OnDemandBaseCapacity: 0,
      OnDemandPercentageAboveBaseCapacity: 100,
      SpotAllocationStrategy: 'lowest-price',
      ...((distribution?.SpotAllocationStrategy ?? 'lowest-price') === 'lowest-price' && {
        SpotInstancePools: 2,
      }),
      ...distribution,
    },
  }
}

/** The launch template or mixed policy that a request gives; undefined when it gives none. Throws ValidationError. */
export function configurationIn(
  world: World,
  input: {
    readonly LaunchTemplate?: LaunchTemplateSpecification | undefined
    readonly MixedInstancesPolicy?: MixedInstancesPolicy | undefined
    readonly LaunchConfigurationName?: string | undefined
  },
): Configuration | undefined {
  const { LaunchTemplate: template, MixedInstancesPolicy: policy } = input
  if (input.LaunchConfigurationName) {
    throw invalid(
      `Launch configuration name not found - Launch configuration ${input.LaunchConfigurationName} not found`,
    )
  }
  if (template && policy) {
    throw invalid(
      'Valid requests must contain either LaunchTemplate, LaunchConfigurationName, InstanceId or MixedInstancesPolicy parameter.',
    )
  }
  return fullyFormed(() => {
    if (policy) return { MixedInstancesPolicy: shownPolicy(world, policy) }
    return template && { LaunchTemplate: shownTemplate(world, template) }
  })
}

/** What EC2 refuses of a template is a ValidationError here. */
export function fullyFormed<Result>(act: () => Result): Result {
  try {
    return act()
  } catch (error) {
    if (!(error instanceof AwsError) || error.code === 'ValidationError') throw error
    throw invalid(`You must use a valid fully-formed launch template. ${error.message}`)
  }
}

/** Throws ValidationError unless an instance could be launched so, as Auto Scaling's own dry run finds out. */
export function checkLaunch(
  record: GroupRecord,
  configuration: Configuration,
  context: CallContext,
) {
  fullyFormed(() => {
    resolveConfiguration(context.world, configuration)
    nextLaunch(context.world, { ...record, members: [] }, configuration, context.now)
  })
}

/** The zones, and the subnets as one text. Throws ValidationError for subnets and zones that are not there. */
export function placesIn(
  world: World,
  input: Pick<CreateAutoScalingGroupType, 'VPCZoneIdentifier' | 'AvailabilityZones'>,
): Pick<AutoScalingGroup, 'VPCZoneIdentifier' | 'AvailabilityZones'> | undefined {
  const ids = (input.VPCZoneIdentifier ?? '').split(',').flatMap((id) => id.trim() || [])
  const zones = input.AvailabilityZones ?? []
  if (ids.length === 0 && zones.length === 0) return undefined
  const subnets = ids.map((id) => {
    const subnet = world.ec2.subnets.get(id)
    if (!subnet) throw invalid(`The subnet ID '${id}' does not exist`)
    return subnet
  })
  if (new Set(subnets.map((one) => one.vpcId)).size > 1) {
    throw invalid('The subnets must all be in one VPC.')
  }
  const known = defaultSubnets(world).map((one) => one.availabilityZone)
  const derived = [...new Set(subnets.map((one) => one.availabilityZone))].sort()
  const strange = zones.find((zone) => !(ids.length > 0 ? derived : known).includes(zone))
  if (strange !== undefined) throw invalid(`Invalid availability zone: [${strange}]`)
  return {
    AvailabilityZones: ids.length > 0 ? derived : [...zones],
    VPCZoneIdentifier: ids.join(','),
  }
}

/** Throws ValidationError unless the sizes fit each other. */
export function checkSizes({
  MinSize: min = 0,
  MaxSize: max = 0,
  DesiredCapacity: desired = 0,
}: Partial<AutoScalingGroup>): void {
  if (min < 0 || max < 0) throw invalid('The size of a group cannot be negative.')
  if (max < min) {
    throw invalid(`Max bound, ${max}, must be greater than or equal to min bound, ${min}`)
  }
  if (desired < min || desired > max) {
    throw invalid(
      `Desired capacity:${desired} must be between the specified min size:${min} and max size:${max}`,
    )
  }
}

const policies: readonly string[] = [
  ...['Default', 'AllocationStrategy', 'OldestLaunchTemplate', 'OldestLaunchConfiguration'],
  ...['OldestInstance', 'NewestInstance', 'ClosestToNextInstanceHour'],
]

export function checkPolicies(names: readonly string[] | undefined): void {
  const unknown = names?.find((name) => !policies.includes(name) && !name.startsWith('arn:'))
  if (unknown !== undefined) throw invalid(`Invalid termination policy: ${unknown}`)
}
