/** Rules of scaling policies beyond the schema. They rest on PutScalingPolicy in its API reference. */
import { stableJson } from '../../diff.ts'
import type { Kind } from '../../kind.ts'
import {
  checkCount,
  checkGiven,
  checkRange,
  type Findings,
  isFilled,
  meantBy,
} from '../../kit/field-rules.ts'
import { checkDimension } from '../../kit/scalable-targets.ts'
import type { Manifest } from '../../model.ts'
import {
  members,
  type PredefinedMetric,
  type PredictiveScaling,
  type ScalingPolicySpec,
  type StepScaling,
  type TargetTracking,
  typeOf,
} from './spec.ts'

const positive = [0, Number.POSITIVE_INFINITY] as const

export function checkPolicy(spec: ScalingPolicySpec, found: Findings): void {
  const { say } = found
  checkDimension(spec, found)
  const { policyName: name, resourceId } = spec
  if (name !== undefined && !/^\P{Cc}{1,256}$/u.test(name)) {
    say('spec.policyName', 'BadName', 'a policy needs a name of 1 to 256 characters')
  }
  if (isFilled(resourceId)) {
    const message = `"${resourceId}" is no reference: a policy cannot be tagged, so it belongs to a ScalableTarget that is described here`
    const hint = 'describe it (with fairlead.dev/adopt where it exists) and write { ref: … }'
    say('spec.resourceId', 'NeedsReference', message, hint)
  }
  const given = Object.entries(members).filter(([, member]) => spec[member] !== undefined)
  const type = typeOf(spec)
  if (given.length === 0) {
    say('spec', 'Required', `one of ${Object.values(members).join(', ')} is required, and missing`)
  } else if (given.length > 1) {
    const message = 'a policy is of one type: leave all configurations out but one'
    say(`spec.${given[1]![1]}`, 'NotTogether', message)
  } else if (given[0]![0] !== type) {
    say('spec.policyType', 'NotTogether', `${given[0]![1]} makes it ${given[0]![0]}, not ${type}`)
  }
  checkTracking(spec.targetTrackingScalingPolicyConfiguration, found)
  checkSteps(spec.stepScalingPolicyConfiguration, found)
  checkForecast(spec.predictiveScalingPolicyConfiguration, found)
}

const ofEcs =
  /^(ECSServiceAverage(CPU|Memory)Utilization(HighResolution)?|ALBRequestCountPerTarget)$/

function checkTracking(tracking: TargetTracking | undefined, found: Findings): void {
  if (!tracking) return
  const { say } = found
  const path = 'spec.targetTrackingScalingPolicyConfiguration'
  const { targetValue: value, predefinedMetricSpecification: predefined } = tracking
  const metric = predefined?.predefinedMetricType
  if ((predefined === undefined) === (tracking.customizedMetricSpecification === undefined)) {
    const message =
      'needs either a predefinedMetricSpecification or a customizedMetricSpecification'
    say(path, predefined ? 'NotTogether' : 'Required', message)
  }
  if (metric !== undefined && !ofEcs.test(metric)) {
    const message = `${metric} is no metric of ECS services: expected ECSServiceAverageCPUUtilization, ECSServiceAverageMemoryUtilization or ALBRequestCountPerTarget`
    say(`${path}.predefinedMetricSpecification.predefinedMetricType`, 'NotOfEcs', message)
  }
  checkLabel(predefined, `${path}.predefinedMetricSpecification`, found)
  if (value !== undefined && value <= 0) {
    say(`${path}.targetValue`, 'OutOfRange', `${value} is out of range: expected more than 0`)
  } else if (value !== undefined && value > 100 && metric?.startsWith('ECSService')) {
    const message = `${value} is out of range: ${metric} is a percentage`
    say(`${path}.targetValue`, 'OutOfRange', message)
  }
  checkRange(tracking.scaleOutCooldown, `${path}.scaleOutCooldown`, positive, found)
  checkRange(tracking.scaleInCooldown, `${path}.scaleInCooldown`, positive, found)
}

/** Names the target group whose requests are counted. */
function checkLabel(metric: PredefinedMetric | undefined, path: string, { say }: Findings): void {
  if (!metric) return
  const { predefinedMetricType: type, resourceLabel: label } = metric
  const requests = type === 'ALBRequestCountPerTarget'
  const shape = 'app/<load balancer>/<id>/targetgroup/<target group>/<id>, the ends of the two ARNs'
  if (requests && label === undefined) {
    say(`${path}.resourceLabel`, 'Required', `is required, and missing: expected ${shape}`)
  } else if (label !== undefined && !requests) {
    say(`${path}.resourceLabel`, 'NotTogether', 'belongs to ALBRequestCountPerTarget alone')
  } else if (label !== undefined && !/^app(\/[^/]+){2}\/targetgroup(\/[^/]+){2}$/.test(label)) {
    say(`${path}.resourceLabel`, 'BadId', `"${label}" is not a label: expected ${shape}`)
  }
}

