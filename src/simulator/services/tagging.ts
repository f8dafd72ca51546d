/** The Resource Groups Tagging API (`tag:…`) over the tags of the simulated account. */
import type { ResourceTagMapping, TagFilter } from '@aws-sdk/client-resource-groups-tagging-api'
import { AwsError, type CallContext, type ServiceHandlers } from '../api.ts'
import { page } from '../pages.ts'
import { taggerOf } from './taggers.ts'

interface GetResourcesInput {
  readonly PaginationToken?: string
  readonly TagFilters?: readonly TagFilter[]
  readonly ResourcesPerPage?: number
  readonly TagsPerPage?: number
  readonly ResourceTypeFilters?: readonly string[]
  readonly ResourceARNList?: readonly string[]
}

function invalid(message: string): AwsError {
  return new AwsError('InvalidParameterException', message)
}

/** Every key must be there; of a key's values one must match, none given means any. */
function matchesTags(
  tags: Readonly<Record<string, string>>,
  filters: readonly TagFilter[],
): boolean {
  return filters.every(({ Key = '', Values = [] }) => {
    const value = tags[Key]
    return value !== undefined && (Values.length === 0 || Values.includes(value))
  })
}

/** `ecs` means all of a service, `ecs:service` one type; the type is what stands before the first slash. */
function matchesType(arn: string, filters: readonly string[]): boolean {
  const [, , service = '', , , resource = ''] = arn.split(':')
  const type = resource.split('/')[0] ?? ''
  return filters.some((filter) => filter === service || filter === `${service}:${type}`)
}

function check(input: GetResourcesInput): void {
  const {
    TagFilters: filters = [],
    ResourceTypeFilters: types = [],
    ResourceARNList: arns = [],
  } = input
  if (filters.length > 50) throw invalid('TagFilters can have at most 50 items.')
  for (const { Key, Values = [] } of filters) {
    if (!Key) throw invalid('A tag filter needs a key.')
    if (Values.length > 20) throw invalid('A tag filter can have at most 20 values.')
  }
  if (types.length > 100 || arns.length > 100)
    throw invalid('A list of filters can have at most 100 items.')
  if (types.some((type) => !/^[A-Za-z0-9-]+(:[A-Za-z0-9._/-]+)?$/.test(type))) {
    throw invalid(`Invalid resource type filter in ${types.join(', ')}.`)
  }
  const perPage = input.ResourcesPerPage ?? 100
  if (perPage < 1 || perPage > 100) throw invalid('ResourcesPerPage must be between 1 and 100.')
  const tagsPerPage = input.TagsPerPage
  if (
    tagsPerPage !== undefined &&
    (tagsPerPage < 100 || tagsPerPage > 500 || tagsPerPage % 100 !== 0)
  ) {
    throw invalid('TagsPerPage must be a multiple of 100 between 100 and 500.')
  }
  if (
    arns.length > 0 &&
    (filters.length > 0 || types.length > 0 || input.PaginationToken || input.ResourcesPerPage)
  ) {
    throw invalid('ResourceARNList cannot be combined with filters or pages.')
  }
}

function pageOf<Item>(
  items: Iterable<Item>,
  token: string | undefined,
  size: number,
  key: (item: Item) => string,
) {
  try {
    return page(items, { nextToken: token, maxResults: size }, { key, size, max: size })
  } catch (error) {
    if (!(error instanceof AwsError)) throw error
    throw new AwsError(
      'PaginationTokenExpiredException',
      'The pagination token is invalid or expired.',
    )
  }
}

function getResources(input: GetResourcesInput, { world }: CallContext) {
  check(input)
  const {
    TagFilters: filters = [],
    ResourceTypeFilters: types = [],
    ResourceARNList: arns = [],
  } = input
  const wanted = new Set(arns)
  const matching: [string, Readonly<Record<string, string>>][] = []
  for (const [arn, tags] of world.tags) {
    if (wanted.size > 0 && !wanted.has(arn)) continue
    if (types.length > 0 && !matchesType(arn, types)) continue
    if (matchesTags(tags, filters)) matching.push([arn, tags])
  }
  // AWS documents no default page size; 100 is its maximum.
  const { items, nextToken } = pageOf(
    matching,
    input.PaginationToken,
    input.ResourcesPerPage ?? 100,
    ([arn]) => arn,
  )
  const mappings = items.map(
    ([ResourceARN, tags]): ResourceTagMapping => ({
      ResourceARN,
      Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
    }),
  )
  return { PaginationToken: nextToken ?? '', ResourceTagMappingList: mappings }
}

/** Does one thing per ARN; what AWS refuses of one of them is a failure beside the others' success. */
function each(arns: readonly string[] = [], act: (arn: string) => void) {
  if (arns.length < 1 || arns.length > 20)
    throw invalid('ResourceARNList must have between 1 and 20 items.')
  const failed: Record<string, { StatusCode: number; ErrorCode: string; ErrorMessage: string }> = {}
  for (const arn of arns) {
    try {
      act(arn)
    } catch (error) {
      if (!(error instanceof AwsError)) throw error
      failed[arn] = {
        StatusCode: error.status,
        ErrorCode: 'InvalidParameterException',
        ErrorMessage: error.message,
      }
    }
  }
  return { FailedResourcesMap: failed }
}

export const taggingHandlers: ServiceHandlers = {
  GetResources: getResources,
  GetTagKeys(input: { PaginationToken?: string }, { world }) {
    const keys = new Set([...world.tags.values()].flatMap((tags) => Object.keys(tags)))
    const { items, nextToken } = pageOf(keys, input.PaginationToken, 100, (key) => key)
    return { PaginationToken: nextToken ?? '', TagKeys: items }
  },
  GetTagValues(input: { PaginationToken?: string; Key?: string }, { world }) {
    const { Key: key = '' } = input
    if (!key) throw invalid('Key must not be empty.')
    const values = new Set([...world.tags.values()].flatMap((tags) => tags[key] ?? []))
    const { items, nextToken } = pageOf(values, input.PaginationToken, 100, (value) => value)
    return { PaginationToken: nextToken ?? '', TagValues: items }
  },
  TagResources(input: { ResourceARNList?: string[]; Tags?: Record<string, string> }, context) {
    return each(input.ResourceARNList, (arn) => taggerOf(arn).add(arn, input.Tags ?? {}, context))
  },
  UntagResources(input: { ResourceARNList?: string[]; TagKeys?: string[] }, context) {
    return each(input.ResourceARNList, (arn) =>
      taggerOf(arn).remove(arn, input.TagKeys ?? [], context),
    )
  },
}
