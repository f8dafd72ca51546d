/** Rules of target groups beyond the schema. They rest on CreateTargetGroup in its API reference. */
import { checkAttributes, checkElbName } from '../../kit/elb-parts.ts'
import { checkGiven, checkRange, checkTags, type Findings } from '../../kit/field-rules.ts'
import type { TargetGroupSpec } from './spec.ts'

const isHttp = (protocol: string | undefined) => protocol === 'HTTP' || protocol === 'HTTPS'

export function checkTargetGroup(spec: TargetGroupSpec, found: Findings): void {
  const { say } = found
  checkElbName(spec.name, 'spec.name', found)
  checkTags(spec.tags, 'spec.tags', found)
  checkAttributes(spec.attributes, found)
  if (spec.targetType !== 'lambda') {
    checkGiven(spec.protocol, 'spec.protocol', found)
    checkGiven(spec.port, 'spec.port', found)
    checkGiven(spec.vpcId, 'spec.vpcId', found, 'vpcId: { ref: name } of a Vpc')
  }
  checkRange(spec.port, 'spec.port', [1, 65_535], found)
  if (spec.protocolVersion !== undefined && !isHttp(spec.protocol)) {
    say('spec.protocolVersion', 'NotTogether', 'belongs to the protocols HTTP and HTTPS')
  }
  checkHealthCheck(spec, found)
}

function checkHealthCheck(spec: TargetGroupSpec, found: Findings): void {
  const { say } = found
  const { healthCheckIntervalSeconds: interval = 30, healthCheckTimeoutSeconds: timeout } = spec
  checkRange(spec.healthCheckIntervalSeconds, 'spec.healthCheckIntervalSeconds', [5, 300], found)
  checkRange(timeout, 'spec.healthCheckTimeoutSeconds', [2, 120], found)
  checkRange(spec.healthyThresholdCount, 'spec.healthyThresholdCount', [2, 10], found)
  checkRange(spec.unhealthyThresholdCount, 'spec.unhealthyThresholdCount', [2, 10], found)
  if (timeout !== undefined && timeout >= interval) {
    const message = `${timeout} is not less than the interval (${interval})`
    say('spec.healthCheckTimeoutSeconds', 'OutOfRange', message)
  }
  const checks = spec.healthCheckProtocol ?? (isHttp(spec.protocol) ? 'HTTP' : 'TCP')
  if (spec.healthCheckPath !== undefined && !isHttp(checks) && spec.targetType !== 'lambda') {
    say('spec.healthCheckPath', 'NotTogether', `a health check by ${checks} has no path`)
  }
  const port = spec.healthCheckPort
  if (
    port !== undefined &&
    port !== 'traffic-port' &&
    !(Number(port) >= 1 && Number(port) <= 65_535)
  ) {
    say(
      'spec.healthCheckPort',
      'OutOfRange',
      `"${port}" is no port: expected 1 to 65535, or traffic-port`,
    )
  }
  if (spec.targetType === 'lambda' && spec.vpcId !== undefined) {
    say('spec.vpcId', 'NotTogether', 'a target group of a function is in no VPC')
  }
}
