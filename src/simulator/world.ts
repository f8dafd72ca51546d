/** All state of one account and region, as plain cloneable data, and how a new account looks. */
import type {
  CapacityProvider,
  Cluster,
  ContainerInstance,
  PlacementConstraint,
  PlacementStrategy,
  Task,
  TaskDefinition,
} from '@aws-sdk/client-ecs'
import type { ServiceRecord } from './service-state.ts'
import {
  type ApplicationAutoScalingState,
  createApplicationAutoScalingState,
} from './services/application-autoscaling/state.ts'
import { type AutoScalingState, createAutoScalingState } from './services/autoscaling/state.ts'
import { createTrailState, type TrailState } from './services/cloudtrail/state.ts'
import { type ComputeState, createComputeState } from './services/ec2/compute-state.ts'
import { createNetworkState, type NetworkState } from './services/ec2/network-state.ts'
import { createEcrState, type EcrState } from './services/ecr/state.ts'
import { createElbv2State, type Elbv2State } from './services/elbv2/state.ts'
import { createIamState, type IamState } from './services/iam/state.ts'
import { createLogsState, type LogsState } from './services/logs/state.ts'
import { createSchedulerState, type SchedulerState } from './services/scheduler/state.ts'
import { createSecretsState, type SecretsState } from './services/secretsmanager/state.ts'
import { createSsmState, type SsmState } from './services/ssm/state.ts'
import type { Wakeable } from './wakeable.ts'

export type {
  DeploymentRecord,
  HookRun,
  RolloutState,
  SchedulerMemory,
  ServiceRecord,
  ShiftPlan,
  ShiftState,
  Stage,
  TaskSetRecord,
} from './service-state.ts'
export type { Wakeable } from './wakeable.ts'

/** A cluster as the API shows it, without counts (they are derived) and tags (they are in `tags`). */
export interface ClusterRecord {
  readonly cluster: Cluster
}

/** A capacity provider of the account's own. Replaced, never changed in place. */
export interface CapacityProviderRecord {
  /** Without tags; `status` and `updateStatus` are as they were written, see `busyUntil`. */
  readonly provider: CapacityProvider
  /** An update or deletion is in progress until then. */
  readonly busyUntil?: number
  readonly deletedAt?: number
  /** Managed scaling: for how many minutes in a row there has been too much capacity. */
  readonly lowMinutes: number
  /** The agenda's own memory, shared by all versions of the record. */
  readonly clock: Wakeable
}

export interface TaskDefinitionRecord {
  /** As RegisterTaskDefinition answered it; `status` and `deregisteredAt` change. */
  readonly definition: TaskDefinition
}

/** What a container does, read once from its definition. */
export interface ContainerPlan {
  readonly name: string
  readonly essential: boolean
  readonly dependsOn: readonly { readonly index: number; readonly condition: string }[]
  /** Start-up waits this long for a dependency on this container, milliseconds. */
  readonly startTimeoutMs: number
  readonly stopTimeoutMs: number
  /** Containers with a higher level stop earlier. */
  readonly level: number
  readonly health?: { readonly firstResultMs: number; readonly giveUpMs: number }
  readonly restart?: { readonly periodMs: number; readonly ignored: readonly number[] }
  readonly script: Script
}

/** The parsed docker label `fairlead.dev/simulate`; times in milliseconds after the container's start. */
export interface Script {
  readonly exit?: { readonly code: number; readonly afterMs: number; readonly reason?: string }
  readonly unhealthyAfterMs?: number
  readonly neverReady?: boolean
  /** Its targets fail from then on, though its own health check does not; 0: they never turn healthy. */
  readonly failsTargetsAfterMs?: number
  readonly cannotPull?: boolean
  readonly ignoresStop?: boolean
  /** The label's text when it is not understood. */
  readonly unknown?: string
}

/** What one container of one task is doing; what the API shows is in `task.containers`. */
export interface ContainerState {
  /** What it has written into its log: 1, what it says when it starts; 2, that it ended, too. */
  logged?: number
  waitingSince?: number
  startedAt?: number
  exit?: { at: number; code: number; reason?: string }
}

export interface Target {
  readonly targetGroupArn: string
  readonly port: number
  state: 'initial' | 'healthy' | 'unhealthy'
}

