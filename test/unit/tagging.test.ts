/** Promise: every kind that sets tags can be tagged by itself, or says why a tag cannot speak for it. */
import { expect, test } from 'vitest'
import { kinds } from '../../src/kinds/index.ts'
import { tagging } from '../../src/kit/tagging.ts'
import { suspendValue, suspensionOf } from '../../src/suspension.ts'

const live = {
  key: 'default/Service/web',
  identity: { name: 'web', parts: {} },
  attributes: { arn: 'arn:web', id: 'id-web', name: 'web', groupArn: 'arn:group' },
  tags: {},
  state: {},
}

const setsTags = /:(TagResource|TagRole|TagInstanceProfile|CreateTags|CreateOrUpdateTags|AddTags)$/

test.each(kinds.map((kind) => [kind.name, kind] as const))('%s', (name, kind) => {
  const own = Object.keys(kind.operations).filter((operation) => setsTags.test(operation))
  const call = tagging(kind, live, { 'fairlead:suspend': 'x' })
  if (own.length === 0 || name === 'TaskDefinition') {
    expect(call).toBeUndefined()
    return
  }
  expect(own).toContain(call?.operation)
  expect(JSON.stringify(call?.input)).toMatch(/"(arn:web|arn:group|id-web|web)"/)
  expect(JSON.stringify(call?.input)).toMatch(/fairlead:suspend.+"?x"/)
})

test('a tag holds its end and its reason within the characters that a tag may have', () => {
  const value = suspendValue('2030-01-31T18:00:00Z', `rücksetzen; #1 "now" (${'long '.repeat(80)}`)
  expect(value).toMatch(/^2030-01-31T18:00:00Z rücksetzen 1 now long [\p{L}\p{N} +\-=._:/@]*$/u)
  expect(value.length).toBeLessThanOrEqual(256)
  const before = Date.parse('2030-01-31T17:59:59Z')
  expect(suspensionOf({}, { 'fairlead:suspend': value }, before)?.until).toBe(
    '2030-01-31T18:00:00Z',
  )
  expect(suspensionOf({}, { 'fairlead:suspend': value }, before + 1_000)).toBeUndefined()
})

test('what Git says has ended does not end what the tag says', () => {
  const annotations = {
    'fairlead.dev/suspend': 'freeze',
    'fairlead.dev/suspend-until': '2020-01-01T00:00:00Z',
  }
  const tags = { 'fairlead:suspend': 'by hand' }
  expect(suspensionOf(annotations, tags, Date.parse('2026-01-01'))).toEqual({
    why: 'by hand',
    live: true,
  })
})
