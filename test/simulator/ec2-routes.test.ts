/** Route tables: routes, who uses them, and what can be reached by them. */
import { describe, expect, it, test } from 'vitest'
import { canReachInternet } from '../../src/simulator/services/ec2/reachability.ts'
import { type Network, network, type Row } from './ec2-network.ts'

const everywhere = '0.0.0.0/0'

function toGateway(on: Network): Record<string, unknown> {
  return {
    RouteTableId: on.routeTableId,
    DestinationCidrBlock: everywhere,
    GatewayId: on.gatewayId,
  }
}

function table(on: Network, id = on.routeTableId) {
  return on.call('ec2:DescribeRouteTables', { RouteTableIds: [id] }).RouteTables[0]
}

function mainTable(on: Network) {
  return on.call('ec2:DescribeRouteTables', {
    Filters: [
      { Name: 'vpc-id', Values: [on.vpcId] },
      { Name: 'association.main', Values: ['true'] },
    ],
  }).RouteTables[0]
}

describe('routes', () => {
  it('start with the local one, and are added and taken away', () => {
    const on = network()
    const local = {
      DestinationCidrBlock: '10.0.0.0/16',
      GatewayId: 'local',
      Origin: 'CreateRouteTable',
      State: 'active',
    }
    expect(table(on).Routes).toEqual([local])
    expect(on.call('ec2:CreateRoute', toGateway(on))).toEqual({ Return: true })
    expect(table(on).Routes).toEqual([
      local,
      {
        DestinationCidrBlock: everywhere,
        GatewayId: on.gatewayId,
        Origin: 'CreateRoute',
        State: 'active',
      },
    ])
    on.call('ec2:DeleteRoute', {
      RouteTableId: on.routeTableId,
      DestinationCidrBlock: everywhere,
    })
    expect(table(on).Routes).toEqual([local])
  })

  it('are black holes once their gateway is detached, and can be replaced', () => {
    const on = network()
    on.call('ec2:CreateRoute', toGateway(on))
    on.call('ec2:DetachInternetGateway', { InternetGatewayId: on.gatewayId, VpcId: on.vpcId })
    expect(table(on).Routes[1].State).toBe('blackhole')
    const { InternetGatewayId } = on.call('ec2:CreateInternetGateway').InternetGateway
    on.call('ec2:AttachInternetGateway', { InternetGatewayId, VpcId: on.vpcId })
    on.call('ec2:ReplaceRoute', { ...toGateway(on), GatewayId: InternetGatewayId })
    expect(table(on).Routes[1]).toMatchObject({ GatewayId: InternetGatewayId, State: 'active' })
    on.call('ec2:DeleteInternetGateway', { InternetGatewayId: on.gatewayId })
    expect(table(on).Routes[1].State).toBe('active')
  })

  it('know IPv6 destinations by their own name', () => {
    const on = network()
    on.call('ec2:CreateRoute', {
      RouteTableId: on.routeTableId,
      DestinationIpv6CidrBlock: '::/0',
      GatewayId: on.gatewayId,
    })
    expect(table(on).Routes[1]).toMatchObject({ DestinationIpv6CidrBlock: '::/0' })
  })
})

