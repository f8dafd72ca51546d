/** Blocks of addresses: read strictly, spelled as AWS spells them. */
import { expect, test } from 'vitest'
import {
  type Block,
  blockText,
  canonicalBlock,
  contains,
  overlaps,
  partOf,
  readBlock,
} from '../../src/kit/cidr.ts'

const block = (text: string): Block => {
  const found = readBlock(text)
  if (!found) throw new Error(`${text} is no block`)
  return found
}

test.each([
  ['10.0.1.5/24', '10.0.1.0/24'],
  ['255.255.255.255/0', '0.0.0.0/0'],
  ['10.0.0.1/32', '10.0.0.1/32'],
  ['2001:DB8:0:0:1::1/48', '2001:db8::/48'],
  ['::/0', '::/0'],
  ['0:0:0:0:0:0:0:1/128', '::1/128'],
  ['fe80::1:0:0:1/128', 'fe80::1:0:0:1/128'],
])('%s is %s', (text, canonical) => {
  expect(canonicalBlock(text)).toBe(canonical)
  expect(canonicalBlock(canonical)).toBe(canonical)
})

test.each([
  '10.0.0.0',
  '10.0/16',
  '10.0.0.0/33',
  '10.0.0.256/8',
  '010.0.0.0/8',
  '0x0a.0.0.0/8',
  '10.0.0.0/8/8',
  '10.0.0.0/-1',
  '::/129',
  'fe80::1%eth0/64',
  '/8',
  '',
])('"%s" is none', (text) => {
  expect(readBlock(text)).toBeUndefined()
  expect(canonicalBlock(text)).toBe(text)
})

test('overlap and containment, never across families', () => {
  expect(overlaps(block('10.0.0.0/16'), block('10.0.255.0/24'))).toBe(true)
  expect(overlaps(block('10.0.0.0/24'), block('10.0.1.0/24'))).toBe(false)
  expect(overlaps(block('0.0.0.0/0'), block('::/0'))).toBe(false)
  expect(contains(block('10.0.0.0/16'), block('10.0.0.0/16'))).toBe(true)
  expect(contains(block('10.0.0.0/24'), block('10.0.0.0/16'))).toBe(false)
  expect(contains(block('::/0'), block('10.0.0.0/16'))).toBe(false)
})

test('parts of a block, up to its end', () => {
  const part = (n: number) => {
    const found = partOf(block('10.0.0.0/22'), 24, n)
    return found && blockText(found)
  }
  expect([0, 3, 4].map(part)).toEqual(['10.0.0.0/24', '10.0.3.0/24', undefined])
})
