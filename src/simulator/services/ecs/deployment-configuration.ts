/** A service's deployment configuration: AWS's defaults, what an update keeps, and what is refused. */
import type { DeploymentConfiguration, DeploymentLifecycleHook } from '@aws-sdk/client-ecs'
import { AwsError } from '../../api.ts'

function defaults(daemon: boolean): DeploymentConfiguration {
  return {
    deploymentCircuitBreaker: {
      enable: false,
      rollback: false,
      resetOnHealthyTask: true,
      thresholdConfiguration: { type: 'BOUNDED_PERCENT', value: 50 },
    },
    maximumPercent: daemon ? 100 : 200,
    minimumHealthyPercent: daemon ? 0 : 100,
    alarms: { alarmNames: [], rollback: false, enable: false },
    strategy: 'ROLLING',
    bakeTimeInMinutes: 0,
  }
}

/**
 * The configuration that holds after a request: members that it leaves out, also inside the circuit breaker and the
 * alarms, keep their values, or get AWS's defaults on creation. Throws InvalidParameterException.
 */
export function deploymentConfiguration(
  requested: DeploymentConfiguration | undefined,
  live: DeploymentConfiguration | undefined,
  daemon: boolean,
): DeploymentConfiguration {
  const base = live ?? defaults(daemon)
  const merged: DeploymentConfiguration = { ...base, ...requested }
  if (base.deploymentCircuitBreaker) {
    merged.deploymentCircuitBreaker = {
      ...base.deploymentCircuitBreaker,
      ...requested?.deploymentCircuitBreaker,
    }
  }
  if (base.alarms) merged.alarms = { ...base.alarms, ...requested?.alarms }
  refuseForeign(requested, merged.strategy)
  if (merged.strategy !== 'LINEAR') delete merged.linearConfiguration
  if (merged.strategy !== 'CANARY') delete merged.canaryConfiguration
  if (merged.strategy === 'LINEAR') {
    merged.linearConfiguration = {
      stepPercent: 10,
      stepBakeTimeInMinutes: 6,
      ...merged.linearConfiguration,
    }
  }
  if (merged.strategy === 'CANARY') {
    merged.canaryConfiguration = {
      canaryPercent: 5,
      canaryBakeTimeInMinutes: 10,
      ...merged.canaryConfiguration,
    }
  }
  check(merged)
  return merged
}

function check(configuration: DeploymentConfiguration): void {
  const { maximumPercent = 200, minimumHealthyPercent = 100 } = configuration
  if (maximumPercent === 100 && minimumHealthyPercent === 100) {
    throw invalid(
      'Both maximumPercent and minimumHealthyPercent cannot be 100 as this will block deployments.',
    )
  }
  if (minimumHealthyPercent < 0) throw invalid('minimumHealthyPercent must not be negative.')
  if (maximumPercent < 1) throw invalid('maximumPercent must be at least 1.')
  const threshold = configuration.deploymentCircuitBreaker?.thresholdConfiguration
  const value = threshold?.value ?? 50
  if (value < 1 || (threshold?.type !== 'COUNT' && value > 100)) {
    throw invalid('The value of the circuit breaker threshold is out of range.')
  }
  checkShift(configuration)
}

/** Throws for the configuration of another strategy than the one that holds. */
function refuseForeign(
  requested: DeploymentConfiguration | undefined,
  strategy: DeploymentConfiguration['strategy'],
): void {
  if (requested?.linearConfiguration && strategy !== 'LINEAR') {
    throw invalid('linearConfiguration is only supported with the LINEAR deployment strategy.')
  }
  if (requested?.canaryConfiguration && strategy !== 'CANARY') {
    throw invalid('canaryConfiguration is only supported with the CANARY deployment strategy.')
  }
}

/** What a shift of traffic is made of. */
function checkShift(configuration: DeploymentConfiguration): void {
  const { bakeTimeInMinutes, linearConfiguration, canaryConfiguration } = configuration
  const { stepPercent, stepBakeTimeInMinutes } = linearConfiguration ?? {}
  const { canaryPercent, canaryBakeTimeInMinutes } = canaryConfiguration ?? {}
  within('bakeTimeInMinutes', bakeTimeInMinutes, 0, 1_440)
  within('stepPercent', stepPercent, 3, 100)
  within('stepBakeTimeInMinutes', stepBakeTimeInMinutes, 0, 1_440)
  within('canaryPercent', canaryPercent, 0.1, 100)
  within('canaryBakeTimeInMinutes', canaryBakeTimeInMinutes, 0, 1_440)
  for (const hook of configuration.lifecycleHooks ?? []) checkHook(hook)
}

function checkHook(hook: DeploymentLifecycleHook): void {
  const { targetType = 'AWS_LAMBDA', lifecycleStages = [], timeoutConfiguration } = hook
  if (lifecycleStages.length === 0) throw invalid('lifecycleStages can not be empty.')
  within('timeoutInMinutes', timeoutConfiguration?.timeoutInMinutes, 1, 20_160)
  if (targetType === 'PAUSE') {
    const shifts = lifecycleStages.filter((stage) =>
      /^(TEST|PRODUCTION)_TRAFFIC_SHIFT$/.test(stage),
    )
    if (shifts.length > 0) throw invalid(`PAUSE hooks are not supported at the ${shifts[0]} stage.`)
  } else if (!hook.hookTargetArn || !hook.roleArn) {
    throw invalid('hookTargetArn and roleArn must be specified for AWS_LAMBDA lifecycle hooks.')
  }
}

function within(name: string, value: number | undefined, from: number, to: number): void {
  if (value === undefined || (value >= from && value <= to)) return
  throw invalid(`${name} must be between ${from} and ${to}.`)
}

function invalid(message: string): AwsError {
  return new AwsError('InvalidParameterException', message)
}
