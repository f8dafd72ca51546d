/** The canonical form of a task definition and the hash that finds its revision again. Pure. */
import { createHash } from 'node:crypto'
import { canonicalise, compare, isObject, overlay, same, stableJson } from '../../diff.ts'
import type { FieldChange } from '../../model.ts'
import { fields } from './policy.ts'

type Members = Record<string, unknown>

/** What is no content: the family is the identity, tags are compared apart, the rest only AWS says. */
const notContent = new Set([
  'family',
  'tags',
  'taskDefinitionArn',
  'revision',
  'status',
  'requiresAttributes',
  'compatibilities',
  'registeredAt',
  'registeredBy',
  'deregisteredAt',
  'deleteRequestedAt',
])

/** The content of a spec or of a described revision, in the one form in which equal contents are equal. */
export function canonicalDefinition(definition: object): Members {
  const content = Object.entries(definition).filter(([name]) => !notContent.has(name))
  return canonicalise(Object.fromEntries(content), fields)
}

/**
 * `v1:` and 32 hex digits over the canonical form: the value of the tag `fairlead:hash`. A hash that changes for the
 * same content costs every user a read per family, not a registration: content is compared before registering.
 */
export function hashOf(canonical: Members): string {
  const digest = createHash('sha256').update(stableJson(canonical)).digest('hex')
  return `v1:${digest.slice(0, 32)}`
}

/** Whether a revision runs what Git asks for. Members that AWS added and this table does not know are no difference. */
export function sameContent(want: Members, live: Members): boolean {
  return same(want, live) || differences(want, live).length === 0
}

/** The fields of a revision (canonical) that differ from Git's (canonical). */
export function differences(want: Members, live: Members): FieldChange[] {
  return compare(canonicalise(overlay(want, live, { fields }), fields), live, fields)
}

/**
 * Whether a revision (canonical) says nothing else than Git, only less: what an endpoint makes of fields that it does
 * not know. Registering again would not help.
 */
export function lacksOnly(want: unknown, live: unknown): boolean {
  if (same(want, live)) return true
  if (Array.isArray(want) && Array.isArray(live)) {
    return want.length === live.length && live.every((item, i) => lacksOnly(want[i], item))
  }
  if (!isObject(want) || !isObject(live)) return false
  return Object.entries(live).every(([name, member]) => lacksOnly(want[name], member))
}
