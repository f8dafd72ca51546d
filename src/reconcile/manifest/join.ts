/** Manifests that count as items of a list of another: what they name gets them into its spec. Pure. */
import type { Kind } from '../../kind.ts'
import type { Manifest, ObjectKey } from '../../model.ts'
import { isReference, objectKey, parseRef } from '../../references.ts'
import { digestOf } from './document.ts'

/** The manifests, with those in the lists of others that belong there; see `Kind.joins`. */
export function join(manifests: readonly Manifest[], kinds: readonly Kind[]): readonly Manifest[] {
  const kindOf = new Map(kinds.map((kind) => [kind.name, kind]))
  const joining = new Map<ObjectKey, Map<string, Manifest[]>>()
  for (const manifest of manifests) {
    const joins = kindOf.get(manifest.kind)?.joins
    const named = joins && manifest.spec[joins.path]
    const parsed = isReference(named) && parseRef(named.ref, manifest.namespace, joins!.into)
    if (!joins || !parsed) continue
    const fields = joining.get(objectKey(parsed)) ?? new Map<string, Manifest[]>()
    fields.set(joins.field, [...(fields.get(joins.field) ?? []), manifest])
    joining.set(objectKey(parsed), fields)
  }
  return manifests.map((manifest) => {
    const fields = joining.get(manifest.key)
    if (!fields) return manifest
    const spec = { ...manifest.spec }
    for (const [field, members] of fields) {
      const parts = kindOf.get(members[0]?.kind ?? '')?.joins?.members
      spec[field] = parts
        ? members.map((member) => partsOf(member, parts))
        : withMembers(manifest, field, members)
    }
    return { ...manifest, spec, digest: digestOf(manifest.kind, manifest.annotations, spec) }
  })
}

function partsOf({ spec }: Manifest, parts: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(Object.entries(spec).filter(([name]) => parts.includes(name)))
}

function withMembers(into: Manifest, field: string, members: readonly Manifest[]): unknown[] {
  const list = into.spec[field]
  const items: unknown[] = Array.isArray(list) ? list : []
  const there = new Set(
    items.flatMap((item) => {
      const kind = members[0]?.kind ?? ''
      const parsed = isReference(item) && parseRef(item.ref, into.namespace, kind)
      return parsed ? [objectKey(parsed)] : []
    }),
  )
  const news = members.filter(({ key }) => !there.has(key)).sort((a, b) => (a.key < b.key ? -1 : 1))
  return [...items, ...news.map(({ key }) => ({ ref: key }))]
}
