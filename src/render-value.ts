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
    return `(${hole.attribute} of ${kind} ${name}, registered in this plan)`
  }
  return clip(JSON.stringify(value), limit)
}

function clip(text: string, limit: number): string {
  return text.length <= limit ? text : `${text.slice(0, limit - 1)}…`
}

/** `desiredCount 2 → 3` */
export function renderField(field: FieldChange): string {
  return `${field.path} ${renderValue(field.from)} → ${renderValue(field.to)}`
}

/** `Service web` from `default/Service/web`; with the namespace where it is not `default`. */
export function renderKey(key: string): string {
  const [namespace, kind, name] = key.split('/')
  return namespace === 'default' ? `${kind} ${name}` : `${kind} ${namespace}/${name}`
}
