/** Durations as people write them. */
import { UserError } from './errors.ts'

const units: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
}

/** `30s`, `10m`, `1h30m`; a bare number means seconds. Answers milliseconds. Throws UserError. */
export function parseDuration(text: string): number {
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text) * 1_000
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d)/g)]
  if (parts.length === 0 || parts.map((part) => part[0]).join('') !== text) {
    throw new UserError(`"${text}" is not a duration`, { hint: 'write 30s, 10m or 1h30m' })
  }
  return parts.reduce(
    (sum, [, number, unit]) => sum + Number(number) * (units[unit ?? 's'] ?? 1_000),
    0,
  )
}

/** `70 s`, `3 min`, `2 h`: how long ago or how long, for people. */
export function renderDuration(ms: number): string {
  const seconds = Math.round(ms / 1_000)
  if (seconds < 100) return `${seconds} s`
  const minutes = Math.round(seconds / 60)
  return minutes < 100 ? `${minutes} min` : `${Math.round(minutes / 60)} h`
}
