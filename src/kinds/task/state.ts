/** What is kept of a task between observing, planning and reporting. */
import type { Run } from './record.ts'

export interface TaskState {
  /** The name of the parameter that holds the record. */
  readonly parameter: string
  /** The parameter holds something that fairlead did not write. */
  readonly unreadable?: true
  /** The tagging index shows the parameter, so its tags are known. */
  readonly indexed: boolean
  /** Newest first. */
  readonly runs: readonly Run[]
  /** The hash of what Git asked for when this was read; undefined while a reference has no value. */
  readonly content?: string
  /** How the newest run is doing, when the record does not say that it ended. */
  readonly open?: Open
}

/**
 * A run that was started and whose end is not recorded.
 * - `running`: at least one task has not stopped.
 * - `ended`: all have stopped, and `result` says how.
 * - `unseen`: no task is found, and AWS would show it: it never ran, or reads lag.
 * - `refused`: AWS answered that it started fewer tasks than asked for.
 * - `lost`: no task is found, and AWS may have forgotten it.
 */
export interface Open {
  readonly phase: 'running' | 'ended' | 'unseen' | 'refused' | 'lost'
  /** Since the record was written. */
  readonly ageMs: number
  /** When it was first recorded, in seconds since the epoch. */
  readonly since: number
  /** Since its first task was asked for; since the record, where there is none. */
  readonly forMs: number
  readonly tasks: readonly SeenTask[]
  readonly result?: Result
  /** Refused: why, how many are missing, and how long to wait before the next attempt. */
  readonly refusal?: { readonly why: string; readonly missing: number; readonly waitMs: number }
}

export interface Result {
  readonly outcome: 'succeeded' | 'failed'
  readonly message: string
  readonly at?: string
}

/** A task as far as a report needs it. */
export interface SeenTask {
  readonly arn: string
  readonly status: string
  readonly stopping: boolean
}
