/** What all of Elastic Load Balancing's resources share: names, ARNs, tags, pages. */
import type { Tag } from '@aws-sdk/client-elastic-load-balancing-v2'
import { AwsError } from '../../api.ts'
import { page } from '../../pages.ts'
import type { World } from '../../world.ts'

export function elbArn(world: World, resource: string): string {
  return `arn:aws:elasticloadbalancing:${world.region}:${world.account}:${resource}`
}

export function invalid(message: string): AwsError {
  return new AwsError('ValidationError', message)
}

/** Throws ValidationError unless a target group or a load balancer may be called so. */
export function checkName(thing: 'target group' | 'load balancer', name: string): void {
  const begin = `The ${thing} name '${name}' `
  if (name === '') throw invalid(`The ${thing} name must be specified`)
  if (name.length > 32) throw invalid(`${begin}cannot be longer than '32' characters`)
  if (!/^[A-Za-z0-9-]+$/.test(name)) {
    throw invalid(
      `${begin}can only contain characters that are alphanumeric characters and hyphens(-)`,
    )
  }
  if (/^-|-$/.test(name)) throw invalid(`${begin}cannot begin or end with '-'`)
  if (thing === 'load balancer' && name.startsWith('internal-')) {
    throw invalid(`${begin}cannot begin with 'internal-'`)
  }
}

/** Tags with further ones. Throws DuplicateTagKeys, TooManyTags, ValidationError. */
export function mergeTags(
  existing: Readonly<Record<string, string>>,
  tags: readonly Tag[] = [],
): Record<string, string> {
  const merged = { ...existing }
  if (new Set(tags.map(({ Key }) => Key)).size < tags.length) {
    throw new AwsError('DuplicateTagKeys', 'Tag keys must be unique.')
  }
  for (const { Key: key = '', Value: value = '' } of tags) {
    if (key.length < 1 || key.length > 128 || value.length > 256) {
      throw invalid('Tag keys have 1 to 128 characters, values at most 256')
    }
    if (/^aws:/i.test(key)) throw invalid(`The tag key '${key}' is reserved: it begins with 'aws:'`)
    merged[key] = value
  }
  if (Object.keys(merged).length > 50) {
    throw new AwsError('TooManyTags', "You've reached the limit on the number of tags")
  }
  return merged
}

export function tagNew(world: World, arn: string, tags: readonly Tag[] | undefined): void {
  if (tags && tags.length > 0) world.tags.set(arn, mergeTags({}, tags))
}

/** One page of a list, as this API pages: Marker, PageSize, NextMarker. */
export function listed<Item>(
  items: Iterable<Item>,
  {
    Marker: marker,
    PageSize: size,
  }: { Marker?: string | undefined; PageSize?: number | undefined },
  key: (item: Item) => string,
): { items: Item[]; more: { NextMarker?: string } } {
  if (size !== undefined && (size < 1 || size > 400)) {
    throw invalid(
      `1 validation error detected: Value '${size}' at 'pageSize' failed to satisfy constraint: Member must have value between 1 and 400`,
    )
  }
  try {
    const request = { nextToken: marker, maxResults: size }
    const { items: given, nextToken } = page(items, request, { key, size: 400, max: 400 })
    return { items: given, more: nextToken ? { NextMarker: nextToken } : {} }
  } catch (error) {
    if (!(error instanceof AwsError)) throw error
    throw invalid('The specified marker is not valid')
  }
}
