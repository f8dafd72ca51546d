/** What other services ask of IAM: which role or instance profile is meant, and whether they can see it yet. */
import type { World } from '../../world.ts'
import type { ProfileRecord, RoleRecord } from './state.ts'

/** The record that a name or an ARN means; an ARN must be right in all of its parts. */
function find<Found extends { readonly arn: string }>(
  records: ReadonlyMap<string, Found>,
  nameOrArn: string,
): Found | undefined {
  const isArn = nameOrArn.startsWith('arn:')
  const name = isArn ? nameOrArn.slice(nameOrArn.lastIndexOf('/') + 1) : nameOrArn
  const found = records.get(name.toLowerCase())
  return isArn && found?.arn !== nameOrArn ? undefined : found
}

/** A role by name or ARN, whether its consumers can see it or not. */
export function roleOf(world: World, nameOrArn: string): RoleRecord | undefined {
  return find(world.iam.roles, nameOrArn)
}

/** An instance profile by name or ARN, whether EC2 can see it or not. */
export function profileOf(world: World, nameOrArn: string): ProfileRecord | undefined {
  return find(world.iam.profiles, nameOrArn)
}

/** Whether the services that are to use a role can see it: it exists, and its creation has got round. */
export function roleVisible(world: World, nameOrArn: string, now: number): boolean {
  const role = roleOf(world, nameOrArn)
  return role !== undefined && role.visibleAt <= now
}

/** Whether EC2 can see an instance profile and the role in it. A profile without a role is seen, too. */
export function profileVisible(world: World, nameOrArn: string, now: number): boolean {
  const profile = profileOf(world, nameOrArn)
  if (!profile || profile.visibleAt > now) return false
  return profile.role === undefined || roleVisible(world, profile.role, now)
}
