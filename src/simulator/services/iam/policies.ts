/** Managed policies as resources: the account's own, and reading AWS's. A policy has one version here. */
import type { CreatePolicyRequest, Policy } from '@aws-sdk/client-iam'
import { AwsError, type CallContext, type ServiceHandlers } from '../../api.ts'
import type { World } from '../../world.ts'
import { checkPermissions, encodeDocument, sizeOf } from './documents.ts'
import { alreadyExists, deleteConflict, limitExceeded, noSuchEntity } from './errors.ts'
import { awsDocument, documentOf } from './managed-policies.ts'
import {
  checkName,
  iamArn,
  listed,
  mergeTags,
  pathOf,
  shownTags,
  tagList,
  uniqueId,
  withoutTags,
} from './names.ts'
import type { PolicyRecord } from './state.ts'

/** When AWS's own policies were made, as far as this account says. */
const AWS_CREATED = new Date(Date.UTC(2015, 1, 6, 18, 41, 26))

interface ByArn {
  readonly PolicyArn?: string
}

function notFound(arn: string): AwsError {
  return noSuchEntity(`Policy ${arn} was not found.`)
}

function requirePolicy(world: World, arn = ''): PolicyRecord {
  const policy = world.iam.policies.get(arn)
  if (policy) return policy
  if (awsDocument(arn) === undefined) throw notFound(arn)
  throw new AwsError('AccessDenied', `The policy ${arn} belongs to AWS.`, 403)
}

/** How many roles a policy is attached to, and is the boundary of. */
function usage(world: World, arn: string) {
  const roles = [...world.iam.roles.values()]
  return {
    AttachmentCount: roles.filter(({ attached }) => attached.includes(arn)).length,
    PermissionsBoundaryUsageCount: roles.filter(({ boundary }) => boundary === arn).length,
  }
}

export function shownPolicy(world: World, policy: PolicyRecord): Policy {
  return {
    PolicyName: policy.name,
    PolicyId: policy.id,
    Arn: policy.arn,
    Path: policy.path,
    DefaultVersionId: 'v1',
    ...usage(world, policy.arn),
    IsAttachable: true,
    CreateDate: policy.created,
    UpdateDate: policy.created,
  }
}

function awsPolicy(world: World, arn: string): Policy {
  const [, path = '/', name = ''] = /:policy(\/(?:.+\/)?)([^/]+)$/.exec(arn) ?? []
  return {
    PolicyName: name,
    PolicyId: `ANPA${name
      .toUpperCase()
      .replace(/[^A-Z0-9]/g, '')
      .slice(0, 17)
      .padEnd(17, 'A')}`,
    Arn: arn,
    Path: path,
    DefaultVersionId: 'v1',
    ...usage(world, arn),
    IsAttachable: true,
    CreateDate: AWS_CREATED,
    UpdateDate: AWS_CREATED,
  }
}

function create(input: CreatePolicyRequest, { world, now }: CallContext) {
  const { PolicyName: name = '', PolicyDocument: document = '' } = input
  checkName('policyName', name, 128)
  const path = pathOf(input.Path)
  checkPermissions(document)
  if (sizeOf(document) > 6144) throw limitExceeded('Cannot exceed quota for PolicySize: 6144')
  const tags = mergeTags({}, input.Tags)
  const same = (other: PolicyRecord) => other.name.toLowerCase() === name.toLowerCase()
  if ([...world.iam.policies.values()].some(same)) {
    throw alreadyExists(`A policy called ${name} already exists. Duplicate names are not allowed.`)
  }
  const policy: PolicyRecord = {
    name,
    path,
    id: uniqueId(world, 'ANPA'),
    arn: iamArn(world, `policy${path}${name}`),
    created: new Date(now),
    ...(input.Description !== undefined && { description: input.Description }),
    document,
    tags,
  }
  world.iam.policies.set(policy.arn, policy)
  return { Policy: { ...shownPolicy(world, policy), ...shownTags(tags) } }
}

function get({ PolicyArn: arn = '' }: ByArn, { world }: CallContext) {
  const own = world.iam.policies.get(arn)
  if (!own) {
    if (awsDocument(arn) === undefined) throw notFound(arn)
    return { Policy: { ...awsPolicy(world, arn), Tags: [] } }
  }
  const text = own.description === undefined ? {} : { Description: own.description }
  return { Policy: { ...shownPolicy(world, own), ...text, Tags: tagList(own.tags) } }
}

function remove({ PolicyArn: arn }: ByArn, { world }: CallContext) {
  const policy = requirePolicy(world, arn)
  const { AttachmentCount: attached, PermissionsBoundaryUsageCount: bounding } = usage(
    world,
    policy.arn,
  )
  if (attached + bounding > 0) {
    throw deleteConflict('Cannot delete a policy attached to entities.')
  }
  world.iam.policies.delete(policy.arn)
  return {}
}

function versionOf(world: World, arn: string) {
  const document = documentOf(world, arn)
  if (document === undefined) throw notFound(arn)
  const created = world.iam.policies.get(arn)?.created ?? AWS_CREATED
  return { document, brief: { VersionId: 'v1', IsDefaultVersion: true, CreateDate: created } }
}

export const policyHandlers: ServiceHandlers = {
  CreatePolicy: create,
  GetPolicy: get,
  DeletePolicy: remove,
  GetPolicyVersion(input: ByArn & { VersionId?: string }, { world }) {
    const { PolicyArn: arn = '', VersionId: id = '' } = input
    const { document, brief } = versionOf(world, arn)
    if (id !== brief.VersionId) {
      throw noSuchEntity(`Policy ${arn} version ${id} does not exist or is not attachable.`)
    }
    return { PolicyVersion: { ...brief, Document: encodeDocument(document) } }
  },
  ListPolicyVersions({ PolicyArn: arn = '' }: ByArn, { world }) {
    return { Versions: [versionOf(world, arn).brief], IsTruncated: false }
  },
  ListPolicies(
    input: { Scope?: string; PathPrefix?: string; Marker?: string; MaxItems?: number },
    { world },
  ) {
    const prefix = input.PathPrefix ?? '/'
    const own = input.Scope === 'AWS' ? [] : [...world.iam.policies.values()]
    const policies = own.filter(({ path }) => path.startsWith(prefix))
    const { items, more } = listed(policies, input, ({ name }) => name)
    return { Policies: items.map((policy) => shownPolicy(world, policy)), ...more }
  },
  TagPolicy(input: ByArn & { Tags?: [] }, { world }) {
    const policy = requirePolicy(world, input.PolicyArn)
    world.iam.policies.set(policy.arn, { ...policy, tags: mergeTags(policy.tags, input.Tags) })
    return {}
  },
  UntagPolicy(input: ByArn & { TagKeys?: string[] }, { world }) {
    const policy = requirePolicy(world, input.PolicyArn)
    world.iam.policies.set(policy.arn, { ...policy, tags: withoutTags(policy.tags, input.TagKeys) })
    return {}
  },
}
