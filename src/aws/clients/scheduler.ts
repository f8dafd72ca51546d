/** The operations of `scheduler` that fairlead sends; named one by one, so that the bundle holds no others. */
import {
  CreateScheduleCommand,
  CreateScheduleGroupCommand,
  DeleteScheduleGroupCommand,
  GetScheduleCommand,
  GetScheduleGroupCommand,
  ListSchedulesCommand,
  ListTagsForResourceCommand,
  SchedulerClient,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateScheduleCommand,
} from '@aws-sdk/client-scheduler'

export const Client = SchedulerClient

export const commands = {
  CreateSchedule: CreateScheduleCommand,
  CreateScheduleGroup: CreateScheduleGroupCommand,
  DeleteScheduleGroup: DeleteScheduleGroupCommand,
  GetSchedule: GetScheduleCommand,
  GetScheduleGroup: GetScheduleGroupCommand,
  ListSchedules: ListSchedulesCommand,
  ListTagsForResource: ListTagsForResourceCommand,
  TagResource: TagResourceCommand,
  UntagResource: UntagResourceCommand,
  UpdateSchedule: UpdateScheduleCommand,
}
