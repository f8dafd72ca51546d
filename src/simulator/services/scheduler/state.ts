/** EventBridge Scheduler: groups and schedules: the state. Records are replaced, never changed in place, so that an older view of the world may share them. */

export type SchedulerState = Readonly<Record<string, never>>

export function createSchedulerState(): SchedulerState {
  return {}
}
