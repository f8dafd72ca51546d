/** EC2 networking: VPCs, subnets, gateways, route tables, security groups, interfaces: the state. Records are replaced, never changed in place, so that an older view of the world may share them. */

export type NetworkState = Readonly<Record<string, never>>

export function createNetworkState(): NetworkState {
  return {}
}
