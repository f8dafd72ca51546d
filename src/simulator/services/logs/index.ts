/** CloudWatch Logs as far as log groups; nothing is logged into them. */
import type { ServiceHandlers } from '../../api.ts'
import { logGroupHandlers } from './groups.ts'

export const logsHandlers: ServiceHandlers = logGroupHandlers
