/** EC2 networking: VPCs, subnets, gateways, route tables, security groups, interfaces. */
import type { ServiceHandlers } from '../../api.ts'

export const networkHandlers: ServiceHandlers = {}
