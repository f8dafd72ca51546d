/** The type of a LoadBalancer's spec: the members of CreateLoadBalancer in camelCase, and its attributes. */
import type { Attribute } from '../../kit/elb-parts.ts'

export interface LoadBalancerSpec {
  readonly name?: string
  readonly loadBalancerArn?: string
  readonly type?: string
  readonly scheme?: string
  readonly ipAddressType?: string
  readonly subnets?: readonly unknown[]
  readonly subnetMappings?: readonly { readonly subnetId?: unknown }[]
  readonly securityGroups?: readonly unknown[]
  readonly attributes?: readonly Attribute[]
  readonly tags?: readonly { readonly key?: string; readonly value?: string }[]
}
