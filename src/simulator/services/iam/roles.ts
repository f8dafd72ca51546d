/** IAM roles: create, read, change, delete, their tags and their permissions boundary. */
import type { CreateRoleRequest, Role, UpdateRoleRequest } from '@aws-sdk/client-iam'
import { AwsError, type CallContext, type ServiceHandlers } from '../../api.ts'
import type { World } from '../../world.ts'
import { checkTrust, encodeDocument, sizeOf } from './documents.ts'
import {
  alreadyExists,
  deleteConflict,
  invalidInput,
  limitExceeded,
  noSuchEntity,
  unmodifiable,
  validation,
} from './errors.ts'
import { roleOf } from './lookups.ts'
import { policyExists } from './managed-policies.ts'
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
import type { RoleRecord } from './state.ts'

const SERVICE_PATH = '/aws-service-role/'

/** The role of a request. Throws NoSuchEntity; IAM takes names only, never ARNs. */
export function requireRole(world: World, name = ''): RoleRecord {
  checkName('roleName', name, 64)
  const role = roleOf(world, name)
  if (!role) throw noSuchEntity(`The role with name ${name} cannot be found.`)
  return role
}

/** The role of a request that changes it. Throws UnmodifiableEntity for a service-linked role. */
export function changeableRole(world: World, name: string | undefined): RoleRecord {
  const role = requireRole(world, name)
  if (role.path.startsWith(SERVICE_PATH)) {
    throw unmodifiable(
      `Cannot perform the operation on the protected role '${role.name}' - this role is only modifiable by AWS`,
    )
  }
  return role
}

/** Puts a role in the place of what it was. */
export function putRole(world: World, role: RoleRecord): void {
  world.iam.roles.set(role.name.toLowerCase(), role)
}

/** A role as ListRoles and the instance profiles show it. */
export function briefRole(role: RoleRecord): Role {
  return {
    Path: role.path,
    RoleName: role.name,
    RoleId: role.id,
    Arn: role.arn,
    CreateDate: role.created,
    AssumeRolePolicyDocument: encodeDocument(role.trust),
  }
}

function listedRole(role: RoleRecord): Role {
  const { description, maxSessionDuration } = role
  const text = description === undefined ? {} : { Description: description }
  return { ...briefRole(role), ...text, MaxSessionDuration: maxSessionDuration }
}

export function shownBoundary(role: RoleRecord): Pick<Role, 'PermissionsBoundary'> {
  if (!role.boundary) return {}
  return {
    PermissionsBoundary: {
      PermissionsBoundaryType: 'Policy' as never,
      PermissionsBoundaryArn: role.boundary,
    },
  }
}

function fullRole(role: RoleRecord): Role {
  return {
    ...listedRole(role),
    ...shownBoundary(role),
    ...shownTags(role.tags),
    RoleLastUsed: {},
  }
}

function checkTrustPolicy(world: World, text: string, now: number): void {
  checkTrust(world, text, now)
  if (sizeOf(text) > 2048) throw limitExceeded('Cannot exceed quota for ACLSizePerRole: 2048')
}

function checkDescription(text: string | undefined): void {
  if ((text?.length ?? 0) > 1000) {
    throw validation('description', text, 'Member must have length less than or equal to 1000')
  }
}

function checkDuration(seconds: number | undefined): void {
  if (seconds === undefined) return
  if (seconds < 3600) {
    throw validation(
      'maxSessionDuration',
      seconds,
      'Member must have value greater than or equal to 3600',
    )
  }
  if (seconds > 43_200) {
    throw validation(
      'maxSessionDuration',
      seconds,
      'Member must have value less than or equal to 43200',
    )
  }
}

function checkBoundary(world: World, arn: string | undefined): void {
  if (arn !== undefined && !policyExists(world, arn)) {
    throw noSuchEntity(`Scope ARN: ${arn} does not exist or is not attachable.`)
  }
}

function create(input: CreateRoleRequest, { world, now }: CallContext) {
  const { RoleName: name = '', AssumeRolePolicyDocument: trust = '' } = input
  checkName('roleName', name, 64)
  const path = pathOf(input.Path)
  if (path.startsWith(SERVICE_PATH)) {
    throw new AwsError(
      'ValidationError',
      'The specified value for path is reserved for service-linked roles.',
    )
  }
  checkDescription(input.Description)
  checkDuration(input.MaxSessionDuration)
  checkTrustPolicy(world, trust, now)
  checkBoundary(world, input.PermissionsBoundary)
  const tags = mergeTags({}, input.Tags)
  if (roleOf(world, name)) throw alreadyExists(`Role with name ${name} already exists.`)
  const role: RoleRecord = {
    name,
    path,
    id: uniqueId(world, 'AROA'),
    arn: iamArn(world, `role${path}${name}`),
    created: new Date(now),
    trust,
    ...(input.Description !== undefined && { description: input.Description }),
    maxSessionDuration: input.MaxSessionDuration ?? 3600,
    ...(input.PermissionsBoundary && { boundary: input.PermissionsBoundary }),
    inline: {},
    attached: [],
    tags,
    visibleAt: visibleFrom(world, now),
  }
  putRole(world, role)
  // The answer holds neither the description nor the longest session; GetRole does.
  return { Role: { ...briefRole(role), ...shownBoundary(role), ...shownTags(tags) } }
}

function update(input: UpdateRoleRequest, { world }: CallContext) {
  const role = changeableRole(world, input.RoleName)
  checkDescription(input.Description)
  checkDuration(input.MaxSessionDuration)
  putRole(world, {
    ...role,
    ...(input.Description !== undefined && { description: input.Description }),
    ...(input.MaxSessionDuration !== undefined && {
      maxSessionDuration: input.MaxSessionDuration,
    }),
  })
  return {}
}

