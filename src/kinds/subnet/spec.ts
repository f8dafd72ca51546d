/** The type of a Subnet's spec. */

export interface SubnetSpec {
  readonly subnetId?: string
  readonly vpcId?: unknown
  readonly cidrBlock?: string
  readonly availabilityZone?: string
  readonly availabilityZoneId?: string
  readonly ipv6CidrBlock?: string
  readonly ipv6Native?: boolean
  readonly outpostArn?: string
  readonly mapPublicIpOnLaunch?: boolean
  readonly assignIpv6AddressOnCreation?: boolean
  readonly enableDns64?: boolean
  readonly privateDnsNameOptionsOnLaunch?: Readonly<Record<string, unknown>>
  readonly tags?: readonly { readonly key?: string; readonly value?: string }[]
}
