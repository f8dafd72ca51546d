/** What is kept of a task fits a parameter of the standard tier, and is what AWS takes. */
import { expect, test } from 'vitest'
import { parameterName, retryMark } from '../../../src/kinds/task/content.ts'
import { type Run, readRecord, writeRecord } from '../../../src/kinds/task/record.ts'

const run = (n: number, more: Partial<Run> = {}): Run => ({
  hash: String(n).padStart(20, '0'),
  outcome: 'succeeded',
  at: '2026-01-05T08:00:00.000Z',
  ...more,
})

test('what is written is read again', () => {
  const runs = [run(2, { outcome: 'started', cluster: 'shop', count: 3 }), run(1, { retry: 'x' })]
  expect(readRecord(writeRecord(runs))).toEqual(runs)
})

test('the newest contents are kept, as many as fit: thirty at least', () => {
  const runs = Array.from({ length: 200 }, (_, n) => run(200 - n, { message: 'ü'.repeat(900) }))
  const text = writeRecord(runs)
  expect(Buffer.byteLength(text)).toBeLessThanOrEqual(4096)
  const kept = readRecord(text)!
  expect(kept.length).toBeGreaterThanOrEqual(30)
  expect(kept.map(({ hash }) => hash)).toEqual(runs.slice(0, kept.length).map(({ hash }) => hash))
})

test('of older runs only what decides is kept, and none of them stays open', () => {
  const older = run(1, { outcome: 'started', cluster: 'shop', message: 'x', task: 'arn' })
  expect(readRecord(writeRecord([run(2), older]))?.[1]).toEqual({
    hash: older.hash,
    outcome: 'unknown',
    at: older.at,
  })
})

test('no text of a failure becomes a reference to another parameter', () => {
  expect(writeRecord([run(1, { message: 'cannot read {{ssm:secret}} here' })])).not.toMatch(
    /\{\{|\}\}/,
  )
})

test.each([
  '',
  'mine',
  '[]',
  '{"runs":{}}',
  '{"runs":[{"hash":1,"outcome":"started"}]}',
  '{"runs":[{"hash":"a","outcome":"fine"}]}',
])('somebody else wrote %j', (text) => {
  expect(readRecord(text)).toBeUndefined()
})

test('the name of the parameter takes what the Parameter Store does not', () => {
  const key = 'prod/Task/migrate'
  expect(parameterName({ owner: 'default', key })).toBe('/fairlead/default/prod/Task/migrate')
  expect(parameterName({ owner: 'team@shop', key })).toBe(
    '/fairlead/team.40.shop/prod/Task/migrate',
  )
})

test('a long value of retry is known by its hash', () => {
  const mark = (retry: string) => retryMark({ 'fairlead.dev/retry': retry })
  expect(mark('2026-01-05 second try')).toBe('2026-01-05 second try')
  expect(mark('x'.repeat(500))).toMatch(/^#[0-9a-f]{20}$/)
  expect(mark('x'.repeat(500))).not.toBe(mark('x'.repeat(501)))
  expect(retryMark({})).toBeUndefined()
})
