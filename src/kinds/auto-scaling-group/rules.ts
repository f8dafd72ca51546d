/** Rules of Auto Scaling groups beyond the schema. They rest on the Amazon EC2 Auto Scaling API reference. */
import { checkCount, checkRange, checkTags, type Findings } from '../../kit/field-rules.ts'
import type {
  AutoScalingGroupSpec,
  InstanceRefreshSpec,
  MixedPolicy,
  TemplateSpecification,
} from './spec.ts'

const anyNumber = Number.POSITIVE_INFINITY

export function checkGroup(spec: AutoScalingGroupSpec, found: Findings): void {
  const { say } = found
  const { autoScalingGroupName: name } = spec
  if (typeof name === 'string' && !/^[^:\p{Cc}]{1,255}$/u.test(name)) {
    say('spec.autoScalingGroupName', 'BadName', 'must be 1 to 255 characters without a colon')
  }
  checkSizes(spec, found)
  checkLaunch(spec, found)
  checkPlaces(spec, found)
  checkTags(spec.tags, 'spec.tags', found)
  checkRange(spec.healthCheckGracePeriod, 'spec.healthCheckGracePeriod', [0, anyNumber], found)
  checkRange(spec.defaultCooldown, 'spec.defaultCooldown', [0, anyNumber], found)
  if (spec.maxInstanceLifetime !== 0) {
    checkRange(spec.maxInstanceLifetime, 'spec.maxInstanceLifetime', [86_400, 31_536_000], found)
  }
  const { instanceMaintenancePolicy: policy = {} } = spec
  if ((policy.minHealthyPercentage ?? -1) !== -1 || (policy.maxHealthyPercentage ?? -1) !== -1) {
    checkHealthy(policy, 'spec.instanceMaintenancePolicy', found)
  }
  checkTermination(spec, found)
  checkRefresh(spec.instanceRefresh, 'spec.instanceRefresh', found)
  checkRollback(spec, found)
}

function checkSizes({ minSize, maxSize, desiredCapacity }: AutoScalingGroupSpec, found: Findings) {
  checkRange(minSize, 'spec.minSize', [0, 10_000], found)
  checkRange(maxSize, 'spec.maxSize', [0, 10_000], found)
  if (minSize !== undefined && maxSize !== undefined && minSize > maxSize) {
    found.say('spec.maxSize', 'OutOfRange', `${maxSize} is less than minSize (${minSize})`)
    return
  }
  checkRange(desiredCapacity, 'spec.desiredCapacity', [minSize ?? 0, maxSize ?? 10_000], found)
}

function checkLaunch(spec: AutoScalingGroupSpec, found: Findings): void {
  const { launchTemplate, mixedInstancesPolicy } = spec
  if (launchTemplate && mixedInstancesPolicy) {
    const message = 'a group is launched from a launchTemplate or by a mixedInstancesPolicy'
    const hint = 'take one away: the policy names a template of its own'
    found.say('spec.mixedInstancesPolicy', 'NotTogether', message, hint)
  } else if (launchTemplate) {
    checkTemplate(launchTemplate, 'spec.launchTemplate', found)
  } else if (mixedInstancesPolicy) {
    checkMixed(mixedInstancesPolicy, 'spec.mixedInstancesPolicy', found)
  } else {
    const message = 'is required, and missing'
    found.say('spec.launchTemplate', 'Required', message, 'or a mixedInstancesPolicy')
  }
}

function checkTemplate(template: TemplateSpecification, path: string, { say }: Findings): void {
  const { launchTemplateId: id, launchTemplateName: name, version } = template
  if (id !== undefined && name !== undefined) {
    say(`${path}.launchTemplateName`, 'NotTogether', 'a template is named by its id or its name')
  }
  if (id === undefined && name === undefined) {
    const hint = 'or launchTemplateName'
    say(`${path}.launchTemplateId`, 'Required', 'is required, and missing', hint)
  }
  if (typeof version === 'string' && !/^(\d+|\$Latest|\$Default)$/.test(version)) {
    const message = `"${version}" is no version: expected a number, $Latest or $Default`
    say(`${path}.version`, 'NotAllowed', message)
  }
}

function checkMixed(policy: MixedPolicy, path: string, found: Findings): void {
  const { launchTemplateSpecification: base, overrides } = policy.launchTemplate ?? {}
  const at = `${path}.launchTemplate`
  if (base) checkTemplate(base, `${at}.launchTemplateSpecification`, found)
  else found.say(`${at}.launchTemplateSpecification`, 'Required', 'is required, and missing')
  checkCount(overrides, `${at}.overrides`, [0, 40], 'overrides', found)
  overrides?.forEach((override, index) => {
    if (override.instanceType && override.instanceRequirements) {
      const message = 'an override gives an instance type or requirements'
      found.say(`${at}.overrides[${index}].instanceRequirements`, 'NotTogether', message)
    }
    const own = override.launchTemplateSpecification
    if (own) checkTemplate(own, `${at}.overrides[${index}].launchTemplateSpecification`, found)
  })
  const distribution = policy.instancesDistribution ?? {}
  const spot = `${path}.instancesDistribution`
  const number = (name: string) => distribution[name] as number | undefined
  const percent = 'onDemandPercentageAboveBaseCapacity'
  checkRange(number('onDemandBaseCapacity'), `${spot}.onDemandBaseCapacity`, [0, 10_000], found)
  checkRange(number(percent), `${spot}.${percent}`, [0, 100], found)
  checkRange(number('spotInstancePools'), `${spot}.spotInstancePools`, [1, 20], found)
  const strategy = distribution.spotAllocationStrategy ?? 'lowest-price'
  if (distribution.spotInstancePools !== undefined && strategy !== 'lowest-price') {
    const message = `only the strategy lowest-price takes a number of pools, not ${strategy}`
    found.say(`${spot}.spotInstancePools`, 'NotTogether', message)
  }
  checkPrice(distribution.spotMaxPrice, `${spot}.spotMaxPrice`, found)
}

