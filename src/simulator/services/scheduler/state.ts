/** The state of EventBridge Scheduler. Records are replaced, never changed in place, but for their clock. */
import type { GetScheduleOutput } from '@aws-sdk/client-scheduler'

/** When it is woken next. */
export interface Clock {
  wakeAt?: number
}

export interface ScheduleGroupRecord {
  readonly name: string
  readonly created: Date
  readonly modified: Date
  readonly clock: Clock
  /** When a group that is being deleted is gone, milliseconds since the epoch. */
  readonly goneAt?: number
}

export interface ScheduleRecord {
  /** As GetSchedule shows it. */
  readonly schedule: GetScheduleOutput
  readonly clock: Clock
  /** A rate counts from then: milliseconds since the epoch. */
  readonly anchor: number
  /** The last time it came due; nothing up to then comes due again. */
  readonly doneUntil: number
}

export interface SchedulerState {
  /** By name, without `default`, which is always there. */
  readonly groups: Map<string, ScheduleGroupRecord>
  /** By `<group>/<name>`. */
  readonly schedules: Map<string, ScheduleRecord>
  /** What was asked for under a client token, by operation and token. */
  readonly tokens: Map<string, string>
}

export function createSchedulerState(): SchedulerState {
  return { groups: new Map(), schedules: new Map(), tokens: new Map() }
}

/** The key of a schedule in `schedules`. */
export function scheduleKey(group: string, name: string): string {
  return `${group}/${name}`
}
