/** What an instance finds around it: subnets, groups, the way to the internet, instance profiles, parameters. */

import type { World } from '../world.ts'
import { nextCount } from './agenda.ts'
import { ecsImages, plainImages } from './images.ts'

export interface SubnetAround {
  readonly subnetId: string
  readonly vpcId: string
  readonly availabilityZone: string
  readonly mapPublicIpOnLaunch: boolean
}

export function subnetAround(world: World, subnetId: string): SubnetAround | undefined {
  return defaultSubnetsAround(world).find((one) => one.subnetId === subnetId)
}

export function defaultSubnetsAround(world: World): SubnetAround[] {
  const { vpcId, subnets } = world.network
  return subnets.map((one) => ({ ...one, vpcId, mapPublicIpOnLaunch: true }))
}

export function groupAround(world: World, groupId: string) {
  const known = world.network.securityGroups.includes(groupId)
  return known ? { groupId, groupName: 'default', vpcId: world.network.vpcId } : undefined
}

export function defaultGroupsAround(world: World, _vpcId: string): readonly string[] {
  return world.network.securityGroups
}

export function groupNamed(world: World, vpcId: string, name: string): string | undefined {
  return name === 'default' ? defaultGroupsAround(world, vpcId)[0] : undefined
}

export function privateAddressIn(world: World, subnetId: string): string {
  const count = nextCount(world, `address ${subnetId}`)
  return `172.31.0.${count}`
}

export function publicAddress(world: World): string {
  return `198.18.0.${nextCount(world, 'public address')}`
}

export function reachesInternet(_world: World, _subnetId: string, publicIp: boolean): boolean {
  return publicIp
}

export interface ProfileAround {
  readonly arn: string
  readonly id: string
}

export function profileAround(
  _world: World,
  nameOrArn: string,
  _now: number,
): ProfileAround | undefined {
  return nameOrArn.includes('missing') ? undefined : { arn: nameOrArn, id: 'AIPA' }
}

/** What keeps the agent from acting as its role; undefined when nothing does. */
export function agentForbidden(
  _world: World,
  profileArn: string | undefined,
): 'no credentials' | 'denied' | undefined {
  return profileArn === undefined ? 'no credentials' : undefined
}

/** The value of a parameter, as `resolve:ssm:` reads it. */
export function parameterValue(_world: World, name: string): string | undefined {
  return [...ecsImages, ...plainImages].find((one) => name === `${one.parameter}/image_id`)?.imageId
}
