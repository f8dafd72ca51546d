/** Rules of instance groups: what EC2, Auto Scaling and ECS refuse later or at each launch, said at its place. */
import {
  type At,
  checkCount,
  checkRange,
  checkTags,
  type Findings,
  repeated,
} from '../../kit/field-rules.ts'
import { architectureOf, hasGpu, isInstanceType } from '../../kit/instance-types.ts'
import type { Problem } from '../../model.ts'
import { checkPrice, checkRefresh } from '../auto-scaling-group/rules.ts'
import { checkScaling } from '../capacity-provider/rules.ts'
import { families, imageOf } from './images.ts'
import { mayBeSpot } from './market.ts'
import { checkVolume } from './rules-volume.ts'
import { defaults, type InstanceGroupSpec } from './spec.ts'

export function checkInstanceGroup(spec: InstanceGroupSpec, found: Findings): void {
  checkSize(spec, found)
  checkTypes(spec, found)
  checkImage(spec, found)
  checkPurchase(spec, found)
  checkPlaces(spec, found)
  checkProvider(spec, found)
  checkUserData(spec, found)
  checkVolume(spec.volume, families[spec.ami ?? defaults.ami], spec.imageId, found)
  checkRefresh(spec.instanceRefresh, 'spec.instanceRefresh', found)
  checkTags(spec.tags, 'spec.tags', found)
}

/** What is allowed, and better not relied upon. */
export function remarks(
  { ami = defaults.ami, gpu, instanceTypes = defaults.instanceTypes }: InstanceGroupSpec,
  at: At,
): Problem[] {
  const notices: Problem[] = []
  const notice = (...finding: Parameters<At>) =>
    notices.push({ ...at(...finding), severity: 'notice' })
  const { title, supportedUntil } = families[ami] ?? {}
  if (supportedUntil) {
    const message = `AWS supports ${title} until ${supportedUntil}, and mends nothing in it after that`
    notice('spec.ami', 'SupportEnds', message, 'ami: AmazonLinux2023')
  }
  const graphic = instanceTypes.findIndex(hasGpu)
  if (!gpu && graphic >= 0) {
    const message = `${instanceTypes[graphic]} has GPUs, which no task can use without the drivers in the image`
    notice(`spec.instanceTypes[${graphic}]`, 'NoDrivers', message, 'gpu: true')
  }
  return notices
}

function checkSize({ size }: InstanceGroupSpec, found: Findings): void {
  if (!size) return
  const { min, max, desired } = size
  checkRange(min, 'spec.size.min', [0, 10_000], found)
  checkRange(max, 'spec.size.max', [1, 10_000], found)
  if (min > max) {
    found.say('spec.size.max', 'OutOfRange', `${max} is less than min (${min})`)
  } else {
    checkRange(desired, 'spec.size.desired', [min, max], found)
  }
}

function checkTypes({ instanceTypes }: InstanceGroupSpec, found: Findings): void {
  const { say } = found
  if (!instanceTypes) return
  checkCount(instanceTypes, 'spec.instanceTypes', [1, 40], 'instance types', found)
  instanceTypes.forEach((type, index) => {
    if (isInstanceType(type)) return
    const message = `"${type}" is not an instance type: expected a family and a size, such as t3.medium`
    say(`spec.instanceTypes[${index}]`, 'NotAllowed', message)
  })
  for (const [type, index] of repeated(instanceTypes, (each) => each)) {
    say(`spec.instanceTypes[${index}]`, 'DuplicateType', `${type} is here a second time`)
  }
  const [first = ''] = instanceTypes
  const other = instanceTypes.findIndex((type) => architectureOf(type) !== architectureOf(first))
  if (other < 0) return
  const message = `${instanceTypes[other]} is ${architectureOf(instanceTypes[other]!)}, ${first} is ${architectureOf(first)}: one image cannot run on both`
  say(`spec.instanceTypes[${other}]`, 'MixedArchitectures', message, 'make two groups')
}

function checkImage(spec: InstanceGroupSpec, { say }: Findings): void {
  const { imageId, ami = defaults.ami, gpu, instanceTypes: [type] = defaults.instanceTypes } = spec
  if (imageId !== undefined && !/^(ami-[0-9a-f]{8,17}|resolve:ssm:.+)$/.test(imageId)) {
    const message = `"${imageId}" is no image: expected ami-…, or resolve:ssm: and the name of a parameter`
    say('spec.imageId', 'NotAllowed', message)
  }
  if (imageId !== undefined && gpu !== undefined) {
    say('spec.gpu', 'NotTogether', 'gpu chooses an image, and imageId has chosen one')
  }
  const architecture = architectureOf(type ?? '')
  if (!families[ami] || imageOf(spec, architecture)) return
  const what = gpu ? `with GPU drivers for ${architecture}` : `for ${architecture}`
  const path = gpu ? 'spec.gpu' : 'spec.ami'
  say(path, 'NoSuchImage', `AWS makes no image of ${families[ami].title} for ECS ${what}`)
}

