/** Schedule expressions and time zones: what AWS takes, and what is said of the rest. */
import { describe, expect, test } from 'vitest'
import { faultIn, isOver } from '../../../src/kinds/scheduled-task/expression.ts'
import {
  isTimeZone,
  momentOf,
  nearestTimeZone,
} from '../../../src/kinds/scheduled-task/time-zone.ts'

test.each([
  'rate(1 minute)',
  'rate(5 minutes)',
  'rate(12 hours)',
  'rate(365 days)',
  'at(2030-01-31T18:00:00)',
  'at(2028-02-29T00:00:00)',
  'cron(0 3 * * ? *)',
  'cron(0/15 8-17 ? * MON-FRI *)',
  'cron(0 10 1,15 JAN,JUL ? 2026-2030)',
  'cron(30 1 L * ? *)',
  'cron(0 8 LW * ? *)',
  'cron(0 8 15W * ? *)',
  'cron(15 12 ? * FRIL *)',
  'cron(15 12 ? * 6#3 2027)',
  'cron(*/10 * ? * sun *)',
])('%s is an expression', (expression) => {
  expect(faultIn(expression)).toBeUndefined()
})

test.each([
  [
    'rate(0 minutes)',
    'rate(0 minutes) needs a whole number from 1 on and a unit',
    'rate(5 minutes)',
  ],
  ['rate(5)', 'rate(5) needs a whole number from 1 on and a unit', 'rate(5 minutes)'],
  [
    'rate(30 seconds)',
    'rate(30 seconds) has no unit that AWS knows: expected minutes, hours or days',
    'once a minute is the most',
  ],
  [
    'at(2030-01-31)',
    'at(2030-01-31) must be a date and time to the second',
    'at(2030-01-31T18:00:00)',
  ],
  [
    'at(2030-01-31T18:00:00Z)',
    'at(2030-01-31T18:00:00Z) must not say its zone: that is what scheduleExpressionTimezone is for',
    'at(2030-01-31T18:00:00)',
  ],
  [
    'at(2027-02-29T00:00:00)',
    'at(2027-02-29T00:00:00): there is no such time',
    'at(2030-01-31T18:00:00)',
  ],
  [
    'cron(0 3 * * ?)',
    'cron has 5 fields, and AWS takes six: minutes hours day-of-month month day-of-week year',
    'cron(0 3 * * ? *)',
  ],
  ['cron(60 3 * * ? *)', '"60" is no minutes: expected 0 to 59', undefined],
  ['cron(0 3 * 13 ? *)', '"13" is no month: expected 1 to 12 or JAN to DEC', undefined],
  ['cron(0 3 ? * 0 *)', '"0" is no day-of-week: expected 1 to 7 or SUN to SAT', undefined],
  ['cron(0 3 * * ? 2200)', '"2200" is no year: expected 1970 to 2199', undefined],
  ['cron(0 L * * ? *)', '"L" is no hours: expected 0 to 23', undefined],
  ['cron(0/0 3 * * ? *)', '"0/0" is no minutes: expected 0 to 59', undefined],
  ['cron(0 3 ? * ? *)', 'only one of day-of-month and day-of-week can be ?', 'cron(0 3 ? * * *)'],
  ['cron(0 3 * * MON *)', 'one of day-of-month and day-of-week must be ?', 'cron(0 3 ? * MON *)'],
  [
    '0 3 * * 0',
    '"0 3 * * 0" is no schedule expression: expected rate(…), cron(…) or at(…)',
    'cron(0 3 ? * SUN *)',
  ],
  [
    '*/5 * * * *',
    '"*/5 * * * *" is no schedule expression: expected rate(…), cron(…) or at(…)',
    'cron(*/5 * * * ? *)',
  ],
  [
    'daily',
    '"daily" is no schedule expression: expected rate(…), cron(…) or at(…)',
    'rate(5 minutes), cron(0 3 * * ? *) or at(2030-01-31T18:00:00)',
  ],
])('%s', (expression, message, hint) => {
  expect(faultIn(expression)).toEqual({ message, ...(hint ? { hint } : {}) })
})

test('what is suggested is an expression', () => {
  for (const wrong of ['0 3 * * 0', '*/5 * * * *', 'cron(0 3 ? * ? *)', 'cron(0 3 * * * *)']) {
    expect(faultIn(faultIn(wrong)!.hint!), wrong).toBeUndefined()
  }
})

describe('time zones', () => {
  test.each(['UTC', 'Europe/Berlin', 'America/Argentina/Buenos_Aires', 'Asia/Calcutta'])(
    '%s',
    (zone) => {
      expect(isTimeZone(zone)).toBe(true)
    },
  )
  test.each([
    ['berlin', 'Europe/Berlin'],
    ['new york', 'America/New_York'],
    ['Europe/Berlim', 'Europe/Berlin'],
    ['+02:00', undefined],
    ['', undefined],
    ['Middle Earth/Gondor', undefined],
  ])('%j is none', (zone, nearest) => {
    expect(isTimeZone(zone)).toBe(false)
    expect(nearestTimeZone(zone)).toBe(nearest)
  })
  test.each([
    ['2026-01-05T09:30:00', 'Europe/Berlin', '2026-01-05T08:30:00.000Z'],
    ['2026-07-05T09:30:00', 'Europe/Berlin', '2026-07-05T07:30:00.000Z'],
    // Just before and after the clocks change, where the first guess is an hour off.
    ['2026-03-29T01:30:00', 'Europe/Berlin', '2026-03-29T00:30:00.000Z'],
    ['2026-03-29T03:30:00', 'Europe/Berlin', '2026-03-29T01:30:00.000Z'],
    ['2026-01-05T00:15:00', 'Asia/Kathmandu', '2026-01-04T18:30:00.000Z'],
    ['2026-01-05T12:00:00', 'UTC', '2026-01-05T12:00:00.000Z'],
  ])('%s in %s', (local, zone, moment) => {
    expect(new Date(momentOf(local, zone)).toISOString()).toBe(moment)
  })
})

test('a schedule is over after its end, or its only time where it is', () => {
  const now = Date.parse('2026-01-05T08:30:00Z')
  const at = (local: string, scheduleExpressionTimezone?: string) =>
    isOver(
      {
        scheduleExpression: `at(${local})`,
        ...(scheduleExpressionTimezone ? { scheduleExpressionTimezone } : {}),
      },
      now,
    )
  expect(at('2026-01-05T08:30:00')).toBe(true)
  expect(at('2026-01-05T08:30:01')).toBe(false)
  expect(at('2026-01-05T09:30:00', 'Europe/Berlin')).toBe(true)
  expect(at('2026-01-05T09:30:01', 'Europe/Berlin')).toBe(false)
  const rate = { scheduleExpression: 'rate(1 day)' }
  expect(isOver(rate, now)).toBe(false)
  expect(isOver({ ...rate, endDate: '2026-01-05T09:29:00+01:00' }, now)).toBe(true)
})
