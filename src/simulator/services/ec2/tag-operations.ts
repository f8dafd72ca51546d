/** CreateTags, DeleteTags and DescribeTags, for every type of EC2 resource. */
import type {
  CreateTagsRequest,
  DeleteTagsRequest,
  DescribeTagsRequest,
  Tag,
} from '@aws-sdk/client-ec2'
import { AwsError, type CallContext, type ServiceHandlers } from '../../api.ts'
import type { World } from '../../world.ts'
import { filtered, pageOf } from './queries.ts'
import { checkId, invalidValue, missing, type ResourceKind, taggable } from './resources.ts'
import { ec2Arn, mergeTags } from './tags.ts'

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

/** Gives tags to existing resources: to all of them, or to none when a rule is broken. */
export function addEc2Tags(world: World, arns: readonly string[], tags: readonly Tag[]): void {
  const merged = arns.map((arn) => mergeTags(world.tags.get(arn) ?? {}, tags))
  for (const [i, arn] of arns.entries()) world.tags.set(arn, merged[i] ?? {})
}

/** Takes those of a resource's tags off that `goes` says; AWS's own stay. */
export function removeEc2Tags(
  world: World,
  arn: string,
  goes: (key: string, value: string) => boolean,
): void {
  const existing = world.tags.get(arn)
  if (!existing) return
  const left = Object.entries(existing).filter(
    ([key, value]) => key.startsWith('aws:') || !goes(key, value),
  )
  world.tags.set(arn, Object.fromEntries(left))
}

/** Throws unless the ARN is that of a resource which is there. */
export function requireEc2Resource(world: World, arn: string): void {
  const id = arn.slice(arn.lastIndexOf('/') + 1)
  const { type } = kindOf(world, id)
  if (arn === ec2Arn(world, type, id)) return
  throw invalidValue(`The ARN '${arn}' is not valid`)
}

function createTags(input: CreateTagsRequest, { world }: CallContext) {
  const arns = targets(world, input.Resources)
  if (!input.Tags || input.Tags.length === 0) {
    throw new AwsError('MissingParameter', 'The request must contain the parameter tagSet')
  }
  addEc2Tags(world, arns, input.Tags)
  return {}
}

/** Without tags all go but AWS's own; a value that is given must be the tag's. */
function deleteTags(input: DeleteTagsRequest, { world }: CallContext) {
  const { Tags: tags } = input
  for (const arn of targets(world, input.Resources)) {
    removeEc2Tags(
      world,
      arn,
      (key, value) =>
        !tags ||
        tags.some((tag) => tag.Key === key && (tag.Value === undefined || tag.Value === value)),
    )
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
