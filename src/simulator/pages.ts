/** Pagination: pages of a sorted list, with opaque tokens that stay valid while the list changes. */
import { AwsError } from './api.ts'

export interface PageRequest {
  readonly nextToken?: string | undefined
  readonly maxResults?: number | undefined
}

export interface PageRules<Item> {
  /** Unique sort key of an item; pages come in ascending order of it. */
  readonly key: (item: Item) => string
  /** Page size when none is asked for, and the largest that may be asked for. */
  readonly size: number
  readonly max: number
  /** Pages come in descending order instead. */
  readonly descending?: boolean
}

export interface Page<Item> {
  readonly items: Item[]
  /** Absent on the last page. */
  readonly nextToken: string | undefined
}

/**
 * One page of `items`. The token names the last key given out, so that an item created or deleted
 * meanwhile neither repeats nor hides another. Throws InvalidParameterException on a page size out
 * of bounds and on a token that this function did not make.
 */
export function page<Item>(
  items: Iterable<Item>,
  request: PageRequest,
  rules: PageRules<Item>,
): Page<Item> {
  const size = request.maxResults ?? rules.size
  if (!Number.isInteger(size) || size < 1 || size > rules.max) {
    throw new AwsError(
      'InvalidParameterException',
      `maxResults must be between 1 and ${rules.max}.`,
    )
  }
  const sign = rules.descending ? -1 : 1
  const compare = (a: string, b: string) => (a < b ? -sign : a > b ? sign : 0)
  let keyed = [...items].map((item) => ({ item, key: rules.key(item) }))
  if (request.nextToken !== undefined && request.nextToken !== '') {
    const after = decodeToken(request.nextToken)
    keyed = keyed.filter(({ key }) => compare(key, after) > 0)
  }
  keyed.sort((a, b) => compare(a.key, b.key))
  const given = keyed.slice(0, size)
  const last = given.at(-1)
  return {
    items: given.map(({ item }) => item),
    nextToken: last !== undefined && keyed.length > size ? encodeToken(last.key) : undefined,
  }
}

function encodeToken(key: string): string {
  return Buffer.from(JSON.stringify({ after: key })).toString('base64url')
}

function decodeToken(token: string): string {
  try {
    const content: unknown = JSON.parse(Buffer.from(token, 'base64url').toString())
    const after = (content as { after?: unknown } | null)?.after
    if (typeof after === 'string') return after
  } catch {
    // Not one of ours; answered below like any other bad token.
  }
  throw new AwsError('InvalidParameterException', 'Invalid token.')
}
