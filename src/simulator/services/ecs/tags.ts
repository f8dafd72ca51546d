/** Tags of ECS resources: the rules, the store, and the three tag operations. */
import type { Tag } from '@aws-sdk/client-ecs'
import { AwsError, type CallContext, type ServiceHandlers } from '../../api.ts'
import type { World } from '../../world.ts'
import { isHere, parseEcsArn } from './names.ts'

const MAX_TAGS = 50

/** Tags as the API lists them; empty for a resource without any. */
export function tagsOf(world: World, arn: string): Tag[] {
  return Object.entries(world.tags.get(arn) ?? {}).map(([key, value]) => ({ key, value }))
}

/**
 * Checks a request's tags and gives them to a new resource. A resource that never had tags has no
 * entry in `world.tags`: the tagging API lists only what has or had some. The entry's value is
 * replaced, never changed, so that an older view of the world may share it.
 */
export function createTags(world: World, arn: string, tags: readonly Tag[] | undefined): void {
  if (tags && tags.length > 0) world.tags.set(arn, mergeTags({}, tags))
}

/** To be called when a resource is gone for good: a cluster or service that is INACTIVE, a task or instance that vanishes. */
export function forgetTags(world: World, arn: string): void {
  world.tags.delete(arn)
}

/** Throws InvalidParameterException unless these tags may stand on one resource. */
export function checkTags(tags: readonly Tag[] | undefined): void {
  if (tags) mergeTags({}, tags)
}

function mergeTags(
  existing: Readonly<Record<string, string>>,
  tags: readonly Tag[],
): Record<string, string> {
  const seen = new Set<string>()
  const merged: Record<string, string> = { ...existing }
  for (const { key = '', value = '' } of tags) {
    if (key.length < 1 || key.length > 128)
      throw invalid('Tag keys must be between 1 and 128 characters long.')
    if (value.length > 256)
      throw invalid(`The value of tag '${key}' is longer than 256 characters.`)
    if (/^aws:/i.test(key)) throw invalid(`Tag keys that start with 'aws:' are reserved: '${key}'.`)
    if (!/^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u.test(key + value)) {
      throw invalid(`Tag '${key}' contains invalid characters.`)
    }
    if (seen.has(key)) throw invalid(`Duplicate tag keys: '${key}'.`)
    seen.add(key)
    merged[key] = value
  }
  if (Object.keys(merged).length > MAX_TAGS)
    throw invalid(`A resource can have at most ${MAX_TAGS} tags.`)
  return merged
}

/**
 * Adds tags to, or changes tags of, an existing resource. Throws as TagResource does: an unknown
 * resource, a short ARN, tags that break the rules.
 */
export function addTags(arn: string, tags: readonly Tag[], context: CallContext): void {
  requireResource(arn, context)
  const merged = mergeTags(context.world.tags.get(arn) ?? {}, tags)
  context.world.tags.set(arn, merged)
}

/** Takes tags off an existing resource; keys that it does not have are ignored. Throws for an unknown resource. */
export function removeTags(arn: string, keys: readonly string[], context: CallContext): void {
  requireResource(arn, context)
  const existing = context.world.tags.get(arn)
  if (!existing) return
  const left = Object.entries(existing).filter(([key]) => !keys.includes(key))
  context.world.tags.set(arn, Object.fromEntries(left))
}

function requireResource(arn: string, context: CallContext): void {
  const { world } = context
  const parsed = parseEcsArn(arn)
  if (!parsed) throw invalid('Invalid identifier: the resource ARN is malformed.')
  if (!isHere(parsed, context)) {
    throw invalid(
      `Invalid identifier: Identifier is for ${parsed.account}. Your accountId is ${context.account}`,
    )
  }
  const { type, path } = parsed
  const short = path.length === 1 && ['service', 'task', 'container-instance'].includes(type)
  if (short) throw invalid('Long arn format must be used for tagging operations')
  if (type === 'cluster') {
    const cluster = world.clusters.get(path.join('/'))?.cluster
    if (!cluster) throw new AwsError('ClusterNotFoundException', 'Cluster not found.')
    if (cluster.status === 'INACTIVE')
      throw invalid('The specified cluster is inactive. Specify an active cluster and try again.')
    return
  }
  if (!exists(world, type, path))
    throw invalid(`The specified ${type} was not found. Specify a valid ARN and try again.`)
}

function exists(world: World, type: string, path: readonly string[]): boolean {
  const last = path.at(-1) ?? ''
  switch (type) {
    case 'task-definition': {
      const [family = '', revision] = last.split(':')
      return world.families.get(family)?.[Number(revision) - 1] !== undefined
    }
    case 'service': {
      const status = world.services.get(path.join('/'))?.service.status
      return status !== undefined && status !== 'INACTIVE'
    }
    case 'task':
      return world.tasks.get(last)?.clusterName === path[0]
    case 'task-set': {
      const [cluster, service] = path
      const arn = path.slice(2).join('/')
      const sets = world.services.get(`${cluster}/${service}`)?.taskSets ?? []
      return sets.some(({ deployment }) => deployment.id === arn)
    }
    case 'capacity-provider':
      return world.capacityProviders.has(last)
    case 'container-instance':
      return world.instances.get(last)?.clusterName === path[0]
    default:
      return false
  }
}

function invalid(message: string): AwsError {
  return new AwsError('InvalidParameterException', message)
}

export const tagHandlers: ServiceHandlers = {
  TagResource(input: { resourceArn?: string; tags?: Tag[] }, context) {
    addTags(input.resourceArn ?? '', input.tags ?? [], context)
    return {}
  },
  UntagResource(input: { resourceArn?: string; tagKeys?: string[] }, context) {
    removeTags(input.resourceArn ?? '', input.tagKeys ?? [], context)
    return {}
  },
  ListTagsForResource(input: { resourceArn?: string }, context) {
    const arn = input.resourceArn ?? ''
    requireResource(arn, context)
    return { tags: tagsOf(context.world, arn) }
  },
}
