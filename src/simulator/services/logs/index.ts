/** CloudWatch log groups. */
import type { ServiceHandlers } from '../../api.ts'

export const logsHandlers: ServiceHandlers = {}
