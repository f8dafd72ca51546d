/** Tags of EC2 resources: the rules, tags on creation, and CreateTags, DeleteTags, DescribeTags for every type. */
import type {
  CreateTagsRequest,
  DeleteTagsRequest,
  DescribeTagsRequest,
  Tag,
  TagSpecification,
} from '@aws-sdk/client-ec2'
import { AwsError, type CallContext, type ServiceHandlers } from '../../api.ts'
import type { World } from '../../world.ts'
import { filtered, pageOf } from './queries.ts'
import { checkId, invalidValue, missing, type ResourceKind, taggable } from './resources.ts'

const MAX_TAGS = 50

export function ec2Arn(world: World, type: string, id: string): string {
  return `arn:aws:ec2:${world.region}:${world.account}:${type}/${id}`
}

/** Tags as EC2 lists them; empty for a resource without any. */
export function tagList(world: World, type: string, id: string): Tag[] {
  return Object.entries(tagsOf(world, type, id)).map(([Key, Value]) => ({ Key, Value }))
}

export function tagsOf(world: World, type: string, id: string): Readonly<Record<string, string>> {
  return world.tags.get(ec2Arn(world, type, id)) ?? {}
}

/** The tags that a request wants on what it creates. Throws for a type that the operation does not create. */
export function requestedTags(
  specifications: readonly TagSpecification[] | undefined,
  type: string,
): Tag[] {
  for (const { ResourceType } of specifications ?? []) {
    if (!ResourceType) {
      throw new AwsError('MissingParameter', 'Tag specification resource type must have a value')
    }
    if (ResourceType !== type) {
      throw invalidValue(
        `'${ResourceType}' is not a valid taggable resource type for this operation.`,
      )
    }
  }
  const tags = (specifications ?? []).flatMap(({ Tags = [] }) => Tags)
  merge({}, tags)
  return tags
}

/** Gives a new resource its tags. One without any has no entry: the tagging API lists only what has or had some. */
export function giveTags(world: World, type: string, id: string, tags: readonly Tag[]): void {
  if (tags.length > 0) world.tags.set(ec2Arn(world, type, id), merge({}, tags))
}

/** To be called when a resource is deleted. */
export function dropTags(world: World, type: string, id: string): void {
  world.tags.delete(ec2Arn(world, type, id))
}

function merge(
  existing: Readonly<Record<string, string>>,
  tags: readonly Tag[],
): Record<string, string> {
  const seen = new Set<string>()
  const merged: Record<string, string> = { ...existing }
  for (const { Key = '', Value = '' } of tags) {
    if (Key === '') throw invalidValue('Tag keys must not be empty.')
    if (Key.length > 127) throw invalidValue('Tag key exceeds the maximum length of 127 characters')
    if (Value.length > 255) {
      throw invalidValue('Tag value exceeds the maximum length of 255 characters')
    }
    if (/^aws:/i.test(Key)) {
      throw invalidValue(`Tag keys starting with 'aws:' are reserved for internal use: '${Key}'`)
    }
    if (seen.has(Key)) throw invalidValue(`Duplicate tag key '${Key}' specified.`)
    seen.add(Key)
    merged[Key] = Value
  }
  if (Object.keys(merged).filter((key) => !key.startsWith('aws:')).length > MAX_TAGS) {
    throw new AwsError(
      'TagLimitExceeded',
      `The maximum number of ${MAX_TAGS} tags per resource has been reached.`,
    )
  }
  return merged
}

/** The kind of resource that an id is of. Throws for one of no kind, and for one that does not exist. */
function kindOf(world: World, id: string): ResourceKind {
  const prefix = id.slice(0, Math.max(0, id.lastIndexOf('-')))
  const kind = taggable.find((each) => each.prefix === prefix)
  if (!kind) throw new AwsError('InvalidID', `The ID '${id}' is not valid`)
  checkId(kind, id)
  if (!kind.exists(world, id)) throw missing(kind, [id])
  return kind
}

function targets(world: World, ids: readonly string[] | undefined): string[] {
  if (!ids || ids.length === 0) {
    throw new AwsError('MissingParameter', 'The request must contain the parameter resourceIdSet')
  }
  if (ids.length > 1000) throw invalidValue('At most 1000 resources can be tagged at once.')
  return ids.map((id) => ec2Arn(world, kindOf(world, id).type, id))
}

function createTags(input: CreateTagsRequest, { world }: CallContext) {
  const arns = targets(world, input.Resources)
  if (!input.Tags || input.Tags.length === 0) {
    throw new AwsError('MissingParameter', 'The request must contain the parameter tagSet')
  }
  const merged = arns.map((arn) => merge(world.tags.get(arn) ?? {}, input.Tags ?? []))
  for (const [i, arn] of arns.entries()) world.tags.set(arn, merged[i] ?? {})
  return {}
}

/** Without tags all go but AWS's own; a value that is given must be the tag's. */
function deleteTags(input: DeleteTagsRequest, { world }: CallContext) {
  for (const arn of targets(world, input.Resources)) {
    const existing = world.tags.get(arn)
    if (!existing) continue
    const left = Object.entries(existing).filter(([key, value]) => {
      if (key.startsWith('aws:')) return true
      if (!input.Tags) return false
      return !input.Tags.some(
        (tag) => tag.Key === key && (tag.Value === undefined || tag.Value === value),
      )
    })
    world.tags.set(arn, Object.fromEntries(left))
  }
  return {}
}

interface TagDescription {
  readonly ResourceType: string
  readonly ResourceId: string
  readonly Key: string
  readonly Value: string
}

function describeTags(input: DescribeTagsRequest, { world }: CallContext) {
  const start = ec2Arn(world, '', '').slice(0, -1)
  const all = [...world.tags].flatMap(([arn, tags]): TagDescription[] => {
    if (!arn.startsWith(start)) return []
    const [ResourceType = '', ResourceId = ''] = arn.slice(start.length).split('/')
    return Object.entries(tags).map(([Key, Value]) => ({ ResourceType, ResourceId, Key, Value }))
  })
  const found = filtered(
    all,
    input.Filters,
    {
      key: (one) => one.Key,
      value: (one) => one.Value,
      'resource-id': (one) => one.ResourceId,
      'resource-type': (one) => one.ResourceType,
    },
    (one) => ({ [one.Key]: one.Value }),
  )
  const { items, NextToken } = pageOf(found, input, (one) => `${one.ResourceId} ${one.Key}`)
  return { Tags: items, NextToken }
}

export const ec2TagHandlers: ServiceHandlers = {
  CreateTags: createTags,
  DeleteTags: deleteTags,
  DescribeTags: describeTags,
}
