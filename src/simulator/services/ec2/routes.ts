/** The routes of a route table. */
import type {
  CreateRouteRequest,
  DeleteRouteRequest,
  ReplaceRouteRequest,
  Route,
} from '@aws-sdk/client-ec2'
import { AwsError, type CallContext, type ServiceHandlers } from '../../api.ts'
import type { World } from '../../world.ts'
import { canonicalCidr, canonicalCidr6, contains, parseCidr } from './cidr.ts'
import { interfacesOf } from './interfaces.ts'
import type { RouteRecord, RouteTableRecord, RouteTarget } from './network-state.ts'
import { routeState } from './reachability.ts'
import { invalidValue, kinds, missing, need } from './resources.ts'

const MAX_ROUTES = 50

export function routeView(world: World, table: RouteTableRecord, route: RouteRecord): Route {
  const { destination, target } = route
  const ends = target.instanceId ?? target.networkInterfaceId
  const end = ends
    ? interfacesOf(world).find((one) => one.id === ends || one.instanceId === ends)
    : undefined
  return {
    ...(destination.includes(':')
      ? { DestinationIpv6CidrBlock: destination }
      : { DestinationCidrBlock: destination }),
    ...(target.gatewayId && { GatewayId: target.gatewayId }),
    ...(target.natGatewayId && { NatGatewayId: target.natGatewayId }),
    ...(ends && {
      NetworkInterfaceId: target.networkInterfaceId ?? end?.id,
      ...(end?.instanceId && { InstanceId: end.instanceId, InstanceOwnerId: world.account }),
    }),
    Origin: route.origin,
    State: routeState(world, table, route),
  }
}

interface Destination {
  readonly DestinationCidrBlock?: string | undefined
  readonly DestinationIpv6CidrBlock?: string | undefined
  readonly DestinationPrefixListId?: string | undefined
}

/** Where a route goes, in canonical form, and the parameter that said so. */
function destinationOf(input: Destination): { destination: string; parameter: string } {
  const { DestinationCidrBlock: v4, DestinationIpv6CidrBlock: v6 } = input
  if (input.DestinationPrefixListId !== undefined) {
    throw new AwsError('UnsupportedOperation', 'The simulator has no prefix lists.')
  }
  if ((v4 === undefined) === (v6 === undefined)) {
    throw new AwsError(
      v4 === undefined ? 'MissingParameter' : 'InvalidParameterCombination',
      'The request must contain exactly one of destinationCidrBlock, destinationIpv6CidrBlock, destinationPrefixListId',
    )
  }
  const name = v4 === undefined ? 'destinationIpv6CidrBlock' : 'destinationCidrBlock'
  const text = v4 ?? v6 ?? ''
  const destination = v4 === undefined ? canonicalCidr6(text) : canonicalCidr(text)
  if (destination === undefined) {
    throw invalidValue(
      `Value (${text}) for parameter ${name} is invalid. This is not a valid CIDR block.`,
    )
  }
  const parameter = v4 === undefined ? 'destination-ipv6-cidr-block' : 'destination-cidr-block'
  return { destination, parameter }
}

const targetNames = ['GatewayId', 'NatGatewayId', 'NetworkInterfaceId', 'InstanceId'] as const
const otherTargets = [
  'CarrierGatewayId',
  'CoreNetworkArn',
  'EgressOnlyInternetGatewayId',
  'LocalGatewayId',
  'TransitGatewayId',
  'VpcEndpointId',
  'VpcPeeringConnectionId',
] as const

function targetOf(world: World, table: RouteTableRecord, input: CreateRouteRequest): RouteTarget {
  const other = otherTargets.find((name) => input[name] !== undefined)
  if (other) throw new AwsError('UnsupportedOperation', `The simulator has no routes to ${other}.`)
  const [name, ...more] = targetNames.filter((each) => input[each] !== undefined)
  if (!name || more.length > 0) {
    throw new AwsError(
      name ? 'InvalidParameterCombination' : 'MissingParameter',
      'The request must contain exactly one of gatewayId, natGatewayId, networkInterfaceId, vpcPeeringConnectionId, egressOnlyInternetGatewayId, transitGatewayId, localGatewayId, carrierGatewayId, coreNetworkArn or instanceId',
    )
  }
  const id = input[name] ?? ''
  if (name === 'GatewayId') return { gatewayId: gatewayFor(world, table, id) }
  if (name === 'NatGatewayId') {
    throw new AwsError('InvalidNatGatewayID.NotFound', `The natGateway ID '${id}' does not exist`)
  }
  const found = interfacesOf(world).find((one) =>
    name === 'InstanceId' ? one.instanceId === id : one.id === id,
  )
  if (!found) {
    throw name === 'InstanceId'
      ? new AwsError('InvalidInstanceID.NotFound', `The instance ID '${id}' does not exist`)
      : missing(kinds.networkInterface, [id])
  }
  if (found.vpcId !== table.vpcId) {
    throw invalidValue(`route table ${table.routeTableId} and ${id} belong to different networks`)
  }
  return name === 'InstanceId' ? { instanceId: id } : { networkInterfaceId: id }
}

