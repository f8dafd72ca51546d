/** The type of a RouteTable's spec. */

export type Route = Readonly<Record<string, unknown>>

export interface Association {
  readonly subnetId?: unknown
  readonly gatewayId?: unknown
}

export interface RouteTableSpec {
  readonly routeTableId?: string
  readonly vpcId?: unknown
  readonly routes?: readonly Route[]
  readonly associations?: readonly Association[]
  readonly tags?: readonly { readonly key?: string; readonly value?: string }[]
}