function checkPurchase(spec: InstanceGroupSpec, found: Findings): void {
  const { purchase, spotMaxPrice } = spec
  checkPrice(spotMaxPrice, 'spec.spotMaxPrice', found)
  if (typeof purchase === 'string' && purchase !== 'OnDemand' && purchase !== 'Spot') {
    const message = `"${purchase}" is not allowed: expected OnDemand or Spot, or a map for some of each`
    found.say('spec.purchase', 'NotAllowed', message)
    return
  }
  if (typeof purchase === 'object') {
    const base = 'spec.purchase.onDemandBaseCapacity'
    const percent = 'spec.purchase.onDemandPercentageAboveBaseCapacity'
    checkRange(purchase.onDemandBaseCapacity, base, [0, 10_000], found)
    checkRange(purchase.onDemandPercentageAboveBaseCapacity, percent, [0, 100], found)
  }
  if (spotMaxPrice !== undefined && !mayBeSpot(spec)) {
    const message = 'a price for Spot instances, and all of these are On-Demand'
    found.say('spec.spotMaxPrice', 'NotTogether', message, 'purchase: Spot')
  }
  if (spec.spotDraining && !mayBeSpot(spec)) {
    const message = 'draining before the end of Spot instances, and all of these are On-Demand'
    found.say('spec.spotDraining', 'NotTogether', message, 'purchase: Spot')
  }
}

function checkPlaces(
  { network, subnets, securityGroups }: InstanceGroupSpec,
  found: Findings,
): void {
  if (network && subnets) {
    const message = 'instances start in all subnets of a network, or in those that are listed'
    found.say('spec.subnets', 'NotTogether', message)
  } else if (!network && (subnets?.length ?? 0) === 0) {
    const message = 'is required, and missing: where instances start'
    found.say(subnets ? 'spec.subnets' : 'spec.network', 'Required', message, 'or subnets')
  }
  checkCount(securityGroups, 'spec.securityGroups', [0, 5], 'security groups', found)
}

function checkProvider(spec: InstanceGroupSpec, found: Findings): void {
  const { say } = found
  const { capacityProvider = true, managedScaling, managedTerminationProtection } = spec
  if (typeof managedScaling === 'object') checkScaling(managedScaling, 'spec.managedScaling', found)
  if (managedTerminationProtection && managedScaling === false) {
    const message = 'only managed scaling knows which instances to protect: it is switched off'
    say('spec.managedTerminationProtection', 'NotTogether', message)
  }
  if (!capacityProvider) {
    for (const member of [
      'managedScaling',
      'managedTerminationProtection',
      'managedDraining',
    ] as const) {
      if (!spec[member]) continue
      const message = 'it is the capacity provider that does this, and there is to be none'
      say(`spec.${member}`, 'NotTogether', message)
    }
    return
  }
  if (typeof spec.cluster === 'string') {
    const message = `"${spec.cluster}" is no reference: the capacity providers of a cluster are set as one list, which its own manifest keeps`
    const hint = `describe the cluster (kind: Cluster, with fairlead.dev/adopt: overwrite where it exists) and write { ref: … }, or give capacityProvider: false`
    say('spec.cluster', 'NeedsReference', message, hint)
  }
}

function checkUserData({ userData, ami }: InstanceGroupSpec, { say }: Findings): void {
  if (userData === undefined) return
  if (ami === 'Bottlerocket') {
    if (/^\s*\[\s*settings\s*\.\s*ecs\s*\]/m.test(userData)) {
      const message =
        'the table [settings.ecs] is written already: write its keys as [settings.ecs.…] or leave them out'
      say('spec.userData', 'WrittenTwice', message)
    }
    return
  }
  if (/^(#cloud-config|content-type:|mime-version:)/i.test(userData.trimStart())) {
    const message = 'is put behind a shell script, so it must be shell commands too'
    say(
      'spec.userData',
      'NotAllowed',
      message,
      'describe a LaunchTemplate and an AutoScalingGroup instead',
    )
  }
}
