/** EventBridge Scheduler: schedules and their groups. */
import type { ServiceHandlers } from '../../api.ts'
import { groupHandlers } from './groups.ts'
import { scheduleHandlers } from './schedules.ts'

export const schedulerHandlers: ServiceHandlers = { ...groupHandlers, ...scheduleHandlers }
