/** Schedule expressions: at(…), rate(…), cron(…): which are valid, and when one comes due next. */
import { Cron } from 'croner'
import { AwsError } from '../../api.ts'

const UNITS: Readonly<Record<string, number>> = {
  minute: 60_000,
  hour: 3_600_000,
  day: 86_400_000,
}

/** An expression that was understood. */
export type Timing =
  | { readonly kind: 'at'; readonly cron: Cron }
  | { readonly kind: 'rate'; readonly everyMs: number }
  | { readonly kind: 'cron'; readonly cron: Cron }

function invalid(expression: string): AwsError {
  return new AwsError('ValidationException', `Invalid Schedule Expression ${expression}.`)
}

/** Throws ValidationException unless the time zone is one of IANA's. */
export function checkTimeZone(zone: string): void {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone })
  } catch {
    throw new AwsError('ValidationException', `Invalid Schedule Expression Timezone ${zone}.`)
  }
}

/** Throws ValidationException for what is no expression. */
export function parseExpression(expression: string, timezone: string): Timing {
  const [, kind, inner = ''] = /^(at|rate|cron)\((.*)\)$/.exec(expression) ?? []
  if (kind === 'rate') {
    const [, count = '0', unit = ''] = /^(\d+) (minute|hour|day)s?$/.exec(inner) ?? []
    const everyMs = Number(count) * (UNITS[unit] ?? 0)
    if (everyMs > 0) return { kind, everyMs }
  }
  if (kind === 'at' && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/.test(inner)) {
    const cron = compile(inner, timezone)
    if (cron) return { kind, cron }
  }
  if (kind === 'cron') {
    const pattern = patternOf(inner)
    const cron = pattern === undefined ? undefined : compile(pattern, timezone)
    if (cron) return { kind, cron }
  }
  throw invalid(expression)
}

function compile(pattern: string, timezone: string): Cron | undefined {
  try {
    return new Cron(pattern, { paused: true, timezone })
  } catch {
    return undefined
  }
}

/**
 * AWS's six fields as the library reads them: seconds in front, days of the week from 0, steps over a whole range.
 * One of the two day fields, and one only, is `?`.
 */
function patternOf(text: string): string | undefined {
  const fields = text.trim().toUpperCase().split(/\s+/)
  if (fields.length !== 6) return undefined
  const [minute = '', hour = '', day = '', month = '', weekday = '', year = ''] = fields
  if ((day === '?') === (weekday === '?')) return undefined
  if ([minute, hour, month, year].some((field) => field.includes('?'))) return undefined
  const last = weekday === 'L' ? '7' : weekday
  return [
    '0',
    stepped(minute, 59),
    stepped(hour, 23),
    day === '?' ? '*' : stepped(day, 31),
    stepped(month, 12),
    weekday === '?' ? '*' : weekdays(last),
    stepped(year, 2199),
  ].join(' ')
}

/** `5/15` means from 5 on in steps of 15. */
function stepped(field: string, to: number): string {
  return field
    .split(',')
    .map((part) => part.replace(/^(\d+)\/(\d+)$/, `$1-${to}/$2`))
    .join(',')
}

/** AWS counts the days of the week from 1, Sunday; the last Friday is `6L`. */
function weekdays(field: string): string {
  return stepped(field, 7)
    .split(',')
    .map((part) => {
      const [days = '', rest] = part.split(/(?=[/#])/)
      return days.replace(/[1-7]/g, (digit) => String(Number(digit) - 1)) + (rest ?? '')
    })
    .join(',')
}

/**
 * When an expression comes due next after `after`, milliseconds since the epoch; undefined: never. A rate counts from
 * its anchor, which is its first time. A local time that a change of the clocks leaves out is left out.
 */
export function nextTime(timing: Timing, anchor: number, after: number): number | undefined {
  if (timing.kind === 'rate') {
    if (after < anchor) return anchor
    return anchor + (Math.floor((after - anchor) / timing.everyMs) + 1) * timing.everyMs
  }
  const { cron } = timing
  let at = cron.nextRun(new Date(after))
  while (at && timing.kind === 'cron' && !cron.match(at)) at = cron.nextRun(at)
  return at?.getTime()
}
