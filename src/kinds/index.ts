/** The registry of kinds. Their order breaks ties in plans; deletions go the other way. */
import type { Composite, Kind } from '../kind.ts'
import { autoScalingGroup } from './auto-scaling-group/index.ts'
import { capacityProvider } from './capacity-provider/index.ts'
import { cluster } from './cluster/index.ts'
import { instanceGroup } from './instance-group/index.ts'
import { service } from './service/index.ts'
import { taskDefinition } from './task-definition/index.ts'

export const kinds: readonly Kind[] = [
  cluster,
  autoScalingGroup,
  capacityProvider,
  taskDefinition,
  service,
]

/** Kinds that only stand for manifests of others. */
export const composites: readonly Composite[] = [instanceGroup]
