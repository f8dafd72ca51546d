/** EC2 networking: VPCs, subnets, gateways, route tables, security groups: the state, and the default VPC that a region is born with. Records are replaced, never changed in place, so that an older view of the world may share them. */

export interface VpcRecord {
  readonly vpcId: string
  readonly cidrBlock: string
  /** `vpc-cidr-assoc-…` of the CIDR block. */
  readonly associationId: string
  readonly isDefault: boolean
  readonly instanceTenancy: 'default' | 'dedicated'
  readonly dhcpOptionsId: string
  readonly enableDnsSupport: boolean
  readonly enableDnsHostnames: boolean
  readonly enableNetworkAddressUsageMetrics: boolean
}

export interface SubnetRecord {
  readonly subnetId: string
  readonly vpcId: string
  readonly cidrBlock: string
  /** `eu-central-1a`. */
  readonly availabilityZone: string
  readonly defaultForAz: boolean
  readonly mapPublicIpOnLaunch: boolean
  readonly assignIpv6AddressOnCreation: boolean
  readonly enableDns64: boolean
  readonly privateDnsHostnameType: 'ip-name' | 'resource-name'
  readonly enableResourceNameDnsARecord: boolean
  readonly enableResourceNameDnsAAAARecord: boolean
}

export interface InternetGatewayRecord {
  readonly internetGatewayId: string
  /** The VPC that it is attached to. */
  readonly vpcId?: string
}

/** What a route leads to: one member, or `gatewayId: 'local'`. */
export interface RouteTarget {
  /** `local` or `igw-…`. */
  readonly gatewayId?: string
  readonly natGatewayId?: string
  readonly networkInterfaceId?: string
  readonly instanceId?: string
}

export interface RouteRecord {
  /** An IPv4 or IPv6 CIDR block, in its canonical form. */
  readonly destination: string
  readonly target: RouteTarget
  readonly origin: 'CreateRouteTable' | 'CreateRoute'
}

export interface RouteTableAssociationRecord {
  readonly associationId: string
  /** Absent for the association that makes the table the main one of its VPC. */
  readonly subnetId?: string
}

export interface RouteTableRecord {
  readonly routeTableId: string
  readonly vpcId: string
  readonly routes: readonly RouteRecord[]
  readonly associations: readonly RouteTableAssociationRecord[]
}

/** Who the other side of a security group rule is: one member. */
export interface RulePeer {
  readonly cidrIpv4?: string
  readonly cidrIpv6?: string
  readonly prefixListId?: string
  readonly groupId?: string
}

export interface SecurityGroupRuleRecord {
  /** `sgr-…`. */
  readonly ruleId: string
  readonly isEgress: boolean
  /** `tcp`, `udp`, `icmp`, `icmpv6`, `-1` or a protocol's number. */
  readonly ipProtocol: string
  /** Ports, or type and code of ICMP; absent for protocols that have none. */
  readonly fromPort?: number
  readonly toPort?: number
  readonly peer: RulePeer
  readonly description?: string
}

export interface SecurityGroupRecord {
  readonly groupId: string
  readonly groupName: string
  readonly description: string
  readonly vpcId: string
  readonly rules: readonly SecurityGroupRuleRecord[]
}

/** Network ACLs are only the one that AWS makes for each VPC; all of its subnets use it. */
export interface NetworkAclRecord {
  readonly networkAclId: string
  readonly vpcId: string
}

export interface NetworkState {
  /** Each by its id. */
  readonly vpcs: Map<string, VpcRecord>
  readonly subnets: Map<string, SubnetRecord>
  readonly internetGateways: Map<string, InternetGatewayRecord>
  readonly routeTables: Map<string, RouteTableRecord>
  readonly securityGroups: Map<string, SecurityGroupRecord>
  readonly networkAcls: Map<string, NetworkAclRecord>
  /** By subnet id: `aclassoc-…`, the id under which it uses its VPC's network ACL. */
  readonly aclAssociations: Map<string, string>
}