describe('associations', () => {
  it('give a subnet a table of its own, until they are replaced or ended', () => {
    const on = network()
    const [SubnetId] = on.subnetIds
    const { AssociationId } = on.call('ec2:AssociateRouteTable', {
      RouteTableId: on.routeTableId,
      SubnetId,
    })
    expect(table(on).Associations).toEqual([
      {
        Main: false,
        RouteTableAssociationId: AssociationId,
        RouteTableId: on.routeTableId,
        SubnetId,
        AssociationState: { State: 'associated' },
      },
    ])
    const bySubnet = { Filters: [{ Name: 'association.subnet-id', Values: [SubnetId] }] }
    expect(on.call('ec2:DescribeRouteTables', bySubnet).RouteTables).toHaveLength(1)
    const main = mainTable(on).RouteTableId
    const { NewAssociationId } = on.call('ec2:ReplaceRouteTableAssociation', {
      AssociationId,
      RouteTableId: main,
    })
    expect(NewAssociationId).not.toBe(AssociationId)
    expect(table(on).Associations).toEqual([])
    expect(mainTable(on).Associations).toHaveLength(2)
    on.call('ec2:DisassociateRouteTable', { AssociationId: NewAssociationId })
    expect(mainTable(on).Associations).toHaveLength(1)
  })

  it('make another table the main one, and let the old one go', () => {
    const on = network()
    const old = mainTable(on)
    on.call('ec2:ReplaceRouteTableAssociation', {
      AssociationId: old.Associations[0].RouteTableAssociationId,
      RouteTableId: on.routeTableId,
    })
    expect(mainTable(on).RouteTableId).toBe(on.routeTableId)
    on.call('ec2:DeleteRouteTable', { RouteTableId: old.RouteTableId })
  })

  it('end with their subnet', () => {
    const on = network()
    const [SubnetId] = on.subnetIds
    on.call('ec2:AssociateRouteTable', { RouteTableId: on.routeTableId, SubnetId })
    on.call('ec2:DeleteSubnet', { SubnetId })
    on.call('ec2:DeleteRouteTable', { RouteTableId: on.routeTableId })
  })
})

