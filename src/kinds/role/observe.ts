/** Reads roles, one by one: IAM has no call for several. What a manifest does not declare is not read. */
import type {
  GetRolePolicyResponse,
  GetRoleResponse,
  ListAttachedRolePoliciesResponse,
  ListRolePoliciesResponse,
} from '@aws-sdk/client-iam'
import type { ObserveContext, Read, Wanted } from '../../kind.ts'
import { allPages, observeInBatches, unlessMissing } from '../../kit/finding.ts'
import { ownedInIam } from '../../kit/iam-owned.ts'
import type { ObjectKey, Observation } from '../../model.ts'
import { fromAwsTags } from '../../tags.ts'
import type { RoleSpec } from './spec.ts'

export interface RoleState {
  readonly path?: string | undefined
  /** URL-encoded, as IAM answers it. */
  readonly assumeRolePolicyDocument?: string | undefined
  readonly description?: string | undefined
  readonly maxSessionDuration?: number | undefined
  readonly permissionsBoundary?: string | undefined
  /** Absent where the manifest leaves them to others. */
  readonly managedPolicyArns?: readonly string[]
  readonly policies?: readonly { readonly policyName: string; readonly policyDocument: string }[]
}

export function observe(
  { read, teardown }: ObserveContext,
  wanted: readonly Wanted<RoleSpec>[],
): Promise<ReadonlyMap<ObjectKey, Observation<RoleState>>> {
  return observeInBatches(wanted, 1, async ([want]) => {
    const { manifest, identity, spec } = want!
    const { name } = identity
    const input = { RoleName: name }
    const answer = await unlessMissing(read<GetRoleResponse>('iam:GetRole', input))
    const role = answer?.Role
    if (!role) return new Map()
    // A role is deleted once nothing is attached to it.
    const goes = teardown || manifest.annotations['fairlead.dev/replace'] === 'allowed'
    const [managedPolicyArns, policies] = await Promise.all([
      spec.managedPolicyArns || goes ? attached(read, name) : undefined,
      spec.policies || goes ? inline(read, name, !teardown) : undefined,
    ])
    const state: RoleState = {
      path: role.Path,
      assumeRolePolicyDocument: role.AssumeRolePolicyDocument,
      description: role.Description,
      maxSessionDuration: role.MaxSessionDuration,
      permissionsBoundary: role.PermissionsBoundary?.PermissionsBoundaryArn,
      ...(managedPolicyArns ? { managedPolicyArns } : {}),
      ...(policies ? { policies } : {}),
    }
    const attributes = { arn: role.Arn ?? '', name, id: role.RoleId ?? '' }
    const tags = fromAwsTags(role.Tags)
    const { key } = manifest
    return new Map([[key, { found: 'yes', live: { key, identity, attributes, tags, state } }]])
  })
}

async function attached(read: Read, RoleName: string): Promise<string[]> {
  const policies = await allPages(async (Marker) => {
    const page = await read<ListAttachedRolePoliciesResponse>('iam:ListAttachedRolePolicies', {
      RoleName,
      ...(Marker ? { Marker } : {}),
    })
    return { items: page.AttachedPolicies ?? [], next: page.Marker }
  })
  return policies.flatMap(({ PolicyArn }) => PolicyArn ?? [])
}

async function inline(read: Read, RoleName: string, documents: boolean) {
  const names = await allPages(async (Marker) => {
    const page = await read<ListRolePoliciesResponse>('iam:ListRolePolicies', {
      RoleName,
      ...(Marker ? { Marker } : {}),
    })
    return { items: page.PolicyNames ?? [], next: page.Marker }
  })
  const policies = await Promise.all(
    names.map(async (policyName) => {
      if (!documents) return { policyName, policyDocument: '' }
      const input = { RoleName, PolicyName: policyName }
      // Deleted between the two reads: it is not there.
      const answer = await unlessMissing(read<GetRolePolicyResponse>('iam:GetRolePolicy', input))
      return answer && { policyName, policyDocument: answer.PolicyDocument ?? '' }
    }),
  )
  return policies.flatMap((policy) => policy ?? [])
}

/** Every role of ours. */
export const owned = (context: Pick<ObserveContext, 'read' | 'owner' | 'memory'>) =>
  ownedInIam(context, {
    list: 'iam:ListRoles',
    items: 'Roles',
    tags: 'iam:ListRoleTags',
    name: 'RoleName',
    id: 'RoleId',
  })