/** The DHCP options that every VPC of an account starts with. */
export const DHCP_OPTIONS_ID = 'dopt-0defa000000000000'

/** Availability zones of every region. */
export const ZONE_LETTERS = ['a', 'b', 'c'] as const

/** The default VPC as AWS makes it in each region: a public subnet in every zone. Its ids are fixed. */
export function createNetworkState(region: string): NetworkState {
  const suffix = '0defa000000000000'
  const vpcId = `vpc-${suffix}`
  const subnets = ZONE_LETTERS.map(
    (letter, index): SubnetRecord => ({
      subnetId: `subnet-0defa00000000000${letter}`,
      vpcId,
      cidrBlock: `172.31.${index * 16}.0/20`,
      availabilityZone: `${region}${letter}`,
      defaultForAz: true,
      mapPublicIpOnLaunch: true,
      ...SUBNET_DEFAULTS,
    }),
  )
  const vpc: VpcRecord = {
    vpcId,
    cidrBlock: '172.31.0.0/16',
    associationId: `vpc-cidr-assoc-${suffix}`,
    isDefault: true,
    instanceTenancy: 'default',
    dhcpOptionsId: DHCP_OPTIONS_ID,
    enableDnsSupport: true,
    enableDnsHostnames: true,
    enableNetworkAddressUsageMetrics: false,
  }
  const gateway: InternetGatewayRecord = { internetGatewayId: `igw-${suffix}`, vpcId }
  const routeTable: RouteTableRecord = {
    routeTableId: `rtb-${suffix}`,
    vpcId,
    routes: [
      localRoute(vpc.cidrBlock),
      {
        destination: '0.0.0.0/0',
        target: { gatewayId: gateway.internetGatewayId },
        origin: 'CreateRoute',
      },
    ],
    associations: [{ associationId: `rtbassoc-${suffix}` }],
  }
  const group: SecurityGroupRecord = {
    groupId: `sg-${suffix}`,
    groupName: 'default',
    description: 'default VPC security group',
    vpcId,
    rules: defaultGroupRules(`sg-${suffix}`, `sgr-${suffix}`, 'sgr-0defa000000000001'),
  }
  return {
    vpcs: new Map([[vpcId, vpc]]),
    subnets: new Map(subnets.map((subnet) => [subnet.subnetId, subnet])),
    internetGateways: new Map([[gateway.internetGatewayId, gateway]]),
    routeTables: new Map([[routeTable.routeTableId, routeTable]]),
    securityGroups: new Map([[group.groupId, group]]),
    networkAcls: new Map([[`acl-${suffix}`, { networkAclId: `acl-${suffix}`, vpcId }]]),
    aclAssociations: new Map(
      subnets.map(({ subnetId }) => [subnetId, subnetId.replace('subnet', 'aclassoc')]),
    ),
  }
}

/** What a new subnet's attributes are, but for public addresses. */
export const SUBNET_DEFAULTS = {
  assignIpv6AddressOnCreation: false,
  enableDns64: false,
  privateDnsHostnameType: 'ip-name',
  enableResourceNameDnsARecord: false,
  enableResourceNameDnsAAAARecord: false,
} as const

/** The route within a VPC that every table has and keeps. */
export function localRoute(cidrBlock: string): RouteRecord {
  return { destination: cidrBlock, target: { gatewayId: 'local' }, origin: 'CreateRouteTable' }
}

/** All traffic out: what every security group starts with. */
export function allowAllEgress(ruleId: string): SecurityGroupRuleRecord {
  return { ruleId, isEgress: true, ipProtocol: '-1', peer: { cidrIpv4: '0.0.0.0/0' } }
}

/** What the default group of a VPC starts with: all traffic from its own members in, all traffic out. */
export function defaultGroupRules(
  groupId: string,
  ingressId: string,
  egressId: string,
): readonly SecurityGroupRuleRecord[] {
  return [
    { ruleId: ingressId, isEgress: false, ipProtocol: '-1', peer: { groupId } },
    allowAllEgress(egressId),
  ]
}
