/** User data: what an instance reads when it boots. People write text; EC2 takes base64. Pure. */
import type { UserData } from './spec.ts'

/** EC2's limit, of the bytes before they are encoded. */
export const mostBytes = 16_384

/** As EC2 takes it. Text that is base64 already is left so: no script is, for want of its first character. */
export function encodeUserData(value: UserData): string {
  const text = typeof value === 'string' ? value : value.map(String).join('')
  const compact = text.replace(/\s/g, '')
  return isBase64(compact) ? compact : Buffer.from(text, 'utf8').toString('base64')
}

/** As people read it; what is no text (compressed, for one) stays encoded. */
export function decodeUserData(encoded: unknown): unknown {
  if (typeof encoded !== 'string') return encoded
  const compact = encoded.replace(/\s/g, '')
  if (!isBase64(compact)) return encoded
  const bytes = Buffer.from(compact, 'base64')
  const text = bytes.toString('utf8')
  return Buffer.from(text, 'utf8').equals(bytes) ? text : compact
}

export function bytesOf(value: UserData): number {
  return Buffer.from(encodeUserData(value), 'base64').length
}

function isBase64(text: string): boolean {
  return text.length > 0 && Buffer.from(text, 'base64').toString('base64') === text
}
