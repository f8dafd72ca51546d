/** Security groups: creation, the lists, deletion. */
import type {
  CreateSecurityGroupRequest,
  DeleteSecurityGroupRequest,
  DescribeSecurityGroupRulesRequest,
  DescribeSecurityGroupsRequest,
  SecurityGroup,
} from '@aws-sdk/client-ec2'
import { AwsError, type CallContext, type ServiceHandlers } from '../../api.ts'
import type { World } from '../../world.ts'
import { defaultVpc } from './default-vpc.ts'
import { interfacesOf } from './interfaces.ts'
import {
  allowAllEgress,
  type SecurityGroupRecord,
  type SecurityGroupRuleRecord,
} from './network-state.ts'
import { checkDescription, groupOf, namedGroup, permissionsOf, ruleView } from './permissions.ts'
import { described, type FilterFields } from './queries.ts'
import { invalidValue, kinds, need, newId } from './resources.ts'
import { dropTags, ec2Arn, giveTags, requestedTags, tagList } from './tags.ts'

function view(world: World, group: SecurityGroupRecord): SecurityGroup {
  const { groupId } = group
  return {
    GroupId: groupId,
    GroupName: group.groupName,
    Description: group.description,
    VpcId: group.vpcId,
    OwnerId: world.account,
    SecurityGroupArn: ec2Arn(world, 'security-group', groupId),
    IpPermissions: permissionsOf(world, side(group, false)),
    IpPermissionsEgress: permissionsOf(world, side(group, true)),
    Tags: tagList(world, 'security-group', groupId),
  }
}

function side(group: SecurityGroupRecord, isEgress: boolean): SecurityGroupRuleRecord[] {
  return group.rules.filter((rule) => rule.isEgress === isEgress)
}

function checkName(name: string): void {
  if (/^sg-/i.test(name)) {
    throw invalidValue('Invalid security group name. Group names may not be in the format sg-*.')
  }
  if (name.toLowerCase() === 'default') {
    throw invalidValue('Cannot use reserved security group name: default')
  }
  if (name.length > 255 || !/^[a-zA-Z0-9. _\-:/()#,@[\]+=&;{}!$*]+$/.test(name)) {
    throw invalidValue(
      `Value (${name}) for parameter GroupName is invalid. Valid names are strings less than 256 characters from the following set:  a-zA-Z0-9. _-:/()#,@[]+=&;{}!$*`,
    )
  }
}

function create(input: CreateSecurityGroupRequest, { world }: CallContext) {
  const { GroupName: groupName = '', Description: description } = input
  for (const [parameter, value] of [
    ['GroupName', groupName],
    ['GroupDescription', description],
  ]) {
    if (!value) {
      throw new AwsError('MissingParameter', `The request must contain the parameter ${parameter}`)
    }
  }
  const vpcId = input.VpcId ?? defaultVpc(world)?.vpcId
  if (vpcId === undefined) {
    throw new AwsError('VPCIdNotSpecified', 'No default VPC for this user')
  }
  need(kinds.vpc, world.ec2.vpcs, vpcId)
  checkName(groupName)
  checkDescription('security group', description ?? '')
  const { securityGroups } = world.ec2
  const twin = [...securityGroups.values()].some(
    (group) => group.vpcId === vpcId && group.groupName === groupName,
  )
  if (twin) {
    throw new AwsError(
      'InvalidGroup.Duplicate',
      `The security group '${groupName}' already exists for VPC '${vpcId}'`,
    )
  }
  const tags = requestedTags(input.TagSpecifications, 'security-group')
  const groupId = newId(world, 'sg')
  securityGroups.set(groupId, {
    groupId,
    groupName,
    description: description ?? '',
    vpcId,
    rules: [allowAllEgress(newId(world, 'sgr'))],
  })
  giveTags(world, 'security-group', groupId, tags)
  return {
    GroupId: groupId,
    SecurityGroupArn: ec2Arn(world, 'security-group', groupId),
    Tags: tagList(world, 'security-group', groupId),
  }
}

function ruleFilters(prefix: string, isEgress: boolean): FilterFields<SecurityGroupRecord> {
  const each =
    <Value>(read: (rule: SecurityGroupRuleRecord) => Value) =>
    (group: SecurityGroupRecord) =>
      side(group, isEgress).map(read)
  return {
    [`${prefix}.cidr`]: each((rule) => rule.peer.cidrIpv4),
    [`${prefix}.from-port`]: each((rule) => rule.fromPort),
    [`${prefix}.group-id`]: each((rule) => rule.peer.groupId),
    [`${prefix}.ipv6-cidr`]: each((rule) => rule.peer.cidrIpv6),
    [`${prefix}.prefix-list-id`]: each((rule) => rule.peer.prefixListId),
    [`${prefix}.protocol`]: each((rule) => rule.ipProtocol),
    [`${prefix}.to-port`]: each((rule) => rule.toPort),
  }
}

function describe(input: DescribeSecurityGroupsRequest, { world }: CallContext) {
  const named = (input.GroupNames ?? []).map((name) => namedGroup(world, name).groupId)
  const { items, NextToken } = described(
    world,
    kinds.securityGroup,
    world.ec2.securityGroups,
    [...(input.GroupIds ?? []), ...named],
    input,
    {
      description: (group) => group.description,
      'group-id': (group) => group.groupId,
      'group-name': (group) => group.groupName,
      'owner-id': () => world.account,
      'vpc-id': (group) => group.vpcId,
      ...ruleFilters('ip-permission', false),
      ...ruleFilters('egress.ip-permission', true),
    },
  )
  return { SecurityGroups: items.map((group) => view(world, group)), NextToken }
}

function describeRules(input: DescribeSecurityGroupRulesRequest, { world }: CallContext) {
  const rules = new Map(
    [...world.ec2.securityGroups.values()].flatMap((group) =>
      group.rules.map((rule) => [rule.ruleId, { group, rule }] as const),
    ),
  )
  const { items, NextToken } = described(
    world,
    kinds.securityGroupRule,
    rules,
    input.SecurityGroupRuleIds,
    input,
    {
      'group-id': ({ group }) => group.groupId,
      'security-group-rule-id': ({ rule }) => rule.ruleId,
    },
  )
  return {
    SecurityGroupRules: items.map(({ group, rule }) => ruleView(world, group, rule)),
    NextToken,
  }
}

/** Whether another group's rules, or an interface, need a group. */
function isUsed(world: World, groupId: string): boolean {
  const others = [...world.ec2.securityGroups.values()].filter((each) => each.groupId !== groupId)
  return (
    others.some((other) => other.rules.some((rule) => rule.peer.groupId === groupId)) ||
    interfacesOf(world).some((one) => one.groups.includes(groupId))
  )
}

function remove(input: DeleteSecurityGroupRequest, { world }: CallContext) {
  const { groupId, groupName, rules } = groupOf(world, input)
  if (groupName === 'default') {
    throw new AwsError(
      'CannotDelete',
      `the specified group: "${groupId}" name: "default" cannot be deleted by a user`,
    )
  }
  if (isUsed(world, groupId)) {
    throw new AwsError('DependencyViolation', `resource ${groupId} has a dependent object`)
  }
  world.ec2.securityGroups.delete(groupId)
  dropTags(world, 'security-group', groupId)
  for (const { ruleId } of rules) dropTags(world, 'security-group-rule', ruleId)
  return { Return: true, GroupId: groupId }
}

export const securityGroupHandlers: ServiceHandlers = {
  CreateSecurityGroup: create,
  DeleteSecurityGroup: remove,
  DescribeSecurityGroupRules: describeRules,
  DescribeSecurityGroups: describe,
}
