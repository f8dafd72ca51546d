/** Subnets: creation within the block of their VPC, attributes, deletion. */
import type {
  CreateSubnetRequest,
  DeleteSubnetRequest,
  DescribeSubnetsRequest,
  ModifySubnetAttributeRequest,
  Subnet,
} from '@aws-sdk/client-ec2'
import { AwsError, type CallContext, type ServiceHandlers } from '../../api.ts'
import type { World } from '../../world.ts'
import { usable } from './addresses.ts'
import { type Cidr, canonicalCidr, contains, overlap, parseCidr } from './cidr.ts'
import { interfacesIn, interfacesOf } from './interfaces.ts'
import { SUBNET_DEFAULTS, type SubnetRecord, type VpcRecord } from './network-state.ts'
import { described } from './queries.ts'
import { hasDependencies, invalidValue, kinds, need, newId, onlyAttribute } from './resources.ts'
import { dropTags, ec2Arn, giveTags, requestedTags, tagList } from './tags.ts'
import { zoneId, zonesOf } from './zones.ts'

function view(world: World, subnet: SubnetRecord, used: ReadonlyMap<string, number>): Subnet {
  const { subnetId } = subnet
  return {
    SubnetId: subnetId,
    SubnetArn: ec2Arn(world, 'subnet', subnetId),
    State: 'available',
    VpcId: subnet.vpcId,
    OwnerId: world.account,
    CidrBlock: subnet.cidrBlock,
    AvailableIpAddressCount: Math.max(0, usable(subnet.cidrBlock) - (used.get(subnetId) ?? 0)),
    AvailabilityZone: subnet.availabilityZone,
    AvailabilityZoneId: zoneId(world.region, subnet.availabilityZone),
    DefaultForAz: subnet.defaultForAz,
    MapPublicIpOnLaunch: subnet.mapPublicIpOnLaunch,
    MapCustomerOwnedIpOnLaunch: false,
    AssignIpv6AddressOnCreation: subnet.assignIpv6AddressOnCreation,
    Ipv6CidrBlockAssociationSet: [],
    Ipv6Native: false,
    EnableDns64: subnet.enableDns64,
    PrivateDnsNameOptionsOnLaunch: {
      HostnameType: subnet.privateDnsHostnameType,
      EnableResourceNameDnsARecord: subnet.enableResourceNameDnsARecord,
      EnableResourceNameDnsAAAARecord: subnet.enableResourceNameDnsAAAARecord,
    },
    Tags: tagList(world, 'subnet', subnetId),
  }
}

/** How many addresses are taken in each subnet. */
function takenAddresses(world: World): ReadonlyMap<string, number> {
  const taken = new Map<string, number>()
  for (const { subnetId } of interfacesOf(world)) {
    taken.set(subnetId, (taken.get(subnetId) ?? 0) + 1)
  }
  return taken
}

function blockIn(world: World, vpc: VpcRecord, text: string): string {
  const cidr = parseCidr(text)
  const outer = parseCidr(vpc.cidrBlock)
  if (!cidr) {
    throw invalidValue(
      `Value (${text}) for parameter cidrBlock is invalid. This is not a valid CIDR block.`,
    )
  }
  if (cidr.prefix < 16 || cidr.prefix > 28 || !outer || !contains(outer, cidr)) {
    throw new AwsError('InvalidSubnet.Range', `The CIDR '${text}' is invalid.`)
  }
  if (blocksOf(world, vpc.vpcId).some((block) => overlap(block, cidr))) {
    throw new AwsError('InvalidSubnet.Conflict', `The CIDR '${text}' conflicts with another subnet`)
  }
  return canonicalCidr(text) ?? text
}

function blocksOf(world: World, vpcId: string): Cidr[] {
  return [...world.ec2.subnets.values()]
    .filter((subnet) => subnet.vpcId === vpcId)
    .flatMap((subnet) => parseCidr(subnet.cidrBlock) ?? [])
}

/** The zone that was asked for, by name or id; any when none was. */
function zoneFor(input: CreateSubnetRequest, { world, random }: CallContext): string {
  const zones = zonesOf(world.region)
  const { AvailabilityZone: name, AvailabilityZoneId: id } = input
  if (name === undefined && id === undefined) {
    return zones[Math.floor(random() * zones.length)] ?? ''
  }
  const zone = zones.find((each) => each === name || zoneId(world.region, each) === id)
  if (zone) return zone
  const parameter = name === undefined ? 'availabilityZoneId' : 'availabilityZone'
  const known = name === undefined ? zones.map((each) => zoneId(world.region, each)) : zones
  throw invalidValue(
    `Value (${name ?? id}) for parameter ${parameter} is invalid. Subnets can currently only be created in the following availability zones: ${known.join(', ')}.`,
  )
}

