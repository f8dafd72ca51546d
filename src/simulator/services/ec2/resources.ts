/** The kinds of EC2 resources: their ids, their ARNs, and in which words one is missed. */

import { AwsError } from '../../api.ts'
import { hexId } from '../../machines/random.ts'
import type { World } from '../../world.ts'
import { interfacesOf } from './interfaces.ts'

export interface ResourceKind {
  /** What stands before the hyphen of an id. */
  readonly prefix: string
  /** The type in ARNs, tags and TagSpecifications. */
  readonly type: string
  /** How messages name it. */
  readonly words: string
  readonly notFound: string
  readonly malformed: string
  readonly exists: (world: World, id: string) => boolean
}

function kind(
  prefix: string,
  type: string,
  words: string,
  notFound: string,
  malformed: string,
  exists: (world: World, id: string) => boolean,
): ResourceKind {
  return { prefix, type, words, notFound, malformed, exists }
}

// biome-ignore format: a table reads best with a row on a line
export const kinds = {
  vpc: kind('vpc', 'vpc', 'vpc ID', 'InvalidVpcID.NotFound', 'InvalidVpcID.Malformed', (world, id) => world.ec2.vpcs.has(id)),
  subnet: kind('subnet', 'subnet', 'subnet ID', 'InvalidSubnetID.NotFound', 'InvalidSubnetID.Malformed', (world, id) => world.ec2.subnets.has(id)),
  internetGateway: kind('igw', 'internet-gateway', 'internetGateway ID', 'InvalidInternetGatewayID.NotFound', 'InvalidInternetGatewayId.Malformed', (world, id) => world.ec2.internetGateways.has(id)),
  routeTable: kind('rtb', 'route-table', 'routeTable ID', 'InvalidRouteTableID.NotFound', 'InvalidRouteTableId.Malformed', (world, id) => world.ec2.routeTables.has(id)),
  routeTableAssociation: kind('rtbassoc', 'route-table-association', 'association ID', 'InvalidAssociationID.NotFound', 'InvalidAssociationID.Malformed', (world, id) => [...world.ec2.routeTables.values()].some((table) => table.associations.some((one) => one.associationId === id))),
  securityGroup: kind('sg', 'security-group', 'security group', 'InvalidGroup.NotFound', 'InvalidGroupId.Malformed', (world, id) => world.ec2.securityGroups.has(id)),
  securityGroupRule: kind('sgr', 'security-group-rule', 'security group rule ID', 'InvalidSecurityGroupRuleId.NotFound', 'InvalidSecurityGroupRuleId.Malformed', (world, id) => [...world.ec2.securityGroups.values()].some((group) => group.rules.some((rule) => rule.ruleId === id))),
  networkInterface: kind('eni', 'network-interface', 'networkInterface ID', 'InvalidNetworkInterfaceID.NotFound', 'InvalidNetworkInterfaceId.Malformed', (world, id) => interfacesOf(world).some((one) => one.id === id)),
  networkAcl: kind('acl', 'network-acl', 'networkAcl ID', 'InvalidNetworkAclID.NotFound', 'InvalidNetworkAclId.Malformed', (world, id) => world.ec2.networkAcls.has(id)),
  instance: kind('i', 'instance', 'instance ID', 'InvalidInstanceID.NotFound', 'InvalidInstanceID.Malformed', (world, id) => world.compute.hosts.has(id)),
  launchTemplate: kind('lt', 'launch-template', 'launch template ID', 'InvalidLaunchTemplateId.NotFound', 'InvalidLaunchTemplateId.Malformed', (world, id) => world.compute.templates.has(id)),
  keyPair: kind('key', 'key-pair', 'key pair ID', 'InvalidKeyPair.NotFound', 'InvalidKeyPair.Format', (world, id) => [...world.compute.keyPairs.values()].some((pair) => pair.keyPairId === id)),
} satisfies Record<string, ResourceKind>

/** What can be tagged: CreateTags and DeleteTags tell by its id what it is. */
export const taggable: readonly ResourceKind[] = Object.values(kinds).filter(
  (each) => each !== kinds.routeTableAssociation,
)

/** A fresh id of a kind. */
export function newId(world: World, prefix: string): string {
  return `${prefix}-${hexId(world, prefix, 17)}`
}

/** Throws when a text cannot be an id of the kind. */
export function checkId({ prefix, malformed }: ResourceKind, id: string): void {
  if (new RegExp(`^${prefix}-([0-9a-f]{8}|[0-9a-f]{17})$`).test(id)) return
  throw new AwsError(malformed, `Invalid id: "${id}" (expecting "${prefix}-...")`)
}

/** The record with an id. Throws for an id that is malformed or unknown. */
export function need<Item>(kind: ResourceKind, map: ReadonlyMap<string, Item>, id: unknown): Item {
  const text = String(id ?? '')
  if (text === '') {
    throw new AwsError('MissingParameter', `The request must contain the parameter ${kind.type}-id`)
  }
  checkId(kind, text)
  const item = map.get(text)
  if (item === undefined) throw missing(kind, [text])
  return item
}

/** The error for ids that nothing has. */
export function missing({ words, notFound }: ResourceKind, ids: readonly string[]): AwsError {
  const one = ids.length === 1
  const subject = one ? `The ${words} '${ids[0]}'` : `The ${words}s '${ids.join(', ')}'`
  return new AwsError(notFound, `${subject} ${one ? 'does' : 'do'} not exist`)
}

export function invalidValue(message: string): AwsError {
  return new AwsError('InvalidParameterValue', message)
}

/** `DependencyViolation`, as most resources word it: `The vpc 'vpc-…' has dependencies and cannot be deleted.` */
export function hasDependencies(words: string, id: string): AwsError {
  return new AwsError(
    'DependencyViolation',
    `The ${words} '${id}' has dependencies and cannot be deleted.`,
  )
}

/** The one member that is set, of those that exclude each other. Throws for none and for several. */
export function onlyAttribute<Name extends string>(
  input: Readonly<Partial<Record<Name, unknown>>>,
  names: readonly Name[],
): Name {
  const [first, ...more] = names.filter((name) => input[name] !== undefined)
  if (first === undefined) {
    throw new AwsError('InvalidParameterCombination', 'No attributes specified.')
  }
  if (more.length > 0) {
    throw new AwsError(
      'InvalidParameterCombination',
      'Fields for multiple attribute types specified',
    )
  }
  return first
}
