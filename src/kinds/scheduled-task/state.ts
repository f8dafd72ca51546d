/** What is kept of a scheduled task between observing, planning and reporting. */
export interface ScheduledTaskState {
  /** Its members in our spelling; absent while there is only its group. */
  readonly schedule?: Readonly<Record<string, unknown>>
  /** ACTIVE or DELETING. */
  readonly group: string
  /** No time is left for it. */
  readonly over: boolean
}
