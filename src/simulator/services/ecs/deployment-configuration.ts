/** A service's deployment configuration: AWS's defaults, what an update keeps, and what is refused. */
import type { DeploymentConfiguration } from '@aws-sdk/client-ecs'
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
}

function invalid(message: string): AwsError {
  return new AwsError('InvalidParameterException', message)
}
