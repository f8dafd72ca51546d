/**
 * What was adopted is remembered in AWS by a tag, since a manifest may lose its annotation; and how it is released:
 * all tags of ours are taken off it, by the operation that undoes its kind's tagging. Pure.
 */
import type { Change, DraftCall, FieldChange, Live, Manifest, Operation } from './model.ts'
import { tagPath } from './tags.ts'

type Tags = Readonly<Record<string, string>>

/** Written with the ownership tags by the call that adopts; nothing that fairlead makes carries it. */
export const adopted = { 'fairlead:adopted': 'true' } as const

const adoptedPath = tagPath('fairlead:adopted')
const ourTags = 'tags["fairlead:'

/** Whether a change takes a resource over, and does nothing else: tags of ours alone are written. */
export function takesOver({ verdict, fields }: Pick<Change, 'verdict' | 'fields'>): boolean {
  const anew = fields.some(({ path, from }) => path === adoptedPath && from === undefined)
  return verdict === 'update' && anew && fields.every(({ path }) => path.startsWith(ourTags))
}

/** The tags of what is made anew. */
export function withoutAdopted<T extends Tags>(tags: T): Record<string, string> {
  return Object.fromEntries(Object.entries(tags).filter(([key]) => !Object.hasOwn(adopted, key)))
}

/** Whether it was there before fairlead: its tags say so, or the manifest does. */
export function isAdopted({ tags }: Pick<Live, 'tags'>, manifest?: Manifest): boolean {
  const remembered = Object.keys(adopted).some((key) => Object.hasOwn(tags, key))
  return remembered || manifest?.annotations['fairlead.dev/adopt'] !== undefined
}

const ours = (tags: Tags) => Object.keys(tags).filter((key) => key.startsWith('fairlead:'))

interface Untagging {
  readonly operation: Operation
  /** Undefined where nothing is there that could carry tags: a family of which no revision matches. */
  input(live: Live, keys: readonly string[]): Record<string, unknown> | undefined
}

const byArn = ({ attributes: { arn } }: Live, tagKeys: readonly string[]) =>
  arn ? { resourceArn: arn, tagKeys } : undefined

/** By the operation with which a kind sets tags, the one that takes them away. */
const untaggings: Readonly<Record<Operation, Untagging>> = {
  'ecs:TagResource': { operation: 'ecs:UntagResource', input: byArn },
  'ecr:TagResource': { operation: 'ecr:UntagResource', input: byArn },
  'elasticloadbalancing:AddTags': {
    operation: 'elasticloadbalancing:RemoveTags',
    input: ({ attributes }, TagKeys) => ({ ResourceArns: [attributes.arn], TagKeys }),
  },
  'ec2:CreateTags': {
    operation: 'ec2:DeleteTags',
    input: ({ attributes }, keys) => ({
      Resources: [attributes.id],
      Tags: keys.map((Key) => ({ Key })),
    }),
  },
  'iam:TagRole': {
    operation: 'iam:UntagRole',
    input: ({ identity }, TagKeys) => ({ RoleName: identity.name, TagKeys }),
  },
  'iam:TagInstanceProfile': {
    operation: 'iam:UntagInstanceProfile',
    input: ({ identity }, TagKeys) => ({ InstanceProfileName: identity.name, TagKeys }),
  },
  'autoscaling:CreateOrUpdateTags': {
    operation: 'autoscaling:DeleteTags',
    input: ({ identity }, keys) => ({
      Tags: keys.map((Key) => ({
        ResourceId: identity.name,
        ResourceType: 'auto-scaling-group',
        Key,
      })),
    }),
  },
  'application-autoscaling:TagResource': {
    operation: 'application-autoscaling:UntagResource',
    input: ({ attributes }, TagKeys) => ({ ResourceARN: attributes.arn, TagKeys }),
  },
  'scheduler:TagResource': {
    operation: 'scheduler:UntagResource',
    input: ({ attributes }, TagKeys) => ({ ResourceArn: attributes.groupArn, TagKeys }),
  },
}

/** The operation that a kind with these operations releases its resources by; undefined: what it tags it never adopts. */
export function untaggingOf(operations: Readonly<Record<Operation, unknown>>) {
  const tagger = Object.keys(untaggings).find((operation) => Object.hasOwn(operations, operation))
  return tagger === undefined ? undefined : untaggings[tagger as Operation]
}

/** The call that takes every tag of ours off a resource, and what it changes; undefined where there is none to take. */
export function releaseOf(
  live: Live,
  operations: Readonly<Record<Operation, unknown>>,
): { readonly call: DraftCall; readonly fields: readonly FieldChange[] } | undefined {
  const untagging = untaggingOf(operations)
  const keys = ours(live.tags).sort()
  const input = keys.length > 0 ? untagging?.input(live, keys) : undefined
  if (!untagging || !input) return undefined
  const fields = keys.map((key) => ({ path: tagPath(key), from: live.tags[key] }))
  return { call: { operation: untagging.operation, input }, fields }
}
