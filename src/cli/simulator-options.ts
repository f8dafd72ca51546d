/** Reads `--faults`, and makes the clock of a served simulator. */

import { parseDuration } from '../durations.ts'
import { UserError } from '../errors.ts'
import type { FaultOptions } from '../simulator/faults.ts'

/** What `--faults` may set. */
export type FaultSpec = Omit<FaultOptions, 'throttle'>

const parsers: Readonly<Record<string, (text: string) => number>> = {
  throttle: parseProbability,
  error: parseProbability,
  lost: parseProbability,
  stale: parseDuration,
  'tag-lag': parseDuration,
}

/**
 * Reads `throttle=0.05,error=0.02,lost=0.01,stale=5s,tag-lag=3s`, each part optional: probabilities that a call is
 * throttled, or answered 5xx, before its effect; that its answer is lost after it; how old reads and the tagging
 * index may be. Throws UserError.
 */
export function parseFaults(text: string): FaultSpec {
  const given: Record<string, number> = {}
  for (const part of text.split(',').filter((each) => each.trim() !== '')) {
    const [name = '', value = ''] = part.split('=').map((each) => each.trim())
    const parse = Object.hasOwn(parsers, name) ? parsers[name] : undefined
    if (!parse) {
      throw new UserError(`--faults ${part.trim()} is not understood`, {
        hint: `write any of ${Object.keys(parsers).join(', ')}: throttle=0.05,lost=0.01,stale=5s`,
      })
    }
    given[name] = parse(value)
  }
  const { throttle = 0, error = 0, lost, stale, 'tag-lag': tagLag } = given
  const failBefore = throttle + error
  if (failBefore > 1) throw new UserError('--faults: throttle and error are more than 1 together')
  return {
    ...(failBefore > 0 && { failBefore, throttledShare: throttle / failBefore }),
    ...(lost !== undefined && { loseAnswer: lost }),
    ...(stale !== undefined && { staleReadsMs: stale }),
    ...(tagLag !== undefined && { tagIndexLagMs: tagLag }),
  }
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
