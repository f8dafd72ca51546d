/** Capacity providers as the machines see them: which group, which cluster, whether managed scaling is on. */
import type { CapacityProviderRecord, World } from '../world.ts'

/** Name of the Auto Scaling group of a capacity provider. */
export function groupNameOf({ provider }: CapacityProviderRecord): string {
  const arn = provider.autoScalingGroupProvider?.autoScalingGroupArn ?? ''
  return arn.slice(arn.indexOf('autoScalingGroupName/') + 'autoScalingGroupName/'.length)
}

/** Name of the ACTIVE cluster that a capacity provider is associated with. */
export function clusterOfProvider(world: World, name: string): string | undefined {
  for (const { cluster } of world.clusters.values()) {
    if (cluster.status === 'ACTIVE' && cluster.capacityProviders?.includes(name)) {
      return cluster.clusterName
    }
  }
  return undefined
}

/** The provider that instances of a group belong to in a cluster. */
export function providerOfGroup(
  world: World,
  group: string | undefined,
  clusterName: string,
): string | undefined {
  if (group === undefined) return undefined
  const associated = world.clusters.get(clusterName)?.cluster.capacityProviders ?? []
  return associated.find((name) => {
    const record = world.capacityProviders.get(name)
    return record && record.deletedAt === undefined && groupNameOf(record) === group
  })
}

/** Whether tasks of a provider wait for instances to come. One that is not known is believed to see to that. */
export function isManaged(world: World, name: string): boolean {
  const settings = world.capacityProviders.get(name)?.provider.autoScalingGroupProvider
  return settings === undefined || settings.managedScaling?.status === 'ENABLED'
}
