/** Tags: lists on AWS, records here. They are added or changed; only what is released loses ours. Pure. */
import type { FieldChange } from './model.ts'

type Tags = Readonly<Record<string, string>>

export interface EcsTag {
  readonly key?: string
  readonly value?: string
}

export function toTagList(tags: Tags): { key: string; value: string }[] {
  return Object.entries(tags)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => ({ key, value }))
}

export function fromTagList(list: readonly EcsTag[] | undefined): Record<string, string> {
  return Object.fromEntries(
    (list ?? []).flatMap(({ key, value }) => (key === undefined ? [] : [[key, value ?? '']])),
  )
}

/** Those of the wanted tags that AWS lacks or has with another value. */
export function missingTags(live: Tags, wanted: Tags): Record<string, string> {
  return Object.fromEntries(Object.entries(wanted).filter(([key, value]) => live[key] !== value))
}

/** A tag in plan notation: `tags.team`, `tags["fairlead:owner"]`. */
export function tagPath(key: string): string {
  return /^[\w-]+$/.test(key) ? `tags.${key}` : `tags[${JSON.stringify(key)}]`
}

/** The missing ones as field changes. */
export function tagChanges(live: Tags, wanted: Tags): FieldChange[] {
  return toTagList(missingTags(live, wanted)).map(({ key, value }) => ({
    path: tagPath(key),
    ...(live[key] === undefined ? {} : { from: live[key] }),
    to: value,
  }))
}

/** As EC2, IAM and Auto Scaling spell them. */
export function toAwsTags(tags: Tags): { Key: string; Value: string }[] {
  return toTagList(tags).map(({ key, value }) => ({ Key: key, Value: value }))
}

export function fromAwsTags(
  list: readonly { readonly Key?: string; readonly Value?: string }[] | undefined,
): Record<string, string> {
  return fromTagList((list ?? []).map(({ Key, Value }) => ({ key: Key, value: Value }) as EcsTag))
}

/** EC2's `TagSpecifications` for a resource that is created; the console shows the tag `Name` as its name. */
export function tagSpecifications(resourceType: string, tags: Tags, name: string) {
  return [{ ResourceType: resourceType, Tags: toAwsTags({ Name: name, ...tags }) }]
}
