/**
 * IAM policy documents by what they mean, not by how they are written: AWS answers them as URL-encoded text, with
 * lists where one item stood alone, and accounts by their root. Also the rules of their shape. Pure.
 */
import { type Field, isObject, stableJson } from '../diff.ts'

type Members = Record<string, unknown>

/** The document of a text or of plain YAML; undefined where the text is no JSON object. */
export function readDocument(value: unknown): Members | undefined {
  if (typeof value !== 'string') return isObject(value) ? value : undefined
  for (const text of [value, decoded(value)]) {
    try {
      const parsed: unknown = JSON.parse(text)
      if (isObject(parsed)) return parsed
    } catch {}
  }
  return undefined
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** What is sent to AWS: the document as JSON, its members as Git has them. */
export function documentText(value: unknown): string {
  const document = readDocument(value)
  return document ? JSON.stringify(document) : String(value)
}

/** The one form in which documents that mean the same are equal. What cannot be read stays as it is; no text is none. */
export function canonicalDocument(value: unknown): unknown {
  if (value === '') return undefined
  const document = readDocument(value)
  if (!document) return value
  const statements = listOf(document.Statement).map((each) => canonicalStatement(each))
  return { ...document, Statement: sorted(statements) }
}

function canonicalStatement(statement: unknown): unknown {
  if (!isObject(statement)) return statement
  const { Sid: sid, ...given } = statement
  const result: Members = { ...given, ...(sid ? { Sid: sid } : {}) }
  for (const name of ['Action', 'NotAction']) {
    if (Object.hasOwn(given, name)) result[name] = asSet(given[name], (text) => text.toLowerCase())
  }
  for (const name of ['Resource', 'NotResource']) {
    if (Object.hasOwn(given, name)) result[name] = asSet(given[name])
  }
  for (const name of ['Principal', 'NotPrincipal']) {
    if (Object.hasOwn(given, name)) result[name] = canonicalPrincipal(given[name])
  }
  if (isObject(given.Condition)) result.Condition = canonicalCondition(given.Condition)
  return result
}

function canonicalPrincipal(principal: unknown): unknown {
  if (!isObject(principal)) return { AWS: asSet(principal) }
  return mapValues(principal, (names, type) => asSet(names, type === 'AWS' ? accountOf : undefined))
}

/** An account by its id: `arn:aws:iam::123456789012:root` means the same. */
function accountOf(principal: string): string {
  return /^arn:[^:]+:iam::(\d{12}):root$/.exec(principal)?.[1] ?? principal
}

/** Condition keys have no case, but for the tag key in `aws:ResourceTag/Team`. */
function canonicalCondition(condition: Members): Members {
  return mapValues(condition, (tests) => {
    if (!isObject(tests)) return tests
    return Object.fromEntries(
      Object.entries(tests).map(([key, values]) => [
        key.replace(/^[^/]*/, (name) => name.toLowerCase()),
        asSet(values),
      ]),
    )
  })
}

function asSet(value: unknown, each: (text: string) => string = (text) => text): unknown[] {
  const items = listOf(value).map((item) => (isObject(item) ? item : each(String(item))))
  return sorted([...new Map(items.map((item) => [stableJson(item), item])).values()])
}

function sorted(items: readonly unknown[]): unknown[] {
  return [...items].sort((a, b) => (stableJson(a) < stableJson(b) ? -1 : 1))
}

function mapValues(members: Members, change: (value: unknown, key: string) => unknown): Members {
  return Object.fromEntries(
    Object.entries(members).map(([key, value]) => [key, change(value, key)]),
  )
}

/** One item or a list of them. */
export function listOf(value: unknown): unknown[] {
  return value === undefined || value === null ? [] : Array.isArray(value) ? value : [value]
}

/** What people know a statement by: its Sid, else what it allows. */
function label(statement: Members): string {
  if (statement.Sid) return String(statement.Sid)
  const actions = listOf(statement.Action ?? statement.NotAction).map(String)
  const more = actions.length > 2 ? ` and ${actions.length - 2} more` : ''
  return `${statement.Effect} ${actions.slice(0, 2).join(', ')}${more}`
}

/** How a field that holds a policy document is compared. */
export const documentField: Field = {
  whole: true,
  normalise: canonicalDocument,
  fields: { Version: { default: '2008-10-17' }, Statement: { key: label } },
}
