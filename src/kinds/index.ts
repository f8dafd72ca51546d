/** The registry of kinds. Their order breaks ties in plans; deletions go the other way. */
import type { Composite, Kind } from '../kind.ts'
import { cluster } from './cluster/index.ts'
import { internetGateway } from './internet-gateway/index.ts'
import { network } from './network/index.ts'
import { routeTable } from './route-table/index.ts'
import { securityGroup } from './security-group/index.ts'
import { service } from './service/index.ts'
import { subnet } from './subnet/index.ts'
import { taskDefinition } from './task-definition/index.ts'
import { vpc } from './vpc/index.ts'

export const kinds: readonly Kind[] = [
  vpc,
  subnet,
  internetGateway,
  routeTable,
  securityGroup,
  cluster,
  taskDefinition,
  service,
]

/** Kinds that only stand for manifests of others. */
export const composites: readonly Composite[] = [network]
