/** The type of an InternetGateway's spec. */

export interface InternetGatewaySpec {
  readonly internetGatewayId?: string
  readonly vpcId?: unknown
  readonly tags?: readonly { readonly key?: string; readonly value?: string }[]
}
