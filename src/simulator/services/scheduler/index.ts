/** EventBridge Scheduler: groups and schedules. */
import type { ServiceHandlers } from '../../api.ts'

export const schedulerHandlers: ServiceHandlers = {}
