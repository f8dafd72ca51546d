/** The fields of a target group. Rests on CreateTargetGroup, ModifyTargetGroup and ModifyTargetGroupAttributes. */
import type { Field, Fields } from '../../diff.ts'
import { attributesField } from '../../kit/elb-parts.ts'

const fixed: Field = { createOnly: 'ModifyTargetGroup takes health checks alone' }
/** AWS's default depends on the protocol: what Git leaves out is left alone without a word. */
const computed: Field = { computed: true }

/** What ModifyTargetGroup sets. */
export const healthCheck: Fields = {
  healthCheckProtocol: computed,
  healthCheckPort: { default: 'traffic-port' },
  healthCheckEnabled: computed,
  healthCheckPath: computed,
  healthCheckIntervalSeconds: { default: 30 },
  healthCheckTimeoutSeconds: computed,
  healthyThresholdCount: { default: 5 },
  unhealthyThresholdCount: { default: 2 },
  matcher: { computed: true, fields: { httpCode: {}, grpcCode: {} } },
}

export const fields: Fields = {
  ...healthCheck,
  protocol: fixed,
  protocolVersion: { ...fixed, default: 'HTTP1' },
  port: fixed,
  vpcId: fixed,
  targetType: { ...fixed, default: 'instance' },
  ipAddressType: { ...fixed, default: 'ipv4' },
  targetControlPort: fixed,
  attributes: attributesField,
}
