/** All state of one account and region, as plain cloneable data. */
import type {
  Cluster,
  ContainerInstance,
  Service,
  ServiceDeployment,
  ServiceRevision,
  Task,
  TaskDefinition,
} from '@aws-sdk/client-ecs'

/** A cluster as the API shows it, without counts (they are derived) and tags (they are in `tags`). */
export interface ClusterRecord {
  readonly cluster: Cluster
}

export interface TaskDefinitionRecord {
  /** As RegisterTaskDefinition answered it; `status` and `deregisteredAt` change. */
  readonly definition: TaskDefinition
}

export interface ServiceRecord {
  /** The service's own members as the API shows them. Counts, deployments and events are kept up to date by the machines. */
  service: Service
  clusterName: string
  /** Newest first. */
  serviceDeployments: ServiceDeployment[]
  serviceRevisions: ServiceRevision[]
  /** The scheduler's own memory for this service; plain data. */
  scheduler: Record<string, unknown>
}

export interface TaskRecord {
  task: Task
  clusterName: string
  /** `Service` name when a service started it. */
  serviceName?: string
  /** The life cycle's own memory: planned transitions, health; plain data. */
  machine: Record<string, unknown>
}

export interface InstanceRecord {
  instance: ContainerInstance
  clusterName: string
}

export interface World {
  readonly account: string
  readonly region: string
  /** By cluster name; INACTIVE ones stay for a while. */
  readonly clusters: Map<string, ClusterRecord>
  /** By family; index = revision - 1; deleted revisions are undefined. */
  readonly families: Map<string, (TaskDefinitionRecord | undefined)[]>
  /** By `cluster/service`. */
  readonly services: Map<string, ServiceRecord>
  /** By task id (32 hex digits). */
  readonly tasks: Map<string, TaskRecord>
  /** By container instance id. */
  readonly instances: Map<string, InstanceRecord>
  /** By ARN: clusters, task definitions, services, tasks, instances. */
  readonly tags: Map<string, Record<string, string>>
  /** Account settings by name. */
  readonly settings: Map<string, string>
  /** Ids of what the default VPC holds. */
  readonly network: {
    readonly vpcId: string
    readonly subnets: readonly { readonly subnetId: string; readonly availabilityZone: string }[]
    readonly securityGroups: readonly string[]
  }
}

/** A new account: empty but for the default VPC, whose ids are fixed. */
export function createWorld(account: string, region: string): World {
  return {
    account,
    region,
    clusters: new Map(),
    families: new Map(),
    services: new Map(),
    tasks: new Map(),
    instances: new Map(),
    tags: new Map(),
    settings: new Map(),
    network: {
      vpcId: 'vpc-0defa000000000000',
      subnets: ['a', 'b', 'c'].map((zone) => ({
        subnetId: `subnet-0defa00000000000${zone}`,
        availabilityZone: `${region}${zone}`,
      })),
      securityGroups: ['sg-0defa000000000000'],
    },
  }
}
