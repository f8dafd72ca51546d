/**
 * Content that AWS tried and took back, and how that outlasts AWS's memory: tags of the service. `fairlead:rejected` holds
 * the hashes of rejected contents, newest first. What was tried again stands in another one: see retries.ts. Pure.
 */
import { createHash } from 'node:crypto'
import { canonicalise, stableJson } from '../../diff.ts'
import { deployingFields, fields } from './policy.ts'

type Members = Record<string, unknown>
type Tags = Readonly<Record<string, string>>

export const rejectedTag = 'fairlead:rejected'

/** A tag's value has at most 256 characters, and a service few contents that failed. */
const kept = 15

const short = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 12)

/**
 * The hash of what deploys. A task definition counts by its own content's hash where that is known, so that the same
 * content under another revision is still the same.
 */
export function contentHash(want: Members, known: string | undefined): string {
  const deploying = Object.fromEntries(
    Object.entries(want).filter(([name]) => Object.hasOwn(deployingFields, name)),
  )
  const definition = String(deploying.taskDefinition ?? '')
  const content = { ...deploying, taskDefinition: known ?? definition.split('/').at(-1) }
  return short(stableJson(canonicalise(content, fields)))
}

export const rejectedIn = (tags: Tags): readonly string[] =>
  (tags[rejectedTag] ?? '').split(' ').filter(Boolean)

/** The tag with one more hash. */
export const withRejected = (tags: Tags, hash: string): string =>
  [hash, ...rejectedIn(tags).filter((other) => other !== hash)].slice(0, kept).join(' ')

/** The tag without a hash that is tried again. */
export const withoutRejected = (tags: Tags, hash: string): string =>
  rejectedIn(tags)
    .filter((other) => other !== hash)
    .join(' ')
