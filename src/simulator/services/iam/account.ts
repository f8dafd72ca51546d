/** Looks at a whole account: GetAccountAuthorizationDetails, and SimulatePrincipalPolicy for its roles. */
import type {
  GetAccountAuthorizationDetailsRequest,
  SimulatePrincipalPolicyRequest,
} from '@aws-sdk/client-iam'
import type { CallContext, ServiceHandlers } from '../../api.ts'
import type { World } from '../../world.ts'
import { encodeDocument, type Statement, statementsOf } from './documents.ts'
import { invalidInput, noSuchEntity } from './errors.ts'
import { evaluate, type Facts } from './evaluate.ts'
import { profilesOf } from './instance-profiles.ts'
import { roleOf } from './lookups.ts'
import { documentOf } from './managed-policies.ts'
import { listed, tagList } from './names.ts'
import { shownPolicy } from './policies.ts'
import { attachedPolicy } from './role-policies.ts'
import { briefRole, shownBoundary } from './roles.ts'
import type { RoleRecord } from './state.ts'

function roleDetail(world: World, role: RoleRecord) {
  return {
    ...briefRole(role),
    InstanceProfileList: profilesOf(world, role),
    RolePolicyList: Object.entries(role.inline).map(([PolicyName, document]) => ({
      PolicyName,
      PolicyDocument: encodeDocument(document),
    })),
    AttachedManagedPolicies: role.attached.map(attachedPolicy),
    ...shownBoundary(role),
    Tags: tagList(role.tags),
    RoleLastUsed: {},
  }
}

/** Roles first, then the account's own policies; a page may hold some of both. */
function details(input: GetAccountAuthorizationDetailsRequest, { world }: CallContext) {
  const wants = (type: string) => !input.Filter?.length || input.Filter.includes(type as never)
  const roles = wants('Role') ? [...world.iam.roles.values()] : []
  const policies = wants('LocalManagedPolicy') ? [...world.iam.policies.values()] : []
  const all = [
    ...roles.map((role) => ({ key: `a ${role.name}`, role, policy: undefined })),
    ...policies.map((policy) => ({ key: `b ${policy.arn}`, role: undefined, policy })),
  ]
  const { items, more } = listed(all, input, ({ key }) => key)
  return {
    UserDetailList: [],
    GroupDetailList: [],
    RoleDetailList: items.flatMap(({ role }) => (role ? [roleDetail(world, role)] : [])),
    Policies: items.flatMap(({ policy }) =>
      policy
        ? [
            {
              ...shownPolicy(world, policy),
              PolicyVersionList: [
                {
                  Document: encodeDocument(policy.document),
                  VersionId: 'v1',
                  IsDefaultVersion: true,
                  CreateDate: policy.created,
                },
              ],
            },
          ]
        : [],
    ),
    ...more,
  }
}

interface Sourced {
  readonly source: string
  readonly statement: Statement
}

function sourced(source: string, document: string): Sourced[] {
  return statementsOf(document).map((statement) => ({ source, statement }))
}

/** What a role is allowed by itself. AWS's policies whose content is not known here count for nothing. */
function statementsOfRole(world: World, role: RoleRecord): Sourced[] {
  return [
    ...Object.entries(role.inline).flatMap(([name, document]) => sourced(name, document)),
    ...role.attached.flatMap((arn) =>
      sourced(attachedPolicy(arn).PolicyName, documentOf(world, arn) ?? '{}'),
    ),
  ]
}

function simulate(input: SimulatePrincipalPolicyRequest, { world }: CallContext) {
  const { PolicySourceArn: arn = '', ActionNames: actions = [] } = input
  const role = roleOf(world, arn)
  if (!/^arn:[^:]+:iam::\d{12}:(role|user|group)\/.+/.test(arn)) {
    throw invalidInput(`Invalid Entity Arn: ${arn} does not clearly define entity type and name.`)
  }
  if (!role) throw noSuchEntity(`The role with name ${arn.split('/').at(-1)} cannot be found.`)
  for (const action of actions) {
    if (!/^[a-z0-9-]+:[A-Za-z0-9*]+$/i.test(action)) {
      throw invalidInput(`Invalid action name: ${action}`)
    }
  }
  const facts: Facts = new Map(
    (input.ContextEntries ?? []).map(({ ContextKeyName = '', ContextKeyValues = [] }) => [
      ContextKeyName.toLowerCase(),
      ContextKeyValues,
    ]),
  )
  const own = [
    ...statementsOfRole(world, role),
    ...(input.PolicyInputList ?? []).flatMap((text, i) =>
      sourced(`PolicyInputList.${i + 1}`, text),
    ),
  ]
  const boundary = role.boundary && documentOf(world, role.boundary)
  const bounds =
    boundary === undefined ? undefined : sourced('PermissionsBoundary', boundary || '{}')
  const resources = input.ResourceArns?.length ? input.ResourceArns : ['*']
  const results = actions.flatMap((action) =>
    resources.map((resource) => {
      const { decision, sources, missing } = evaluate(own, action, resource, facts)
      const within = bounds && evaluate(bounds, action, resource, facts).decision
      const kept = within !== undefined && within !== 'allowed'
      return {
        EvalActionName: action,
        EvalResourceName: resource,
        EvalDecision: kept && decision === 'allowed' ? within : decision,
        MatchedStatements: sources.map((SourcePolicyId) => ({
          SourcePolicyId,
          SourcePolicyType: 'IAM Policy',
        })),
        MissingContextValues: missing,
        ...(within && {
          PermissionsBoundaryDecisionDetail: { AllowedByPermissionsBoundary: !kept },
        }),
      }
    }),
  )
  return { EvaluationResults: results, IsTruncated: false }
}

export const accountHandlers: ServiceHandlers = {
  GetAccountAuthorizationDetails: details,
  SimulatePrincipalPolicy: simulate,
}
