/** Time zones by their IANA names: whether there is one, and which is probably meant. Pure. */
import { distance } from 'fastest-levenshtein'

/** Whether AWS takes it: a name, no offset such as +02:00. */
export function isTimeZone(zone: string): boolean {
  if (!/^[A-Za-z]/.test(zone)) return false
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone })
    return true
  } catch {
    return false
  }
}

/** The nearest name: the city alone, the wrong case, a slip of the pen. */
export function nearestTimeZone(zone: string): string | undefined {
  const wanted = zone.toLowerCase().replace(/ /g, '_')
  const all = Intl.supportedValuesOf('timeZone')
  const ofCity = all.find((name) => name.toLowerCase().split('/').at(-1) === wanted)
  if (ofCity) return ofCity
  const near = all
    .map((name) => [distance(name.toLowerCase(), wanted), name] as const)
    .sort(([a], [b]) => a - b)[0]
  return near && near[0] <= 3 ? near[1] : undefined
}

/** The moment at which clocks in a zone show this (`2030-01-31T18:00:00`), milliseconds since the epoch. */
export function momentOf(local: string, zone: string): number {
  const asUtc = Date.parse(`${local}Z`)
  // Twice, since the offset is that of the moment sought and not of the first guess.
  const guess = asUtc - offsetAt(asUtc, zone)
  return asUtc - offsetAt(guess, zone)
}

function offsetAt(ms: number, zone: string): number {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  })
  const parts = Object.fromEntries(
    format.formatToParts(ms).map(({ type, value }) => [type, Number(value)]),
  )
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts
  return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(ms / 1_000) * 1_000
}
