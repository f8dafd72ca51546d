/** The registry of kinds. Their order breaks ties in plans; deletions go the other way. */
import type { Composite, Kind } from '../kind.ts'
import { autoScalingGroup } from './auto-scaling-group/index.ts'
import { capacityProvider } from './capacity-provider/index.ts'
import { cluster } from './cluster/index.ts'
import { instanceGroup } from './instance-group/index.ts'
import { instanceProfile } from './instance-profile/index.ts'
import { internetGateway } from './internet-gateway/index.ts'
import { launchTemplate } from './launch-template/index.ts'
import { listener } from './listener/index.ts'
import { listenerRule } from './listener-rule/index.ts'
import { loadBalancer } from './load-balancer/index.ts'
import { network } from './network/index.ts'
import { repository } from './repository/index.ts'
import { role } from './role/index.ts'
import { routeTable } from './route-table/index.ts'
import { scalableTarget } from './scalable-target/index.ts'
import { scalingPolicy } from './scaling-policy/index.ts'
import { scheduledTask } from './scheduled-task/index.ts'
import { secret } from './secret/index.ts'
import { securityGroup } from './security-group/index.ts'
import { service } from './service/index.ts'
import { subnet } from './subnet/index.ts'
import { targetGroup } from './target-group/index.ts'
import { task } from './task/index.ts'
import { taskDefinition } from './task-definition/index.ts'
import { vpc } from './vpc/index.ts'

// Each in a line of its own, so that the order is seen at a glance.
// biome-ignore format: see above
export const kinds: readonly Kind[] = [
  vpc,
  subnet,
  internetGateway,
  routeTable,
  securityGroup,
  role,
  instanceProfile,
  repository,
  secret,
  loadBalancer,
  targetGroup,
  listener,
  listenerRule,
  cluster,
  launchTemplate,
  autoScalingGroup,
  capacityProvider,
  taskDefinition,
  task,
  service,
  scalableTarget,
  scalingPolicy,
  scheduledTask,
]

/** Kinds that only stand for manifests of others. */
export const composites: readonly Composite[] = [network, instanceGroup]
