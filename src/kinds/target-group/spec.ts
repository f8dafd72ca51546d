/** The type of a TargetGroup's spec: the members of CreateTargetGroup in camelCase, and its attributes. */
import type { Attribute } from '../../kit/elb-parts.ts'
import type { Hole, ReferenceValue } from '../../model.ts'

export interface TargetGroupSpec {
  readonly name?: string
  readonly targetGroupArn?: string
  readonly protocol?: string
  readonly protocolVersion?: string
  readonly port?: number
  readonly vpcId?: string | ReferenceValue | Hole
  readonly targetType?: string
  readonly ipAddressType?: string
  readonly healthCheckProtocol?: string
  readonly healthCheckPort?: string
  readonly healthCheckEnabled?: boolean
  readonly healthCheckPath?: string
  readonly healthCheckIntervalSeconds?: number
  readonly healthCheckTimeoutSeconds?: number
  readonly healthyThresholdCount?: number
  readonly unhealthyThresholdCount?: number
  readonly matcher?: { readonly httpCode?: string; readonly grpcCode?: string }
  readonly attributes?: readonly Attribute[]
  readonly tags?: readonly { readonly key?: string; readonly value?: string }[]
}
