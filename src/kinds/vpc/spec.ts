/** The type of a Vpc's spec. */

export interface VpcSpec {
  readonly vpcId?: string
  readonly cidrBlock?: string
  readonly instanceTenancy?: string
  readonly amazonProvidedIpv6CidrBlock?: boolean
  readonly enableDnsSupport?: boolean
  readonly enableDnsHostnames?: boolean
  readonly enableNetworkAddressUsageMetrics?: boolean
  readonly tags?: readonly { readonly key?: string; readonly value?: string }[]
}
