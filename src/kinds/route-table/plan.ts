/** What a route table needs, as calls: routes and associations one by one. Pure. */

import { same } from '../../diff.ts'
import type { PlanInput } from '../../kind.ts'
import { toAws } from '../../kit/casing.ts'
import { planner } from '../../kit/planning.ts'
import type { DraftCall } from '../../model.ts'
import { tagSpecifications, toAwsTags } from '../../tags.ts'
import type { RouteTableState } from './observe.ts'
import { fields } from './policy.ts'
import { destinationOf, destinations, wantedRoute } from './routes.ts'
import type { Association, Route, RouteTableSpec } from './spec.ts'

type Members = Record<string, unknown>
type Input = PlanInput<RouteTableSpec, RouteTableState>

export const plan = planner<RouteTableSpec, RouteTableState>({
  fields,
  desired({ routeTableId: _, ...spec }, { live }) {
    const { routes } = spec as RouteTableSpec
    if (!routes) return spec
    const ours = routes.filter(({ gatewayId }) => gatewayId !== 'local')
    return { ...spec, routes: ours.map((route) => wantedRoute(route, live?.state.routes ?? [])) }
  },
  compared: ({ vpcId, routes, associations }) => ({ vpcId, routes, associations }),
  create,
  update({ live: { attributes, state }, whole, changed }) {
    const id = attributes.id
    return [
      ...(changed.has('routes') ? routing(id, whole.routes as Route[], state.routes) : []),
      ...(changed.has('associations')
        ? associating(id, whole.associations as Association[], state)
        : []),
    ]
  },
  tag: ({ attributes: { id } }, tags) => [
    { operation: 'ec2:CreateTags', input: { Resources: [id], Tags: toAwsTags(tags) } },
  ],
  remove: ({ attributes: { id }, state }) => [
    ...Object.values(state.associationIds).map(disassociate),
    { operation: 'ec2:DeleteRouteTable', input: { RouteTableId: id } },
  ],
})

function create({ vpcId, routes, associations }: Members, input: Input): DraftCall[] {
  const { key, tags, want } = input
  const id = { $hole: { key, attribute: 'id' } }
  const empty = { routes: [], associations: [], blackholes: [], associationIds: {}, elsewhere: {} }
  return [
    {
      operation: 'ec2:CreateRouteTable',
      input: {
        VpcId: vpcId,
        TagSpecifications: tagSpecifications('route-table', tags, want!.identity.parts.label!),
      },
      yields: { id: 'RouteTable.RouteTableId' },
    },
    ...routing(id, (routes ?? []) as Route[], []),
    ...associating(id, (associations ?? []) as Association[], empty),
  ]
}

/** New routes and changed ones first, so that nothing is without a way meanwhile. */
function* routing(
  RouteTableId: unknown,
  want: readonly Route[],
  live: readonly Route[],
): Generator<DraftCall> {
  const there = new Map(live.map((route) => [destinationOf(route), route]))
  for (const route of want) {
    const twin = there.get(destinationOf(route))
    if (twin && same(twin, route)) continue
    const operation = twin ? 'ec2:ReplaceRoute' : 'ec2:CreateRoute'
    yield { operation, input: { RouteTableId, ...(toAws(asSent(route)) as Members) } }
  }
  const kept = new Set(want.map(destinationOf))
  for (const route of live) {
    if (kept.has(destinationOf(route))) continue
    const to = Object.fromEntries(destinations.map((name) => [name, route[name]]))
    yield {
      operation: 'ec2:DeleteRoute',
      input: { RouteTableId, ...(toAws(JSON.parse(JSON.stringify(to))) as Members) },
    }
  }
}

/** AWS shows an endpoint as a gateway, and wants it as an endpoint. */
function asSent({ gatewayId, ...route }: Route): Members {
  if (gatewayId === undefined) return route
  const endpoint = typeof gatewayId === 'string' && gatewayId.startsWith('vpce-')
  return { ...route, [endpoint ? 'vpcEndpointId' : 'gatewayId']: gatewayId }
}

function* associating(
  RouteTableId: unknown,
  want: readonly Association[],
  live: RouteTableState,
): Generator<DraftCall> {
  const kept = new Set<unknown>()
  for (const { subnetId, gatewayId } of want) {
    const id = subnetId ?? gatewayId
    kept.add(id)
    if (typeof id === 'string' && live.associationIds[id]) continue
    const AssociationId = typeof id === 'string' ? live.elsewhere[id] : undefined
    if (AssociationId) {
      yield {
        operation: 'ec2:ReplaceRouteTableAssociation',
        input: { AssociationId, RouteTableId },
      }
    } else {
      const of = subnetId === undefined ? { GatewayId: gatewayId } : { SubnetId: subnetId }
      yield { operation: 'ec2:AssociateRouteTable', input: { RouteTableId, ...of } }
    }
  }
  for (const [id, association] of Object.entries(live.associationIds)) {
    if (!kept.has(id)) yield disassociate(association)
  }
}

const disassociate = (AssociationId: string): DraftCall => ({
  operation: 'ec2:DisassociateRouteTable',
  input: { AssociationId },
})