function gatewayFor(world: World, table: RouteTableRecord, id: string): string {
  const gateway = world.ec2.internetGateways.get(id)
  if (!gateway) {
    throw new AwsError('InvalidGatewayID.NotFound', `The gateway ID '${id}' does not exist`)
  }
  if (gateway.vpcId !== table.vpcId) {
    throw invalidValue(
      `route table ${table.routeTableId} and network gateway ${id} belong to different networks`,
    )
  }
  return id
}

/** Traffic within the VPC can be led only to an interface or an instance. */
function checkInside(
  world: World,
  table: RouteTableRecord,
  destination: string,
  target: RouteTarget,
): void {
  const inner = parseCidr(destination)
  const outer = parseCidr(world.ec2.vpcs.get(table.vpcId)?.cidrBlock ?? '')
  if (!inner || !outer || !contains(outer, inner)) return
  if (target.instanceId !== undefined || target.networkInterfaceId !== undefined) return
  throw invalidValue(
    `The destination CIDR block ${destination} is equal to or more specific than one of this VPC's CIDR blocks. This route can target only an interface or an instance.`,
  )
}

function create(input: CreateRouteRequest, { world }: CallContext) {
  const table = need(kinds.routeTable, world.ec2.routeTables, input.RouteTableId)
  const { destination } = destinationOf(input)
  const target = targetOf(world, table, input)
  const existing = table.routes.find((route) => route.destination === destination)
  if (existing) {
    throw new AwsError(
      'RouteAlreadyExists',
      `The route identified by ${destination} already exists.`,
    )
  }
  checkInside(world, table, destination, target)
  if (table.routes.length > MAX_ROUTES) {
    throw new AwsError(
      'RouteLimitExceeded',
      `The maximum number of routes in route table ${table.routeTableId} has been reached.`,
    )
  }
  setRoutes(world, table, [...table.routes, { destination, target, origin: 'CreateRoute' }])
  return { Return: true }
}

function setRoutes(world: World, table: RouteTableRecord, routes: readonly RouteRecord[]): void {
  world.ec2.routeTables.set(table.routeTableId, { ...table, routes })
}

function replace(input: ReplaceRouteRequest, { world }: CallContext) {
  const table = need(kinds.routeTable, world.ec2.routeTables, input.RouteTableId)
  const { destination } = destinationOf(input)
  const existing = table.routes.find((route) => route.destination === destination)
  if (!existing) {
    throw invalidValue(
      `There is no route defined for '${destination}' in the route table. Use CreateRoute instead.`,
    )
  }
  const local = input.LocalTarget || input.GatewayId === 'local'
  if (local && existing.origin !== 'CreateRouteTable') {
    throw invalidValue(`The route ${destination} cannot lead to the local gateway.`)
  }
  const target = local
    ? { gatewayId: 'local' }
    : targetOf(world, table, input as CreateRouteRequest)
  if (!local) checkInside(world, table, destination, target)
  setRoutes(
    world,
    table,
    table.routes.map((route) => (route === existing ? { ...route, target } : route)),
  )
  return {}
}

function remove(input: DeleteRouteRequest, { world }: CallContext) {
  const table = need(kinds.routeTable, world.ec2.routeTables, input.RouteTableId)
  const { destination, parameter } = destinationOf(input)
  const existing = table.routes.find((route) => route.destination === destination)
  if (!existing) {
    throw new AwsError(
      'InvalidRoute.NotFound',
      `no route with ${parameter} ${destination} in route table ${table.routeTableId}`,
    )
  }
  if (existing.origin === 'CreateRouteTable') {
    throw invalidValue(
      `cannot remove local route ${destination} in route table ${table.routeTableId}`,
    )
  }
  setRoutes(
    world,
    table,
    table.routes.filter((route) => route !== existing),
  )
  return {}
}

export const routeHandlers: ServiceHandlers = {
  CreateRoute: create,
  DeleteRoute: remove,
  ReplaceRoute: replace,
}
