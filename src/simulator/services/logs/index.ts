/** CloudWatch Logs as far as log groups, and what containers wrote into their streams. */
import type { ServiceHandlers } from '../../api.ts'
import { logGroupHandlers } from './groups.ts'
import { logStreamHandlers } from './streams.ts'

export const logsHandlers: ServiceHandlers = { ...logGroupHandlers, ...logStreamHandlers }
