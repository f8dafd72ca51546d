/** What an InstanceGroup stands for. Pure. */
import type { Child, Composite } from '../../kind.ts'
import type { Environment, Manifest } from '../../model.ts'
import { isReference, objectKey, parseRef } from '../../references.ts'
import { mixOf } from './market.ts'
import { defaults, type InstanceGroupSpec, type Referable } from './spec.ts'
import { templateData } from './template.ts'

type Group = Manifest<InstanceGroupSpec>

export const expand: Composite<InstanceGroupSpec>['expand'] = (manifest, environment) => [
  ...(manifest.spec.role === undefined ? [roleOf(manifest, environment)] : []),
  profileOf(manifest),
  templateOf(manifest),
  groupOf(manifest),
  ...(manifest.spec.capacityProvider === false ? [] : [providerOf(manifest)]),
]

/** With its kind, so that it means the same in a field of another kind. */
function full(value: Referable, kind: string, { namespace }: Group): Referable {
  const parsed = isReference(value) ? parseRef(value.ref, namespace, kind) : undefined
  return isReference(value) && parsed ? { ...value, ref: objectKey(parsed) } : value
}

const tagsOf = ({ spec }: Group) =>
  spec.tags ? { tags: spec.tags.map(({ key, value }) => ({ key, value: value ?? '' })) } : {}

function partition(region = ''): string {
  if (region.startsWith('cn-')) return 'aws-cn'
  return region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws'
}

/** What the console calls ecsInstanceRole, one for each group. */
function roleOf(manifest: Group, { region }: Environment): Child {
  const policy = 'policy/service-role/AmazonEC2ContainerServiceforEC2Role'
  const Statement = [
    { Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' },
  ]
  return {
    kind: 'Role',
    name: manifest.name,
    spec: {
      description: `Lets the instances of ${manifest.name} join a cluster of Amazon ECS`,
      assumeRolePolicyDocument: { Version: '2012-10-17', Statement },
      managedPolicyArns: [`arn:${partition(region)}:iam::aws:${policy}`],
      ...tagsOf(manifest),
    },
    from: { 'spec.tags': 'spec.tags' },
  }
}

function profileOf(manifest: Group): Child {
  const { name, spec } = manifest
  const role = spec.role === undefined ? { ref: `Role/${name}` } : full(spec.role, 'Role', manifest)
  return {
    kind: 'InstanceProfile',
    name,
    spec: { roles: [role], ...tagsOf(manifest) },
    from: { 'spec.roles': 'spec.role', 'spec.tags': 'spec.tags' },
  }
}

function templateOf(manifest: Group): Child {
  const { name, spec } = manifest
  const data = 'spec.launchTemplateData'
  const cluster = full(spec.cluster, 'Cluster', manifest)
  const groups = spec.securityGroups?.map((group) => full(group, 'SecurityGroup', manifest))
  return {
    kind: 'LaunchTemplate',
    name,
    spec: {
      launchTemplateData: templateData(spec, { name, cluster, groups }),
      ...tagsOf(manifest),
    },
    from: {
      [`${data}.imageId`]: spec.imageId === undefined ? 'spec.ami' : 'spec.imageId',
      [`${data}.instanceType`]: 'spec.instanceTypes',
      [`${data}.keyName`]: 'spec.keyName',
      [`${data}.userData`]: spec.userData === undefined ? 'spec.cluster' : 'spec.userData',
      [`${data}.securityGroupIds`]: 'spec.securityGroups',
      [`${data}.networkInterfaces`]: 'spec.associatePublicIpAddress',
      [`${data}.blockDeviceMappings`]: 'spec.volume',
      [`${data}.tagSpecifications`]: 'spec.tags',
      'spec.tags': 'spec.tags',
    },
  }
}

/** One type On-Demand is the template's business; anything else needs a policy that lays it over the template. */
function launchOf({ name, spec }: Group): Record<string, unknown> {
  const template = { ref: `LaunchTemplate/${name}` }
  const base = { launchTemplateId: template, version: template }
  const { instanceTypes = defaults.instanceTypes, spotMaxPrice } = spec
  const mix = mixOf(spec)
  if (!mix && instanceTypes.length < 2) return { launchTemplate: base }
  return {
    mixedInstancesPolicy: {
      launchTemplate: {
        launchTemplateSpecification: base,
        overrides: instanceTypes.map((instanceType) => ({ instanceType })),
      },
      instancesDistribution: {
        ...(mix ?? { onDemandPercentageAboveBaseCapacity: 100 }),
        ...(mix ? { spotMaxPrice: spotMaxPrice ?? '' } : {}),
      },
    },
  }
}

function groupOf(manifest: Group): Child {
  const { name, spec } = manifest
  const { size, managedTerminationProtection = false } = spec
  const subnets = spec.network
    ? [full(spec.network, 'Network', manifest)]
    : spec.subnets?.map((subnet) => full(subnet, 'Subnet', manifest))
  const refresh = { ...protectedInstances(spec), ...spec.instanceRefresh }
  return {
    kind: 'AutoScalingGroup',
    name,
    spec: {
      minSize: size.min,
      maxSize: size.max,
      ...(size.desired === undefined ? {} : { desiredCapacity: size.desired }),
      ...launchOf(manifest),
      vpcZoneIdentifier: subnets,
      newInstancesProtectedFromScaleIn: managedTerminationProtection,
      ...(Object.keys(refresh).length > 0 ? { instanceRefresh: refresh } : {}),
      ...(spec.tags ? { tags: spec.tags } : {}),
    },
    from: {
      'spec.minSize': 'spec.size.min',
      'spec.maxSize': 'spec.size.max',
      'spec.desiredCapacity': 'spec.size.desired',
      'spec.vpcZoneIdentifier': spec.network ? 'spec.network' : 'spec.subnets',
      'spec.mixedInstancesPolicy':
        spec.purchase === undefined ? 'spec.instanceTypes' : 'spec.purchase',
      'spec.newInstancesProtectedFromScaleIn': 'spec.managedTerminationProtection',
      'spec.instanceRefresh': 'spec.instanceRefresh',
      'spec.tags': 'spec.tags',
    },
  }
}

/** It is ECS that protects instances with tasks, and that drains them before they go. */
function protectedInstances({
  managedTerminationProtection,
  managedDraining = true,
}: InstanceGroupSpec) {
  return managedTerminationProtection && managedDraining
    ? { scaleInProtectedInstances: 'Refresh' }
    : {}
}

function providerOf(manifest: Group): Child {
  const { name, spec } = manifest
  const { managedScaling = true, managedTerminationProtection, managedDraining = true } = spec
  const settings = typeof managedScaling === 'object' ? managedScaling : {}
  const group = 'spec.autoScalingGroupProvider'
  return {
    kind: 'CapacityProvider',
    name,
    spec: {
      cluster: full(spec.cluster, 'Cluster', manifest),
      autoScalingGroupProvider: {
        autoScalingGroupArn: { ref: `AutoScalingGroup/${name}` },
        managedScaling: { status: managedScaling ? 'ENABLED' : 'DISABLED', ...settings },
        managedTerminationProtection: managedTerminationProtection ? 'ENABLED' : 'DISABLED',
        managedDraining: managedDraining ? 'ENABLED' : 'DISABLED',
      },
      ...tagsOf(manifest),
    },
    from: {
      'spec.cluster': 'spec.cluster',
      [`${group}.managedScaling`]: 'spec.managedScaling',
      [`${group}.managedTerminationProtection`]: 'spec.managedTerminationProtection',
      [`${group}.managedDraining`]: 'spec.managedDraining',
      'spec.tags': 'spec.tags',
    },
  }
}
