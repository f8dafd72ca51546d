/** Auto Scaling groups and their instance refreshes. */
import type { ServiceHandlers } from '../../api.ts'

export const autoScalingHandlers: ServiceHandlers = {}
