/** The manifests of the stories about EC2 capacity, and how the stories look at what came of them. */
import type { Rig } from '../rig.ts'
import { document, files } from './shop.ts'

export const group = 'default/AutoScalingGroup/hosts'
export const provider = 'default/CapacityProvider/hosts'
export const cluster = 'default/Cluster/shop'
export const service = 'default/Service/web'

export interface Capacity {
  readonly cluster?: Record<string, unknown>
  readonly hosts?: Record<string, unknown>
  /** False: nothing runs. */
  readonly service?: Record<string, unknown> | false
  /** Of the group, and of the cluster, without their prefix. */
  readonly annotations?: Record<string, string>
  readonly clusterAnnotations?: Record<string, string>
  readonly more?: readonly object[]
}

/** A cluster on EC2 from nothing: network, instances, and a service that runs on them. */
export function capacity({
  cluster = {},
  hosts = {},
  service = {},
  annotations = {},
  clusterAnnotations = {},
  more = [],
}: Capacity = {}) {
  return files(
    document('Cluster', 'shop', cluster, clusterAnnotations),
    document('Network', 'net'),
    document(
      'InstanceGroup',
      'hosts',
      { cluster: { ref: 'shop' }, network: { ref: 'net' }, size: { min: 1, max: 4 }, ...hosts },
      annotations,
    ),
    ...(service ? web(service) : []),
    ...more,
  )
}

const web = (service: Record<string, unknown>) => [
  document('TaskDefinition', 'web', {
    containerDefinitions: [{ name: 'web', image: 'nginx:1.27', memory: 1024 }],
  }),
  document('Service', 'web', {
    cluster: { ref: 'shop' },
    taskDefinition: { ref: 'web' },
    desiredCount: 2,
    capacityProviderStrategy: [{ capacityProvider: { ref: 'hosts' }, weight: 1 }],
    ...service,
  }),
]

/** The Auto Scaling group as it is. */
export function groupOf(rig: Rig, name = 'hosts') {
  return rig.simulator.world().autoscaling.groups.get(name)
}

/** EC2 instances that run. */
export function hosts(rig: Rig) {
  return [...rig.simulator.world().compute.hosts.values()].filter(
    ({ instance }) => instance.State?.Name === 'running',
  )
}

/** Container instances that take tasks: which provider each counts for, and how many tasks it has. */
export function registered(rig: Rig) {
  return [...rig.simulator.world().instances.values()]
    .filter(({ instance }) => instance.status === 'ACTIVE')
    .map(({ instance, tasks }) => `${instance.capacityProviderName} ${tasks.size}`)
}

/** What is left of all that a group consists of. */
export function remains(rig: Rig) {
  const { autoscaling, capacityProviders, compute, clusters, iam } = rig.simulator.world()
  return {
    groups: autoscaling.groups.size,
    providers: [...capacityProviders.values()].filter(({ deletedAt }) => deletedAt === undefined)
      .length,
    hosts: hosts(rig).length,
    templates: compute.templates.size,
    clusters: [...clusters.values()].filter((one) => one.cluster.status !== 'INACTIVE').length,
    roles: [...iam.roles.keys()].filter((name) => name === 'hosts').length,
    profiles: iam.profiles.size,
  }
}
