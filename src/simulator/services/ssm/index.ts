/** Parameters of Systems Manager: those of the account, and the public ones that name AMIs. */
import type { ServiceHandlers } from '../../api.ts'

export const ssmHandlers: ServiceHandlers = {}