function checkSteps(steps: StepScaling | undefined, found: Findings): void {
  if (!steps) return
  const path = 'spec.stepScalingPolicyConfiguration'
  checkGiven(steps.adjustmentType, `${path}.adjustmentType`, found)
  checkRange(steps.cooldown, `${path}.cooldown`, positive, found)
  const list = steps.stepAdjustments ?? []
  checkCount(list, `${path}.stepAdjustments`, [1, 20], 'steps', found)
  list.forEach((step, index) => {
    const at = `${path}.stepAdjustments[${index}]`
    const lower = step.metricIntervalLowerBound
    const upper = step.metricIntervalUpperBound
    if (lower === undefined && upper === undefined) {
      found.say(at, 'Required', 'a step needs a lower bound, an upper bound, or both')
    } else if (lower !== undefined && upper !== undefined && lower >= upper) {
      const message = `${upper} is not above the lower bound (${lower})`
      found.say(`${at}.metricIntervalUpperBound`, 'OutOfRange', message)
    }
  })
  checkGaps(steps, `${path}.stepAdjustments`, found)
}

/** The ranges of steps lie side by side. */
function checkGaps({ stepAdjustments = [] }: StepScaling, path: string, { say }: Findings): void {
  const bounded = stepAdjustments.filter(
    (step) =>
      step.metricIntervalLowerBound !== undefined || step.metricIntervalUpperBound !== undefined,
  )
  const ranges = bounded
    .map((step) => ({
      from: step.metricIntervalLowerBound ?? Number.NEGATIVE_INFINITY,
      to: step.metricIntervalUpperBound ?? Number.POSITIVE_INFINITY,
    }))
    .sort((a, b) => a.from - b.from || a.to - b.to)
  const odd = ranges.findIndex(({ from }, index) => index > 0 && ranges[index - 1]!.to !== from)
  if (odd < 0) return
  const [before, after] = [ranges[odd - 1]!.to, ranges[odd]!.from]
  const what = before > after ? 'overlap' : 'leave a gap'
  const message = `steps must lie side by side, and two of them ${what}: one ends at ${before}, the next begins at ${after}`
  say(path, 'NotSideBySide', message)
}

function checkForecast(forecast: PredictiveScaling | undefined, found: Findings): void {
  if (!forecast) return
  const path = 'spec.predictiveScalingPolicyConfiguration'
  const { maxCapacityBreachBehavior: behaviour, maxCapacityBuffer: buffer } = forecast
  const list = forecast.metricSpecifications
  checkCount(list, `${path}.metricSpecifications`, [1, 1], 'metrics', found)
  checkRange(forecast.schedulingBufferTime, `${path}.schedulingBufferTime`, [0, 3_600], found)
  checkRange(buffer, `${path}.maxCapacityBuffer`, [0, 100], found)
  if ((buffer !== undefined) !== (behaviour === 'IncreaseMaxCapacity')) {
    const message = 'belongs to maxCapacityBreachBehavior: IncreaseMaxCapacity, and to it alone'
    found.say(
      `${path}.maxCapacityBuffer`,
      buffer === undefined ? 'Required' : 'NotTogether',
      message,
    )
  }
}

/** A target that is only looked at gets no policy. */
export function checkWithTarget({ name, annotations }: Manifest, { say }: Findings): void {
  if (annotations['fairlead.dev/mode'] !== 'observe') return
  const message = `ScalableTarget ${name} is observed only, so no policy is put on it`
  const hint = 'take the target over with fairlead.dev/adopt'
  say('spec.resourceId', 'ObservedOnly', message, hint)
}

/** AWS takes one policy that tracks a target for each metric. */
export const among: NonNullable<Kind['among']> = (manifests, refuse) => {
  const first = new Map<string, Manifest>()
  for (const manifest of manifests) {
    const spec: ScalingPolicySpec = manifest.spec
    const { targetTrackingScalingPolicyConfiguration: tracking, resourceId } = spec
    if (!tracking) continue
    const { predefinedMetricSpecification: ours, customizedMetricSpecification: theirs } = tracking
    const target = meantBy(resourceId, manifest, 'ScalableTarget')
    const metric = `${target} ${stableJson(ours ?? theirs)}`
    const other = first.get(metric)
    if (!other) {
      first.set(metric, manifest)
      continue
    }
    const message = `ScalingPolicy ${other.name} tracks the same metric of the same target, and AWS takes one`
    const path = 'spec.targetTrackingScalingPolicyConfiguration'
    refuse(manifest, path, 'SameMetric', message)
  }
}
