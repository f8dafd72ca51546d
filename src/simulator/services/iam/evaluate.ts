/** How IAM decides: whether statements allow an action on a resource, under the conditions that are known. */
import { listOf, type Statement } from './documents.ts'

export type Decision = 'allowed' | 'explicitDeny' | 'implicitDeny'

/** What is known of a call: values by condition key in small letters. */
export type Facts = ReadonlyMap<string, readonly string[]>

/** Whether a text with `*` and `?` means `value`. */
function like(pattern: string, value: string, ignoreCase = false): boolean {
  const source = pattern.replace(/[.+^${}()|[\]\\]/g, '\\$&').replace(/\*/g, '.*')
  return new RegExp(`^${source.replace(/\?/g, '.')}$`, ignoreCase ? 'is' : 's').test(value)
}

function named(statement: Statement, action: string): boolean {
  const matches = (pattern: string) => like(pattern, action, true)
  if (statement.NotAction !== undefined) return !listOf(statement.NotAction).some(matches)
  return listOf(statement.Action).some(matches)
}

function covers(statement: Statement, resource: string): boolean {
  const matches = (pattern: string) => like(pattern, resource)
  if (statement.NotResource !== undefined) return !listOf(statement.NotResource).some(matches)
  return listOf(statement.Resource).some(matches)
}

/** The tests of condition operators that are known here; all others are taken for not met. */
const tests: Readonly<Record<string, (wanted: string, given: string) => boolean>> = {
  StringEquals: (wanted, given) => wanted === given,
  StringEqualsIgnoreCase: (wanted, given) => wanted.toLowerCase() === given.toLowerCase(),
  StringLike: (wanted, given) => like(wanted, given),
  ArnEquals: (wanted, given) => like(wanted, given),
  ArnLike: (wanted, given) => like(wanted, given),
  Bool: (wanted, given) => wanted.toLowerCase() === given.toLowerCase(),
}

/** Whether all conditions of a statement are met; keys that nothing is known of are added to `missing`. */
function met(statement: Statement, facts: Facts, missing: Set<string>): boolean {
  let all = true
  for (const [operator, keys] of Object.entries(statement.Condition ?? {})) {
    const negated = /^(String|Arn)Not/.test(operator)
    const name = operator.replace(/^(String|Arn)Not/, '$1').replace(/IfExists$/, '')
    for (const [key, wanted] of Object.entries(keys)) {
      const given = facts.get(key.toLowerCase())
      if (operator === 'Null') {
        all &&= listOf(wanted).some((one) => (one.toLowerCase() === 'true') === !given)
        continue
      }
      if (!given) {
        missing.add(key)
        all &&= negated || operator.endsWith('IfExists')
        continue
      }
      const test = tests[name]
      const hit = listOf(wanted).some((one) => given.some((value) => test?.(one, value)))
      all &&= test !== undefined && hit !== negated
    }
  }
  return all
}

/** The decision of statements, which of them made it, and the condition keys that nothing is known of. */
export function evaluate(
  statements: readonly { readonly source: string; readonly statement: Statement }[],
  action: string,
  resource: string,
  facts: Facts,
): { decision: Decision; sources: string[]; missing: string[] } {
  const missing = new Set<string>()
  const applying = statements.filter(
    ({ statement }) =>
      named(statement, action) && covers(statement, resource) && met(statement, facts, missing),
  )
  const of = (effect: string) =>
    applying.filter(({ statement }) => statement.Effect === effect).map(({ source }) => source)
  const [denying, allowing] = [of('Deny'), of('Allow')]
  const decision =
    denying.length > 0 ? 'explicitDeny' : allowing.length > 0 ? 'allowed' : 'implicitDeny'
  return { decision, sources: denying.length > 0 ? denying : allowing, missing: [...missing] }
}
