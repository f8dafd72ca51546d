/** The generic comparison: canonical form, what Git leaves out, changes in plan notation, secrecy. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  canonicalise,
  compare,
  type Fields,
  holesIn,
  type LeftOut,
  overlay,
  stableJson,
} from '../../src/diff.ts'

const hole = { $hole: { key: 'default/TaskDefinition/web', attribute: 'arn' } }

const fields: Fields = {
  image: {},
  cpu: { default: 0 },
  command: {},
  subnets: { list: 'set' },
  labels: { map: true },
  environment: {
    key: (item) => String(item.name),
    value: 'value',
    fields: { name: {}, value: { default: '' } },
  },
  ports: {
    key: (item) => String(item.port),
    fields: {
      port: {},
      protocol: { default: 'tcp' },
      host: { defaultFor: ({ parent }) => parent.port },
    },
  },
  grace: { default: 0, resets: true },
  rollout: {
    merge: true,
    fields: { maximum: { default: 200, resets: true }, strategy: { default: 'ROLLING' } },
  },
  zone: { computed: true },
  namespace: { alike: (want, live) => live === `arn:${want}` },
}

const whole = (want: object, live: object, leftOut?: LeftOut) =>
  overlay(
    want as Record<string, unknown>,
    live as Record<string, unknown>,
    { fields, merge: true },
    leftOut,
  )

const changes = (want: object, live: object) =>
  compare(
    canonicalise(whole(want, live), fields),
    canonicalise(live as Record<string, unknown>, fields),
    fields,
  )

describe('canonical form', () => {
  test('drops defaults, nulls and what is empty, and sorts sets', () => {
    expect(
      canonicalise(
        {
          cpu: 0,
          command: [],
          image: null,
          labels: {},
          subnets: ['b', 'a', 'b'],
          ports: [{ port: 80, protocol: 'tcp', host: 80 }],
          environment: [
            { name: 'B', value: '' },
            { name: 'A', value: '1' },
          ],
        },
        fields,
      ),
    ).toEqual({
      subnets: ['a', 'b'],
      ports: [{ port: 80 }],
      environment: [{ name: 'A', value: '1' }, { name: 'B' }],
    })
  })

  test('keeps the order of ordered lists, and holes whole', () => {
    expect(canonicalise({ command: ['b', 'a'], image: hole }, fields)).toEqual({
      command: ['b', 'a'],
      image: hole,
    })
    expect(holesIn({ a: [{ b: hole }] })).toEqual([hole.$hole])
  })

  test('is its own canonical form, for any value', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom(...Object.keys(fields), 'other'), fc.jsonValue()),
        (value) => {
          const once = canonicalise(value, fields)
          expect(stableJson(canonicalise(once, fields))).toBe(stableJson(once))
        },
      ),
    )
  })
})

describe('what Git leaves out', () => {
  test('is left alone and named where it is not the default', () => {
    const leftOut: LeftOut = { alone: [], reset: new Set() }
    expect(whole({}, { image: 'a', cpu: 0 }, leftOut)).toEqual({ image: 'a', cpu: 0 })
    expect(leftOut.alone).toEqual([['image', 'a']])
    expect(changes({}, { image: 'a', cpu: 5, rollout: { strategy: 'CANARY' } })).toEqual([])
  })

  test('is put back to the default where the table says so, at any depth', () => {
    const live = { grace: 60, rollout: { maximum: 150, strategy: 'CANARY' } }
    const put = [
      { path: 'grace', from: 60, to: 0 },
      { path: 'rollout.maximum', from: 150, to: 200 },
    ]
    expect(changes({}, live)).toEqual(put)
    expect(changes({ rollout: { strategy: 'CANARY' } }, live)).toEqual(put)
    const leftOut: LeftOut = { alone: [], reset: new Set() }
    whole({}, live, leftOut)
    expect([...leftOut.reset]).toEqual(['grace', 'rollout.maximum'])
  })

  test('is never put back while a resource is being adopted', () => {
    const leftOut: LeftOut = { alone: [], reset: new Set(), keepAll: true }
    expect(whole({}, { grace: 60 }, leftOut)).toEqual({ grace: 60 })
    expect(leftOut.alone).toEqual([['grace', 60]])
  })

  test('is no drift when the table does not know it, or AWS computes it', () => {
    expect(
      changes({ ports: [{ port: 80 }] }, { ports: [{ port: 80, novelty: 1 }], zone: 'a' }),
    ).toEqual([])
    expect(changes({ zone: 'b' }, { zone: 'a' })).toEqual([{ path: 'zone', from: 'a', to: 'b' }])
    expect(changes({ novelty: 2 }, { novelty: 1 })).toEqual([{ path: 'novelty', from: 1, to: 2 }])
  })

  test('an empty list in Git clears, an absent one does not', () => {
    expect(changes({ subnets: [] }, { subnets: ['a'] })).toEqual([{ path: 'subnets', from: ['a'] }])
    expect(changes({}, { subnets: ['a'] })).toEqual([])
  })

  test('is taken from live nowhere inside a whole', () => {
    const policy: Fields = { document: { whole: true, fields: { version: {}, id: {} } } }
    const live = { document: { version: '1', id: 'theirs', extra: 1 } }
    const want = { document: { version: '1' } }
    expect(overlay(want, live, { fields: policy, merge: true })).toEqual(want)
    expect(compare(want, live, policy).map(({ path }) => path)).toEqual([
      'document.extra',
      'document.id',
    ])
  })

  test('spellings that cannot be told apart are the same', () => {
    expect(changes({ namespace: 'shop' }, { namespace: 'arn:shop' })).toEqual([])
    expect(changes({ namespace: 'shop' }, { namespace: 'arn:other' })).toHaveLength(1)
  })
})

describe('changes in plan notation', () => {
  test('name items by their key, and map keys with dots in quotes', () => {
    expect(
      changes(
        {
          labels: { tier: 'web', 'a.b/c': '1' },
          ports: [{ port: 80, protocol: 'udp' }],
          environment: [{ name: 'LEVEL', value: 'info' }],
        },
        {
          labels: {},
          ports: [{ port: 80, protocol: 'tcp' }],
          environment: [{ name: 'LEVEL', value: 'debug' }],
        },
      ),
    ).toEqual([
      { path: 'environment[LEVEL]', from: 'debug', to: 'info' },
      { path: 'labels["a.b/c"]', to: '1' },
      { path: 'labels.tier', to: 'web' },
      { path: 'ports[80].protocol', from: 'tcp', to: 'udp' },
    ])
  })

  test('show both ends where one is the default', () => {
    expect(changes({ cpu: 5 }, {})).toEqual([{ path: 'cpu', from: 0, to: 5 }])
  })

  test('items with equal keys hide nothing', () => {
    const twice = [
      { name: 'A', value: '1' },
      { name: 'A', value: '2' },
    ]
    expect(changes({ environment: twice }, { environment: [...twice].reverse() })).toEqual([])
    expect(changes({ environment: twice }, { environment: [twice[0]] })).toEqual([
      { path: 'environment[A#2]', to: '2' },
    ])
  })

  test('a hole equals nothing live', () => {
    expect(changes({ image: hole }, { image: 'a' })).toEqual([
      { path: 'image', from: 'a', to: hole },
    ])
  })
})

describe('secrecy', () => {
  test.each([
    [{ name: 'DB_PASSWORD', value: 'sesame' }],
    [{ name: 'apiToken', value: 'sesame' }],
    [{ name: 'CLIENT_SECRET', value: 'sesame' }],
    [{ name: 'AWS_ACCESS_KEY_ID', value: 'sesame' }],
    [{ name: 'DSN', value: 'postgres://shop:sesame@db/shop' }],
  ])('%o is never shown', (variable) => {
    const shown = changes(
      { environment: [variable] },
      { environment: [{ ...variable, value: `${variable.value}-old` }] },
    )
    expect(shown).toHaveLength(1)
    expect(JSON.stringify(shown)).not.toContain('sesame')
    // The same inside a whole that is new.
    const unknown = { containers: [{ name: 'web', environment: [variable] }] }
    expect(JSON.stringify(changes(unknown, {}))).not.toContain('sesame')
    expect(
      JSON.stringify(changes({ labels: { [variable.name]: variable.value } }, {})),
    ).not.toContain('sesame')
  })

  test('what is no secret is shown', () => {
    const [shown] = changes({ environment: [{ name: 'LOG_LEVEL', value: 'info' }] }, {})
    expect(shown).toEqual({ path: 'environment[LOG_LEVEL]', to: 'info' })
  })
})
