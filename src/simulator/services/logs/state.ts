/** CloudWatch log groups: the state. Records are replaced, never changed in place, so that an older view of the world may share them. */

export type LogsState = Readonly<Record<string, never>>

export function createLogsState(): LogsState {
  return {}
}
