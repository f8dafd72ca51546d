/** How a scaling policy is doing: what it does, and whether anything triggers it. Pure. */
import type { Health, Live } from '../../model.ts'
import type { ScalingPolicyState } from './observe.ts'

export function health({ state }: Live<ScalingPolicyState>): Health {
  const {
    targetTrackingScalingPolicyConfiguration: tracking,
    stepScalingPolicyConfiguration: steps,
    predictiveScalingPolicyConfiguration: forecast,
    alarms,
  } = state
  if (tracking) {
    const metric = tracking.predefinedMetricSpecification?.predefinedMetricType
    const message = `keeps ${metric ?? 'a metric of its own'} at ${tracking.targetValue}`
    return { state: 'Ready', reason: 'Tracking', message }
  }
  if (steps && alarms.length === 0) {
    const message = 'no alarm triggers it: steps need a CloudWatch alarm that names this policy'
    return { state: 'Ready', reason: 'NoAlarm', message }
  }
  if (steps) return { state: 'Ready', reason: 'Stepping', message: `on ${alarms.join(', ')}` }
  const scales = forecast?.mode === 'ForecastAndScale'
  return {
    state: 'Ready',
    reason: 'Forecasting',
    message: scales ? 'scales by its forecast' : 'makes a forecast, and scales nothing',
  }
}
