/** What IAM's entities share: names, paths, unique ids, tags, pages, and the time until a change has got round. */
import { createHash } from 'node:crypto'
import type { Tag } from '@aws-sdk/client-iam'
import { AwsError, type CallContext } from '../../api.ts'
import { between } from '../../machines/random.ts'
import { page } from '../../pages.ts'
import type { World } from '../../world.ts'
import { invalidInput, limitExceeded, validation } from './errors.ts'

/** A new role or profile is unknown to other services for so long, milliseconds. */
const propagation = [5_000, 12_000] as const

/** When a change that is made now has reached the services that are to use it. */
export function visibleFrom(world: World, now: number): number {
  return now + between(world, 'iam', ...propagation)
}

/** Throws ValidationError unless `name` may be the name of an entity. */
export function checkName(member: string, name: string, max: number): void {
  if (name.length < 1) {
    throw validation(member, name, 'Member must have length greater than or equal to 1')
  }
  if (name.length > max) {
    throw validation(member, name, `Member must have length less than or equal to ${max}`)
  }
  if (!/^[\w+=,.@-]+$/.test(name)) {
    throw new AwsError(
      'ValidationError',
      `The specified value for ${member} is invalid. It must contain only alphanumeric characters and/or the following: +=,.@_-`,
    )
  }
}

/** The path to be used: `/` unless one is given. Throws ValidationError unless it begins and ends with a slash. */
export function pathOf(given: string | undefined): string {
  const path = given ?? '/'
  if (path.length > 512 || !/^\/([\x21-\x7e]*\/)?$/.test(path)) {
    throw new AwsError(
      'ValidationError',
      'The specified value for path is invalid. It must begin and end with / and contain only alphanumeric characters and/or / characters.',
    )
  }
  return path
}

/** A unique id as IAM gives them (`AROA…`), never given twice. */
export function uniqueId(world: World, prefix: string): string {
  const count = (world.iam.ids.get(prefix) ?? 0) + 1
  world.iam.ids.set(prefix, count)
  const hash = createHash('sha256').update(`${world.seed} ${prefix} ${count}`).digest('hex')
  const letters = BigInt(`0x${hash}`).toString(36).toUpperCase()
  return prefix + letters.slice(-17)
}

export function iamArn(world: World, resource: string): string {
  return `arn:aws:iam::${world.account}:${resource}`
}

/** Tags with further ones. Keys differ by more than their case; throws InvalidInput and LimitExceeded. */
export function mergeTags(
  existing: Readonly<Record<string, string>>,
  tags: readonly Tag[] = [],
): Record<string, string> {
  const merged = { ...existing }
  const seen = new Set<string>()
  for (const { Key: key = '', Value: value = '' } of tags) {
    const folded = key.toLowerCase()
    if (key.length < 1 || key.length > 128) {
      throw validation('tags.member.key', key, 'Member must have length between 1 and 128')
    }
    if (value.length > 256) {
      throw validation(
        'tags.member.value',
        value,
        'Member must have length less than or equal to 256',
      )
    }
    if (folded.startsWith('aws:')) {
      throw invalidInput(
        'Request contains an invalid tag key: aws: prefixed tag key names are not allowed for external use.',
      )
    }
    if (!/^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u.test(key + value)) {
      throw validation(
        'tags.member',
        key,
        'Member must satisfy regular expression pattern: [\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]+',
      )
    }
    if (seen.has(folded)) {
      throw invalidInput(
        'Duplicate tag keys found. Please note that Tag keys are case insensitive.',
      )
    }
    seen.add(folded)
    const same = Object.keys(merged).find((other) => other.toLowerCase() === folded)
    if (same !== undefined) delete merged[same]
    merged[key] = value
  }
  if (Object.keys(merged).length > 50) {
    throw limitExceeded('The number of tags has reached the maximum limit.')
  }
  return merged
}

export function withoutTags(
  existing: Readonly<Record<string, string>>,
  keys: readonly string[] = [],
): Record<string, string> {
  const gone = new Set(keys.map((key) => key.toLowerCase()))
  return Object.fromEntries(
    Object.entries(existing).filter(([key]) => !gone.has(key.toLowerCase())),
  )
}

export function tagList(tags: Readonly<Record<string, string>>): Tag[] {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }))
}

/** `Tags` where there are any, as IAM leaves them out otherwise. */
export function shownTags(tags: Readonly<Record<string, string>>): { Tags?: Tag[] } {
  return Object.keys(tags).length > 0 ? { Tags: tagList(tags) } : {}
}

/** One page of a list, as IAM pages: Marker, MaxItems, IsTruncated. */
export function listed<Item>(
  items: Iterable<Item>,
  input: { readonly Marker?: string | undefined; readonly MaxItems?: number | undefined },
  key: (item: Item) => string,
): { readonly items: Item[]; readonly more: { IsTruncated: boolean; Marker?: string } } {
  const { Marker: marker, MaxItems: size } = input
  if (size !== undefined && (size < 1 || size > 1000)) {
    throw validation('maxItems', size, 'Member must have value between 1 and 1000')
  }
  try {
    const { items: given, nextToken } = page(
      items,
      { nextToken: marker, maxResults: size },
      { key, size: 100, max: 1000 },
    )
    const more = nextToken ? { IsTruncated: true, Marker: nextToken } : { IsTruncated: false }
    return { items: given, more }
  } catch (error) {
    if (!(error instanceof AwsError)) throw error
    throw new AwsError('ValidationError', 'Invalid Marker.')
  }
}

/** The context's world with the clock: what the functions of this folder pass on. */
export type Call = Pick<CallContext, 'world' | 'now'>
