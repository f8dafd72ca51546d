/**
 * What of IAM is ours: its lists say names without tags, and the tagging index does not know it. So tags are read one by
 * one, once in a process's life for each, and only where things are pruned.
 */

import type { IndexEntry, ObserveContext } from '../kind.ts'
import type { Operation } from '../model.ts'
import { fromAwsTags } from '../tags.ts'
import { allPages, unlessMissing } from './finding.ts'

/** A list of IAM, and how the tags of its items are read. */
export interface IamList {
  readonly list: Operation
  readonly items: string
  readonly tags: Operation
  /** The member that names an item, in lists and requests alike. */
  readonly name: string
  /** The member that tells an item from a later one of the same name. */
  readonly id: string
}

type Item = Readonly<Record<string, string | undefined>>
type Tags = Parameters<typeof fromAwsTags>[0]

/** Made by AWS for its own services: never ours. */
const isAwsOwn = ({ Path = '/' }: Item) => Path.startsWith('/aws-')

export async function ownedInIam(
  { read, owner, memory }: Pick<ObserveContext, 'read' | 'owner' | 'memory'>,
  { list, items, tags: operation, name, id }: IamList,
): Promise<IndexEntry[]> {
  const all = await allPages<Item>(async (Marker) => {
    const page = await read<Record<string, never>>(list, Marker ? { Marker } : {})
    return { items: page[items] ?? [], next: page.Marker }
  })
  const entries = await Promise.all(
    all
      .filter((item) => !isAwsOwn(item))
      .map(async (item): Promise<IndexEntry> => {
        const cell = `tags ${item[id]}`
        const arn = item.Arn ?? ''
        // They may have changed since: what is about to go is looked at anew.
        const known = memory.get(cell) as IndexEntry['tags'] | undefined
        if (known) return { arn, tags: known }
        const answer = await unlessMissing(read<{ Tags?: Tags }>(operation, { [name]: item[name] }))
        // Listed and not there: just made, or just deleted. The next look will tell.
        if (!answer) return { arn, tags: {} }
        const tags = fromAwsTags(answer.Tags)
        memory.set(cell, tags)
        return { arn, tags }
      }),
  )
  return entries.filter(({ tags }) => tags['fairlead:owner'] === owner)
}