/** The life cycle's own memory for a task. */
export interface TaskMachine extends Wakeable {
  readonly plan: readonly ContainerPlan[]
  readonly states: ContainerState[]
  /** When the current phase (PROVISIONING, pulling, ACTIVATING, DEACTIVATING, DEPROVISIONING) ends. */
  until: number
  /** It waits for room on an instance of its capacity provider; how it wants to be placed. */
  waiting?: {
    readonly constraints: readonly PlacementConstraint[]
    readonly strategy: readonly PlacementStrategy[]
  }
  /** awsvpc: the subnets that it may use. */
  readonly subnets: readonly string[]
  /** awsvpc: the security groups of its interface; none means the default one of the VPC. */
  readonly securityGroups: readonly string[]
  /** awsvpc on Fargate: its interface gets a public address. */
  readonly assignPublicIp: boolean
  publicIp?: string
  pulled: boolean
  targets: Target[]
  /** Counts as healthy for the scheduler now. */
  healthy: boolean
  /** Was healthy at some time. */
  everHealthy: boolean
  /** Which check fails, since when: the word `container`, or a target group ARN. */
  unhealthy?: { since: number; check: string }
  /** What the scheduler has counted of it already. */
  readonly counted: { running?: boolean; healthy?: boolean; failed?: boolean }
  protectedUntil?: number
}

export interface TaskRecord {
  task: Task
  clusterName: string
  /** Name of the service that started it. */
  serviceName?: string
  deploymentId?: string
  instanceId?: string
  /** Reserved on its container instance. */
  need: Need
  machine: TaskMachine
}

/** What a task takes on a container instance. */
export interface Need {
  readonly cpu: number
  readonly memory: number
  readonly tcp: readonly number[]
  readonly udp: readonly number[]
  readonly gpus: number
  readonly enis: number
}

export interface InstanceRecord {
  /** Without counts and remaining resources, which are derived from `free`. */
  instance: ContainerInstance
  clusterName: string
  zone: string
  free: { cpu: number; memory: number; enis: number; gpus: string[] }
  /** Host ports in use, reserved ones included. */
  ports: { tcp: number[]; udp: number[] }
  nextDynamicPort: number
  /** Ids of tasks that are not STOPPED. */
  tasks: Set<string>
  /** Its agent is being updated. */
  update?: Wakeable
}

/** A container agent that was asked for, registered or not. */
export interface AgentRecord extends Wakeable {
  readonly clusterName: string
  readonly type: string
  readonly zone: number
  readonly capacityProvider?: string
  instanceId?: string
}

/** What goes on by itself. */
export type Machine =
  | 'task'
  | 'service'
  | 'agent'
  | 'host'
  | 'group'
  | 'provider'
  | 'update'
  | 'schedule'
  | 'schedule-group'
  | 'scaler'

/** One entry of the agenda: who is woken when; `order` settles ties. */
export interface Wake {
  readonly at: number
  readonly order: number
  readonly machine: Machine
  readonly key: string
}

export type Pace = 'quick' | 'slow'

export interface World {
  readonly account: string
  readonly region: string
  /** The instant up to which everything has happened, milliseconds since the epoch. */
  time: number
  /** By cluster name; INACTIVE ones stay for a while. */
  readonly clusters: Map<string, ClusterRecord>
  /** By name; those that are built in are not here. */
  readonly capacityProviders: Map<string, CapacityProviderRecord>
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
  /** By `<n>`: container agents that register themselves once their cluster exists. */
  readonly agents: Map<string, AgentRecord>
  /** By cluster name: ids of all tasks that can be described, and of all instances. */
  readonly members: Map<string, { readonly tasks: Set<string>; readonly instances: Set<string> }>
  /** By cluster name: keys of services and ids of tasks that wait for room on an instance. */
  readonly waiting: Map<string, { readonly services: Set<string>; readonly tasks: Set<string> }>
  /** By `<cluster> <client token>`: what RunTask was called with, and the tasks it started. */
  readonly runs: Map<string, { readonly input: string; readonly tasks: readonly string[] }>
  /** What is due when: a binary heap. */
  readonly agenda: Wake[]
  /** Counters by name: the agenda's order, addresses. */
  readonly counters: Map<string, number>
  /** The seed, and how far each random stream has come, by purpose. */
  readonly seed: number
  readonly streams: Map<string, number>
  /** Multiplies how long tasks take to start. */
  readonly coldStartScale: number
  /** Everything takes as short or as long as it may, instead of what is drawn. */
  readonly pace?: Pace
  /** Tasks fail whose image would have to be in the account's own registry, and is not. */
  readonly checksImages: boolean
  /** Tasks fail whose secrets, parameters, log groups or roles would have to be in the account, and are not. */
  readonly checksReferences: boolean
  /** CloudWatch alarms by name, as far as their state was ever set; the others are OK. */
  readonly alarms: Map<string, { readonly state: 'OK' | 'ALARM' | 'INSUFFICIENT_DATA' }>
  /** What each further AWS service knows. */
  readonly applicationAutoScaling: ApplicationAutoScalingState
  readonly autoscaling: AutoScalingState
  readonly cloudtrail: TrailState
  readonly compute: ComputeState
  readonly ec2: NetworkState
  readonly ecr: EcrState
  readonly elbv2: Elbv2State
  readonly iam: IamState
  readonly logs: LogsState
  readonly scheduler: SchedulerState
  readonly secrets: SecretsState
  readonly ssm: SsmState
}

