/** Security group rules between the two shapes of the API: merged IpPermissions, and one rule for each peer. */
import type { IpPermission, SecurityGroupRule } from '@aws-sdk/client-ec2'
import { AwsError } from '../../api.ts'
import type { World } from '../../world.ts'
import { canonicalCidr, canonicalCidr6 } from './cidr.ts'
import { defaultVpc } from './default-vpc.ts'
import type { RulePeer, SecurityGroupRecord, SecurityGroupRuleRecord } from './network-state.ts'
import { checkId, invalidValue, kinds, missing } from './resources.ts'
import { ec2Arn, tagList } from './tags.ts'

/** A rule before it has an id. */
export type Rule = Omit<SecurityGroupRuleRecord, 'ruleId' | 'isEgress'>

const PROTOCOLS: Readonly<Record<string, string>> = {
  all: '-1',
  '1': 'icmp',
  '6': 'tcp',
  '17': 'udp',
  '58': 'icmpv6',
}
const CHARACTERS = 'a-zA-Z0-9. _-:/()#,@[]+=&;{}!$*'

/** What a description may be: of a group, or of a rule. */
export function checkDescription(what: string, text: string): void {
  if (text.length <= 255 && /^[a-zA-Z0-9. _\-:/()#,@[\]+=&;{}!$*]*$/.test(text)) return
  throw invalidValue(
    `Invalid ${what} description. Valid descriptions are strings less than 256 characters from the following set:  ${CHARACTERS}`,
  )
}

/** The rules of some IpPermissions, in canonical form: one for each peer. Throws InvalidParameterValue and its kin. */
export function rulesOf(
  world: World,
  group: SecurityGroupRecord,
  permissions: readonly IpPermission[],
): Rule[] {
  const rules = permissions.flatMap((permission) => {
    const traffic = trafficOf(permission)
    const peers = peersOf(world, group, permission)
    if (peers.length === 0) {
      throw new AwsError(
        'MissingParameter',
        'Each permission must name a source or destination: a CIDR block, a prefix list or a security group.',
      )
    }
    return peers.map(({ peer, description }): Rule => {
      if (description) checkDescription('rule', description)
      return { ...traffic, peer, ...(description && { description }) }
    })
  })
  if (new Set(rules.map(identityOf)).size < rules.length) {
    throw invalidValue('The same permission must not appear multiple times')
  }
  return rules
}

/** Protocol and ports as AWS keeps them. */
export function trafficOf({
  IpProtocol,
  FromPort,
  ToPort,
}: Pick<IpPermission, 'IpProtocol' | 'FromPort' | 'ToPort'>) {
  const said = String(IpProtocol ?? '').toLowerCase()
  if (said === '') {
    throw new AwsError('MissingParameter', 'The request must contain the parameter ipProtocol')
  }
  const ipProtocol = Object.hasOwn(PROTOCOLS, said) ? (PROTOCOLS[said] ?? said) : said
  if (ipProtocol === 'tcp' || ipProtocol === 'udp') {
    if (FromPort === undefined || ToPort === undefined) {
      throw invalidValue(
        "Invalid value 'Must specify both from and to ports with TCP/UDP.' for portRange.",
      )
    }
    const valid = (port: number) => Number.isInteger(port) && port >= 0 && port <= 65535
    if (!valid(FromPort) || !valid(ToPort) || FromPort > ToPort) {
      throw invalidValue(`Invalid value '${FromPort}-${ToPort}' for portRange.`)
    }
    return { ipProtocol, fromPort: FromPort, toPort: ToPort }
  }
  if (ipProtocol === 'icmp' || ipProtocol === 'icmpv6') {
    const [type, code] = [FromPort ?? -1, ToPort ?? -1]
    if (type < -1 || type > 255 || code < -1 || code > 255 || (type === -1 && code !== -1)) {
      throw invalidValue(`ICMP type (${type}) and code (${code}) are invalid.`)
    }
    return { ipProtocol, fromPort: type, toPort: code }
  }
  // Ports mean nothing for all other protocols, and are dropped.
  if (ipProtocol === '-1' || (/^\d{1,3}$/.test(ipProtocol) && Number(ipProtocol) <= 255)) {
    return { ipProtocol }
  }
  throw invalidValue(`Invalid value '${IpProtocol}' for IP protocol. Unknown protocol.`)
}

function peersOf(world: World, group: SecurityGroupRecord, permission: IpPermission) {
  const peers: { peer: RulePeer; description: string | undefined }[] = []
  for (const { CidrIp, Description } of permission.IpRanges ?? []) {
    peers.push({ peer: { cidrIpv4: blockOf(CidrIp, canonicalCidr) }, description: Description })
  }
  for (const { CidrIpv6, Description } of permission.Ipv6Ranges ?? []) {
    peers.push({ peer: { cidrIpv6: blockOf(CidrIpv6, canonicalCidr6) }, description: Description })
  }
  for (const { PrefixListId, Description } of permission.PrefixListIds ?? []) {
    peers.push({ peer: { prefixListId: prefixList(PrefixListId) }, description: Description })
  }
  for (const { GroupId, GroupName, Description } of permission.UserIdGroupPairs ?? []) {
    const groupId = peerGroup(world, group, GroupId, GroupName)
    peers.push({ peer: { groupId }, description: Description })
  }
  return peers
}

export function blockOf(
  text: string | undefined,
  canonical: (text: string) => string | undefined,
): string {
  const block = canonical(text ?? '')
  if (block === undefined) throw invalidValue(`CIDR block ${text} is malformed`)
  return block
}

export function prefixList(id: string | undefined): string {
  if (/^pl-[0-9a-f]{8,17}$/.test(id ?? '')) return id ?? ''
  throw new AwsError('InvalidPrefixListID.NotFound', `The prefix list ID '${id}' does not exist`)
}

/** The id of a group that a rule names: in the same VPC, by name or id. */
export function peerGroup(
  world: World,
  group: SecurityGroupRecord,
  id: string | undefined,
  name: string | undefined,
): string {
  const { securityGroups } = world.ec2
  if (id !== undefined) checkId(kinds.securityGroup, id)
  const found =
    id === undefined
      ? [...securityGroups.values()].find(
          (each) => each.groupName === name && each.vpcId === group.vpcId,
        )
      : securityGroups.get(id)
  if (!found) throw missing(kinds.securityGroup, [id ?? name ?? ''])
  if (found.vpcId !== group.vpcId) {
    throw new AwsError(
      'InvalidGroup.NotFound',
      'You have specified two resources that belong to different networks.',
    )
  }
  return found.groupId
}

/** What makes two rules of one direction the same: all but id and description. */
export function identityOf({ ipProtocol, fromPort, toPort, peer }: Rule): string {
  return JSON.stringify([ipProtocol, fromPort, toPort, peerText(peer)])
}

function peerText({ cidrIpv4, cidrIpv6, prefixListId, groupId }: RulePeer): string {
  return cidrIpv4 ?? cidrIpv6 ?? prefixListId ?? groupId ?? ''
}

/** As messages name a rule: `peer: 0.0.0.0/0, TCP, from port: 22, to port: 22, ALLOW`. */
export function ruleText({ ipProtocol, fromPort, toPort, peer }: Rule): string {
  const protocol = ipProtocol === '-1' ? 'ALL' : ipProtocol.toUpperCase()
  const ports = fromPort === undefined ? '' : `, from port: ${fromPort}, to port: ${toPort}`
  return `peer: ${peerText(peer)}, ${protocol}${ports}, ALLOW`
}

/** Rules merged by protocol and ports, every list there though it be empty. */
export function permissionsOf(world: World, rules: readonly Rule[]): IpPermission[] {
  const merged = new Map<string, Required<Omit<IpPermission, 'FromPort' | 'ToPort'>>>()
  for (const { ipProtocol, fromPort, toPort, peer, description } of rules) {
    const key = JSON.stringify([ipProtocol, fromPort, toPort])
    let permission = merged.get(key)
    if (!permission) {
      permission = {
        IpProtocol: ipProtocol,
        ...(fromPort !== undefined && { FromPort: fromPort, ToPort: toPort }),
        IpRanges: [],
        Ipv6Ranges: [],
        PrefixListIds: [],
        UserIdGroupPairs: [],
      }
      merged.set(key, permission)
    }
    const { cidrIpv4, cidrIpv6, prefixListId, groupId } = peer
    const said = description ? { Description: description } : {}
    if (cidrIpv4) permission.IpRanges?.push({ CidrIp: cidrIpv4, ...said })
    if (cidrIpv6) permission.Ipv6Ranges?.push({ CidrIpv6: cidrIpv6, ...said })
    if (prefixListId) permission.PrefixListIds?.push({ PrefixListId: prefixListId, ...said })
    if (groupId) {
      permission.UserIdGroupPairs?.push({ GroupId: groupId, UserId: world.account, ...said })
    }
  }
  return [...merged.values()]
}

/** A rule as DescribeSecurityGroupRules shows it. */
export function ruleView(
  world: World,
  group: SecurityGroupRecord,
  rule: SecurityGroupRuleRecord,
): SecurityGroupRule {
  const { cidrIpv4, cidrIpv6, prefixListId, groupId } = rule.peer
  return {
    SecurityGroupRuleId: rule.ruleId,
    SecurityGroupRuleArn: ec2Arn(world, 'security-group-rule', rule.ruleId),
    GroupId: group.groupId,
    GroupOwnerId: world.account,
    IsEgress: rule.isEgress,
    IpProtocol: rule.ipProtocol,
    // Here, and only here, a rule without ports has -1.
    FromPort: rule.fromPort ?? -1,
    ToPort: rule.toPort ?? -1,
    ...(cidrIpv4 && { CidrIpv4: cidrIpv4 }),
    ...(cidrIpv6 && { CidrIpv6: cidrIpv6 }),
    ...(prefixListId && { PrefixListId: prefixListId }),
    ...(groupId && {
      ReferencedGroupInfo: { GroupId: groupId, UserId: world.account, VpcId: group.vpcId },
    }),
    ...(rule.description && { Description: rule.description }),
    Tags: tagList(world, 'security-group-rule', rule.ruleId),
  }
}

/** The group that a request names, by id, or by name in the default VPC. Throws InvalidGroup.NotFound. */
export function groupOf(
  world: World,
  input: { readonly GroupId?: string | undefined; readonly GroupName?: string | undefined },
): SecurityGroupRecord {
  const { GroupId: id, GroupName: name } = input
  if (id !== undefined) {
    checkId(kinds.securityGroup, id)
    const group = world.ec2.securityGroups.get(id)
    if (!group) throw missing(kinds.securityGroup, [id])
    return group
  }
  if (name === undefined) {
    throw new AwsError(
      'MissingParameter',
      'The request must contain the parameter groupName or groupId',
    )
  }
  return namedGroup(world, name)
}

/** A group of the default VPC, by its name. */
export function namedGroup(world: World, name: string): SecurityGroupRecord {
  const vpcId = defaultVpc(world)?.vpcId
  for (const group of world.ec2.securityGroups.values()) {
    if (group.groupName === name && group.vpcId === vpcId) return group
  }
  throw new AwsError(
    'InvalidGroup.NotFound',
    vpcId
      ? `The security group '${name}' does not exist in default VPC '${vpcId}'`
      : `The security group '${name}' does not exist`,
  )
}