function remove(input: { RoleName?: string }, { world }: CallContext) {
  const role = changeableRole(world, input.RoleName)
  if ([...world.iam.profiles.values()].some((profile) => profile.role === role.name)) {
    throw deleteConflict('Cannot delete entity, must remove roles from instance profile first.')
  }
  if (role.attached.length > 0) {
    throw deleteConflict('Cannot delete entity, must detach all policies first.')
  }
  if (Object.keys(role.inline).length > 0) {
    throw deleteConflict('Cannot delete entity, must delete policies first.')
  }
  world.iam.roles.delete(role.name.toLowerCase())
  return {}
}

/** Which service-linked role a service has, by the part of its name before `.amazonaws.com`. */
const serviceLinked: Readonly<Record<string, string>> = {
  ecs: 'AWSServiceRoleForECS',
  autoscaling: 'AWSServiceRoleForAutoScaling',
  'ecs.application-autoscaling': 'AWSServiceRoleForApplicationAutoScaling_ECSService',
  elasticloadbalancing: 'AWSServiceRoleForElasticLoadBalancing',
  spot: 'AWSServiceRoleForEC2Spot',
}

function createServiceLinked(
  input: { AWSServiceName?: string; Description?: string; CustomSuffix?: string },
  { world, now }: CallContext,
) {
  const { AWSServiceName: service = '', CustomSuffix: suffix } = input
  const base = serviceLinked[service.replace(/\.amazonaws\.com$/, '')]
  if (!base || !service.endsWith('.amazonaws.com')) {
    throw invalidInput(`${service} is not a valid service name.`)
  }
  if (suffix && base !== 'AWSServiceRoleForAutoScaling') {
    throw invalidInput(`Custom suffix is not allowed for ${service}`)
  }
  const name = suffix ? `${base}_${suffix}` : base
  if (roleOf(world, name)) {
    throw invalidInput(
      `Service role name ${name} has been taken in this account, please try a different suffix.`,
    )
  }
  const path = `${SERVICE_PATH}${service}/`
  const role: RoleRecord = {
    name,
    path,
    id: uniqueId(world, 'AROA'),
    arn: iamArn(world, `role${path}${name}`),
    created: new Date(now),
    trust: JSON.stringify({
      Version: '2012-10-17',
      Statement: [
        { Action: ['sts:AssumeRole'], Effect: 'Allow', Principal: { Service: [service] } },
      ],
    }),
    ...(input.Description !== undefined && { description: input.Description }),
    maxSessionDuration: 3600,
    inline: {},
    attached: [],
    tags: {},
    visibleAt: visibleFrom(world, now),
  }
  putRole(world, role)
  return { Role: briefRole(role) }
}

export const roleHandlers: ServiceHandlers = {
  CreateRole: create,
  UpdateRole: update,
  DeleteRole: remove,
  CreateServiceLinkedRole: createServiceLinked,
  GetRole(input: { RoleName?: string }, { world }) {
    return { Role: fullRole(requireRole(world, input.RoleName)) }
  },
  /** What came before UpdateRole; Terraform still calls it. */
  UpdateRoleDescription(input: { RoleName?: string; Description?: string }, { world }) {
    const role = changeableRole(world, input.RoleName)
    checkDescription(input.Description)
    const described = { ...role, description: input.Description ?? '' }
    putRole(world, described)
    return { Role: listedRole(described) }
  },
  UpdateAssumeRolePolicy(input: { RoleName?: string; PolicyDocument?: string }, { world, now }) {
    const role = changeableRole(world, input.RoleName)
    const trust = input.PolicyDocument ?? ''
    checkTrustPolicy(world, trust, now)
    putRole(world, { ...role, trust })
    return {}
  },
  ListRoles(input: { PathPrefix?: string; Marker?: string; MaxItems?: number }, { world }) {
    const { PathPrefix: prefix = '/' } = input
    const roles = [...world.iam.roles.values()].filter(({ path }) => path.startsWith(prefix))
    const { items, more } = listed(roles, input, ({ name }) => name)
    return { Roles: items.map(listedRole), ...more }
  },
  TagRole(input: { RoleName?: string; Tags?: [] }, { world }) {
    const role = changeableRole(world, input.RoleName)
    putRole(world, { ...role, tags: mergeTags(role.tags, input.Tags) })
    return {}
  },
  UntagRole(input: { RoleName?: string; TagKeys?: string[] }, { world }) {
    const role = changeableRole(world, input.RoleName)
    putRole(world, { ...role, tags: withoutTags(role.tags, input.TagKeys) })
    return {}
  },
  ListRoleTags(input: { RoleName?: string; Marker?: string; MaxItems?: number }, { world }) {
    const role = requireRole(world, input.RoleName)
    const { items, more } = listed(tagList(role.tags), input, ({ Key = '' }) => Key)
    return { Tags: items, ...more }
  },
  PutRolePermissionsBoundary(
    input: { RoleName?: string; PermissionsBoundary?: string },
    { world },
  ) {
    const role = changeableRole(world, input.RoleName)
    const { PermissionsBoundary: boundary = '' } = input
    checkBoundary(world, boundary)
    putRole(world, { ...role, boundary })
    return {}
  },
  DeleteRolePermissionsBoundary(input: { RoleName?: string }, { world }) {
    const { boundary, ...role } = changeableRole(world, input.RoleName)
    if (boundary === undefined) {
      throw noSuchEntity(`The role with name ${role.name} does not have a permissions boundary.`)
    }
    putRole(world, role)
    return {}
  },
}
