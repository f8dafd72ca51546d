/** Route tables: creation, the subnets that use them, deletion. */
import type {
  AssociateRouteTableRequest,
  CreateRouteTableRequest,
  DeleteRouteTableRequest,
  DescribeRouteTablesRequest,
  DisassociateRouteTableRequest,
  ReplaceRouteTableAssociationRequest,
  RouteTable,
} from '@aws-sdk/client-ec2'
import { AwsError, type CallContext, type ServiceHandlers } from '../../api.ts'
import type { World } from '../../world.ts'
import {
  localRoute,
  type RouteTableAssociationRecord,
  type RouteTableRecord,
} from './network-state.ts'
import { described } from './queries.ts'
import { routeState } from './reachability.ts'
import { checkId, hasDependencies, invalidValue, kinds, missing, need, newId } from './resources.ts'
import { routeView } from './routes.ts'
import { dropTags, giveTags, requestedTags, tagList } from './tags.ts'

function view(world: World, table: RouteTableRecord): RouteTable {
  const { routeTableId, vpcId } = table
  return {
    RouteTableId: routeTableId,
    VpcId: vpcId,
    OwnerId: world.account,
    Routes: table.routes.map((route) => routeView(world, table, route)),
    Associations: table.associations.map(({ associationId, subnetId }) => ({
      Main: subnetId === undefined,
      RouteTableAssociationId: associationId,
      RouteTableId: routeTableId,
      ...(subnetId && { SubnetId: subnetId }),
      AssociationState: { State: 'associated' },
    })),
    PropagatingVgws: [],
    Tags: tagList(world, 'route-table', routeTableId),
  }
}

function create(input: CreateRouteTableRequest, { world }: CallContext) {
  const { vpcId, cidrBlock } = need(kinds.vpc, world.ec2.vpcs, input.VpcId)
  const tags = requestedTags(input.TagSpecifications, 'route-table')
  const table: RouteTableRecord = {
    routeTableId: newId(world, 'rtb'),
    vpcId,
    routes: [localRoute(cidrBlock)],
    associations: [],
  }
  world.ec2.routeTables.set(table.routeTableId, table)
  giveTags(world, 'route-table', table.routeTableId, tags)
  return { RouteTable: view(world, table) }
}

function describe(input: DescribeRouteTablesRequest, { world }: CallContext) {
  const { items, NextToken } = described(
    world,
    kinds.routeTable,
    world.ec2.routeTables,
    input.RouteTableIds,
    input,
    {
      'association.gateway-id': () => undefined,
      'association.main': (table) =>
        table.associations.map(({ subnetId }) => subnetId === undefined),
      'association.route-table-association-id': (table) =>
        table.associations.map(({ associationId }) => associationId),
      'association.route-table-id': (table) => table.associations.map(() => table.routeTableId),
      'association.subnet-id': (table) => table.associations.map(({ subnetId }) => subnetId),
      'owner-id': () => world.account,
      'route-table-id': (table) => table.routeTableId,
      'route.destination-cidr-block': (table) => destinations(table, (text) => !text.includes(':')),
      'route.destination-ipv6-cidr-block': (table) =>
        destinations(table, (text) => text.includes(':')),
      'route.gateway-id': (table) => table.routes.map(({ target }) => target.gatewayId),
      'route.instance-id': (table) => table.routes.map(({ target }) => target.instanceId),
      'route.nat-gateway-id': (table) => table.routes.map(({ target }) => target.natGatewayId),
      'route.origin': (table) => table.routes.map(({ origin }) => origin),
      'route.state': (table) => table.routes.map((route) => routeState(world, table, route)),
      'vpc-id': (table) => table.vpcId,
    },
  )
  return { RouteTables: items.map((table) => view(world, table)), NextToken }
}

function destinations(table: RouteTableRecord, wanted: (text: string) => boolean): string[] {
  return table.routes.map(({ destination }) => destination).filter(wanted)
}

function associate(input: AssociateRouteTableRequest, { world }: CallContext) {
  const { subnets, routeTables } = world.ec2
  const table = need(kinds.routeTable, routeTables, input.RouteTableId)
  if (input.GatewayId !== undefined) {
    throw new AwsError('UnsupportedOperation', 'The simulator has no route tables of gateways.')
  }
  const { subnetId, vpcId } = need(kinds.subnet, subnets, input.SubnetId)
  if (vpcId !== table.vpcId) {
    throw invalidValue(
      `Route table ${table.routeTableId} and subnet ${subnetId} belong to different networks`,
    )
  }
  const taken = [...routeTables.values()].some((each) =>
    each.associations.some((one) => one.subnetId === subnetId),
  )
  if (taken) {
    throw new AwsError(
      'Resource.AlreadyAssociated',
      `the specified association for route table ${table.routeTableId} conflicts with an existing association`,
    )
  }
  const associationId = newId(world, 'rtbassoc')
  add(world, table, { associationId, subnetId })
  return { AssociationId: associationId, AssociationState: { State: 'associated' } }
}

function add(
  world: World,
  table: RouteTableRecord,
  association: RouteTableAssociationRecord,
): void {
  const associations = [...table.associations, association]
  world.ec2.routeTables.set(table.routeTableId, { ...table, associations })
}

/** The table that has an association, without it; and the association. Throws when nothing has it. */
function takeOff(world: World, id: string | undefined) {
  const text = id ?? ''
  checkId(kinds.routeTableAssociation, text)
  for (const table of world.ec2.routeTables.values()) {
    const association = table.associations.find((one) => one.associationId === text)
    if (!association) continue
    const associations = table.associations.filter((one) => one !== association)
    return { association, table: { ...table, associations } }
  }
  throw missing(kinds.routeTableAssociation, [text])
}

function disassociate(input: DisassociateRouteTableRequest, { world }: CallContext) {
  const { association, table } = takeOff(world, input.AssociationId)
  if (association.subnetId === undefined) {
    throw invalidValue(
      `cannot disassociate the main route table association ${association.associationId}`,
    )
  }
  world.ec2.routeTables.set(table.routeTableId, table)
  return {}
}

/** Gives a subnet another table, or a VPC another main table; the association gets a new id. */
function replaceAssociation(input: ReplaceRouteTableAssociationRequest, { world }: CallContext) {
  const { routeTables } = world.ec2
  const { association, table } = takeOff(world, input.AssociationId)
  const { routeTableId, vpcId } = need(kinds.routeTable, routeTables, input.RouteTableId)
  if (vpcId !== table.vpcId) {
    throw invalidValue(
      `Route table ${routeTableId} and route table ${table.routeTableId} belong to different networks`,
    )
  }
  routeTables.set(table.routeTableId, table)
  const associationId = newId(world, 'rtbassoc')
  const chosen = need(kinds.routeTable, routeTables, routeTableId)
  add(world, chosen, { ...association, associationId })
  return { NewAssociationId: associationId, AssociationState: { State: 'associated' } }
}

function remove(input: DeleteRouteTableRequest, { world }: CallContext) {
  const { routeTables } = world.ec2
  const { routeTableId, associations } = need(kinds.routeTable, routeTables, input.RouteTableId)
  if (associations.length > 0) throw hasDependencies('routeTable', routeTableId)
  routeTables.delete(routeTableId)
  dropTags(world, 'route-table', routeTableId)
  return {}
}

export const routeTableHandlers: ServiceHandlers = {
  AssociateRouteTable: associate,
  CreateRouteTable: create,
  DeleteRouteTable: remove,
  DescribeRouteTables: describe,
  DisassociateRouteTable: disassociate,
  ReplaceRouteTableAssociation: replaceAssociation,
}
