/** Tags of EC2 resources: the rules, the store, and tags on creation. */
import type { Tag, TagSpecification } from '@aws-sdk/client-ec2'
import { AwsError } from '../../api.ts'
import type { World } from '../../world.ts'
import { invalidValue } from './resources.ts'

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
  mergeTags({}, tags)
  return tags
}

/** Gives a new resource its tags. One without any has no entry: the tagging API lists only what has or had some. */
export function giveTags(world: World, type: string, id: string, tags: readonly Tag[]): void {
  if (tags.length > 0) world.tags.set(ec2Arn(world, type, id), mergeTags({}, tags))
}

/** To be called when a resource is deleted. */
export function dropTags(world: World, type: string, id: string): void {
  world.tags.delete(ec2Arn(world, type, id))
}

/** A resource's tags with some more. Throws where a tag breaks the rules. */
export function mergeTags(
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