const refused: readonly Row[] = [
  [
    'a second route to one place',
    'CreateRoute',
    (on) => {
      on.call('ec2:CreateRoute', toGateway(on))
      return { ...toGateway(on), DestinationCidrBlock: '9.9.9.9/0' }
    },
    () => 'RouteAlreadyExists (400): The route identified by 0.0.0.0/0 already exists.',
  ],
  [
    'a gateway that is not attached to the VPC',
    'CreateRoute',
    (on) => ({ ...toGateway(on), GatewayId: 'igw-0defa000000000000' }),
    (on) =>
      `InvalidParameterValue (400): route table ${on.routeTableId} and network gateway igw-0defa000000000000 belong to different networks`,
  ],
  [
    'a gateway that does not exist',
    'CreateRoute',
    (on) => ({ ...toGateway(on), GatewayId: on.nothing('igw') }),
    () => "InvalidGatewayID.NotFound (400): The gateway ID 'igw-00000000000000000' does not exist",
  ],
  [
    'a NAT gateway that is not there',
    'CreateRoute',
    ({ routeTableId, nothing }) => ({
      RouteTableId: routeTableId,
      DestinationCidrBlock: everywhere,
      NatGatewayId: nothing('nat'),
    }),
    () =>
      "InvalidNatGatewayID.NotFound (400): The natGateway ID 'nat-00000000000000000' does not exist",
  ],
  [
    'a gateway for traffic within the VPC',
    'CreateRoute',
    (on) => ({ ...toGateway(on), DestinationCidrBlock: '10.0.1.0/24' }),
    () =>
      "InvalidParameterValue (400): The destination CIDR block 10.0.1.0/24 is equal to or more specific than one of this VPC's CIDR blocks. This route can target only an interface or an instance.",
  ],
  [
    'a route to nowhere',
    'CreateRoute',
    (on) => ({ RouteTableId: on.routeTableId, DestinationCidrBlock: everywhere }),
    () =>
      'MissingParameter (400): The request must contain exactly one of gatewayId, natGatewayId, networkInterfaceId, vpcPeeringConnectionId, egressOnlyInternetGatewayId, transitGatewayId, localGatewayId, carrierGatewayId, coreNetworkArn or instanceId',
  ],
  [
    'a route from nowhere',
    'CreateRoute',
    (on) => ({ RouteTableId: on.routeTableId, GatewayId: on.gatewayId }),
    () =>
      'MissingParameter (400): The request must contain exactly one of destinationCidrBlock, destinationIpv6CidrBlock, destinationPrefixListId',
  ],
  [
    'a destination that is none',
    'CreateRoute',
    (on) => ({ ...toGateway(on), DestinationCidrBlock: 'all' }),
    () =>
      'InvalidParameterValue (400): Value (all) for parameter destinationCidrBlock is invalid. This is not a valid CIDR block.',
  ],
  [
    'a table that does not exist',
    'CreateRoute',
    (on) => ({ ...toGateway(on), RouteTableId: on.nothing('rtb') }),
    () =>
      "InvalidRouteTableID.NotFound (400): The routeTable ID 'rtb-00000000000000000' does not exist",
  ],
  [
    'a route that is not there',
    'DeleteRoute',
    (on) => ({ RouteTableId: on.routeTableId, DestinationCidrBlock: everywhere }),
    (on) =>
      `InvalidRoute.NotFound (400): no route with destination-cidr-block 0.0.0.0/0 in route table ${on.routeTableId}`,
  ],
  [
    'the local route',
    'DeleteRoute',
    (on) => ({ RouteTableId: on.routeTableId, DestinationCidrBlock: '10.0.0.0/16' }),
    (on) =>
      `InvalidParameterValue (400): cannot remove local route 10.0.0.0/16 in route table ${on.routeTableId}`,
  ],
  [
    'a route that is not there',
    'ReplaceRoute',
    toGateway,
    () =>
      "InvalidParameterValue (400): There is no route defined for '0.0.0.0/0' in the route table. Use CreateRoute instead.",
  ],
  [
    'a subnet that has a table',
    'AssociateRouteTable',
    (on) => {
      const wish = { RouteTableId: on.routeTableId, SubnetId: on.subnetIds[0] }
      on.call('ec2:AssociateRouteTable', wish)
      return wish
    },
    (on) =>
      `Resource.AlreadyAssociated (400): the specified association for route table ${on.routeTableId} conflicts with an existing association`,
  ],
  [
    'a subnet of another VPC',
    'AssociateRouteTable',
    (on) => ({ RouteTableId: on.routeTableId, SubnetId: 'subnet-0defa00000000000a' }),
    (on) =>
      `InvalidParameterValue (400): Route table ${on.routeTableId} and subnet subnet-0defa00000000000a belong to different networks`,
  ],
  [
    'the main association',
    'DisassociateRouteTable',
    (on) => ({ AssociationId: mainTable(on).Associations[0].RouteTableAssociationId }),
    (on) =>
      `InvalidParameterValue (400): cannot disassociate the main route table association ${mainTable(on).Associations[0].RouteTableAssociationId}`,
  ],
  [
    'an association that is not there',
    'DisassociateRouteTable',
    (on) => ({ AssociationId: on.nothing('rtbassoc') }),
    () =>
      "InvalidAssociationID.NotFound (400): The association ID 'rtbassoc-00000000000000000' does not exist",
  ],
  [
    'the main table',
    'DeleteRouteTable',
    (on) => ({ RouteTableId: mainTable(on).RouteTableId }),
    (on) =>
      `DependencyViolation (400): The routeTable '${mainTable(on).RouteTableId}' has dependencies and cannot be deleted.`,
  ],
  [
    'a table in use',
    'DeleteRouteTable',
    (on) => {
      on.call('ec2:AssociateRouteTable', {
        RouteTableId: on.routeTableId,
        SubnetId: on.subnetIds[0],
      })
      return { RouteTableId: on.routeTableId }
    },
    (on) =>
      `DependencyViolation (400): The routeTable '${on.routeTableId}' has dependencies and cannot be deleted.`,
  ],
]

describe('EC2 refuses', () => {
  test.each(refused)('%s (%s)', (_, operation, input, refusal) => {
    const on = network()
    expect(on.refusal(`ec2:${operation}`, input(on))).toBe(refusal(on))
  })
})

describe('the internet', () => {
  it('is reached with a route to an attached gateway and a public address, and not otherwise', () => {
    const on = network()
    const [own, other] = on.subnetIds
    const reaches = (subnet: string, publicIp = true) =>
      canReachInternet(on.sim.world(), subnet, publicIp)
    expect(reaches(own)).toBe(false)
    on.call('ec2:AssociateRouteTable', { RouteTableId: on.routeTableId, SubnetId: own })
    expect(reaches(own)).toBe(false)
    on.call('ec2:CreateRoute', toGateway(on))
    expect(reaches(own)).toBe(true)
    expect(reaches(own, false)).toBe(false)
    // The other subnet uses the main table, which has no such route.
    expect(reaches(other)).toBe(false)
    on.call('ec2:DetachInternetGateway', { InternetGatewayId: on.gatewayId, VpcId: on.vpcId })
    expect(reaches(own)).toBe(false)
    expect(reaches('subnet-0defa00000000000a')).toBe(true)
  })
})
