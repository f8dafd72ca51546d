/**
 * Puts resources of a real account into a world, with their own ids, ARNs and tags, as if they had always been there.
 * Reads answers of AWS alone: what no answer shows does not exist.
 */
import type { World } from '../world.ts'
import { type Answer, byOperation, keepTags, listed } from './answers.ts'
import { seedBalancers } from './balancers.ts'
import { seedClusters } from './clusters.ts'
import { seedCompute } from './compute.ts'
import { seedIam } from './iam.ts'
import { seedInstances } from './instances.ts'
import { seedNetwork } from './network.ts'
import { seedRegistry } from './registry.ts'
import { seedServices } from './services.ts'
import { seedTasks } from './tasks.ts'

export type { Answer } from './answers.ts'

/** Loads a new world at `now`. The order is that of dependence: a task needs its instance, that its cluster. */
export function loadWorld(world: World, loaded: readonly Answer[], now: number): void {
  const answers = byOperation(loaded)
  seedNetwork(world, answers)
  seedIam(world, answers)
  seedRegistry(world, answers, now)
  seedBalancers(world, answers)
  seedClusters(world, answers)
  seedCompute(world, answers, now)
  seedInstances(world, answers, now)
  seedServices(world, answers, now)
  seedTasks(world, answers, now)
  for (const { ResourceARN = '', Tags } of listed<{ ResourceARN?: string; Tags?: [] }>(
    answers,
    'tag:GetResources',
    'ResourceTagMappingList',
  )) {
    keepTags(world, ResourceARN, Tags)
  }
}