function create(input: CreateSubnetRequest, context: CallContext) {
  const { world } = context
  const vpc = need(kinds.vpc, world.ec2.vpcs, input.VpcId)
  if (input.Ipv6CidrBlock || input.Ipv6Native || input.Ipv4IpamPoolId) {
    throw new AwsError('UnsupportedOperation', 'The simulator has no IPv6 blocks and no pools.')
  }
  if (!input.CidrBlock) {
    throw new AwsError(
      'MissingParameter',
      'Either the cidrBlock or ipv6CidrBlock must be specified.',
    )
  }
  const zone = zoneFor(input, context)
  const cidrBlock = blockIn(world, vpc, input.CidrBlock)
  const tags = requestedTags(input.TagSpecifications, 'subnet')
  const subnet: SubnetRecord = {
    subnetId: newId(world, 'subnet'),
    vpcId: vpc.vpcId,
    cidrBlock,
    availabilityZone: zone,
    defaultForAz: false,
    mapPublicIpOnLaunch: false,
    ...SUBNET_DEFAULTS,
  }
  world.ec2.subnets.set(subnet.subnetId, subnet)
  world.ec2.aclAssociations.set(subnet.subnetId, newId(world, 'aclassoc'))
  giveTags(world, 'subnet', subnet.subnetId, tags)
  return { Subnet: view(world, subnet, new Map()) }
}

function describe(input: DescribeSubnetsRequest, { world }: CallContext) {
  const used = takenAddresses(world)
  const available = (subnet: SubnetRecord) =>
    usable(subnet.cidrBlock) - (used.get(subnet.subnetId) ?? 0)
  const { items, NextToken } = described(
    world,
    kinds.subnet,
    world.ec2.subnets,
    input.SubnetIds,
    input,
    {
      'availability-zone': (subnet) => subnet.availabilityZone,
      availabilityZone: (subnet) => subnet.availabilityZone,
      'availability-zone-id': (subnet) => zoneId(world.region, subnet.availabilityZone),
      availabilityZoneId: (subnet) => zoneId(world.region, subnet.availabilityZone),
      'available-ip-address-count': available,
      cidr: (subnet) => subnet.cidrBlock,
      cidrBlock: (subnet) => subnet.cidrBlock,
      'cidr-block': (subnet) => subnet.cidrBlock,
      'default-for-az': (subnet) => subnet.defaultForAz,
      defaultForAz: (subnet) => subnet.defaultForAz,
      'map-public-ip-on-launch': (subnet) => subnet.mapPublicIpOnLaunch,
      'owner-id': () => world.account,
      state: () => 'available',
      'subnet-arn': (subnet) => ec2Arn(world, 'subnet', subnet.subnetId),
      'subnet-id': (subnet) => subnet.subnetId,
      'vpc-id': (subnet) => subnet.vpcId,
    },
  )
  return { Subnets: items.map((subnet) => view(world, subnet, used)), NextToken }
}

const attributes = [
  'MapPublicIpOnLaunch',
  'AssignIpv6AddressOnCreation',
  'EnableDns64',
  'EnableResourceNameDnsARecordOnLaunch',
  'EnableResourceNameDnsAAAARecordOnLaunch',
  'PrivateDnsHostnameTypeOnLaunch',
] as const

function modify(input: ModifySubnetAttributeRequest, { world }: CallContext) {
  const subnet = need(kinds.subnet, world.ec2.subnets, input.SubnetId)
  world.ec2.subnets.set(subnet.subnetId, { ...subnet, ...change(input) })
  return {}
}

function change(input: ModifySubnetAttributeRequest): Partial<SubnetRecord> {
  const name = onlyAttribute(input, attributes)
  if (name === 'PrivateDnsHostnameTypeOnLaunch') {
    const type = input.PrivateDnsHostnameTypeOnLaunch
    if (type === 'ip-name' || type === 'resource-name') return { privateDnsHostnameType: type }
    throw invalidValue(`Value (${type}) for parameter privateDnsHostnameTypeOnLaunch is invalid.`)
  }
  const value = input[name]?.Value ?? false
  switch (name) {
    case 'MapPublicIpOnLaunch':
      return { mapPublicIpOnLaunch: value }
    case 'EnableResourceNameDnsARecordOnLaunch':
      return { enableResourceNameDnsARecord: value }
    default:
      // The others speak of IPv6, which no subnet has.
      if (value) throw invalidValue('The subnet has no IPv6 CIDR block.')
      return {}
  }
}

function remove(input: DeleteSubnetRequest, { world }: CallContext) {
  const { subnetId } = need(kinds.subnet, world.ec2.subnets, input.SubnetId)
  if (interfacesIn(world, subnetId).length > 0) throw hasDependencies('subnet', subnetId)
  const { subnets, routeTables, aclAssociations } = world.ec2
  for (const table of [...routeTables.values()]) {
    const associations = table.associations.filter((one) => one.subnetId !== subnetId)
    if (associations.length === table.associations.length) continue
    routeTables.set(table.routeTableId, { ...table, associations })
  }
  subnets.delete(subnetId)
  aclAssociations.delete(subnetId)
  dropTags(world, 'subnet', subnetId)
  return {}
}

export const subnetHandlers: ServiceHandlers = {
  CreateSubnet: create,
  DeleteSubnet: remove,
  DescribeSubnets: describe,
  ModifySubnetAttribute: modify,
}
