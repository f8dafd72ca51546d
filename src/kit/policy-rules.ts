/** Rules of IAM policy documents that AWS enforces by refusing the whole call with few words. Pure. */
import { isObject } from '../diff.ts'
import { isReference } from '../references.ts'
import type { Findings } from './field-rules.ts'
import { listOf, readDocument } from './policy-document.ts'

/** `trust`: who may assume a role. `permissions`: what it may do. `resource`: who may do what with the resource. */
export type DocumentUse = 'trust' | 'permissions' | 'resource'

type Members = Record<string, unknown>

const members = ['Version', 'Id', 'Statement']
const statementMembers = [
  'Sid',
  'Effect',
  'Principal',
  'NotPrincipal',
  'Action',
  'NotAction',
  'Resource',
  'NotResource',
  'Condition',
]

export function checkDocument(
  value: unknown,
  path: string,
  use: DocumentUse,
  found: Findings,
): void {
  if (value === undefined || value === null) return
  const { say } = found
  const document = readDocument(value)
  if (!document) {
    say(path, 'BadDocument', 'is not a policy document: expected a map, or JSON text of one')
    return
  }
  checkMembers(document, path, members, found)
  const { Version: version, Statement: statement } = document
  if (version !== undefined && version !== '2012-10-17' && version !== '2008-10-17') {
    say(`${path}.Version`, 'NotAllowed', `"${version}" is no version: expected "2012-10-17"`)
  }
  const statements = listOf(statement)
  if (statements.length === 0) {
    say(`${path}.Statement`, 'Required', 'a policy document needs a Statement')
  }
  const sids = new Set<unknown>()
  statements.forEach((each, index) => {
    const at = Array.isArray(statement) ? `${path}.Statement[${index}]` : `${path}.Statement`
    if (!isObject(each)) say(at, 'BadDocument', 'a statement is a map with Effect and Action')
    else checkStatement(each, at, use, sids, found)
  })
}

function checkMembers(
  given: Members,
  path: string,
  known: readonly string[],
  { say }: Findings,
): void {
  for (const name of Object.keys(given)) {
    if (known.includes(name)) continue
    const meant = known.find((other) => other.toLowerCase() === name.toLowerCase())
    const hint = meant ? `did you mean ${meant}?` : `known here: ${known.join(', ')}`
    say(`${path}.${name}`, 'UnknownField', 'no member of a policy document', hint)
  }
}

function checkStatement(
  statement: Members,
  at: string,
  use: DocumentUse,
  sids: Set<unknown>,
  found: Findings,
): void {
  const { say } = found
  checkMembers(statement, at, statementMembers, found)
  const { Sid: sid, Effect: effect } = statement
  if (effect !== 'Allow' && effect !== 'Deny') {
    say(`${at}.Effect`, 'NotAllowed', 'Effect is Allow or Deny')
  }
  if (sid !== undefined && sids.has(sid)) {
    say(`${at}.Sid`, 'DuplicateSid', `the Sid "${sid}" is here a second time`)
  }
  if (use !== 'resource' && typeof sid === 'string' && !/^[A-Za-z0-9]*$/.test(sid)) {
    say(`${at}.Sid`, 'BadName', 'a Sid has letters and digits only')
  }
  sids.add(sid)
  checkOneOf(statement, at, ['Action', 'NotAction'], found)
  checkActions(statement, at, found)
  if (use === 'permissions') {
    checkOneOf(statement, at, ['Resource', 'NotResource'], found)
    checkResources(statement, at, found)
    for (const name of ['Principal', 'NotPrincipal']) {
      const message = 'what a role may do has no Principal: the role itself is meant'
      if (name in statement) say(`${at}.${name}`, 'NotTogether', message)
    }
    return
  }
  checkOneOf(statement, at, ['Principal', 'NotPrincipal'], found)
  checkPrincipal(statement.Principal ?? statement.NotPrincipal, `${at}.Principal`, found)
  if (use === 'resource') return
  for (const name of ['Resource', 'NotResource']) {
    const message = 'a trust policy has no Resource: the role itself is meant'
    if (name in statement) say(`${at}.${name}`, 'NotTogether', message)
  }
}

function checkOneOf(
  statement: Members,
  at: string,
  [name, other]: readonly [string, string],
  { say }: Findings,
): void {
  const both = name in statement && other in statement
  if (both) say(`${at}.${other}`, 'NotTogether', `a statement has ${name} or ${other}, not both`)
  const value = statement[name] ?? statement[other]
  const empty = listOf(value).length === 0
  if (!both && empty) say(`${at}.${name}`, 'Required', `a statement needs ${name}`)
}

function checkActions(statement: Members, at: string, { say }: Findings): void {
  for (const name of ['Action', 'NotAction']) {
    for (const action of listOf(statement[name])) {
      if (typeof action === 'string' && /^(\*|[a-z0-9-]+:[\w*?-]+)$/i.test(action)) continue
      const message = `${JSON.stringify(action)} is no action: expected service:Action, as in "ecr:GetAuthorizationToken"`
      say(`${at}.${name}`, 'BadAction', message)
    }
  }
}

function checkResources(statement: Members, at: string, { say }: Findings): void {
  for (const name of ['Resource', 'NotResource']) {
    for (const resource of listOf(statement[name])) {
      if (isReference(resource) || (typeof resource === 'string' && isArn(resource))) continue
      const message = `${JSON.stringify(resource)} is no resource: expected an ARN, "*" or { ref: Kind/name }`
      say(`${at}.${name}`, 'BadResource', message)
    }
  }
}

/** Six parts; wildcards and policy variables may stand in each. */
function isArn(text: string): boolean {
  return /^\*$|^(arn|\*):[^:]*:[^:]*:[^:]*:[^:]*:.+$/s.test(text) || /^arn:.*\*/.test(text)
}

const principalTypes = ['AWS', 'Service', 'Federated', 'CanonicalUser']

function checkPrincipal(principal: unknown, at: string, { say }: Findings): void {
  if (principal === undefined || principal === '*') return
  if (!isObject(principal)) {
    const message = `${JSON.stringify(principal)} is no principal: expected "*" or a map`
    say(at, 'BadPrincipal', message, 'as in { Service: ecs-tasks.amazonaws.com }')
    return
  }
  for (const [type, names] of Object.entries(principal)) {
    if (!principalTypes.includes(type)) {
      say(`${at}.${type}`, 'BadPrincipal', `expected ${principalTypes.join(', ')}`)
    }
    if (type !== 'Service') continue
    for (const name of listOf(names)) {
      if (
        isReference(name) ||
        /^[a-z0-9.-]+\.(amazonaws\.com(\.cn)?|aws\.internal)$/.test(String(name))
      )
        continue
      const message = `"${name}" is no AWS service: expected a name such as ecs-tasks.amazonaws.com`
      say(`${at}.${type}`, 'BadPrincipal', message)
    }
  }
}
