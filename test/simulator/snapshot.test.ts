/** What the simulator keeps survives being written and read. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readSnapshot, writeSnapshot } from '../../src/simulator/snapshot.ts'
import { createWorld } from '../../src/simulator/world.ts'

const again = <T>(state: T): T => readSnapshot(writeSnapshot(state)) as T

describe('snapshot', () => {
  it('gives back any plain data', () => {
    const key = fc.oneof(fc.string(), fc.constantFrom('$id', '$ref', '$map', '__proto__'))
    const { data } = fc.letrec((tie) => ({
      data: fc.oneof(
        { maxDepth: 4 },
        fc.constantFrom(null, undefined, true),
        fc.integer(),
        fc.string(),
        fc.date({ noInvalidDate: true }),
        fc.array(tie('data')),
        fc.dictionary(key, tie('data')),
        fc.array(fc.tuple(fc.string(), tie('data'))).map((entries) => new Map(entries)),
        fc.array(fc.string()).map((items) => new Set(items)),
      ),
    }))
    fc.assert(
      fc.property(data, (state) => {
        expect(again(state)).toEqual(state)
      }),
    )
  })

  it('gives back a new world', () => {
    const world = createWorld('123456789012', 'eu-west-1')
    world.families.set('web', [undefined, { definition: { family: 'web', revision: 2 } }])
    expect(again(world)).toStrictEqual(world)
  })

  it('keeps one object one object, and cycles', () => {
    const one: Record<string, unknown> = { name: 'revision' }
    one.self = one
    const { list, last, map } = again({ list: [one, {}], last: one, map: new Map([['k', one]]) })
    expect(last).toBe(list[0])
    expect(map.get('k')).toBe(last)
    expect(last.self).toBe(last)
    expect(list[1]).not.toBe(last)
  })

  it.each([
    ['', 'not JSON'],
    ['{}', 'no snapshot'],
    ['null', 'no snapshot'],
    ['{"format":"fairlead-simulator","version":99}', 'version 99'],
  ])('refuses %s', (text, message) => {
    expect(() => readSnapshot(text)).toThrow(message)
  })
})
