/**
 * The sixth stage: sends the calls of plans. One generic loop that makes no decisions: it fills holes, keeps the
 * order that the plan says, and reports how each call ended. A newer plan replaces what is pending for its keys.
 */
import type { Aws } from '../aws/aws.ts'
import { AwsFailure } from '../errors.ts'
import type { Call, Hole, ObjectKey, Outcome } from '../model.ts'

/** Smaller goes first: what a newer commit asked for, then drift, then clean-up. */
export type Priority = 0 | 1 | 2

export interface Submission {
  /** Every key that the plan covers, with or without calls: what is pending for them is replaced. */
  readonly keys: Iterable<ObjectKey>
  readonly calls: readonly { readonly call: Call; readonly priority: Priority }[]
}

export interface Executor {
  submit(submission: Submission): void
  /** Keys with a call in flight: neither observed nor planned until it ends. */
  busy(): ReadonlySet<ObjectKey>
  /** Calls not yet sent. */
  depth(): number
  /** Starts nothing more, and resolves when the calls in flight have ended. */
  stop(): Promise<void>
}

export interface ExecutorOptions {
  readonly aws: Aws
  readonly concurrency: number
  readonly onOutcome: (outcome: Outcome) => void
  /** Calls that went away because another call, on which they waited, failed or was replaced. */
  readonly onDropped: (keys: readonly ObjectKey[]) => void
}

interface Queued {
  readonly call: Call
  readonly priority: Priority
  readonly batch: Batch
  readonly sequence: number
}

/** What one plan's calls know of one another. */
interface Batch {
  readonly succeeded: Set<string>
  readonly values: Map<string, unknown>
}

const holeId = (hole: Hole['$hole']) => `${hole.key} ${hole.attribute}`

/** The value at a dotted path of an answer. */
function pick(answer: unknown, path: string): unknown {
  let value: unknown = answer
  for (const part of path.split('.')) {
    value = (value as Record<string, unknown> | undefined)?.[part]
  }
  return value
}

/** The input with every hole filled; undefined when one is still open. */
export function fillHoles(input: unknown, values: ReadonlyMap<string, unknown>): unknown {
  if (Array.isArray(input)) return input.map((item) => fillHoles(item, values))
  if (input === null || typeof input !== 'object' || input instanceof Date) return input
  const { $hole, append } = input as Partial<Hole> & { append?: string }
  if ($hole) {
    const value = values.get(holeId($hole))
    if (value === undefined) throw new Error(`no value for ${$hole.attribute} of ${$hole.key}`)
    return append === undefined ? value : `${value}${append}`
  }
  return Object.fromEntries(
    Object.entries(input).map(([name, item]) => [name, fillHoles(item, values)]),
  )
}

export function createExecutor(options: ExecutorOptions): Executor {
  const pending = new Map<string, Queued>()
  const inFlight = new Map<ObjectKey, number>()
  let running = 0
  let sequence = 0
  let stopped = false
  let idle: (() => void) | undefined

  /** Takes away pending calls, and those that wait for them; answers the keys of all. */
  const drop = (doomed: (queued: Queued) => boolean): ObjectKey[] => {
    const lost = new Map<Batch, Set<string>>()
    const dropped: ObjectKey[] = []
    for (const [id, queued] of pending) {
      if (!doomed(queued)) continue
      pending.delete(id)
      dropped.push(queued.call.key)
      lost.set(queued.batch, (lost.get(queued.batch) ?? new Set()).add(queued.call.id))
    }
    for (let again = lost.size > 0; again; ) {
      again = false
      for (const [id, queued] of pending) {
        const gone = lost.get(queued.batch)
        if (!gone || !queued.call.after.some((needed) => gone.has(needed))) continue
        pending.delete(id)
        gone.add(queued.call.id)
        dropped.push(queued.call.key)
        again = true
      }
    }
    return dropped
  }

  const send = async (queued: Queued): Promise<void> => {
    const { call, batch } = queued
    let outcome: Outcome
    try {
      const input = fillHoles(call.input, batch.values) as Record<string, unknown>
      const answer = await options.aws(call.operation, input, { key: call.key })
      const yielded: Record<string, string> = {}
      for (const [attribute, path] of Object.entries(call.yields ?? {})) {
        const value = pick(answer, path)
        if (value === undefined) continue
        // Attributes are texts, as observed ones are, though AWS counts versions in numbers.
        yielded[attribute] = String(value)
        batch.values.set(holeId({ key: call.key, attribute }), yielded[attribute])
      }
      batch.succeeded.add(call.id)
      outcome = { call: { ...call, input }, result: 'succeeded', yielded }
    } catch (error) {
      const failure =
        error instanceof AwsFailure
          ? error
          : new AwsFailure(call.operation, 'unknown', 'Error', String(error), { cause: error })
      outcome = {
        call,
        result: failure.effectUnknown ? 'unknown' : 'failed',
        failure: { class: failure.class, code: failure.code, message: failure.message },
      }
    }
    running--
    const left = (inFlight.get(call.key) ?? 1) - 1
    if (left === 0) inFlight.delete(call.key)
    else inFlight.set(call.key, left)
    const lost =
      outcome.result === 'succeeded'
        ? []
        : drop((other) => other.batch === batch && other.call.after.includes(call.id))
    const also =
      outcome.result === 'succeeded' ? [] : [...new Set(lost)].filter((key) => key !== call.key)
    options.onOutcome(outcome)
    if (also.length > 0) options.onDropped(also)
    if (running === 0 && stopped) idle?.()
    pump()
  }

  const pump = () => {
    if (stopped) return
    const ready = [...pending.entries()]
      .filter(([, queued]) => queued.call.after.every((id) => queued.batch.succeeded.has(id)))
      .sort(([, a], [, b]) => a.priority - b.priority || a.sequence - b.sequence)
    for (const [id, queued] of ready) {
      if (running >= options.concurrency) return
      if (inFlight.has(queued.call.key)) continue
      pending.delete(id)
      running++
      inFlight.set(queued.call.key, 1)
      void send(queued)
    }
  }

  return {
    submit({ keys, calls }) {
      if (stopped) return
      const covered = new Set(keys)
      const dropped = drop((queued) => covered.has(queued.call.key))
      const batch: Batch = { succeeded: new Set(), values: new Map() }
      const known = new Set(calls.map(({ call }) => call.id))
      for (const { call, priority } of calls) {
        sequence++
        // What a call waits for and is not part of this submission has been decided elsewhere.
        const after = call.after.filter((id) => known.has(id))
        pending.set(`${sequence}`, { call: { ...call, after }, priority, batch, sequence })
      }
      const orphans = [...new Set(dropped)].filter((key) => !covered.has(key))
      if (orphans.length > 0) options.onDropped(orphans)
      pump()
    },
    busy: () => new Set(inFlight.keys()),
    depth: () => pending.size,
    stop() {
      stopped = true
      pending.clear()
      return running === 0
        ? Promise.resolve()
        : new Promise((resolve) => {
            idle = resolve
          })
    },
  }
}
