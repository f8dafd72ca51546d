/** Circles of references, the annotation `depends-on` among them: nothing in one can ever be made first. Pure. */
import type { Kind } from '../../kind.ts'
import type { Manifest, ObjectKey, Reference } from '../../model.ts'
import { buildGraph, circleOf } from '../graph.ts'

/** One member of a circle, and where it refers to the next; the last one refers to the first. */
export interface Link {
  readonly manifest: Manifest
  readonly path: string
}

/** Each circle once, beginning with the manifest that stands first in the source. */
export function circlesIn(
  manifests: ReadonlyMap<ObjectKey, Manifest>,
  references: Readonly<Record<ObjectKey, readonly Reference[]>>,
  kinds: readonly Kind[],
): readonly (readonly Link[])[] {
  const graph = buildGraph([...manifests.values()], references, kinds)
  const told = new Set<ObjectKey>()
  return [...manifests.keys()].flatMap((key) => {
    if (!graph.circular.has(key) || told.has(key)) return []
    const way = circleOf(key, graph)
    const keys = way.slice(way.indexOf(way.at(-1)!), -1)
    for (const member of [key, ...keys]) told.add(member)
    const links = keys.map((member, at) => {
      const next = keys[at + 1] ?? keys[0]
      const path = references[member]?.find(({ to, orders }) => orders && to === next)?.path
      return { manifest: manifests.get(member)!, path: path ?? 'spec' }
    })
    return [links]
  })
}
