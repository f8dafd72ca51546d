/** CIDR blocks: reading, canonical form, size, overlap. IPv4 in numbers, IPv6 only as text. */
import { isIPv6 } from 'node:net'

export interface Cidr {
  /** The first address as a number. */
  readonly first: number
  readonly prefix: number
  readonly size: number
}

/** An IPv4 block, its host bits cleared; undefined for anything else. */
export function parseCidr(text: string): Cidr | undefined {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/.exec(text)
  if (!match) return undefined
  const parts = match.slice(1, 5).map(Number)
  const prefix = Number(match[5])
  if (prefix > 32 || parts.some((part) => part > 255)) return undefined
  const size = 2 ** (32 - prefix)
  const address = parts.reduce((sum, part) => sum * 256 + part, 0)
  return { first: address - (address % size), prefix, size }
}

/** `a.b.c.d` of a number. */
export function addressText(address: number): string {
  return [24, 16, 8, 0].map((shift) => (address >>> shift) & 255).join('.')
}

/** A block as AWS shows it: `10.0.1.5/24` → `10.0.1.0/24`; undefined when it is no IPv4 block. */
export function canonicalCidr(text: string): string | undefined {
  const cidr = parseCidr(text)
  return cidr && `${addressText(cidr.first)}/${cidr.prefix}`
}

/** An IPv6 block with host bits cleared, in its short spelling; undefined when it is none. */
export function canonicalCidr6(text: string): string | undefined {
  const [address = '', length = '', ...rest] = text.split('/')
  const prefix = Number(length)
  if (rest.length > 0 || !/^\d{1,3}$/.test(length) || prefix > 128) return undefined
  if (!isIPv6(address) || address.includes('%')) return undefined
  // The URL parser gives an address its one canonical spelling.
  const groups = groupsOf(new URL(`http://[${address}]/`).hostname.slice(1, -1))
  const masked = groups.map((group, i) => {
    const bits = Math.max(0, Math.min(16, prefix - i * 16))
    return group & ((0xffff << (16 - bits)) & 0xffff)
  })
  const spelled = masked.map((group) => group.toString(16)).join(':')
  return `${new URL(`http://[${spelled}]/`).hostname.slice(1, -1)}/${prefix}`
}

function groupsOf(address: string): number[] {
  const [head = '', tail] = address.split('::')
  const numbers = (text: string) => (text ? text.split(':').map((g) => Number.parseInt(g, 16)) : [])
  const before = numbers(head)
  if (tail === undefined) return before
  const after = numbers(tail)
  return [...before, ...Array(8 - before.length - after.length).fill(0), ...after]
}

export function contains(outer: Cidr, inner: Cidr): boolean {
  return inner.first >= outer.first && inner.first + inner.size <= outer.first + outer.size
}

export function overlap(a: Cidr, b: Cidr): boolean {
  return a.first < b.first + b.size && b.first < a.first + a.size
}
