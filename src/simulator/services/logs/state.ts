/** The state of CloudWatch Logs: log groups. Records are replaced, never changed in place. */

export interface LogGroupRecord {
  readonly name: string
  readonly created: number
  readonly retentionInDays?: number
  readonly kmsKeyId?: string
  readonly logGroupClass: string
}

export interface LogsState {
  /** By name. */
  readonly groups: Map<string, LogGroupRecord>
}

export function createLogsState(): LogsState {
  return { groups: new Map() }
}
