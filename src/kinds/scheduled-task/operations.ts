/** The AWS operations that scheduled tasks need, and how a lost answer to each is made safe. */
import type { Safety } from '../../kind.ts'
import type { Operation } from '../../model.ts'

export const operations: Readonly<Record<Operation, Safety>> = {
  'scheduler:ListSchedules': 'read',
  'scheduler:GetSchedule': 'read',
  // Only where the schedule is missing, or the index does not show the tags yet.
  'scheduler:GetScheduleGroup': 'read',
  'scheduler:ListTagsForResource': 'read',
  // Names are unique: a second one is refused.
  'scheduler:CreateScheduleGroup': 'idempotent',
  'scheduler:CreateSchedule': 'idempotent',
  'scheduler:UpdateSchedule': 'idempotent',
  'scheduler:DeleteScheduleGroup': 'idempotent',
  'scheduler:TagResource': 'idempotent',
  'scheduler:UntagResource': 'idempotent',
}
