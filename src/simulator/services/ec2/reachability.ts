/** Where a subnet's packets go: its route table, the state of a route, and whether the internet is in reach. */
import type { World } from '../../world.ts'
import { interfacesOf } from './interfaces.ts'
import type { RouteRecord, RouteTableRecord } from './network-state.ts'

/** The table that a subnet uses: its own, or the main one of its VPC. */
export function routeTableOf(world: World, subnetId: string): RouteTableRecord | undefined {
  const { subnets, routeTables } = world.ec2
  const tables = [...routeTables.values()]
  const own = tables.find((table) =>
    table.associations.some((association) => association.subnetId === subnetId),
  )
  return own ?? mainRouteTable(world, subnets.get(subnetId)?.vpcId ?? '')
}

/** The main route table of a VPC. */
export function mainRouteTable(world: World, vpcId: string): RouteTableRecord | undefined {
  return [...world.ec2.routeTables.values()].find((table) => table.vpcId === vpcId && isMain(table))
}

export function isMain(table: RouteTableRecord): boolean {
  return table.associations.some((association) => association.subnetId === undefined)
}

/** A route whose target has gone, or is not attached to the table's VPC, leads nowhere. */
export function routeState(
  world: World,
  table: RouteTableRecord,
  route: RouteRecord,
): 'active' | 'blackhole' {
  const { gatewayId, networkInterfaceId, instanceId } = route.target
  if (gatewayId === 'local') return 'active'
  if (networkInterfaceId !== undefined || instanceId !== undefined) {
    const end = interfacesOf(world).find(
      (one) => one.id === networkInterfaceId || (instanceId && one.instanceId === instanceId),
    )
    return end ? 'active' : 'blackhole'
  }
  const gateway = world.ec2.internetGateways.get(gatewayId ?? '')
  return gateway?.vpcId === table.vpcId ? 'active' : 'blackhole'
}

/** Whether what runs in a subnet, with or without a public address, reaches AWS's public endpoints. */
export function canReachInternet(world: World, subnetId: string, publicIp: boolean): boolean {
  const table = routeTableOf(world, subnetId)
  const route = table?.routes.find(({ destination }) => destination === '0.0.0.0/0')
  if (!table || !route || routeState(world, table, route) !== 'active') return false
  return route.target.gatewayId !== undefined && publicIp
}
