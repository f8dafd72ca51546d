/** What the Describe operations of launch templates and instances share: filters, pages, tags. */
import type { Filter, Tag, TagSpecification } from '@aws-sdk/client-ec2'
import { AwsError } from '../../api.ts'
import { page } from '../../pages.ts'
import type { World } from '../../world.ts'

/** The values that an item has under each filter name; a filter that is not named here is refused. */
export type Fields<Item> = Readonly<
  Record<string, (item: Item) => string | readonly string[] | undefined>
>

/** Whether a value matches a filter's, in which `*` and `?` stand for any text and any character. */
function matches(pattern: string, value: string): boolean {
  if (!/[*?]/.test(pattern)) return pattern === value
  const escaped = pattern.replace(/[.+^${}()|[\]\\]/g, '\\$&')
  return new RegExp(`^${escaped.replaceAll('*', '.*').replaceAll('?', '.')}$`, 's').test(value)
}

/** Items that match every filter by one of its values. `tag:<key>`, `tag-key` are answered from `tags`. */
export function filtered<Item>(
  items: readonly Item[],
  filters: readonly Filter[] | undefined,
  fields: Fields<Item>,
  tags: (item: Item) => Readonly<Record<string, string>>,
): Item[] {
  const tests = (filters ?? []).map(({ Name = '', Values = [] }) => {
    const values = valuesUnder(Name, fields, tags)
    if (!values) {
      throw new AwsError('InvalidParameterValue', `The filter '${Name}' is invalid`)
    }
    return (item: Item) => {
      const own = values(item)
      return Values.some((wanted) => own.some((value) => matches(wanted, value)))
    }
  })
  return items.filter((item) => tests.every((test) => test(item)))
}

function valuesUnder<Item>(
  name: string,
  fields: Fields<Item>,
  tags: (item: Item) => Readonly<Record<string, string>>,
): ((item: Item) => readonly string[]) | undefined {
  if (name === 'tag-key') return (item) => Object.keys(tags(item))
  if (name.startsWith('tag:')) {
    const key = name.slice(4)
    return (item) => {
      const value = tags(item)[key]
      return value === undefined ? [] : [value]
    }
  }
  const field = fields[name]
  if (!field) return undefined
  return (item) => {
    const value = field(item)
    return value === undefined ? [] : typeof value === 'string' ? [value] : value
  }
}

/** One page as EC2 gives it: all when no size is asked for. */
export function ec2Page<Item>(
  items: readonly Item[],
  request: { readonly MaxResults?: number; readonly NextToken?: string },
  key: (item: Item) => string,
): { items: Item[]; NextToken?: string } {
  const { MaxResults: size, NextToken: nextToken } = request
  try {
    const max = Math.max(1000, items.length)
    const got = page(items, { nextToken, maxResults: size }, { key, size: max, max })
    return { items: got.items, ...(got.nextToken && { NextToken: got.nextToken }) }
  } catch (error) {
    if (!(error instanceof AwsError)) throw error
    const message = nextToken ? `Invalid value for NextToken` : error.message
    throw new AwsError('InvalidParameterValue', message)
  }
}

export function ec2Arn(world: World, type: string, id: string): string {
  return `arn:aws:ec2:${world.region}:${world.account}:${type}/${id}`
}

/** Tags as EC2 lists them. */
export function tagList(world: World, arn: string): Tag[] {
  return Object.entries(world.tags.get(arn) ?? {}).map(([Key, Value]) => ({ Key, Value }))
}

/** The tags that a request wants on what it creates, by type of resource. Throws InvalidParameterValue. */
export function wantedTags(
  specifications: readonly TagSpecification[] | undefined,
  type: string,
): Record<string, string> {
  const tags: Record<string, string> = {}
  for (const { ResourceType, Tags = [] } of specifications ?? []) {
    if (ResourceType !== type) continue
    for (const { Key = '', Value = '' } of Tags) {
      if (/^aws:/i.test(Key)) {
        throw new AwsError(
          'InvalidParameterValue',
          `Tag keys starting with 'aws:' are reserved for internal use`,
        )
      }
      if (Key === '' || Key.length > 128) {
        throw new AwsError(
          'InvalidParameterValue',
          'Tag key exceeds the maximum length of 128 characters, or is empty.',
        )
      }
      if (Value.length > 256) {
        throw new AwsError(
          'InvalidParameterValue',
          'Tag value exceeds the maximum length of 256 characters',
        )
      }
      tags[Key] = Value
    }
  }
  if (Object.keys(tags).length > 50) {
    throw new AwsError('TagLimitExceeded', 'The maximum number of Tags for a resource is 50')
  }
  return tags
}

/** Gives tags to something new; what has none has no entry. */
export function setTags(world: World, arn: string, tags: Readonly<Record<string, string>>): void {
  if (Object.keys(tags).length > 0) world.tags.set(arn, { ...tags })
}

/** DryRun: the call would have succeeded. Call it after the checks. */
export function stopDryRun(input: { readonly DryRun?: boolean | undefined }): void {
  if (!input.DryRun) return
  throw new AwsError(
    'DryRunOperation',
    'Request would have succeeded, but DryRun flag is set.',
    412,
  )
}
