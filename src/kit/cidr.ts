/** CIDR blocks of IPv4 and IPv6: reading, AWS's canonical spelling, size, overlap, parts. Pure. */
import ipaddr from 'ipaddr.js'

export interface Block {
  readonly family: 4 | 6
  readonly prefix: number
  /** The first address and the last, as numbers. */
  readonly first: bigint
  readonly last: bigint
}

const bitsOf = { 4: 32, 6: 128 } as const

/** A block, its host bits cleared as AWS does; undefined for anything else, a bare address among it. */
export function readBlock(text: unknown): Block | undefined {
  const [address = '', length = '', ...rest] = String(text).split('/')
  if (rest.length > 0 || !/^\d{1,3}$/.test(length)) return undefined
  const family = ipaddr.IPv4.isValidFourPartDecimal(address) ? 4 : 6
  if (family === 6 && (!ipaddr.IPv6.isValid(address) || address.includes('%'))) return undefined
  const prefix = Number(length)
  const bits = bitsOf[family]
  if (prefix > bits) return undefined
  const bytes = ipaddr.parse(address).toByteArray()
  const value = bytes.reduce((sum, byte) => sum * 256n + BigInt(byte), 0n)
  const size = 1n << BigInt(bits - prefix)
  const first = value - (value % size)
  return { family, prefix, first, last: first + size - 1n }
}

/** A block as AWS spells it: `10.0.1.5/24` is `10.0.1.0/24`, `2001:DB8:0::/32` is `2001:db8::/32`. */
export function blockText({ family, prefix, first }: Block): string {
  const count = bitsOf[family] / 8
  const bytes = Array.from({ length: count }, (_, i) =>
    Number((first >> BigInt(8 * (count - 1 - i))) & 255n),
  )
  const address = ipaddr.fromByteArray(bytes)
  const spelled = 'toRFC5952String' in address ? address.toRFC5952String() : address.toString()
  return `${spelled}/${prefix}`
}

/** The canonical spelling, or the value itself where it is no block. */
export function canonicalBlock(value: unknown): unknown {
  const block = typeof value === 'string' ? readBlock(value) : undefined
  return block ? blockText(block) : value
}

export function overlaps(a: Block, b: Block): boolean {
  return a.family === b.family && a.first <= b.last && b.first <= a.last
}

export function contains(outer: Block, inner: Block): boolean {
  return outer.family === inner.family && outer.first <= inner.first && inner.last <= outer.last
}

/** The n-th part, from 0, of a block that is cut into parts of that prefix; undefined where it has not so many. */
export function partOf(
  { family, first, last }: Block,
  prefix: number,
  n: number,
): Block | undefined {
  const size = 1n << BigInt(bitsOf[family] - prefix)
  const start = first + BigInt(n) * size
  const end = start + size - 1n
  return end > last ? undefined : { family, prefix, first: start, last: end }
}
