/** Reads `--faults`, and makes the clock of a served simulator. */
import { UserError } from '../errors.ts'
import type { FaultOptions } from '../simulator/faults.ts'
import { parseDuration } from './durations.ts'

/** What `--faults` may set. */
export type FaultSpec = Omit<
  { -readonly [Key in keyof FaultOptions]: FaultOptions[Key] },
  'throttle'
>

const faultKeys: Readonly<Record<string, readonly [keyof FaultSpec, (text: string) => number]>> = {
  fail: ['failBefore', parseProbability],
  lost: ['loseAnswer', parseProbability],
  stale: ['staleReadsMs', parseDuration],
  'tag-lag': ['tagIndexLagMs', parseDuration],
}

/** `fail=0.05,lost=0.01,stale=5s,tag-lag=3s`, each part optional. Throws UserError. */
export function parseFaults(text: string): FaultSpec {
  const spec: FaultSpec = {}
  for (const part of text.split(',').filter((each) => each.trim() !== '')) {
    const [name = '', value = ''] = part.split('=').map((each) => each.trim())
    const known = Object.hasOwn(faultKeys, name) ? faultKeys[name] : undefined
    if (!known) {
      throw new UserError(`--faults ${part.trim()} is not understood`, {
        hint: `write any of ${Object.keys(faultKeys).join(', ')}: fail=0.05,lost=0.01,stale=5s`,
      })
    }
    const [key, parse] = known
    spec[key] = parse(value)
  }
  return spec
}

function parseProbability(text: string): number {
  const value = text === '' ? Number.NaN : Number(text)
  if (value >= 0 && value <= 1) return value
  throw new UserError(`--faults: ${text || 'nothing'} is no probability from 0 to 1`)
}

/** A clock that starts at `startMs` and runs `scale` times as fast as `real`. Milliseconds since the epoch. */
export function scaledClock(real: () => number, scale: number, startMs = real()): () => number {
  const origin = real()
  return () => startMs + (real() - origin) * scale
}
