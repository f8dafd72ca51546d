/** Routes in one form on both sides: a destination in AWS's spelling, and one target. Pure. */
import type { Route as AwsRoute } from '@aws-sdk/client-ec2'
import { fromAws } from '../../kit/casing.ts'
import { canonicalBlock } from '../../kit/cidr.ts'
import type { Route } from './spec.ts'

export const destinations = [
  'destinationCidrBlock',
  'destinationIpv6CidrBlock',
  'destinationPrefixListId',
] as const

/** What a route may lead to. Of a live one that shows several, the first is what was asked for. */
export const targets = [
  'natGatewayId',
  'instanceId',
  'networkInterfaceId',
  'transitGatewayId',
  'vpcPeeringConnectionId',
  'egressOnlyInternetGatewayId',
  'localGatewayId',
  'carrierGatewayId',
  'coreNetworkArn',
  'odbNetworkArn',
  'vpcEndpointId',
  'gatewayId',
] as const

/** The destination in AWS's spelling; undefined where there is none. */
export function destinationOf(route: Route): string | undefined {
  const [value] = destinations.flatMap((name) => route[name] ?? [])
  return value === undefined ? undefined : String(canonicalBlock(value))
}

/** A declared route in that form. An endpoint is shown by AWS as a gateway. */
export function wantedRoute(route: Route, live: readonly Route[]): Route {
  const { vpcEndpointId, ...rest } = route
  const whole: Record<string, unknown> = vpcEndpointId
    ? { ...rest, gatewayId: vpcEndpointId }
    : rest
  for (const name of destinations) {
    if (whole[name] !== undefined) whole[name] = canonicalBlock(whole[name])
  }
  // A live route to an instance names its interface too, and the other way round: the same route.
  const twin = live.find((other) => destinationOf(other) === destinationOf(route))
  const target = targets.flatMap((name) => whole[name] ?? [])[0]
  return twin && targets.some((name) => twin[name] === target) ? twin : whole
}

/**
 * The routes of a table that Git may declare, one target each. Not among them: the local one, what a VPN gateway
 * propagates, and what a gateway endpoint adds to the tables that it names.
 */
export function liveRoutes(routes: readonly AwsRoute[] = []): Route[] {
  return routes.flatMap((route) => {
    const { Origin, GatewayId = '', DestinationPrefixListId } = route
    const ofEndpoint = DestinationPrefixListId !== undefined && GatewayId.startsWith('vpce-')
    if (Origin !== 'CreateRoute' || GatewayId === 'local' || ofEndpoint) return []
    const members = fromAws<Record<string, unknown>>(route)
    const kept = destinations.flatMap((name) => (members[name] ? [[name, members[name]]] : []))
    const all = targets.flatMap((name) => (members[name] ? [[name, members[name]]] : []))
    return [Object.fromEntries([...kept, ...all])]
  })
}
