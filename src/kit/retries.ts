/**
 * The tag `fairlead:retry`: the last value of the annotation `retry` that was honoured, and what failed and was forgiven
 * by it, since AWS's own history does not tell that. Pure.
 */
import { createHash } from 'node:crypto'

type Tags = Readonly<Record<string, string>>

export const retryTag = 'fairlead:retry'

const short = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 12)

const idOf = (failed: string) => failed.split('/').at(-1) || '-'

/** Which value was honoured, and what it forgave: by the last part of its ARN, or its id. */
export const retryValue = (value: string, failed = ''): string => `${short(value)} ${idOf(failed)}`

/** Whether a person asks anew: the annotation has a value that was not honoured yet. */
export function asksForRetry(value: string | undefined, tags: Tags): boolean {
  return value !== undefined && (tags[retryTag] ?? '').split(' ')[0] !== short(value)
}

/** Whether what failed was forgiven by the last retry. */
export const isForgiven = (failed: string, tags: Tags): boolean =>
  failed !== '' && (tags[retryTag] ?? '').split(' ')[1] === idOf(failed)
