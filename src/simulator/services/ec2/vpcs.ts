/** VPCs: creation with what AWS makes along, attributes, deletion. */
import type {
  CreateVpcRequest,
  DeleteVpcRequest,
  DescribeVpcAttributeRequest,
  DescribeVpcsRequest,
  ModifyVpcAttributeRequest,
  Vpc,
} from '@aws-sdk/client-ec2'
import { AwsError, type CallContext, type ServiceHandlers } from '../../api.ts'
import type { World } from '../../world.ts'
import { canonicalCidr, overlap, parseCidr } from './cidr.ts'
import { DHCP_OPTIONS_ID, defaultGroupRules, localRoute, type VpcRecord } from './network-state.ts'
import { described } from './queries.ts'
import { isMain } from './reachability.ts'
import { hasDependencies, invalidValue, kinds, need, newId, onlyAttribute } from './resources.ts'
import { dropTags, giveTags, requestedTags, tagList } from './tags.ts'

const MAX_VPCS = 5

/** Blocks that no VPC may lie in. */
const FORBIDDEN = ['0.0.0.0/8', '127.0.0.0/8', '169.254.0.0/16', '224.0.0.0/4'].map(parseCidr)

function view(world: World, vpc: VpcRecord, state: 'available' | 'pending' = 'available'): Vpc {
  return {
    VpcId: vpc.vpcId,
    State: state,
    CidrBlock: vpc.cidrBlock,
    DhcpOptionsId: vpc.dhcpOptionsId,
    OwnerId: world.account,
    InstanceTenancy: vpc.instanceTenancy,
    IsDefault: vpc.isDefault,
    CidrBlockAssociationSet: [
      {
        AssociationId: vpc.associationId,
        CidrBlock: vpc.cidrBlock,
        CidrBlockState: { State: 'associated' },
      },
    ],
    Ipv6CidrBlockAssociationSet: [],
    Tags: tagList(world, 'vpc', vpc.vpcId),
  }
}

/** A block for a VPC, in canonical form. */
function blockOf(input: CreateVpcRequest): string {
  if (input.AmazonProvidedIpv6CidrBlock || input.Ipv4IpamPoolId || input.Ipv6Pool) {
    throw new AwsError('UnsupportedOperation', 'The simulator has no IPv6 blocks and no pools.')
  }
  const { CidrBlock: text } = input
  if (!text) {
    throw new AwsError(
      'MissingParameter',
      "Either 'cidrBlock' or 'ipv4IpamPoolId' should be provided.",
    )
  }
  const cidr = parseCidr(text)
  if (!cidr) {
    throw invalidValue(
      `Value (${text}) for parameter cidrBlock is invalid. This is not a valid CIDR block.`,
    )
  }
  const outside = cidr.prefix < 16 || cidr.prefix > 28
  if (outside || FORBIDDEN.some((block) => block && overlap(block, cidr))) {
    throw new AwsError('InvalidVpc.Range', `The CIDR '${text}' is invalid.`)
  }
  return canonicalCidr(text) ?? text
}

function create(input: CreateVpcRequest, { world }: CallContext) {
  const cidrBlock = blockOf(input)
  const { InstanceTenancy: tenancy = 'default' } = input
  if (tenancy !== 'default' && tenancy !== 'dedicated') {
    throw invalidValue(`Value (${tenancy}) for parameter instanceTenancy is invalid.`)
  }
  const tags = requestedTags(input.TagSpecifications, 'vpc')
  const { ec2 } = world
  if (ec2.vpcs.size >= MAX_VPCS) {
    throw new AwsError('VpcLimitExceeded', 'The maximum number of VPCs has been reached.')
  }
  const vpc: VpcRecord = {
    vpcId: newId(world, 'vpc'),
    cidrBlock,
    associationId: newId(world, 'vpc-cidr-assoc'),
    isDefault: false,
    instanceTenancy: tenancy,
    dhcpOptionsId: DHCP_OPTIONS_ID,
    enableDnsSupport: true,
    enableDnsHostnames: false,
    enableNetworkAddressUsageMetrics: false,
  }
  ec2.vpcs.set(vpc.vpcId, vpc)
  furnish(world, vpc)
  giveTags(world, 'vpc', vpc.vpcId, tags)
  return { Vpc: view(world, vpc, 'pending') }
}

/** What AWS makes along with a VPC: its main route table, its default security group, its network ACL. */
function furnish(world: World, { vpcId, cidrBlock }: VpcRecord): void {
  const { ec2 } = world
  const routeTableId = newId(world, 'rtb')
  ec2.routeTables.set(routeTableId, {
    routeTableId,
    vpcId,
    routes: [localRoute(cidrBlock)],
    associations: [{ associationId: newId(world, 'rtbassoc') }],
  })
  const groupId = newId(world, 'sg')
  ec2.securityGroups.set(groupId, {
    groupId,
    groupName: 'default',
    description: 'default VPC security group',
    vpcId,
    rules: defaultGroupRules(groupId, newId(world, 'sgr'), newId(world, 'sgr')),
  })
  const networkAclId = newId(world, 'acl')
  ec2.networkAcls.set(networkAclId, { networkAclId, vpcId })
}

