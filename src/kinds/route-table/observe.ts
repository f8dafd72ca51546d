/** Reads route tables, all in one call; and which other table a subnet has that is to get one of ours. */
import type { RouteTable } from '@aws-sdk/client-ec2'
import { isHole } from '../../diff.ts'
import type { ObserveContext, Wanted } from '../../kind.ts'
import {
  type Ec2List,
  ec2Candidates,
  ec2Items,
  findMeant,
  observeInBatches,
} from '../../kit/finding.ts'
import type { Live, ObjectKey, Observation } from '../../model.ts'
import { liveRoutes } from './routes.ts'
import type { Association, Route, RouteTableSpec } from './spec.ts'

export interface RouteTableState {
  readonly vpcId?: string | undefined
  /** Those that Git may declare. */
  readonly routes: readonly Route[]
  /** Those of subnets and gateways, not the main one. */
  readonly associations: readonly Association[]
  /** Destinations whose target is gone. */
  readonly blackholes: readonly string[]
  /** The ids of the associations: by subnet or gateway. */
  readonly associationIds: Readonly<Record<string, string>>
  /** The same in other tables, for subnets that are to get this one. */
  readonly elsewhere: Readonly<Record<string, string>>
}

const list: Ec2List = {
  operation: 'ec2:DescribeRouteTables',
  items: 'RouteTables',
  id: 'RouteTableId',
  filter: 'route-table-id',
}

export function observe(
  context: ObserveContext,
  wanted: readonly Wanted<RouteTableSpec>[],
): Promise<ReadonlyMap<ObjectKey, Observation<RouteTableState>>> {
  return observeInBatches(wanted, 200, async (batch) => {
    const candidates = await ec2Candidates<RouteTableSpec, RouteTable>(context, batch, list)
    const seen = new Map(
      batch.map((want) => [want.manifest.key, findMeant(want, context, candidates, stateOf)]),
    )
    return withElsewhere(batch, seen, context)
  })
}

export function stateOf({ VpcId, Routes, Associations = [] }: RouteTable): RouteTableState {
  const held = Associations.filter(
    ({ Main, AssociationState }) =>
      !Main && !/^disassociat/.test(String(AssociationState?.State ?? '')),
  )
  return {
    vpcId: VpcId,
    routes: liveRoutes(Routes),
    associations: held.map(({ SubnetId, GatewayId }) =>
      SubnetId ? { subnetId: SubnetId } : { gatewayId: GatewayId },
    ),
    blackholes: (Routes ?? []).flatMap((route) =>
      route.State === 'blackhole'
        ? (route.DestinationCidrBlock ?? route.DestinationIpv6CidrBlock ?? [])
        : [],
    ),
    associationIds: Object.fromEntries(
      held.map(({ SubnetId, GatewayId, RouteTableAssociationId = '' }) => [
        String(SubnetId ?? GatewayId),
        RouteTableAssociationId,
      ]),
    ),
    elsewhere: {},
  }
}

type Seen = ReadonlyMap<ObjectKey, Observation<RouteTableState>>

/** A subnet that has another table keeps one association, which is moved: a second would be refused. */
async function withElsewhere(
  batch: readonly Wanted<RouteTableSpec>[],
  seen: Seen,
  { read }: ObserveContext,
): Promise<Seen> {
  const missing = new Map(
    batch.map(({ manifest: { key }, spec }) => {
      const found = seen.get(key)
      const has = found?.found === 'yes' ? found.live.state.associationIds : {}
      const subnets = (spec.associations ?? []).flatMap(({ subnetId }) =>
        typeof subnetId === 'string' && !isHole(subnetId) && !has[subnetId] ? [subnetId] : [],
      )
      return [key, found?.found === 'yes' ? subnets : []] as const
    }),
  )
  const asked = [...new Set([...missing.values()].flat())]
  if (asked.length === 0) return seen
  const tables = await ec2Items<RouteTable>(read, list, [
    { Name: 'association.subnet-id', Values: asked.slice(0, 200) },
  ])
  const others = Object.assign(
    {},
    ...tables.map((table) => stateOf(table).associationIds),
  ) as Record<string, string>
  return new Map(
    [...seen].map(([key, answer]): [ObjectKey, Observation<RouteTableState>] => {
      if (answer.found !== 'yes') return [key, answer]
      const elsewhere = Object.fromEntries(
        (missing.get(key) ?? []).flatMap((id) => (others[id] ? [[id, others[id]]] : [])),
      )
      const live: Live<RouteTableState> = {
        ...answer.live,
        state: { ...answer.live.state, elsewhere },
      }
      return [key, { found: 'yes', live }]
    }),
  )
}
