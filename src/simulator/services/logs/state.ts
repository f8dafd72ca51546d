/** The state of CloudWatch Logs: log groups and streams. Records are replaced, never changed in place. */

export interface LogGroupRecord {
  readonly name: string
  readonly created: number
  readonly retentionInDays?: number
  readonly kmsKeyId?: string
  readonly logGroupClass: string
}

export interface LogEvent {
  /** Milliseconds since the epoch. */
  readonly at: number
  readonly message: string
}

export interface LogStreamRecord {
  readonly group: string
  readonly name: string
  readonly created: number
  /** Oldest first. */
  readonly events: readonly LogEvent[]
}

export interface LogsState {
  /** By name. */
  readonly groups: Map<string, LogGroupRecord>
  /** By group and name, oldest first. */
  readonly streams: Map<string, LogStreamRecord>
}

export function createLogsState(): LogsState {
  return { groups: new Map(), streams: new Map() }
}