function describe(input: DescribeVpcsRequest, { world }: CallContext) {
  const { items, NextToken } = described(world, kinds.vpc, world.ec2.vpcs, input.VpcIds, input, {
    cidr: (vpc) => vpc.cidrBlock,
    'cidr-block': (vpc) => vpc.cidrBlock,
    'cidr-block-association.association-id': (vpc) => vpc.associationId,
    'cidr-block-association.cidr-block': (vpc) => vpc.cidrBlock,
    'cidr-block-association.state': () => 'associated',
    'dhcp-options-id': (vpc) => vpc.dhcpOptionsId,
    'is-default': (vpc) => vpc.isDefault,
    isDefault: (vpc) => vpc.isDefault,
    'owner-id': () => world.account,
    state: () => 'available',
    'vpc-id': (vpc) => vpc.vpcId,
  })
  return { Vpcs: items.map((vpc) => view(world, vpc)), NextToken }
}

const attributes = [
  'EnableDnsSupport',
  'EnableDnsHostnames',
  'EnableNetworkAddressUsageMetrics',
] as const

function modify(input: ModifyVpcAttributeRequest, { world }: CallContext) {
  const vpc = need(kinds.vpc, world.ec2.vpcs, input.VpcId)
  const name = onlyAttribute(input, attributes)
  const value = input[name]?.Value ?? false
  if (name === 'EnableDnsHostnames' && value && !vpc.enableDnsSupport) {
    throw new AwsError(
      'InvalidParameterCombination',
      'DNS hostnames can be enabled only while DNS support is enabled.',
    )
  }
  const member = name.replace(/^E/, 'e') as Uncapitalize<typeof name>
  world.ec2.vpcs.set(vpc.vpcId, { ...vpc, [member]: value })
  return {}
}

function describeAttribute(input: DescribeVpcAttributeRequest, { world }: CallContext) {
  const vpc = need(kinds.vpc, world.ec2.vpcs, input.VpcId)
  const name = attributes.find((each) => each.replace(/^E/, 'e') === input.Attribute)
  if (!name) {
    throw invalidValue(`Value (${input.Attribute}) for parameter attribute is invalid.`)
  }
  const member = name.replace(/^E/, 'e') as Uncapitalize<typeof name>
  return { VpcId: vpc.vpcId, [name]: { Value: vpc[member] } }
}

/** Whether anything is in a VPC that AWS did not make along with it. */
function isOccupied(world: World, vpcId: string): boolean {
  const { subnets, internetGateways, routeTables, securityGroups } = world.ec2
  const within = (item: { readonly vpcId?: string }) => item.vpcId === vpcId
  return (
    [...subnets.values()].some(within) ||
    [...internetGateways.values()].some(within) ||
    [...routeTables.values()].some((table) => within(table) && !isMain(table)) ||
    [...securityGroups.values()].some((group) => within(group) && group.groupName !== 'default')
  )
}

function remove(input: DeleteVpcRequest, { world }: CallContext) {
  const { ec2 } = world
  const { vpcId } = need(kinds.vpc, ec2.vpcs, input.VpcId)
  if (isOccupied(world, vpcId)) throw hasDependencies('vpc', vpcId)
  const own: [ReadonlyMap<string, { vpcId: string }>, (id: string) => void, string][] = [
    [ec2.routeTables, (id) => ec2.routeTables.delete(id), 'route-table'],
    [ec2.networkAcls, (id) => ec2.networkAcls.delete(id), 'network-acl'],
  ]
  for (const group of [...ec2.securityGroups.values()]) {
    if (group.vpcId !== vpcId) continue
    for (const { ruleId } of group.rules) dropTags(world, 'security-group-rule', ruleId)
    ec2.securityGroups.delete(group.groupId)
    dropTags(world, 'security-group', group.groupId)
  }
  for (const [map, forget, type] of own) {
    for (const [id, item] of [...map]) {
      if (item.vpcId !== vpcId) continue
      forget(id)
      dropTags(world, type, id)
    }
  }
  ec2.vpcs.delete(vpcId)
  dropTags(world, 'vpc', vpcId)
  return {}
}

export const vpcHandlers: ServiceHandlers = {
  CreateVpc: create,
  DeleteVpc: remove,
  DescribeVpcAttribute: describeAttribute,
  DescribeVpcs: describe,
  ModifyVpcAttribute: modify,
}
