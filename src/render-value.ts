/** How values are written for people, on one line. Pure. */
import type { FieldChange } from './model.ts'

/** The last part of an ARN says what people know a thing by: `web:41`. */
function shortArn(text: string): string {
  return text.startsWith('arn:') ? text.slice(text.lastIndexOf('/') + 1) : text
}

/** One value, at most about `limit` characters. Holes read as what they wait for. */
export function renderValue(value: unknown, limit = 60): string {
  if (value === undefined) return '(none)'
  if (typeof value === 'string') return clip(value === '' ? '""' : shortArn(value), limit)
  if (value === null || typeof value !== 'object') return String(value)
  const hole = (value as { $hole?: { key: string; attribute: string } }).$hole
  if (hole) {
    const [, kind, name] = hole.key.split('/')
    return kind === 'TaskDefinition'
      ? '(registered above)'
      : `(${hole.attribute} of ${kind} ${name})`
  }
  if (Array.isArray(value) && value.some(isHole)) {
    return clip(`[${value.map((item) => renderValue(item)).join(', ')}]`, limit)
  }
  return clip(JSON.stringify(value), limit)
}

const isHole = (value: unknown) => typeof value === 'object' && value !== null && '$hole' in value

function clip(text: string, limit: number): string {
  return text.length <= limit ? text : `${text.slice(0, limit - 1)}…`
}

/** `2 → 3`; of two long names that begin alike, only what tells them apart: `web:1.4 → web:1.5`. */
export function renderChange({
  path,
  from,
  to,
}: Pick<FieldChange, 'path' | 'from' | 'to'>): string {
  // A tag is read as a whole: `prod/Service/old → prod/Service/web`.
  if (!path.startsWith('tags[') && typeof from === 'string' && typeof to === 'string') {
    let same = 0
    while (same < from.length && from[same] === to[same]) same++
    const cut = from.lastIndexOf('/', same) + 1
    return `${renderValue(from.slice(cut))} → ${renderValue(to.slice(cut))}`
  }
  return `${renderValue(from)} → ${renderValue(to)}`
}

/** `desiredCount 2 → 3` */
export function renderField(field: FieldChange): string {
  return `${field.path} ${renderChange(field)}`
}

/** `Service web` from `default/Service/web`; with the namespace where it is not `default`. */
export function renderKey(key: string): string {
  const [namespace, kind, name] = key.split('/')
  return namespace === 'default' ? `${kind} ${name}` : `${kind} ${namespace}/${name}`
}

/** A commit's id as people read it. */
export const shortRevision = (revision: string): string =>
  revision.replace(/([0-9a-f]{10})[0-9a-f]{20,}/, '$1')
