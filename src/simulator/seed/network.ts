/** Seeds EC2 networking: VPCs, subnets, gateways, route tables, security groups. */
import type {
  InternetGateway,
  IpPermission,
  RouteTable,
  SecurityGroup,
  Subnet,
  Vpc,
} from '@aws-sdk/client-ec2'
import {
  DHCP_OPTIONS_ID,
  type RulePeer,
  type SecurityGroupRuleRecord,
  SUBNET_DEFAULTS,
} from '../services/ec2/network-state.ts'
import { newId } from '../services/ec2/resources.ts'
import { ec2Arn } from '../services/ec2/tags.ts'
import type { World } from '../world.ts'
import { type Answers, keepTags, listed } from './answers.ts'

/** Of an account whose VPCs were not read, the default one is believed to be as it is in a new account. */
export function seedNetwork(world: World, answers: Answers): void {
  if (answers.has('ec2:DescribeVpcs')) {
    for (const map of Object.values(world.ec2)) map.clear()
    for (const vpc of listed<Vpc>(answers, 'ec2:DescribeVpcs', 'Vpcs')) seedVpc(world, answers, vpc)
  }
  for (const subnet of listed<Subnet>(answers, 'ec2:DescribeSubnets', 'Subnets')) {
    seedSubnet(world, subnet)
  }
  const gateways = listed<InternetGateway>(
    answers,
    'ec2:DescribeInternetGateways',
    'InternetGateways',
  )
  for (const { InternetGatewayId: id = '', Attachments = [], Tags } of gateways) {
    const vpcId = Attachments[0]?.VpcId
    world.ec2.internetGateways.set(id, { internetGatewayId: id, ...(vpcId && { vpcId }) })
    keepTags(world, ec2Arn(world, 'internet-gateway', id), Tags)
  }
  for (const table of listed<RouteTable>(answers, 'ec2:DescribeRouteTables', 'RouteTables')) {
    seedRouteTable(world, table)
  }
  const groups = listed<SecurityGroup>(answers, 'ec2:DescribeSecurityGroups', 'SecurityGroups')
  for (const group of groups) seedGroup(world, group)
}

function seedVpc(world: World, answers: Answers, vpc: Vpc): void {
  const id = vpc.VpcId ?? ''
  const attribute = (name: 'EnableDnsSupport' | 'EnableDnsHostnames'): boolean | undefined =>
    (answers.get('ec2:DescribeVpcAttribute') ?? [])
      .filter(({ input }) => input.VpcId === id)
      .map(({ output }) => (output[name] as { Value?: boolean } | undefined)?.Value)
      .find((value) => value !== undefined)
  world.ec2.vpcs.set(id, {
    vpcId: id,
    cidrBlock: vpc.CidrBlock ?? '',
    associationId:
      vpc.CidrBlockAssociationSet?.[0]?.AssociationId ?? newId(world, 'vpc-cidr-assoc'),
    isDefault: vpc.IsDefault ?? false,
    instanceTenancy: vpc.InstanceTenancy === 'dedicated' ? 'dedicated' : 'default',
    dhcpOptionsId: vpc.DhcpOptionsId ?? DHCP_OPTIONS_ID,
    enableDnsSupport: attribute('EnableDnsSupport') ?? true,
    enableDnsHostnames: attribute('EnableDnsHostnames') ?? vpc.IsDefault ?? false,
    enableNetworkAddressUsageMetrics: false,
  })
  const aclId = newId(world, 'acl')
  const known = [...world.ec2.networkAcls.values()].some((acl) => acl.vpcId === id)
  if (!known) world.ec2.networkAcls.set(aclId, { networkAclId: aclId, vpcId: id })
  keepTags(world, ec2Arn(world, 'vpc', id), vpc.Tags)
}

