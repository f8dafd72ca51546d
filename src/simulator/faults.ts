/**
 * Everything that AWS does to a caller besides answering: throttling, stale reads, a tagging index
 * that lags, failures before the effect, and answers that are lost after it.
 *
 * One `Faults` per account and region stands around the operations of its world:
 *
 *     faults.admit(operation, now)                       // may throw: nothing has happened
 *     const seen = isRead(operation) ? faults.view(operation, world, now) : world
 *     if (!isRead(operation)) faults.remember(world, now)  // before the world changes
 *     const output = handler(input, { ...context, world: seen })
 *     faults.deliver(operation)                          // may throw: the effect stands
 *     return output
 *
 * What changes the world without a call (tasks starting, deployments moving) is to be announced
 * with `remember(world, now)` before it happens, too. Writes always see the truth.
 */
import { AwsError } from './api.ts'
import { createHistory, type History } from './history.ts'
import { createThrottle, throttled } from './throttle.ts'
import type { World } from './world.ts'

export interface FaultOptions {
  /** Refuse calls beyond AWS's published rates. Default false. */
  readonly throttle?: boolean
  /** Reads answer from a state up to so old; each call draws its own age. Default 0. */
  readonly staleReadsMs?: number
  /** The tagging API knows the tags of so long ago. Default 3000. */
  readonly tagIndexLagMs?: number
  /** Probability, 0 to 1, that a call is throttled or answered 5xx before it has any effect. Default 0. */
  readonly failBefore?: number
  /** How many of these, 0 to 1, are throttled; the others are answered 5xx. Default 0.5. */
  readonly throttledShare?: number
  /** Probability, 0 to 1, that a call has its effect and its answer is lost: a broken connection, or a 5xx. Default 0. */
  readonly loseAnswer?: number
}

export interface Faults {
  /** Throws ThrottlingException or ServerException; then the call must not be carried out. */
  admit(operation: string, now: number): void
  /** The world that a read answers from. Never to be changed. */
  view(operation: string, world: World, now: number): World
  /** Keeps a picture of the world as it is, for later stale reads; cheap when none was asked for. */
  remember(world: World, now: number): void
  /** Throws LostAnswer or ServerException instead of an answer, after the effect. */
  deliver(operation: string): void
  /** Ends random failures, throttling and stale reads for good; the tagging index goes on lagging. */
  heal(): void
}

/** A connection that broke before the answer came: what the caller sees has no AWS error code. */
export class LostAnswer extends Error {
  override readonly name = 'LostAnswer'
  readonly code = 'ECONNRESET'
  constructor(operation: string) {
    super(`the connection was reset before ${operation} was answered`)
  }
}

/** Whether an operation (`ecs:DescribeServices`) only reads: the rest of the world does not change by it. */
export function isRead(operation: string): boolean {
  return /^[a-z0-9-]+:(Describe|List|Get|Lookup)/.test(operation)
}

/** `random` draws in [0, 1) and belongs to the faults alone, so that they shift nothing else. */
export function createFaults(options: FaultOptions, random: () => number): Faults {
  const { throttle = false, tagIndexLagMs = 3000, throttledShare = 0.5 } = options
  let { staleReadsMs = 0, failBefore = 0, loseAnswer = 0 } = options
  let take = throttle ? createThrottle() : undefined
  let past: History = createHistory(staleReadsMs, 'all')
  const index: History = createHistory(tagIndexLagMs, 'tags')
  return {
    admit(operation, now) {
      take?.(operation, now)
      if (failBefore > 0 && random() < failBefore)
        throw random() < throttledShare ? throttled(operation) : serverError()
    },
    view(operation, world, now) {
      if (operation.startsWith('tag:')) return index.at(now - tagIndexLagMs, world)
      if (staleReadsMs <= 0 || operation.startsWith('sts:')) return world
      return past.at(now - random() * staleReadsMs, world)
    },
    remember(world, now) {
      past.remember(world, now)
      index.remember(world, now)
    },
    deliver(operation) {
      if (loseAnswer > 0 && random() < loseAnswer)
        throw random() < 0.5 ? new LostAnswer(operation) : serverError()
    },
    heal() {
      take = undefined
      past = createHistory(0, 'all')
      staleReadsMs = 0
      failBefore = 0
      loseAnswer = 0
    },
  }
}

function serverError(): AwsError {
  return new AwsError('ServerException', 'Service Unavailable. Please try again later.', 500)
}
