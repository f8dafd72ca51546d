/** EC2 networking: VPCs, subnets, gateways, route tables, security groups, interfaces, and the tags of all EC2. */
import type { ServiceHandlers } from '../../api.ts'
import { withDryRun } from './dry-run.ts'
import { internetGatewayHandlers } from './internet-gateways.ts'
import { networkInterfaceHandlers } from './network-interfaces.ts'
import { routeTableHandlers } from './route-tables.ts'
import { routeHandlers } from './routes.ts'
import { securityGroupRuleHandlers } from './security-group-rules.ts'
import { securityGroupHandlers } from './security-groups.ts'
import { subnetHandlers } from './subnets.ts'
import { ec2TagHandlers } from './tag-operations.ts'
import { vpcHandlers } from './vpcs.ts'
import { zoneHandlers } from './zones.ts'

export const networkHandlers: ServiceHandlers = withDryRun({
  ...ec2TagHandlers,
  ...internetGatewayHandlers,
  ...networkInterfaceHandlers,
  ...routeHandlers,
  ...routeTableHandlers,
  ...securityGroupHandlers,
  ...securityGroupRuleHandlers,
  ...subnetHandlers,
  ...vpcHandlers,
  ...zoneHandlers,
})
