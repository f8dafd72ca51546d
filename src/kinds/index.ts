/** The registry of kinds. Their order breaks ties in plans; deletions go the other way. */
import type { Composite, Kind } from '../kind.ts'
import { cluster } from './cluster/index.ts'
import { service } from './service/index.ts'
import { task } from './task/index.ts'
import { taskDefinition } from './task-definition/index.ts'

export const kinds: readonly Kind[] = [cluster, taskDefinition, task, service]

/** Kinds that only stand for manifests of others. */
export const composites: readonly Composite[] = []
