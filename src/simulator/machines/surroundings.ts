/** What an instance finds around it: subnets, groups, the way to the internet, instance profiles, parameters. */
import { newPrivateAddress, newPublicAddress } from '../services/ec2/addresses.ts'
import { defaultSubnets } from '../services/ec2/default-vpc.ts'
import { defaultGroupOf } from '../services/ec2/interfaces.ts'
import type { SecurityGroupRecord, SubnetRecord } from '../services/ec2/network-state.ts'
import { canReachInternet } from '../services/ec2/reachability.ts'
import { listOf, type Statement, statementsOf } from '../services/iam/documents.ts'
import { profileOf, profileVisible, roleOf } from '../services/iam/lookups.ts'
import { documentOf } from '../services/iam/managed-policies.ts'
import type { RoleRecord } from '../services/iam/state.ts'
import type { World } from '../world.ts'
import { ecsImages, plainImages } from './images.ts'

export function subnetAround(world: World, subnetId: string): SubnetRecord | undefined {
  return world.ec2.subnets.get(subnetId)
}

export function defaultSubnetsAround(world: World): readonly SubnetRecord[] {
  return defaultSubnets(world)
}

export function groupAround(world: World, groupId: string): SecurityGroupRecord | undefined {
  return world.ec2.securityGroups.get(groupId)
}

/** The group that an interface gets when none is named. */
export function defaultGroupsAround(world: World, vpcId: string): readonly string[] {
  return defaultGroupOf(world, vpcId)
}

export function groupNamed(world: World, vpcId: string, name: string): string | undefined {
  const groups = [...world.ec2.securityGroups.values()]
  return groups.find((one) => one.vpcId === vpcId && one.groupName === name)?.groupId
}

export function privateAddressIn(world: World, subnetId: string): string {
  return newPrivateAddress(world, subnetId)
}

export function publicAddress(world: World): string {
  return newPublicAddress(world)
}

export function reachesInternet(world: World, subnetId: string, publicIp: boolean): boolean {
  return canReachInternet(world, subnetId, publicIp)
}

export interface ProfileAround {
  readonly arn: string
  readonly id: string
}

/** An instance profile, once EC2 can see it. */
export function profileAround(
  world: World,
  nameOrArn: string,
  now: number,
): ProfileAround | undefined {
  const found = profileVisible(world, nameOrArn, now) ? profileOf(world, nameOrArn) : undefined
  return found && { arn: found.arn, id: found.id }
}

/** What keeps the agent from registering as its role; undefined when nothing does. */
export function agentForbidden(
  world: World,
  profileArn: string | undefined,
): 'no credentials' | 'denied' | undefined {
  const profile = profileArn === undefined ? undefined : profileOf(world, profileArn)
  const role = roleOf(world, profile?.role ?? '')
  if (!role || !trustsEc2(role)) return 'no credentials'
  return allows(world, role, 'ecs:RegisterContainerInstance') ? undefined : 'denied'
}

function trustsEc2(role: RoleRecord): boolean {
  return statementsOf(role.trust).some(({ Effect, Principal, Action }) => {
    const services = (Principal as { Service?: string | string[] } | undefined)?.Service
    const assumes = listOf(Action).some((one) => matches(one, 'sts:AssumeRole'))
    return Effect === 'Allow' && assumes && listOf(services).includes('ec2.amazonaws.com')
  })
}

function allows(world: World, role: RoleRecord, action: string): boolean {
  const documents = [
    ...Object.values(role.inline),
    ...role.attached.flatMap((arn) => documentOf(world, arn) ?? []),
  ]
  const applying = documents
    .flatMap((document) => statementsOf(document))
    .filter((statement) => applies(statement, action))
  return (
    applying.some(({ Effect }) => Effect === 'Allow') &&
    !applying.some(({ Effect }) => Effect === 'Deny')
  )
}

function applies(statement: Statement, action: string): boolean {
  if (statement.NotAction !== undefined) {
    return !listOf(statement.NotAction).some((one) => matches(one, action))
  }
  return listOf(statement.Action).some((one) => matches(one, action))
}

function matches(pattern: string, action: string): boolean {
  const source = pattern.replaceAll('*', '.*').replaceAll('?', '.')
  return new RegExp(`^${source}$`, 'i').test(action)
}

/** The value of a parameter, as `resolve:ssm:` reads it. */
export function parameterValue(_world: World, name: string): string | undefined {
  return [...ecsImages, ...plainImages].find((one) => name === `${one.parameter}/image_id`)?.imageId
}
