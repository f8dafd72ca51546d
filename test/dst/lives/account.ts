/** The account of a random life: instances of a platform team's own group in our cluster, and things that are not ours. */
import { createHash } from 'node:crypto'
import { stableJson } from '../../../src/diff.ts'
import type { Rig } from '../../rig.ts'
import { handMadeHosts } from '../../scenario/hand-made.ts'

/** A cluster with a service, one that carries no owner in the cluster that will be ours, and an owner's other than us. */
async function foreigners({ aws }: Rig): Promise<void> {
  await aws('ecs:CreateCluster', { clusterName: 'theirs' })
  await aws('ecs:RegisterTaskDefinition', {
    family: 'theirs',
    containerDefinitions: [{ name: 'app', image: 'nginx', memory: 64 }],
    tags: [
      { key: 'fairlead:owner', value: 'somebody-else' },
      { key: 'fairlead:resource', value: 'default/TaskDefinition/theirs' },
    ],
  })
  await aws('ecs:CreateService', {
    cluster: 'theirs',
    serviceName: 'theirs',
    taskDefinition: 'theirs',
    desiredCount: 0,
    tags: [
      { key: 'fairlead:owner', value: 'somebody-else' },
      { key: 'fairlead:resource', value: 'default/Service/theirs' },
    ],
  })
}

/** Whoever uses our cluster without us. */
export async function lodger({ aws }: Rig): Promise<void> {
  await aws('ecs:CreateService', {
    cluster: 'bay',
    serviceName: 'lodger',
    taskDefinition: 'theirs',
    desiredCount: 0,
  })
}

export async function furnish(rig: Rig): Promise<void> {
  await foreigners(rig)
  await handMadeHosts(rig, { name: 'theirs', cluster: 'bay', count: 3 })
}

/** A digest of what is not ours, as far as it is anybody's decision. */
export function foreignDigest({ simulator }: Rig): string {
  const world = simulator.world()
  const services = [...world.services.values()]
    .filter(({ service }) => ['theirs', 'lodger'].includes(service.serviceName ?? ''))
    .map(({ service, deployments }) => ({
      ...{ name: service.serviceName, status: service.status, desired: service.desiredCount },
      tags: world.tags.get(service.serviceArn ?? ''),
      deployments: deployments.map(({ id }) => id),
    }))
  const definitions = world.families.get('theirs')?.map((record) => record?.definition.status)
  const group = world.autoscaling.groups.get('theirs')
  const sizes = group && [group.group.MinSize, group.group.DesiredCapacity, group.group.MaxSize]
  const text = stableJson({ services, definitions, sizes })
  return createHash('sha256').update(text).digest('hex')
}
