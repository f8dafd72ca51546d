/** Policy documents: what IAM refuses in them, and how it gives them back. */
import type { World } from '../../world.ts'
import { malformed } from './errors.ts'
import { roleOf } from './lookups.ts'

/** A statement as far as it is looked at; members may be one text or a list. */
export interface Statement {
  readonly Sid?: string
  readonly Effect?: string
  readonly Principal?: unknown
  readonly NotPrincipal?: unknown
  readonly Action?: string | readonly string[]
  readonly NotAction?: string | readonly string[]
  readonly Resource?: string | readonly string[]
  readonly NotResource?: string | readonly string[]
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | string[]>>>>
}

/** A policy's text as the API answers it: URL-encoded by RFC 3986. */
export function encodeDocument(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (each) => `%${each.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}

/** Counted as AWS counts a policy's size: without white space. */
export function sizeOf(document: string): number {
  return document.replace(/\s/g, '').length
}

export function listOf<Item>(value: Item | readonly Item[] | undefined): readonly Item[] {
  if (value === undefined) return []
  return Array.isArray(value) ? value : [value as Item]
}

/** The statements of a document that was checked when it came. */
export function statementsOf(document: string): readonly Statement[] {
  return listOf((JSON.parse(document) as { Statement?: Statement | Statement[] }).Statement)
}

function parse(text: string, notJson: string): readonly Statement[] {
  let document: { Version?: unknown; Statement?: Statement | Statement[] }
  try {
    document = JSON.parse(text)
  } catch {
    throw malformed(notJson)
  }
  if (typeof document !== 'object' || document === null || Array.isArray(document)) {
    throw malformed(notJson)
  }
  const { Version: version, Statement: statement } = document
  if (version !== undefined && version !== '2012-10-17' && version !== '2008-10-17') {
    throw malformed('The policy must contain a valid version string')
  }
  const statements = listOf(statement)
  const objects = statements.every((each) => typeof each === 'object' && each !== null)
  if (statements.length === 0 || !objects) throw malformed('Syntax errors in policy.')
  for (const { Effect: effect } of statements) {
    if (effect !== 'Allow' && effect !== 'Deny') throw malformed('Syntax errors in policy.')
  }
  return statements
}

function checkActions(statement: Statement): void {
  const actions = [...listOf(statement.Action), ...listOf(statement.NotAction)]
  if (actions.length === 0) throw malformed('Policy statement must contain actions.')
  for (const action of actions) {
    if (typeof action !== 'string' || !/^(\*|[a-z0-9-]+:[\w*?-]+)$/i.test(action)) {
      throw malformed('Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.')
    }
  }
}

/** Throws MalformedPolicyDocument unless the text can be a policy of permissions. */
export function checkPermissions(text: string): void {
  for (const statement of parse(text, 'Syntax errors in policy.')) {
    if (statement.Principal !== undefined || statement.NotPrincipal !== undefined) {
      throw malformed('Policy document should not specify a principal.')
    }
    checkActions(statement)
    const resources = [...listOf(statement.Resource), ...listOf(statement.NotResource)]
    if (resources.length === 0) throw malformed('Policy statement must contain resources.')
    for (const resource of resources) {
      if (resource !== '*' && !/^arn:[^:]*:[^:]*:[^:]*:[^:]*:.+$/s.test(String(resource))) {
        throw malformed(`Resource ${resource} must be in ARN format or "*".`)
      }
    }
  }
}

/** Throws MalformedPolicyDocument unless the text can be a trust policy here and now. */
export function checkTrust(world: World, text: string, now: number): void {
  for (const statement of parse(text, 'This policy contains invalid Json')) {
    if (statement.Resource !== undefined || statement.NotResource !== undefined) {
      throw malformed('Has prohibited field Resource')
    }
    checkActions(statement)
    const { Principal: principal, NotPrincipal: others } = statement
    if (principal === undefined && others === undefined) {
      throw malformed('Missing required field Principal')
    }
    checkPrincipal(world, principal, now)
  }
}

function checkPrincipal(world: World, principal: unknown, now: number): void {
  if (principal === undefined || principal === '*') return
  if (typeof principal !== 'object' || principal === null) {
    throw malformed('Invalid principal in policy')
  }
  for (const [type, names] of Object.entries(principal)) {
    for (const name of listOf(names as string | string[])) {
      const invalid = () =>
        malformed(`Invalid principal in policy: "${type.toUpperCase()}":"${name}"`)
      if (type === 'Service' && !/^[a-z0-9.-]+\.amazonaws\.com(\.cn)?$/.test(name)) throw invalid()
      if (type !== 'AWS') continue
      const arn = /^arn:aws[a-z-]*:(iam|sts)::(\d{12}):(root|(role|user|assumed-role)\/.+)$/.exec(
        name,
      )
      if (name !== '*' && !/^\d{12}$/.test(name) && !arn) throw invalid()
      // A role of this account must be there, and must have got round; of other accounts nothing is known.
      if (arn?.[4] === 'role' && arn[2] === world.account) {
        const role = roleOf(world, name)
        if (!role || role.visibleAt > now) throw invalid()
      }
    }
  }
}
