/** Load balancers, listeners, rules and target groups, as far as services need them. */
import type { ServiceHandlers } from '../../api.ts'

export const elbv2Handlers: ServiceHandlers = {}
