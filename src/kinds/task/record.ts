/**
 * What is kept of a task in the Parameter Store: which contents ran, and how that ended. AWS forgets a stopped task
 * after an hour; this outlasts it. Compact JSON of at most 4 KB, newest first; the oldest fall away. Pure.
 */

export type RunOutcome = 'started' | 'succeeded' | 'failed' | 'unknown'

/** One content that ran, or is to run: written before AWS is asked to, and again when it ended. */
export interface Run {
  /** Of the content, with the task definition's revision. */
  readonly hash: string
  readonly outcome: RunOutcome
  /** The value of the annotation `fairlead.dev/retry` that it ran with. */
  readonly retry?: string
  /** While it is started: which attempt to place the tasks, 1 when absent; how many it asks for, and where. */
  readonly attempt?: number
  readonly count?: number
  /** How many earlier attempts started. */
  readonly before?: number
  readonly cluster?: string
  /** When it was first begun, in seconds since the epoch; absent: when the record was written. */
  readonly since?: number
  /** Once it ended: when, how and which, for people; kept of the newest only. */
  readonly at?: string
  readonly message?: string
  readonly task?: string
}

/** A parameter of the standard tier holds 4096 bytes. */
const mostBytes = 4_000
const longestMessage = 400

/** The value of the parameter. */
export function writeRecord(runs: readonly Run[]): string {
  const [newest, ...older] = runs
  if (!newest) return JSON.stringify({ runs: [] })
  const kept = [clipped(newest), ...older.map(shortened)]
  let text = JSON.stringify({ runs: kept })
  while (Buffer.byteLength(text) > mostBytes && kept.length > 1) {
    kept.pop()
    text = JSON.stringify({ runs: kept })
  }
  return text
}

/** The Parameter Store takes `{{` for the name of another parameter, and refuses it. */
function clipped(run: Run): Run {
  if (run.message === undefined) return run
  const message = run.message.replace(/\{\{|\}\}/g, (pair) => pair[0]!).slice(0, longestMessage)
  return { ...run, message }
}

/** An older run keeps what decides whether it runs again. One that was never followed to its end stays unknown. */
function shortened({ hash, outcome, retry, at }: Run): Run {
  return {
    hash,
    outcome: outcome === 'started' ? 'unknown' : outcome,
    ...(retry === undefined ? {} : { retry }),
    ...(at === undefined ? {} : { at }),
  }
}

/** The runs in a parameter's value; undefined when something else is written there. */
export function readRecord(text: string): readonly Run[] | undefined {
  try {
    const { runs } = JSON.parse(text) as { runs?: unknown }
    return Array.isArray(runs) && runs.every(isRun) ? runs : undefined
  } catch {
    return undefined
  }
}

const outcomes: readonly unknown[] = ['started', 'succeeded', 'failed', 'unknown']

function isRun(value: unknown): value is Run {
  const run = (value ?? {}) as Partial<Run>
  return typeof run.hash === 'string' && outcomes.includes(run.outcome)
}
