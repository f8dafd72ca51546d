/**
 * Schedule expressions: what is wrong with one, in words, and when the last time of a schedule is over. Rests on
 * "Schedule types" in the EventBridge Scheduler user guide. Pure.
 */

import type { ScheduledTaskSpec } from './spec.ts'
import { isTimeZone, momentOf } from './time-zone.ts'

export interface Fault {
  readonly message: string
  readonly hint?: string
}

/** What is wrong with an expression; undefined when AWS takes it. */
export function faultIn(expression: string): Fault | undefined {
  const [, kind, inner = ''] = /^(rate|cron|at)\(([^()]*)\)$/.exec(expression) ?? []
  if (kind === 'rate') return faultInRate(inner)
  if (kind === 'cron') return faultInCron(inner.trim().split(/\s+/))
  if (kind === 'at') return faultInMoment(inner)
  const message = `"${expression.slice(0, 80)}" is no schedule expression: expected rate(…), cron(…) or at(…)`
  const fields = expression.trim().split(/\s+/)
  if (fields.length === 5 && !expression.includes('(')) return { message, hint: fromUnix(fields) }
  return { message, hint: 'rate(5 minutes), cron(0 3 * * ? *) or at(2030-01-31T18:00:00)' }
}

function faultInRate(inner: string): Fault | undefined {
  const [, count = '', unit = ''] = /^(\S+) +(\S+)$/.exec(inner.trim()) ?? []
  if (!/^[1-9]\d*$/.test(count)) {
    const message = `rate(${inner}) needs a whole number from 1 on and a unit`
    return { message, hint: 'rate(5 minutes)' }
  }
  if (/^(minute|hour|day)s?$/.test(unit)) return undefined
  const message = `rate(${inner}) has no unit that AWS knows: expected minutes, hours or days`
  if (/^seconds?$/.test(unit)) return { message, hint: 'once a minute is the most' }
  if (/^weeks?$/.test(unit)) return { message, hint: `rate(${Number(count) * 7} days)` }
  return { message }
}

function faultInMoment(inner: string): Fault | undefined {
  const hint = 'at(2030-01-31T18:00:00)'
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/.test(inner)) {
    const zoned = /(Z|[+-]\d\d:?\d\d)$/.test(inner)
    const message = zoned
      ? `at(${inner}) must not say its zone: that is what scheduleExpressionTimezone is for`
      : `at(${inner}) must be a date and time to the second`
    return { message, hint }
  }
  const ms = Date.parse(`${inner}Z`)
  const real = !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(inner)
  return real ? undefined : { message: `at(${inner}): there is no such time`, hint }
}

interface CronField {
  readonly name: string
  readonly from: number
  readonly to: number
  /** Names for the numbers from `from` on. */
  readonly names?: readonly string[]
  /** Parts that only this field takes. */
  readonly also?: RegExp
}

const months = 'JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC'.split(' ')
const weekdays = 'SUN MON TUE WED THU FRI SAT'.split(' ')

const cronFields: readonly CronField[] = [
  { name: 'minutes', from: 0, to: 59 },
  { name: 'hours', from: 0, to: 23 },
  { name: 'day-of-month', from: 1, to: 31, also: /^(\?|L|LW|(\d|[12]\d|3[01])W)$/ },
  { name: 'month', from: 1, to: 12, names: months },
  {
    name: 'day-of-week',
    from: 1,
    to: 7,
    names: weekdays,
    also: /^(\?|L|([1-7]|SUN|MON|TUE|WED|THU|FRI|SAT)(L|#[1-5]))$/,
  },
  { name: 'year', from: 1970, to: 2199 },
]

function faultInCron(fields: readonly string[]): Fault | undefined {
  if (fields.length !== 6) {
    const message = `cron has ${fields.length} fields, and AWS takes six: minutes hours day-of-month month day-of-week year`
    return { message, ...(fields.length === 5 ? { hint: fromUnix(fields) } : {}) }
  }
  for (const [index, field] of cronFields.entries()) {
    for (const part of fields[index]!.toUpperCase().split(',')) {
      if (takes(field, part)) continue
      const { name, from, to, names } = field
      const named = names ? ` or ${names[0]} to ${names.at(-1)}` : ''
      return { message: `"${part}" is no ${name}: expected ${from} to ${to}${named}` }
    }
  }
  const [minutes, hours, day, month, weekday, year] = fields
  if ((day === '?') === (weekday === '?')) {
    const message =
      day === '?'
        ? 'only one of day-of-month and day-of-week can be ?'
        : 'one of day-of-month and day-of-week must be ?'
    const days = weekday === '*' ? `${day} ${month} ?` : `? ${month} ${day === '?' ? '*' : weekday}`
    return { message, hint: `cron(${minutes} ${hours} ${days} ${year})` }
  }
  return undefined
}

/** One part of a list: a value, a range, either with a step, everything, or what is the field's own. */
function takes(field: CronField, part: string): boolean {
  if (field.also?.test(part)) return true
  const [base = '', step, ...more] = part.split('/')
  if (more.length > 0 || (step !== undefined && !/^[1-9]\d*$/.test(step))) return false
  if (base === '*') return true
  const ends = base.split('-')
  return ends.length <= 2 && ends.every((end) => numberIn(field, end) !== undefined)
}

function numberIn({ from, to, names = [] }: CronField, text: string): number | undefined {
  if (names.includes(text)) return from + names.indexOf(text)
  const value = /^\d{1,4}$/.test(text) ? Number(text) : Number.NaN
  return value >= from && value <= to ? value : undefined
}

/** Five fields of a crontab as AWS writes them: a year, one `?`, and days of the week by name, since AWS counts from 1. */
function fromUnix(fields: readonly string[]): string {
  const [minutes, hours, day, month, weekday] = fields.map((field) => field.replace('?', '*'))
  const named = String(weekday).replace(/\d/g, (digit) => weekdays[Number(digit) % 7] ?? digit)
  const days = named === '*' ? `${day} ${month} ?` : `${day === '*' ? '?' : day} ${month} ${named}`
  return `cron(${minutes} ${hours} ${days} *)`
}

/** Whether no time is left: of a single one, or before an end. AWS refuses such schedules, and may have deleted it. */
export function isOver(spec: ScheduledTaskSpec, now: number): boolean {
  const { scheduleExpression = '', scheduleExpressionTimezone: zone = 'UTC', endDate } = spec
  if (endDate !== undefined && Date.parse(endDate) <= now) return true
  const [, local] = /^at\(([^()]*)\)$/.exec(scheduleExpression) ?? []
  return local !== undefined && isTimeZone(zone) && momentOf(local, zone) <= now
}