function seedSubnet(world: World, subnet: Subnet): void {
  const id = subnet.SubnetId ?? ''
  world.ec2.subnets.set(id, {
    ...SUBNET_DEFAULTS,
    subnetId: id,
    vpcId: subnet.VpcId ?? '',
    cidrBlock: subnet.CidrBlock ?? '',
    availabilityZone: subnet.AvailabilityZone ?? '',
    defaultForAz: subnet.DefaultForAz ?? false,
    mapPublicIpOnLaunch: subnet.MapPublicIpOnLaunch ?? false,
    assignIpv6AddressOnCreation: subnet.AssignIpv6AddressOnCreation ?? false,
    enableDns64: subnet.EnableDns64 ?? false,
    privateDnsHostnameType:
      subnet.PrivateDnsNameOptionsOnLaunch?.HostnameType === 'resource-name'
        ? 'resource-name'
        : 'ip-name',
    enableResourceNameDnsARecord:
      subnet.PrivateDnsNameOptionsOnLaunch?.EnableResourceNameDnsARecord ?? false,
    enableResourceNameDnsAAAARecord:
      subnet.PrivateDnsNameOptionsOnLaunch?.EnableResourceNameDnsAAAARecord ?? false,
  })
  world.ec2.aclAssociations.set(id, id.replace('subnet', 'aclassoc'))
  keepTags(world, ec2Arn(world, 'subnet', id), subnet.Tags)
}

function seedRouteTable(world: World, table: RouteTable): void {
  const id = table.RouteTableId ?? ''
  world.ec2.routeTables.set(id, {
    routeTableId: id,
    vpcId: table.VpcId ?? '',
    routes: (table.Routes ?? []).flatMap((route) => {
      const destination = route.DestinationCidrBlock ?? route.DestinationIpv6CidrBlock
      if (!destination) return []
      const { GatewayId, NatGatewayId, NetworkInterfaceId, InstanceId } = route
      const target = {
        ...(GatewayId && { gatewayId: GatewayId }),
        ...(NatGatewayId && { natGatewayId: NatGatewayId }),
        ...(NetworkInterfaceId && { networkInterfaceId: NetworkInterfaceId }),
        ...(InstanceId && { instanceId: InstanceId }),
      }
      const origin = route.Origin === 'CreateRouteTable' ? route.Origin : ('CreateRoute' as const)
      return [{ destination, target, origin }]
    }),
    associations: (table.Associations ?? []).map((one) => ({
      associationId: one.RouteTableAssociationId ?? '',
      ...(one.SubnetId && !one.Main && { subnetId: one.SubnetId }),
    })),
  })
  keepTags(world, ec2Arn(world, 'route-table', id), table.Tags)
}

function seedGroup(world: World, group: SecurityGroup): void {
  const id = group.GroupId ?? ''
  if (world.ec2.securityGroups.has(id)) return
  world.ec2.securityGroups.set(id, {
    groupId: id,
    groupName: group.GroupName ?? '',
    description: group.Description ?? '',
    vpcId: group.VpcId ?? '',
    rules: [
      ...(group.IpPermissions ?? []).flatMap((one) => rulesOf(world, one, false)),
      ...(group.IpPermissionsEgress ?? []).flatMap((one) => rulesOf(world, one, true)),
    ],
  })
  keepTags(world, ec2Arn(world, 'security-group', id), group.Tags)
}

/** One rule for each peer; the rules' own ids are not in what DescribeSecurityGroups shows. */
function rulesOf(
  world: World,
  { IpProtocol, FromPort, ToPort, ...peers }: IpPermission,
  isEgress: boolean,
): SecurityGroupRuleRecord[] {
  const rule = (peer: RulePeer, description: string | undefined): SecurityGroupRuleRecord => ({
    ruleId: newId(world, 'sgr'),
    isEgress,
    ipProtocol: IpProtocol ?? '-1',
    ...(FromPort !== undefined && { fromPort: FromPort }),
    ...(ToPort !== undefined && { toPort: ToPort }),
    peer,
    ...(description && { description }),
  })
  return [
    ...(peers.IpRanges ?? []).map((one) => rule({ cidrIpv4: one.CidrIp ?? '' }, one.Description)),
    ...(peers.Ipv6Ranges ?? []).map((one) =>
      rule({ cidrIpv6: one.CidrIpv6 ?? '' }, one.Description),
    ),
    ...(peers.PrefixListIds ?? []).map((one) =>
      rule({ prefixListId: one.PrefixListId ?? '' }, one.Description),
    ),
    ...(peers.UserIdGroupPairs ?? []).map((one) =>
      rule({ groupId: one.GroupId ?? '' }, one.Description),
    ),
  ]
}
