/** What schedules and their groups share: names, ARNs, refusals, client tokens, pages. */
import { AwsError, type CallContext } from '../../api.ts'
import { page } from '../../pages.ts'
import type { World } from '../../world.ts'

export function invalid(message: string): AwsError {
  return new AwsError('ValidationException', message)
}

export function conflict(message: string): AwsError {
  return new AwsError('ConflictException', message, 409)
}

export function notFound(message: string): AwsError {
  return new AwsError('ResourceNotFoundException', message, 404)
}

/** Throws ValidationException unless a schedule or a group may be called so. */
export function checkName(member: string, name: string): void {
  const constraint =
    name.length < 1 || name.length > 64
      ? 'Member must have length between 1 and 64, inclusive'
      : 'Member must satisfy regular expression pattern: ^[0-9a-zA-Z-_.]+$'
  if (!/^[0-9a-zA-Z\-_.]{1,64}$/.test(name)) {
    throw invalid(
      `1 validation error detected: Value '${name}' at '${member}' failed to satisfy constraint: ${constraint}`,
    )
  }
}

export function schedulerArn({ region, account }: World, resource: string): string {
  return `arn:aws:scheduler:${region}:${account}:${resource}`
}

/**
 * Whether the same request was made before under its client token; it is remembered otherwise. Throws
 * ConflictException where the token came with another request.
 */
export function isRepeated(
  operation: string,
  input: { readonly ClientToken?: string | undefined },
  { world }: CallContext,
): boolean {
  const { ClientToken: token, ...rest } = input
  if (token === undefined) return false
  const key = `${operation} ${token}`
  const text = JSON.stringify(rest)
  const known = world.scheduler.tokens.get(key)
  if (known !== undefined && known !== text) {
    throw conflict('The client token was used before with other parameters.')
  }
  return known !== undefined
}

/** Remembers a request that has been carried out, for its client token. */
export function remember(
  operation: string,
  input: { readonly ClientToken?: string | undefined },
  { world }: CallContext,
): void {
  const { ClientToken: token, ...rest } = input
  if (token !== undefined) world.scheduler.tokens.set(`${operation} ${token}`, JSON.stringify(rest))
}

interface Paged {
  readonly NextToken?: string | undefined
  readonly MaxResults?: number | undefined
}

export function listed<Item>(items: Iterable<Item>, input: Paged, key: (item: Item) => string) {
  const { NextToken: nextToken, MaxResults: maxResults } = input
  try {
    const found = page(items, { nextToken, maxResults }, { key, size: 100, max: 100 })
    return { items: found.items, more: found.nextToken ? { NextToken: found.nextToken } : {} }
  } catch (error) {
    if (!(error instanceof AwsError)) throw error
    throw invalid(error.message)
  }
}
