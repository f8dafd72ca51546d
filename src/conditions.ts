/** Reads a status by its conditions. Pure. */
import type { Condition, Status } from './model.ts'

/** The condition of a status by type. */
export function conditionOf(status: Status | undefined, type: Condition['type']) {
  return status?.conditions.find((condition) => condition.type === type)
}

export const isReady = (status: Status | undefined) =>
  conditionOf(status, 'Ready')?.status === 'True'
export const isStalled = (status: Status | undefined) =>
  conditionOf(status, 'Stalled')?.status === 'True'
