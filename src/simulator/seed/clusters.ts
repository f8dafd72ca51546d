/** Seeds clusters, capacity providers and task definitions. */
import type { CapacityProvider, Cluster, Tag, TaskDefinition } from '@aws-sdk/client-ecs'
import { lastPart, type World } from '../world.ts'
import { type Answers, keepTags, listed } from './answers.ts'

export function seedClusters(world: World, answers: Answers): void {
  for (const each of listed<Cluster>(answers, 'ecs:DescribeClusters', 'clusters')) {
    // Counts are derived from what is in the cluster.
    const {
      registeredContainerInstancesCount: _,
      runningTasksCount: __,
      pendingTasksCount: ___,
      activeServicesCount: ____,
      statistics: _____,
      tags,
      ...cluster
    } = each
    if (!cluster.clusterName || cluster.status !== 'ACTIVE') continue
    world.clusters.set(cluster.clusterName, { cluster })
    keepTags(world, cluster.clusterArn ?? '', tags)
  }
  const providers = listed<CapacityProvider>(
    answers,
    'ecs:DescribeCapacityProviders',
    'capacityProviders',
  )
  for (const { tags, ...provider } of providers) {
    const own = provider.autoScalingGroupProvider !== undefined
    if (!provider.name || !own || provider.status !== 'ACTIVE') continue
    world.capacityProviders.set(provider.name, { provider, lowMinutes: 0, clock: {} })
    keepTags(world, provider.capacityProviderArn ?? '', tags)
  }
  seedDefinitions(world, answers)
}

function seedDefinitions(world: World, answers: Answers): void {
  for (const { output } of answers.get('ecs:DescribeTaskDefinition') ?? []) {
    const definition = output.taskDefinition as TaskDefinition | undefined
    if (!definition) continue
    keepDefinition(world, definition)
    keepTags(world, definition.taskDefinitionArn ?? '', output.tags as Tag[] | undefined)
  }
  for (const { input, output } of answers.get('ecs:ListTaskDefinitions') ?? []) {
    for (const arn of (output.taskDefinitionArns ?? []) as string[]) {
      keepListed(world, arn, input.status === 'INACTIVE' ? 'INACTIVE' : 'ACTIVE')
    }
  }
}

/** A revision that is only listed still counts: it is there, and its number is never given again. */
function keepListed(world: World, arn: string, status: 'ACTIVE' | 'INACTIVE'): void {
  const [family = '', number] = lastPart(arn).split(':')
  const revision = Number(number)
  if (countUpTo(world, family, revision)[revision - 1]) return
  keepDefinition(world, { taskDefinitionArn: arn, family, revision, status })
}

/** Keeps a revision under its number. */
export function keepDefinition(world: World, definition: TaskDefinition): void {
  const { family = '', revision = 1 } = definition
  const records = countUpTo(world, family, revision)
  records[revision - 1] = { definition }
}

function countUpTo(world: World, family: string, revision: number) {
  const records = world.families.get(family) ?? []
  world.families.set(family, records)
  while (records.length < revision) records.push(undefined)
  return records
}
