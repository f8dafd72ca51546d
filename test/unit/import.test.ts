/** Promise: an import writes names that manifests may have, members that requests have, and no default. */
import { describe, expect, test } from 'vitest'
import { differencesOf, isTakenOver } from '../../src/cli/import/check.ts'
import { allowed } from '../../src/cli/import/drafts.ts'
import { nameFrom, namesFor } from '../../src/cli/import/names.ts'
import { type Fields, withoutDefaults } from '../../src/diff.ts'
import type { Change } from '../../src/model.ts'
import { withReferences } from '../../src/references.ts'

describe('names', () => {
  test.each([
    ['web', 'web'],
    ['Legacy_Worker-2', 'Legacy_Worker-2'],
    ['cpu at 50 %', 'cpu-at-50'],
    ['/team/hosts.v2', 'team-hosts-v2'],
    ['größe', 'gr-e'],
    ['***', 'unnamed'],
  ])('%j becomes %j', (awsName, name) => {
    expect(nameFrom(awsName)).toBe(name)
  })

  const names = (...items: string[][]) => [...namesFor(items, (item) => item).values()]

  test('the first candidate is taken, unless two have it: then all of them take their next', () => {
    expect(names(['web', 'a-web'], ['api', 'a-api'])).toEqual(['web', 'api'])
    expect(names(['web', 'a-web'], ['web', 'b-web'], ['api']).toSorted()).toEqual([
      'a-web',
      'api',
      'b-web',
    ])
  })

  test('a next one that is taken is numbered at the end', () => {
    expect(names(['a-web'], ['web', 'a-web'], ['web', 'b-web']).toSorted()).toEqual([
      'a-web',
      'a-web-2',
      'b-web',
    ])
    expect(names(['web'], ['web'], ['web'])).toEqual(['web', 'web-2', 'web-3'])
  })

  test('a name that something has already stays its own', () => {
    const items = [['web'], ['web']]
    const made = namesFor(
      items,
      (item) => item,
      (item) => (item === items[1] ? 'web' : undefined),
    )
    expect(items.map((item) => made.get(item))).toEqual(['web-2', 'web'])
  })
})

describe('without defaults', () => {
  const fields: Fields = {
    size: { default: 1 },
    mode: { defaultFor: ({ root }) => (root.windows ? 'default' : 'bridge') },
    list: { key: (item) => String(item.name), fields: { name: {}, on: { default: true } } },
    inner: { fields: { a: { default: false }, b: { default: false } } },
    map: { key: (item) => String(item.name), value: 'value', fields: { name: {}, value: {} } },
    tags: {},
    mine: { computed: true },
  }
  const short = (spec: Record<string, unknown>, schema?: Record<string, unknown>) =>
    withoutDefaults(spec, fields, schema)

  test('what is default, empty or absent falls away, and the order stays', () => {
    expect(
      Object.entries(
        short({
          tags: { a: '1' },
          size: 1,
          mode: 'bridge',
          list: [],
          mine: 0,
          inner: { a: false },
        }),
      ),
    ).toEqual([
      ['tags', { a: '1' }],
      ['mine', 0],
    ])
    expect(short({ size: null, mode: undefined, extra: '' })).toEqual({ extra: '' })
  })

  test('a default may depend on what stands beside it, default or not', () => {
    expect(short({ windows: true, mode: 'bridge' })).toEqual({ windows: true, mode: 'bridge' })
    expect(short({ windows: true, mode: 'default' })).toEqual({ windows: true })
  })

  test('items are shortened where they stand', () => {
    const list = [
      { name: 'b', on: true },
      { name: 'a', on: false },
    ]
    expect(short({ list })).toEqual({ list: [{ name: 'b' }, { name: 'a', on: false }] })
    const map = [
      { name: 'B', value: '1' },
      { name: 'A', value: '2' },
    ]
    expect(short({ map })).toEqual({ map: map.toReversed() })
  })

  test('what the schema requires stays in what stays', () => {
    const schema = { properties: { inner: { required: ['a', 'b'] } } }
    expect(short({ inner: { a: true, b: false } }, schema)).toEqual({
      inner: { a: true, b: false },
    })
    expect(short({ inner: { a: true, b: false } })).toEqual({ inner: { a: true } })
    expect(short({ inner: { a: false, b: false } }, schema)).toEqual({})
  })
})

test('what no request has falls away at any depth, and dates become text', () => {
  const schema = {
    properties: {
      name: { type: 'string' },
      until: { type: 'string' },
      list: { items: { properties: { port: {} } } },
      map: { additionalProperties: { type: 'string' } },
    },
  }
  expect(
    allowed(
      {
        name: 'web',
        arn: 'arn:aws:ecs:…',
        until: new Date(0),
        list: [{ port: 80, status: 'ACTIVE' }],
        map: { any: 'key' },
        gone: undefined,
      },
      schema,
    ),
  ).toEqual({
    name: 'web',
    until: '1970-01-01T00:00:00.000Z',
    list: [{ port: 80 }],
    map: { any: 'key' },
  })
})

test('literals that a manifest stands for become references, versions do not', () => {
  const references = {
    cluster: { kind: 'Cluster', attribute: 'name' },
    'launchTemplate.version': { kind: 'LaunchTemplate', attribute: 'version' },
    'subnets[]': { kind: 'Subnet', attribute: 'id' },
    'document.**': { kind: '*', attribute: 'arn' },
  }
  const spec = {
    cluster: 'shop',
    launchTemplate: { version: 'shop' },
    subnets: ['shop', 'subnet-1'],
    document: 'shop',
  }
  const linked = withReferences(spec, references, (kind, value) =>
    value === 'shop' ? `${kind.toLowerCase()}-of-${value}` : undefined,
  )
  expect(linked).toEqual({
    cluster: { ref: 'cluster-of-shop' },
    launchTemplate: { version: 'shop' },
    subnets: [{ ref: 'subnet-of-shop' }, 'subnet-1'],
    document: 'shop',
  })
  expect(spec.cluster).toBe('shop')
})

describe('what a plan says of an import', () => {
  const change = (more: Partial<Change>): Change => ({
    key: 'default/Service/web',
    verdict: 'update',
    fields: [],
    effect: 'none',
    calls: [],
    notes: [],
    ...more,
  })
  const tag = { path: 'tags["fairlead:owner"]', to: 'default' }

  test('tags alone are a take-over, other fields differ', () => {
    expect(differencesOf(change({ fields: [tag] }))).toEqual([])
    expect(isTakenOver(change({ fields: [tag] }))).toBe(true)
    const more = change({ fields: [tag, { path: 'desiredCount', from: 1, to: 2 }] })
    expect(differencesOf(more)).toEqual(['desiredCount'])
    expect(isTakenOver(more)).toBe(false)
    expect(isTakenOver(change({ verdict: 'keep' }))).toBe(false)
  })

  test('what is blocked, made or deleted differs, whatever its fields', () => {
    const reason = { code: 'NotOwned', message: 'it is not ours' }
    expect(differencesOf(change({ verdict: 'blocked', reason }))).toEqual(['it is not ours'])
    expect(differencesOf(change({ verdict: 'create' }))).toEqual(['create'])
    expect(differencesOf(change({ verdict: 'blocked', reason, fields: [tag] }))).toEqual([
      'it is not ours',
    ])
  })
})