/** US dollars an hour, as text; an empty text is the On-Demand price. */
export function checkPrice(price: unknown, path: string, { say }: Findings): void {
  if (price === undefined || price === '') return
  if (/^\d+(\.\d+)?$/.test(String(price)) && Number(price) > 0) return
  const message = `"${price}" is no price: expected US dollars an hour above 0, such as "0.05"`
  say(path, 'OutOfRange', message)
}

function checkPlaces(
  { vpcZoneIdentifier, availabilityZones }: AutoScalingGroupSpec,
  found: Findings,
) {
  const subnets =
    typeof vpcZoneIdentifier === 'string' ? vpcZoneIdentifier.trim() : vpcZoneIdentifier
  if ((subnets?.length ?? 0) + (availabilityZones?.length ?? 0) > 0) return
  const hint =
    'the subnets to launch in; or availabilityZones, for the default subnets of the region'
  found.say('spec.vpcZoneIdentifier', 'Required', 'is required, and missing', hint)
}

const terminationPolicies = [
  'Default',
  'AllocationStrategy',
  'OldestLaunchTemplate',
  'OldestLaunchConfiguration',
  'OldestInstance',
  'NewestInstance',
  'ClosestToNextInstanceHour',
]

function checkTermination(spec: AutoScalingGroupSpec, { say }: Findings): void {
  spec.terminationPolicies?.forEach((name, index) => {
    if (terminationPolicies.includes(name) || name.startsWith('arn:')) return
    const message = `"${name}" is no termination policy: expected ${terminationPolicies.join(', ')}, or the ARN of a Lambda function`
    say(`spec.terminationPolicies[${index}]`, 'NotAllowed', message)
  })
}

interface Healthy {
  readonly minHealthyPercentage?: number
  readonly maxHealthyPercentage?: number
}

function checkHealthy(
  { minHealthyPercentage: min, maxHealthyPercentage: max }: Healthy,
  path: string,
  found: Findings,
) {
  checkRange(min, `${path}.minHealthyPercentage`, [0, 100], found)
  checkRange(max, `${path}.maxHealthyPercentage`, [100, 200], found)
  if (max !== undefined && min === undefined) {
    const message = 'maxHealthyPercentage needs a minHealthyPercentage beside it'
    found.say(`${path}.maxHealthyPercentage`, 'NotTogether', message)
  } else if (max !== undefined && min !== undefined && max - min > 100) {
    const message = `${max} is more than 100 above minHealthyPercentage (${min})`
    found.say(`${path}.maxHealthyPercentage`, 'OutOfRange', message)
  }
}

/** `path`: the kind InstanceGroup has the same member. */
export function checkRefresh(
  refresh: InstanceRefreshSpec | undefined,
  path: string,
  found: Findings,
) {
  if (!refresh) return
  checkHealthy(refresh, path, found)
  checkRange(refresh.instanceWarmup, `${path}.instanceWarmup`, [0, anyNumber], found)
  checkRange(refresh.bakeTime, `${path}.bakeTime`, [0, 172_800], found)
  checkRange(refresh.checkpointDelay, `${path}.checkpointDelay`, [0, 172_800], found)
  const marks = refresh.checkpointPercentages ?? []
  if (marks.some((mark, i) => mark <= (marks[i - 1] ?? 0) || mark > 100)) {
    const message = 'checkpoints are percentages from 1 to 100 that ascend'
    found.say(`${path}.checkpointPercentages`, 'OutOfRange', message)
  }
  if (refresh.checkpointDelay !== undefined && marks.length === 0) {
    const message = 'a delay needs checkpointPercentages to pause at'
    found.say(`${path}.checkpointDelay`, 'NotTogether', message)
  }
}

/** AWS goes back to a version by its number alone. */
function checkRollback(
  { instanceRefresh, launchTemplate, mixedInstancesPolicy }: AutoScalingGroupSpec,
  { say }: Findings,
) {
  if (!instanceRefresh?.autoRollback) return
  const { version = '$Default' } =
    launchTemplate ?? mixedInstancesPolicy?.launchTemplate?.launchTemplateSpecification ?? {}
  if (!String(version).startsWith('$')) return
  const message = `going back needs a template version that stays what it is, not ${version}`
  const hint = 'give a number, or refer to the version of the LaunchTemplate'
  say('spec.instanceRefresh.autoRollback', 'NotTogether', message, hint)
}
