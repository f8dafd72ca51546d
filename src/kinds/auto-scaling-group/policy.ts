/**
 * The fields of an Auto Scaling group. Rests on CreateAutoScalingGroup, UpdateAutoScalingGroup and
 * DescribeAutoScalingGroups in the Amazon EC2 Auto Scaling API reference.
 */
import { type Field, type Fields, isObject, same } from '../../diff.ts'

const plain: Field = {}
const own: Field = { computed: true }

/** AWS shows a template by its id and its name, whichever of them was given. */
const template: Field = {
  fields: { launchTemplateId: own, launchTemplateName: own, version: own },
}

/** Overrides that give a template of their own are shown with both of its names too. */
const overridesAlike: Field['alike'] = (want, live) =>
  Array.isArray(want) &&
  Array.isArray(live) &&
  want.length === live.length &&
  want.every((item, i) => within(item, live[i]))

/** Whether all that Git says of an override is so in AWS. */
function within(want: unknown, live: unknown): boolean {
  if (!isObject(want) || !isObject(live)) return same(want, live)
  return Object.entries(want).every(([name, value]) => within(value, live[name]))
}

const distribution: Field = {
  merge: true,
  fields: {
    onDemandAllocationStrategy: { default: 'prioritized' },
    onDemandBaseCapacity: { default: 0 },
    onDemandPercentageAboveBaseCapacity: { default: 100 },
    spotAllocationStrategy: { default: 'lowest-price' },
    spotInstancePools: { computed: true },
    spotMaxPrice: { default: '' },
  },
}

/** What new instances are launched from. The one that Git leaves out is taken away when the other comes. */
export const launch: Fields = {
  launchTemplate: { ...template, resets: true },
  mixedInstancesPolicy: {
    resets: true,
    fields: {
      launchTemplate: {
        merge: true,
        fields: { launchTemplateSpecification: template, overrides: { alike: overridesAlike } },
      },
      instancesDistribution: distribution,
    },
  },
}

/** What UpdateAutoScalingGroup sets. */
export const updatable: Fields = {
  ...launch,
  minSize: plain,
  maxSize: plain,
  // Whoever scales the group owns it where Git does not name it.
  desiredCapacity: own,
  vpcZoneIdentifier: { list: 'set' },
  availabilityZones: { list: 'set', computed: true },
  availabilityZoneIds: { list: 'set', computed: true },
  defaultCooldown: { default: 300 },
  defaultInstanceWarmup: { default: -1 },
  healthCheckType: { default: 'EC2' },
  healthCheckGracePeriod: { default: 0 },
  placementGroup: { default: '' },
  terminationPolicies: { default: ['Default'] },
  newInstancesProtectedFromScaleIn: { default: false },
  capacityRebalance: { default: false },
  maxInstanceLifetime: { default: 0 },
  context: plain,
  desiredCapacityType: { default: 'units' },
  serviceLinkedRoleARN: own,
  deletionProtection: { default: 'none' },
  instanceMaintenancePolicy: {
    merge: true,
    fields: { minHealthyPercentage: { default: -1 }, maxHealthyPercentage: { default: -1 } },
  },
  availabilityZoneDistribution: {
    merge: true,
    fields: { capacityDistributionStrategy: { default: 'balanced-best-effort' } },
  },
  availabilityZoneImpairmentPolicy: own,
  capacityReservationSpecification: own,
  instanceLifecyclePolicy: own,
}

const attached: Field = {
  list: 'set',
  computed: true,
  createOnly: 'fairlead attaches it when the group is created, and never later',
}

/** What Describe shows of a group, by name of the member. */
export const members: Fields = {
  ...updatable,
  loadBalancerNames: attached,
  targetGroupARNs: attached,
  trafficSources: attached,
}

const onlyTrue: Field['normalise'] = (flags) =>
  isObject(flags) ? Object.fromEntries(Object.entries(flags).filter(([, on]) => on)) : flags

/** What is decided beside the group itself: instances that are to be replaced, the refresh that is to end, and tags. */
export const fields: Fields = {
  ...members,
  propagateAtLaunch: { map: true, merge: true, computed: true, normalise: onlyTrue },
  instances: {
    computed: true,
    key: (item) => String(item.instanceId),
    fields: { launchTemplate: { map: true } },
  },
  instanceRefresh: { computed: true, fields: { status: plain } },
}
