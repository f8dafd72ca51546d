/** The content of a task, and the names that follow from it: hash, client token, `startedBy`, parameter. Pure. */
import { createHash } from 'node:crypto'
import { canonicalise, stableJson } from '../../diff.ts'
import type { ObjectKey } from '../../model.ts'
import { fields } from './policy.ts'
import type { Run } from './record.ts'

/** The spec in the one form in which equal contents are equal. Tags are no content: they start nothing. */
export function contentOf(spec: object): Record<string, unknown> {
  const { tags: _, ...content } = spec as Record<string, unknown>
  return canonicalise(content, fields)
}

const digest = (...parts: readonly unknown[]) =>
  createHash('sha256').update(parts.join('\n')).digest('hex')

/** 20 hex digits: short, since many of them are kept in a parameter of 4 KB. */
export const hashOf = (content: object): string => digest(stableJson(content)).slice(0, 20)

/** Whose task it is. */
export interface Holder {
  readonly owner: string
  readonly key: ObjectKey
}

/** How the tasks of one run are found; the same for every attempt to place them. */
export function startedBy({ owner, key }: Holder, { hash, retry = '' }: Run): string {
  return `fairlead/${digest(owner, key, hash, retry).slice(0, 20)}`
}

/** The same for the same attempt, wherever it is made: AWS starts nothing twice for it. At most 64 characters. */
export function clientToken(
  { owner, key }: Holder,
  { hash, retry = '', attempt = 1 }: Run,
): string {
  return digest(owner, key, hash, retry, attempt).slice(0, 32)
}

/** Where the record of a task is kept. The Parameter Store takes letters, digits and `.-_/` only. */
export function parameterName({ owner, key }: Holder): string {
  const safe = owner.replace(/[^\w-]/g, (odd) => `.${odd.codePointAt(0)?.toString(16)}.`)
  return `/fairlead/${safe}/${key}`
}

/** What the record says of the annotation `fairlead.dev/retry`; long texts by their hash. */
export function retryMark(annotations: Readonly<Record<string, string>>): string | undefined {
  const value = annotations['fairlead.dev/retry']
  if (value === undefined) return undefined
  return /^[\w .:-]{1,40}$/.test(value) ? value : `#${digest(value).slice(0, 20)}`
}
