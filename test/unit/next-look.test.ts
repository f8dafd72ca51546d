/** When a resource is looked at again for what was just seen of it. */
import { expect, test } from 'vitest'
import { nextLook } from '../../src/keeper/next-look.ts'

const condition = (type: string) => ({ type, status: 'True', reason: '', message: '' })
const look = (over: Record<string, unknown> = {}) =>
  nextLook({
    change: { calls: [] },
    status: { conditions: [condition('Ready')] },
    reason: undefined,
    waitsMs: undefined,
    now: 1_000,
    followMs: 5_000,
    ...over,
  } as never)

const open = { conditions: [condition('Reconciling')] }
const held = { why: '', settling: false }

test('what is well waits for the sweep, what goes on is followed', () => {
  expect(look()).toBeUndefined()
  expect(look({ status: open })).toBe(6_000)
})

test('an instance that drains, or whose agent is away, is followed though all is Ready', () => {
  const instances = (status: string, agentConnected: boolean) => ({
    conditions: [],
    instances: [{ status, agentConnected }],
  })
  expect(look({ status: instances('ACTIVE', true) })).toBeUndefined()
  expect(look({ status: instances('DRAINING', true) })).toBe(6_000)
  expect(look({ status: instances('ACTIVE', false) })).toBe(6_000)
})

test('calls that are sent bring the next look themselves, those that are held do not', () => {
  const change = { calls: [{}] }
  expect(look({ status: open, change })).toBeUndefined()
  expect(look({ status: open, change, reason: held })).toBe(6_000)
})

test('what a policy holds is looked at when it may begin, and not before', () => {
  const reason = { ...held, code: 'MaintenanceWindow' }
  expect(look({ status: open, reason, waitsMs: 90_000 })).toBe(90_000)
  // It has a turn to wait for, and waits for something else as well.
  expect(look({ status: open, reason: held, waitsMs: 90_000 })).toBe(6_000)
})
