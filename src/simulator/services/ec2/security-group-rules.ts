/** The rules of a security group: adding, taking away, describing, changing. A call does all of it or nothing. */
import type {
  AuthorizeSecurityGroupIngressRequest,
  IpPermission,
  ModifySecurityGroupRulesRequest,
  RevokeSecurityGroupIngressRequest,
  SecurityGroupRuleRequest,
  UpdateSecurityGroupRuleDescriptionsIngressRequest,
} from '@aws-sdk/client-ec2'
import { AwsError, type CallContext, type ServiceHandlers } from '../../api.ts'
import type { World } from '../../world.ts'
import { canonicalCidr, canonicalCidr6 } from './cidr.ts'
import { defaultVpc } from './default-vpc.ts'
import type { RulePeer, SecurityGroupRecord, SecurityGroupRuleRecord } from './network-state.ts'
import {
  blockOf,
  checkDescription,
  groupOf,
  identityOf,
  peerGroup,
  permissionsOf,
  prefixList,
  type Rule,
  rulesOf,
  ruleText,
  ruleView,
  trafficOf,
} from './permissions.ts'
import { checkId, invalidValue, kinds, missing, newId } from './resources.ts'
import { dropTags, giveTags, requestedTags } from './tags.ts'

/** Rules in each direction. */
const MAX_RULES = 60

function setRules(
  world: World,
  group: SecurityGroupRecord,
  rules: readonly SecurityGroupRuleRecord[],
): void {
  world.ec2.securityGroups.set(group.groupId, { ...group, rules })
}

/** The permissions of a request, which may spell a single one without the list. */
function permissionsIn(input: AuthorizeSecurityGroupIngressRequest): IpPermission[] {
  const { IpPermissions = [], IpProtocol, FromPort, ToPort, CidrIp } = input
  const source = input.SourceSecurityGroupName
  const flat = IpProtocol !== undefined || CidrIp !== undefined || source !== undefined
  if (flat && IpPermissions.length > 0) {
    throw new AwsError(
      'InvalidParameterCombination',
      'The parameter ipPermissions may not be used in combination with ipProtocol, cidrIp or a source group',
    )
  }
  if (!flat) {
    if (IpPermissions.length > 0) return IpPermissions
    throw new AwsError('MissingParameter', 'The request must contain the parameter ipPermissions')
  }
  return [
    {
      IpProtocol: IpProtocol ?? (source === undefined ? undefined : '-1'),
      FromPort,
      ToPort,
      ...(CidrIp !== undefined && { IpRanges: [{ CidrIp }] }),
      ...(source !== undefined && { UserIdGroupPairs: [{ GroupName: source }] }),
    },
  ]
}

function authorize(isEgress: boolean) {
  return (input: AuthorizeSecurityGroupIngressRequest, { world }: CallContext) => {
    const group = groupOf(world, input)
    const rules = rulesOf(world, group, permissionsIn(input))
    const tags = requestedTags(input.TagSpecifications, 'security-group-rule')
    const present = group.rules.filter((rule) => rule.isEgress === isEgress)
    refuseTwins(rules, present)
    if (present.length + rules.length > MAX_RULES) throw tooManyRules()
    const added = rules.map(
      (rule): SecurityGroupRuleRecord => ({ ruleId: newId(world, 'sgr'), isEgress, ...rule }),
    )
    setRules(world, group, [...group.rules, ...added])
    for (const { ruleId } of added) giveTags(world, 'security-group-rule', ruleId, tags)
    return { Return: true, SecurityGroupRules: added.map((rule) => ruleView(world, group, rule)) }
  }
}

function tooManyRules(): AwsError {
  return new AwsError(
    'RulesPerSecurityGroupLimitExceeded',
    'The maximum number of rules per security group has been reached.',
  )
}

function refuseTwins(rules: readonly Rule[], present: readonly Rule[]): void {
  const known = new Set(present.map(identityOf))
  const twin = rules.find((rule) => known.has(identityOf(rule)))
  if (!twin) return
  throw new AwsError(
    'InvalidPermission.Duplicate',
    `the specified rule "${ruleText(twin)}" already exists`,
  )
}

/** The group's rules of a direction with these ids. */
function rulesById(
  group: SecurityGroupRecord,
  isEgress: boolean,
  ids: readonly string[],
): SecurityGroupRuleRecord[] {
  return ids.map((id) => {
    checkId(kinds.securityGroupRule, id)
    const rule = group.rules.find((each) => each.ruleId === id && each.isEgress === isEgress)
    if (!rule) throw missing(kinds.securityGroupRule, [id])
    return rule
  })
}

function noSuchRule(): AwsError {
  return new AwsError(
    'InvalidPermission.NotFound',
    'The specified rule does not exist in this security group.',
  )
}

function revoke(isEgress: boolean) {
  return (input: RevokeSecurityGroupIngressRequest, { world }: CallContext) => {
    const group = groupOf(world, input)
    const { gone, unknown } = rulesToRevoke(world, group, isEgress, input)
    // In the default VPC what is not there is named in the answer; elsewhere it fails the call.
    if (unknown.length > 0 && group.vpcId !== defaultVpc(world)?.vpcId) throw noSuchRule()
    setRules(
      world,
      group,
      group.rules.filter((rule) => !gone.includes(rule)),
    )
    for (const { ruleId } of gone) dropTags(world, 'security-group-rule', ruleId)
    return {
      Return: true,
      RevokedSecurityGroupRules: gone.map((rule) => {
        const {
          SecurityGroupRuleArn: _a,
          GroupOwnerId: _o,
          Tags: _t,
          ...view
        } = ruleView(world, group, rule)
        const { ReferencedGroupInfo: peer, ...shown } = view
        return { ...shown, ...(peer && { ReferencedGroupId: peer.GroupId }) }
      }),
      UnknownIpPermissions: permissionsOf(world, unknown),
    }
  }
}

