/** What the Describe operations of EC2 have in common: ids, filters with wildcards, pages. */
import type { Filter } from '@aws-sdk/client-ec2'
import { AwsError } from '../../api.ts'
import { page } from '../../pages.ts'
import type { World } from '../../world.ts'
import { checkId, invalidValue, missing, type ResourceKind } from './resources.ts'
import { tagsOf } from './tags.ts'

type FilterValue = string | number | boolean | undefined

/** What an item has under each filter's name. */
export type FilterFields<Item> = Readonly<
  Record<string, (item: Item) => FilterValue | readonly FilterValue[]>
>

interface Pages {
  readonly MaxResults?: number | undefined
  readonly NextToken?: string | undefined
}

interface DescribeInput extends Pages {
  readonly Filters?: readonly Filter[] | undefined
}

/**
 * The records that a Describe operation shows: those with the ids, or all, that match every filter; one page of them.
 * Throws for an unknown id and an unknown filter; a filter that nothing matches gives an empty list.
 */
export function described<Item>(
  world: World,
  kind: ResourceKind,
  map: ReadonlyMap<string, Item>,
  ids: readonly string[] | undefined,
  input: DescribeInput,
  fields: FilterFields<Item>,
): { items: Item[]; NextToken: string | undefined } {
  const wanted = ids && ids.length > 0 ? new Set(ids) : undefined
  if (wanted && input.MaxResults !== undefined) {
    throw new AwsError(
      'InvalidParameterCombination',
      `The parameter ${kind.type}-ids cannot be used with the parameter maxResults`,
    )
  }
  for (const id of wanted ?? []) checkId(kind, id)
  const unknown = [...(wanted ?? [])].filter((id) => !map.has(id))
  if (unknown.length > 0) throw missing(kind, unknown)
  const entries = [...map].filter(([id]) => !wanted || wanted.has(id))
  const byItem: FilterFields<[string, Item]> = Object.fromEntries(
    Object.entries(fields).map(([name, field]) => [name, ([, item]) => field(item)]),
  )
  const found = filtered(entries, input.Filters, byItem, ([id]) => tagsOf(world, kind.type, id))
  const { items, NextToken } = pageOf(found, input, ([id]) => id)
  return { items: items.map(([, item]) => item), NextToken }
}

/** The items that match each filter by one of its values. */
export function filtered<Item>(
  items: readonly Item[],
  filters: readonly Filter[] | undefined,
  fields: FilterFields<Item>,
  tags: (item: Item) => Readonly<Record<string, string>>,
): Item[] {
  const tests = (filters ?? []).map(({ Name = '', Values = [] }) => {
    if (Values.length > 200) {
      throw new AwsError('FilterLimitExceeded', 'A filter can have at most 200 values.')
    }
    const patterns = Values.map(pattern)
    const read = reader(Name, fields, tags)
    return (item: Item) => read(item).some((value) => patterns.some((each) => each.test(value)))
  })
  return items.filter((item) => tests.every((test) => test(item)))
}

function reader<Item>(
  name: string,
  fields: FilterFields<Item>,
  tags: (item: Item) => Readonly<Record<string, string>>,
): (item: Item) => string[] {
  if (name === 'tag-key') return (item) => Object.keys(tags(item))
  if (name === 'tag-value') return (item) => Object.values(tags(item))
  if (name.startsWith('tag:')) {
    return (item) => [tags(item)[name.slice('tag:'.length)] ?? []].flat()
  }
  const field = Object.hasOwn(fields, name) ? fields[name] : undefined
  if (!field) throw invalidValue(`The filter '${name}' is invalid`)
  return (item) => [field(item)].flat().flatMap((value) => (value === undefined ? [] : `${value}`))
}

/** `*` stands for any text, `?` for one character; a backslash takes both at their word. */
function pattern(text: string): RegExp {
  const source = text.replace(/\\[*?\\]|[*?]|[^\w]/g, (part) => {
    if (part === '*') return '[^]*'
    if (part === '?') return '[^]'
    return part.length > 1 ? part : `\\${part}`
  })
  return new RegExp(`^${source}$`)
}

/** One page; without MaxResults, everything. Most operations take no fewer than five. */
export function pageOf<Item>(
  items: readonly Item[],
  input: Pages,
  key: (item: Item) => string,
  least = 5,
): { items: Item[]; NextToken: string | undefined } {
  const { MaxResults: size, NextToken: nextToken } = input
  if (size !== undefined && size < least) {
    throw invalidValue(
      `Value ( ${size} ) for parameter maxResults is invalid. Expecting a value greater than 5.`,
    )
  }
  const all = Math.max(1000, items.length)
  // More than a thousand is taken as a thousand.
  const maxResults = size === undefined ? all : Math.min(size, 1000)
  try {
    const got = page(items, { nextToken, maxResults }, { key, size: all, max: all })
    return { items: got.items, NextToken: got.nextToken }
  } catch (error) {
    if (!(error instanceof AwsError)) throw error
    throw invalidValue(`Value (${nextToken}) for parameter nextToken is invalid.`)
  }
}