/** A new account: empty but for the default VPC, whose ids are fixed. */
export function createWorld(
  account: string,
  region: string,
  options: {
    seed?: number
    coldStartScale?: number
    checksImages?: boolean
    checksReferences?: boolean
    pace?: Pace
    time?: number
  } = {},
): World {
  return {
    account,
    region,
    time: options.time ?? 0,
    clusters: new Map(),
    capacityProviders: new Map(),
    families: new Map(),
    services: new Map(),
    tasks: new Map(),
    instances: new Map(),
    tags: new Map(),
    settings: new Map(),
    agents: new Map(),
    members: new Map(),
    waiting: new Map(),
    runs: new Map(),
    agenda: [],
    counters: new Map(),
    seed: options.seed ?? 1,
    streams: new Map(),
    coldStartScale: options.coldStartScale ?? 1,
    ...(options.pace && { pace: options.pace }),
    checksImages: options.checksImages ?? false,
    checksReferences: options.checksReferences ?? false,
    alarms: new Map(),
    applicationAutoScaling: createApplicationAutoScalingState(),
    autoscaling: createAutoScalingState(),
    cloudtrail: createTrailState(),
    compute: createComputeState(),
    ec2: createNetworkState(region),
    ecr: createEcrState(),
    elbv2: createElbv2State(),
    iam: createIamState(),
    logs: createLogsState(),
    scheduler: createSchedulerState(),
    secrets: createSecretsState(),
    ssm: createSsmState(),
  }
}

/** Ids of the tasks and instances of a cluster; empty sets for a cluster without any. */
export function membersOf(world: World, clusterName: string) {
  let members = world.members.get(clusterName)
  if (!members) {
    members = { tasks: new Set(), instances: new Set() }
    world.members.set(clusterName, members)
  }
  return members
}

/** Who waits for room on an instance of the cluster. */
export function waitingIn(world: World, clusterName: string) {
  let waiting = world.waiting.get(clusterName)
  if (!waiting) {
    waiting = { services: new Set(), tasks: new Set() }
    world.waiting.set(clusterName, waiting)
  }
  return waiting
}

/** The key of a service in `world.services`. */
export function serviceKey(clusterName: string, serviceName: string): string {
  return `${clusterName}/${serviceName}`
}

/** The service that started a task, while it exists. */
export function serviceOf(world: World, record: TaskRecord): ServiceRecord | undefined {
  if (record.serviceName === undefined) return undefined
  return world.services.get(serviceKey(record.clusterName, record.serviceName))
}

/** The last part of an ARN, or the text itself: `arn:…:task/shop/1f…` → `1f…`. */
export function lastPart(arnOrId: string): string {
  return arnOrId.slice(arnOrId.lastIndexOf('/') + 1)
}

/** Whether the scheduler still sees work in a task: it is not STOPPED. */
export function isLive(record: TaskRecord): boolean {
  return record.task.lastStatus !== 'STOPPED'
}

/** The task definition revision of an ARN, whatever its status; undefined once it is deleted. */
export function definitionOf(world: World, arn: string | undefined): TaskDefinition | undefined {
  const match = /task-definition\/([^:/]+):(\d+)$/.exec(arn ?? '')
  return world.families.get(match?.[1] ?? '')?.[Number(match?.[2]) - 1]?.definition
}

/** Builds `arn:aws:ecs:<region>:<account>:<resource>`. */
export function ecsArn(world: World, resource: string): string {
  return `arn:aws:ecs:${world.region}:${world.account}:${resource}`
}
