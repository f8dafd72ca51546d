/** What a role needs, as calls. Pure. */
import { canonicalise, same } from '../../diff.ts'
import type { PlanInput } from '../../kind.ts'
import { type Comparison, planner } from '../../kit/planning.ts'
import { documentText } from '../../kit/policy-document.ts'
import type { DraftCall, Live } from '../../model.ts'
import { toAwsTags } from '../../tags.ts'
import type { RoleState } from './observe.ts'
import { fields } from './policy.ts'
import type { InlinePolicy, RoleSpec } from './spec.ts'

type Members = Record<string, unknown>

/** IAM's quota of managed policies a role. */
const mostAttached = 10

export const plan = planner<RoleSpec, RoleState>({
  fields,
  desired: placed,
  // Documents go as text, and text is made of what is known.
  needs: ({ assumeRolePolicyDocument, policies }) => [assumeRolePolicyDocument, policies],
  create,
  update,
  tag: (live, tags) => [
    { operation: 'iam:TagRole', input: { RoleName: live.identity.name, Tags: toAwsTags(tags) } },
  ],
  remove,
})

/** The environment says where roles live, and the boundary of what they may ever do. */
function placed(
  { roleName: _, ...spec }: Members,
  { environment }: PlanInput<RoleSpec, RoleState>,
) {
  const { rolePath, permissionsBoundary } = environment
  return {
    ...spec,
    ...(rolePath ? { path: rolePath } : {}),
    ...(permissionsBoundary ? { permissionsBoundary } : {}),
  }
}

function create(members: Members, { want, tags }: PlanInput<RoleSpec, RoleState>): DraftCall[] {
  const RoleName = want!.identity.name
  const { managedPolicyArns = [], policies = [], assumeRolePolicyDocument, ...rest } = members
  const { path, description, maxSessionDuration, permissionsBoundary } = rest
  const optional = {
    Path: path,
    Description: description,
    MaxSessionDuration: maxSessionDuration,
    PermissionsBoundary: permissionsBoundary,
  }
  const role: DraftCall = {
    operation: 'iam:CreateRole',
    input: {
      RoleName,
      AssumeRolePolicyDocument: documentText(assumeRolePolicyDocument),
      ...Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== undefined)),
      Tags: toAwsTags(tags),
    },
    yields: { arn: 'Role.Arn', id: 'Role.RoleId' },
  }
  return [
    role,
    ...(managedPolicyArns as string[]).map((arn) => attach(RoleName, arn)),
    ...(policies as InlinePolicy[]).map((policy) => put(RoleName, policy)),
  ]
}

function update({ live, whole, changed }: Comparison<RoleState>): DraftCall[] {
  const RoleName = live.identity.name
  const calls: DraftCall[] = []
  if (changed.has('assumeRolePolicyDocument')) {
    const PolicyDocument = documentText(whole.assumeRolePolicyDocument)
    calls.push({ operation: 'iam:UpdateAssumeRolePolicy', input: { RoleName, PolicyDocument } })
  }
  if (changed.has('description') || changed.has('maxSessionDuration')) {
    // A duration that is left out would become an hour.
    const { description: Description = '', maxSessionDuration: MaxSessionDuration = 3600 } = whole
    calls.push({
      operation: 'iam:UpdateRole',
      input: { RoleName, Description, MaxSessionDuration },
    })
  }
  if (changed.has('permissionsBoundary')) {
    const { permissionsBoundary: PermissionsBoundary } = whole
    calls.push({
      operation: 'iam:PutRolePermissionsBoundary',
      input: { RoleName, PermissionsBoundary },
    })
  }
  if (changed.has('managedPolicyArns')) calls.push(...attachments(live, whole))
  if (changed.has('policies')) calls.push(...inlinePolicies(live, whole))
  return calls
}

/** New ones first, so that nothing is missing in between; but where there is no room for that. */
function attachments({ identity, state }: Live<RoleState>, whole: Members): DraftCall[] {
  const there = new Set(state.managedPolicyArns)
  const wanted = new Set((whole.managedPolicyArns ?? []) as string[])
  const added = [...wanted].filter((arn) => !there.has(arn))
  const gone = [...there].filter((arn) => !wanted.has(arn))
  const attaching = added.map((arn) => attach(identity.name, arn))
  const detaching = gone.map((arn) => detach(identity.name, arn))
  return there.size + added.length > mostAttached
    ? [...detaching, ...attaching]
    : [...attaching, ...detaching]
}

function inlinePolicies({ identity, state }: Live<RoleState>, whole: Members): DraftCall[] {
  const meaning = (policy: unknown) => canonicalise({ policies: [policy] }, fields)
  const there = new Map((state.policies ?? []).map((policy) => [policy.policyName, policy]))
  const wanted = (whole.policies ?? []) as InlinePolicy[]
  const names = new Set(wanted.map(({ policyName }) => policyName))
  const news = wanted.filter((policy) => {
    const before = there.get(policy.policyName)
    return !before || !same(meaning(policy), meaning(before))
  })
  const gone = [...there.keys()].filter((name) => !names.has(name))
  return [
    ...gone.map((name) => unput(identity.name, name)),
    ...news.map((policy) => put(identity.name, policy)),
  ]
}

/** IAM deletes a role once nothing is attached to it; an instance profile that holds it makes it wait. */
function remove({ identity, state }: Live<RoleState>): DraftCall[] {
  const { name } = identity
  return [
    ...(state.managedPolicyArns ?? []).map((arn) => detach(name, arn)),
    ...(state.policies ?? []).map(({ policyName }) => unput(name, policyName)),
    { operation: 'iam:DeleteRole', input: { RoleName: name } },
  ]
}

const attach = (RoleName: string, PolicyArn: string): DraftCall => ({
  operation: 'iam:AttachRolePolicy',
  input: { RoleName, PolicyArn },
})

const detach = (RoleName: string, PolicyArn: string): DraftCall => ({
  operation: 'iam:DetachRolePolicy',
  input: { RoleName, PolicyArn },
})

const put = (RoleName: string, { policyName, policyDocument }: InlinePolicy): DraftCall => ({
  operation: 'iam:PutRolePolicy',
  input: { RoleName, PolicyName: policyName, PolicyDocument: documentText(policyDocument) },
})

const unput = (RoleName: string, PolicyName: string): DraftCall => ({
  operation: 'iam:DeleteRolePolicy',
  input: { RoleName, PolicyName },
})
