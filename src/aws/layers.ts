/** The thin layers around the AWS function: retried reads, the read-only guard, metering. */
import { AwsFailure } from '../errors.ts'
import type { Operation } from '../model.ts'
import type { Clock } from '../runtime.ts'
import type { Layer } from './aws.ts'

/** Milliseconds to wait before attempt `n` (from 1): full jitter over an exponential ceiling. */
export function fullJitter(n: number, baseMs: number, capMs: number, random: () => number): number {
  return random() * Math.min(capMs, baseMs * 2 ** (n - 1))
}

export interface RetryOptions {
  readonly clock: Clock
  readonly random: () => number
  readonly isRead: (operation: Operation) => boolean
  readonly attempts?: number
}

/**
 * Reads are sent again after a throttle or a passing fault. Writes never are: whether a lost answer had its
 * effect is for the next pass to see.
 */
export function retriedReads({ clock, random, isRead, attempts = 4 }: RetryOptions): Layer {
  return (next) => async (operation, input, options) => {
    for (let attempt = 1; ; attempt++) {
      try {
        return await next(operation, input, options)
      } catch (error) {
        const again =
          error instanceof AwsFailure &&
          (error.class === 'throttled' || error.class === 'transient') &&
          isRead(operation) &&
          attempt < attempts &&
          !options?.signal?.aborted
        if (!again) throw error
        const baseMs = error.class === 'throttled' ? 500 : 100
        await clock.sleep(fullJitter(attempt, baseMs, 20_000, random), options?.signal)
      }
    }
  }
}

/** Refuses every operation that is not a read: for dry runs and observed environments. */
export function readOnly(isRead: (operation: Operation) => boolean): Layer {
  return (next) => async (operation, input, options) => {
    if (!isRead(operation)) {
      throw new AwsFailure(
        operation,
        'denied',
        'ReadOnly',
        `${operation} was held back: nothing is written in a dry run`,
      )
    }
    return next(operation, input, options)
  }
}

/** Reports each call: `outcome` is `ok` or the failure class. */
export function metered(
  clock: Clock,
  report: (operation: Operation, outcome: string, seconds: number) => void,
): Layer {
  return (next) => async (operation, input, options) => {
    const startedMs = clock.now()
    try {
      const output = await next(operation, input, options)
      report(operation, 'ok', (clock.now() - startedMs) / 1000)
      return output
    } catch (error) {
      const outcome = error instanceof AwsFailure ? error.class : 'unknown'
      report(operation, outcome, (clock.now() - startedMs) / 1000)
      throw error
    }
  }
}
