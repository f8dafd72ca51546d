/** Manifests that count as items of a list of another: what they name gets them into its spec. Pure. */
import type { Joining, Kind } from '../../kind.ts'
import type { Manifest, ObjectKey } from '../../model.ts'
import { isReference, objectKey, parseRef } from '../../references.ts'
import { digestOf } from './document.ts'

interface Member {
  readonly manifest: Manifest
  readonly item: Joining['item']
}

/** The manifests, with those in the lists of others that belong there; see `Kind.joins`. */
export function join(manifests: readonly Manifest[], kinds: readonly Kind[]): readonly Manifest[] {
  const kindOf = new Map(kinds.map((kind) => [kind.name, kind]))
  const joining = new Map<ObjectKey, Map<string, Member[]>>()
  for (const manifest of manifests) {
    // What is to go though it is described is no part of anything any more.
    if (manifest.annotations['fairlead.dev/prune'] === 'confirmed') continue
    for (const { to, into, field, item } of kindOf.get(manifest.kind)?.joins?.(manifest) ?? []) {
      const parsed = isReference(to) && parseRef(to.ref, manifest.namespace, into)
      if (!parsed) continue
      const fields = joining.get(objectKey(parsed)) ?? new Map<string, Member[]>()
      fields.set(field, [...(fields.get(field) ?? []), { manifest, item }])
      joining.set(objectKey(parsed), fields)
    }
  }
  return manifests.map((manifest) => {
    const fields = joining.get(manifest.key)
    if (!fields) return manifest
    const spec = { ...manifest.spec }
    for (const [field, members] of fields) spec[field] = withMembers(manifest, field, members)
    return { ...manifest, spec, digest: digestOf(manifest.kind, manifest.annotations, spec) }
  })
}

function withMembers(into: Manifest, field: string, members: readonly Member[]): unknown[] {
  const list = into.spec[field]
  const items: unknown[] = Array.isArray(list) ? list : []
  const kind = members[0]?.manifest.kind ?? ''
  const there = new Set(
    items.flatMap((item) => {
      const parsed = isReference(item) && parseRef(item.ref, into.namespace, kind)
      return parsed ? [objectKey(parsed)] : []
    }),
  )
  const news = members
    .filter(({ manifest }) => !there.has(manifest.key))
    .sort((a, b) => (a.manifest.key < b.manifest.key ? -1 : 1))
  return [...items, ...news.map(({ manifest, item }) => item ?? { ref: manifest.key })]
}
