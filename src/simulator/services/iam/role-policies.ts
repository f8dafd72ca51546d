/** What a role is allowed: its inline policies, and the managed policies that are attached to it. */
import type { CallContext, ServiceHandlers } from '../../api.ts'
import { checkPermissions, encodeDocument, sizeOf } from './documents.ts'
import { limitExceeded, noSuchEntity } from './errors.ts'
import { policyExists } from './managed-policies.ts'
import { checkName, listed } from './names.ts'
import { changeableRole, putRole, requireRole } from './roles.ts'
import type { RoleRecord } from './state.ts'

const MAX_ATTACHED = 10
const MAX_INLINE_BYTES = 10_240

interface InlinePolicy {
  readonly RoleName?: string
  readonly PolicyName?: string
  readonly PolicyDocument?: string
}

interface Attachment {
  readonly RoleName?: string
  readonly PolicyArn?: string
}

type Paged = { RoleName?: string; PathPrefix?: string; Marker?: string; MaxItems?: number }

function inlineOf(role: RoleRecord, name = ''): string {
  checkName('policyName', name, 128)
  const document = role.inline[name]
  if (document === undefined) {
    throw noSuchEntity(`The role policy with name ${name} cannot be found.`)
  }
  return document
}

function putInline(input: InlinePolicy, { world }: CallContext) {
  const { PolicyName: name = '', PolicyDocument: document = '' } = input
  checkName('policyName', name, 128)
  const role = changeableRole(world, input.RoleName)
  checkPermissions(document)
  const inline = { ...role.inline, [name]: document }
  const size = Object.values(inline).reduce((sum, text) => sum + sizeOf(text), 0)
  if (size > MAX_INLINE_BYTES) {
    throw limitExceeded(
      `Maximum policy size of ${MAX_INLINE_BYTES} bytes exceeded for role ${role.name}`,
    )
  }
  putRole(world, { ...role, inline })
  return {}
}

function attach(input: Attachment, { world }: CallContext) {
  const { PolicyArn: arn = '' } = input
  const role = changeableRole(world, input.RoleName)
  if (!policyExists(world, arn)) {
    throw noSuchEntity(`Policy ${arn} does not exist or is not attachable.`)
  }
  if (role.attached.includes(arn)) return {}
  if (role.attached.length >= MAX_ATTACHED) {
    throw limitExceeded(`Cannot exceed quota for PoliciesPerRole: ${MAX_ATTACHED}`)
  }
  putRole(world, { ...role, attached: [...role.attached, arn] })
  return {}
}

function detach(input: Attachment, { world }: CallContext) {
  const { PolicyArn: arn = '' } = input
  const role = changeableRole(world, input.RoleName)
  if (!role.attached.includes(arn)) throw noSuchEntity(`Policy ${arn} was not found.`)
  putRole(world, { ...role, attached: role.attached.filter((other) => other !== arn) })
  return {}
}

/** A managed policy as a role's list of them shows it. */
export function attachedPolicy(arn: string) {
  return { PolicyName: arn.slice(arn.lastIndexOf('/') + 1), PolicyArn: arn }
}

export const rolePolicyHandlers: ServiceHandlers = {
  PutRolePolicy: putInline,
  AttachRolePolicy: attach,
  DetachRolePolicy: detach,
  GetRolePolicy(input: InlinePolicy, { world }) {
    const role = requireRole(world, input.RoleName)
    const document = inlineOf(role, input.PolicyName)
    return {
      RoleName: role.name,
      PolicyName: input.PolicyName,
      PolicyDocument: encodeDocument(document),
    }
  },
  DeleteRolePolicy(input: InlinePolicy, { world }) {
    const role = changeableRole(world, input.RoleName)
    inlineOf(role, input.PolicyName)
    const left = Object.entries(role.inline).filter(([name]) => name !== input.PolicyName)
    putRole(world, { ...role, inline: Object.fromEntries(left) })
    return {}
  },
  ListRolePolicies(input: Paged, { world }) {
    const role = requireRole(world, input.RoleName)
    const { items, more } = listed(Object.keys(role.inline), input, (name) => name)
    return { PolicyNames: items, ...more }
  },
  ListAttachedRolePolicies(input: Paged, { world }) {
    const role = requireRole(world, input.RoleName)
    const prefix = input.PathPrefix ?? '/'
    const policies = role.attached
      .filter((arn) => arn.slice(arn.indexOf(':policy/') + 7).startsWith(prefix))
      .map(attachedPolicy)
    const { items, more } = listed(policies, input, ({ PolicyArn }) => PolicyArn)
    return { AttachedPolicies: items, ...more }
  },
}
