/** The options of `fairlead simulator` that are little languages. */
import { describe, expect, it } from 'vitest'
import { parseFaults, scaledClock } from '../../src/cli/simulator-options.ts'
import { UserError } from '../../src/errors.ts'

describe('--faults', () => {
  it('takes probabilities and durations', () => {
    expect(parseFaults('throttle=0.03, error=0.01,lost=1,stale=500ms,tag-lag=2m')).toEqual({
      failBefore: 0.04,
      throttledShare: 0.75,
      loseAnswer: 1,
      staleReadsMs: 500,
      tagIndexLagMs: 120_000,
    })
    expect(parseFaults('error=1')).toEqual({ failBefore: 1, throttledShare: 0 })
    expect(parseFaults('stale=5')).toEqual({ staleReadsMs: 5000 })
    expect(parseFaults('')).toEqual({})
  })

  it.each([
    'error',
    'error=',
    'error=2',
    'throttle=0.6,error=0.5',
    'lost=-1',
    'stale=soon',
    'boom=1',
    'toString=1',
  ])('refuses "%s"', (text) => {
    expect(() => parseFaults(text)).toThrow(UserError)
  })
})

describe('scaledClock', () => {
  it('runs faster from where it starts', () => {
    let real = 1000
    const clock = scaledClock(() => real, 10, 50_000)
    expect(clock()).toBe(50_000)
    real += 250
    expect(clock()).toBe(52_500)
  })
})
