/** Instance profiles: the one role that EC2 gives to an instance, under a name of its own. */
import type { CreateInstanceProfileRequest, InstanceProfile } from '@aws-sdk/client-iam'
import type { CallContext, ServiceHandlers } from '../../api.ts'
import type { World } from '../../world.ts'
import { alreadyExists, deleteConflict, limitExceeded, noSuchEntity } from './errors.ts'
import { profileOf, roleOf } from './lookups.ts'
import {
  checkName,
  iamArn,
  listed,
  mergeTags,
  pathOf,
  shownTags,
  tagList,
  uniqueId,
  visibleFrom,
  withoutTags,
} from './names.ts'
import { briefRole, changeableRole, requireRole } from './roles.ts'
import type { ProfileRecord, RoleRecord } from './state.ts'

function requireProfile(world: World, name = ''): ProfileRecord {
  checkName('instanceProfileName', name, 128)
  const profile = profileOf(world, name)
  if (!profile) throw noSuchEntity(`Instance Profile ${name} cannot be found.`)
  return profile
}

function putProfile(world: World, profile: ProfileRecord): void {
  world.iam.profiles.set(profile.name.toLowerCase(), profile)
}

function listedProfile(world: World, profile: ProfileRecord): InstanceProfile {
  const role = profile.role === undefined ? undefined : roleOf(world, profile.role)
  return {
    Path: profile.path,
    InstanceProfileName: profile.name,
    InstanceProfileId: profile.id,
    Arn: profile.arn,
    CreateDate: profile.created,
    Roles: role ? [briefRole(role)] : [],
  }
}

function fullProfile(world: World, profile: ProfileRecord): InstanceProfile {
  return { ...listedProfile(world, profile), ...shownTags(profile.tags) }
}

/** The instance profiles that hold a role, as the API shows them. */
export function profilesOf(world: World, role: RoleRecord): InstanceProfile[] {
  return [...world.iam.profiles.values()]
    .filter((profile) => profile.role === role.name)
    .map((profile) => listedProfile(world, profile))
}

function create(input: CreateInstanceProfileRequest, { world, now }: CallContext) {
  const { InstanceProfileName: name = '' } = input
  checkName('instanceProfileName', name, 128)
  const path = pathOf(input.Path)
  const tags = mergeTags({}, input.Tags)
  if (profileOf(world, name)) throw alreadyExists(`Instance Profile ${name} already exists.`)
  const profile: ProfileRecord = {
    name,
    path,
    id: uniqueId(world, 'AIPA'),
    arn: iamArn(world, `instance-profile${path}${name}`),
    created: new Date(now),
    tags,
    visibleAt: visibleFrom(world, now),
  }
  putProfile(world, profile)
  return { InstanceProfile: fullProfile(world, profile) }
}

function addRole(
  input: { InstanceProfileName?: string; RoleName?: string },
  { world, now }: CallContext,
) {
  const profile = requireProfile(world, input.InstanceProfileName)
  const role = changeableRole(world, input.RoleName)
  if (profile.role !== undefined) {
    throw limitExceeded('Cannot exceed quota for InstanceSessionsPerInstanceProfile: 1')
  }
  const visibleAt = Math.max(profile.visibleAt, visibleFrom(world, now))
  putProfile(world, { ...profile, role: role.name, visibleAt })
  return {}
}

function removeRole(
  input: { InstanceProfileName?: string; RoleName?: string },
  { world }: CallContext,
) {
  const { role: held, ...profile } = requireProfile(world, input.InstanceProfileName)
  const role = changeableRole(world, input.RoleName)
  if (held !== role.name) {
    throw noSuchEntity(
      `The role with name ${role.name} cannot be found in the instance profile ${profile.name}.`,
    )
  }
  putProfile(world, profile)
  return {}
}

type Paged = { Marker?: string; MaxItems?: number }

export const instanceProfileHandlers: ServiceHandlers = {
  CreateInstanceProfile: create,
  AddRoleToInstanceProfile: addRole,
  RemoveRoleFromInstanceProfile: removeRole,
  GetInstanceProfile(input: { InstanceProfileName?: string }, { world }) {
    const profile = requireProfile(world, input.InstanceProfileName)
    return { InstanceProfile: fullProfile(world, profile) }
  },
  DeleteInstanceProfile(input: { InstanceProfileName?: string }, { world }) {
    const profile = requireProfile(world, input.InstanceProfileName)
    if (profile.role !== undefined) {
      throw deleteConflict('Cannot delete entity, must remove roles from instance profile first.')
    }
    world.iam.profiles.delete(profile.name.toLowerCase())
    return {}
  },
  ListInstanceProfiles(input: Paged & { PathPrefix?: string }, { world }) {
    const { PathPrefix: prefix = '/' } = input
    const profiles = [...world.iam.profiles.values()].filter(({ path }) => path.startsWith(prefix))
    const { items, more } = listed(profiles, input, ({ name }) => name)
    return { InstanceProfiles: items.map((profile) => listedProfile(world, profile)), ...more }
  },
  ListInstanceProfilesForRole(input: Paged & { RoleName?: string }, { world }) {
    const profiles = profilesOf(world, requireRole(world, input.RoleName))
    const { items, more } = listed(profiles, input, ({ InstanceProfileName: name = '' }) => name)
    return { InstanceProfiles: items, ...more }
  },
  TagInstanceProfile(input: { InstanceProfileName?: string; Tags?: [] }, { world }) {
    const profile = requireProfile(world, input.InstanceProfileName)
    putProfile(world, { ...profile, tags: mergeTags(profile.tags, input.Tags) })
    return {}
  },
  UntagInstanceProfile(input: { InstanceProfileName?: string; TagKeys?: string[] }, { world }) {
    const profile = requireProfile(world, input.InstanceProfileName)
    putProfile(world, { ...profile, tags: withoutTags(profile.tags, input.TagKeys) })
    return {}
  },
  ListInstanceProfileTags(input: Paged & { InstanceProfileName?: string }, { world }) {
    const profile = requireProfile(world, input.InstanceProfileName)
    const { items, more } = listed(tagList(profile.tags), input, ({ Key = '' }) => Key)
    return { Tags: items, ...more }
  },
}