function rulesToRevoke(
  world: World,
  group: SecurityGroupRecord,
  isEgress: boolean,
  input: RevokeSecurityGroupIngressRequest,
): { gone: SecurityGroupRuleRecord[]; unknown: Rule[] } {
  const { SecurityGroupRuleIds: ids = [] } = input
  if (ids.length > 0) return { gone: rulesById(group, isEgress, ids), unknown: [] }
  const gone: SecurityGroupRuleRecord[] = []
  const unknown: Rule[] = []
  for (const rule of rulesOf(world, group, permissionsIn(input))) {
    const found = findRule(group, isEgress, rule)
    if (found) gone.push(found)
    else unknown.push(rule)
  }
  return { gone, unknown }
}

function findRule(group: SecurityGroupRecord, isEgress: boolean, wanted: Rule) {
  return group.rules.find(
    (rule) => rule.isEgress === isEgress && identityOf(rule) === identityOf(wanted),
  )
}

function updateDescriptions(isEgress: boolean) {
  return (input: UpdateSecurityGroupRuleDescriptionsIngressRequest, { world }: CallContext) => {
    const group = groupOf(world, input)
    const texts = new Map<string, string | undefined>()
    for (const { SecurityGroupRuleId = '', Description } of input.SecurityGroupRuleDescriptions ??
      []) {
      const [rule] = rulesById(group, isEgress, [SecurityGroupRuleId])
      checkDescription('rule', Description ?? '')
      if (rule) texts.set(rule.ruleId, Description)
    }
    for (const wanted of rulesOf(world, group, input.IpPermissions ?? [])) {
      const rule = findRule(group, isEgress, wanted)
      if (!rule) throw noSuchRule()
      texts.set(rule.ruleId, wanted.description)
    }
    if (texts.size === 0) {
      throw new AwsError('MissingParameter', 'The request must contain the parameter ipPermissions')
    }
    setRules(
      world,
      group,
      group.rules.map((rule) => {
        if (!texts.has(rule.ruleId)) return rule
        const { description: _, ...bare } = rule
        const description = texts.get(rule.ruleId)
        return description ? { ...bare, description } : bare
      }),
    )
    return { Return: true }
  }
}

function modify(input: ModifySecurityGroupRulesRequest, { world }: CallContext) {
  const group = groupOf(world, input)
  let { rules } = group
  for (const {
    SecurityGroupRuleId: id = '',
    SecurityGroupRule: wish,
  } of input.SecurityGroupRules ?? []) {
    checkId(kinds.securityGroupRule, id)
    const old = rules.find((rule) => rule.ruleId === id)
    if (!old) throw missing(kinds.securityGroupRule, [id])
    if (!wish) throw new AwsError('MissingParameter', `The rule ${id} is not said to change.`)
    const changed = { ruleId: id, isEgress: old.isEgress, ...ruleOf(world, group, old, wish) }
    const others = rules.filter((rule) => rule !== old && rule.isEgress === old.isEgress)
    refuseTwins([changed], others)
    rules = rules.map((rule) => (rule === old ? changed : rule))
  }
  setRules(world, group, rules)
  return { Return: true }
}

/** What a rule becomes: all of the wish; a description that is left out is gone. */
function ruleOf(
  world: World,
  group: SecurityGroupRecord,
  old: SecurityGroupRuleRecord,
  wish: SecurityGroupRuleRequest,
): Rule {
  const peers: RulePeer[] = [
    wish.CidrIpv4 === undefined ? [] : { cidrIpv4: blockOf(wish.CidrIpv4, canonicalCidr) },
    wish.CidrIpv6 === undefined ? [] : { cidrIpv6: blockOf(wish.CidrIpv6, canonicalCidr6) },
    wish.PrefixListId === undefined ? [] : { prefixListId: prefixList(wish.PrefixListId) },
    wish.ReferencedGroupId === undefined
      ? []
      : { groupId: peerGroup(world, group, wish.ReferencedGroupId, undefined) },
  ].flat()
  const [peer, ...more] = peers
  if (!peer || more.length > 0) {
    throw invalidValue('A rule must name exactly one source or destination.')
  }
  if (Object.keys(peer)[0] !== Object.keys(old.peer)[0]) {
    throw invalidValue('The type of the source or destination of a rule cannot be changed.')
  }
  const { Description: description } = wish
  checkDescription('rule', description ?? '')
  return { ...trafficOf(wish), peer, ...(description && { description }) }
}

export const securityGroupRuleHandlers: ServiceHandlers = {
  AuthorizeSecurityGroupEgress: authorize(true),
  AuthorizeSecurityGroupIngress: authorize(false),
  ModifySecurityGroupRules: modify,
  RevokeSecurityGroupEgress: revoke(true),
  RevokeSecurityGroupIngress: revoke(false),
  UpdateSecurityGroupRuleDescriptionsEgress: updateDescriptions(true),
  UpdateSecurityGroupRuleDescriptionsIngress: updateDescriptions(false),
}
