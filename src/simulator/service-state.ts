/** What is known of a service besides what it shows: its deployments, its task ids, the scheduler's own memory. */
import type {
  DeploymentLifecycleHook,
  DeploymentLifecycleHookStatus,
  Scale,
  Service,
  ServiceDeployment,
  ServiceDeploymentLifecycleStage,
  ServiceRevision,
} from '@aws-sdk/client-ecs'
import type { Wakeable } from './wakeable.ts'

export type RolloutState = 'IN_PROGRESS' | 'COMPLETED' | 'FAILED'

/** One deployment of a service. Its counts are derived from the tasks when it is read. */
export interface DeploymentRecord {
  /** `ecs-svc/<19 digits>`; tasks carry it in `startedBy`. */
  readonly id: string
  status: 'PRIMARY' | 'ACTIVE'
  /** What it runs; a rollback takes exactly this back. */
  readonly revision: ServiceRevision
  serviceDeploymentArn: string
  readonly createdAt: Date
  updatedAt: Date
  rolloutState: RolloutState
  rolloutStateReason: string
  /** Failed tasks as the circuit breaker counts them: in a row, or in all, by `resetOnHealthyTask`. */
  failures: number
  /** Tasks in a row that never reached RUNNING; the retry interval grows with it. */
  startFailures: number
  /** No task is started before this time. */
  notBefore: number
  /** When a failed placement was last counted as a failed task. */
  placementFailedAt?: number
  /** How far it has come, when it shifts traffic from one set of tasks to another. */
  shift?: ShiftState
  /** The alarms that are watched: its own, without those that were in ALARM when it began. */
  watched?: readonly string[]
  /** What made it fail. */
  brokenBy?: 'breaker' | 'alarm' | 'hook' | 'stage' | 'user'
  /** The alarms that failed it. */
  triggered?: readonly string[]
  /** A rolling deployment with alarms: when all was in place, and they were watched for a while longer. */
  bakingSince?: number
  /** It reached COMPLETED once: a target for rollbacks. */
  completed: boolean
}

/** A stage of a deployment that shifts traffic; the first of these is a stage for hooks alone. */
export type Stage = 'PRE_PRODUCTION_TRAFFIC_SHIFT' | ServiceDeploymentLifecycleStage

/** One run of a lifecycle hook. Replaced, never changed in place. */
export interface HookRun {
  readonly id: string
  readonly hook: DeploymentLifecycleHook
  readonly status: DeploymentLifecycleHookStatus
  readonly expiresAt: number
  /** What a function answers, and when; left out for one that never does, and for a pause. */
  readonly answer?: { readonly at: number; readonly status: 'SUCCEEDED' | 'FAILED' }
}

/** How far a deployment that shifts traffic has come. Replaced, never changed in place. */
export interface ShiftState {
  readonly stage: Stage
  readonly since: number
  /** The runs of this stage's hooks. */
  readonly hooks: readonly HookRun[]
  /** Percent of production traffic and of test traffic that its own tasks get. */
  readonly production: number
  readonly test: number
  readonly plan: ShiftPlan
}

/** What was asked for when the deployment began. */
export interface ShiftPlan {
  /** Percent of production traffic after each step; the last is 100. */
  readonly steps: readonly number[]
  readonly stepMs: number
  readonly bakeMs: number
  readonly hooks: readonly DeploymentLifecycleHook[]
  /** How many tasks of the older revision are kept until the end. */
  readonly keep: number
  /** Traffic goes back to where it was before a deployment that failed. */
  readonly backwards?: true
}

/** The scheduler's own memory for a service. */
export interface SchedulerMemory extends Wakeable {
  /** Event texts that are suppressed while their cause lasts, by topic. */
  said: Record<string, { message: string; at: number }>
  /** What CreateService was called with, for its idempotency by client token. */
  createInput: string
  clientToken?: string
  /** The platform version that was asked for: `LATEST`, where the deployment shows the one in use. */
  platformVersion?: string
  /** When an INACTIVE service is forgotten. */
  forgetAt?: number
}

/** A task set. Replaced, never changed in place, but for the scheduler's books in its deployment. */
export interface TaskSetRecord {
  readonly arn: string
  readonly status: 'PRIMARY' | 'ACTIVE' | 'DRAINING'
  readonly scale: Scale
  readonly externalId?: string
  readonly startedBy?: string
  /** What CreateTaskSet was called with, for its idempotency by client token. */
  readonly createInput?: string
  /** What it runs, and how its tasks fare; its id is that of the set. */
  readonly deployment: DeploymentRecord
}

export interface ServiceRecord {
  /** The declared members as the API shows them, and events. Counts and deployments are derived on reading. */
  service: Service
  clusterName: string
  /** PRIMARY first, then newest first. */
  deployments: DeploymentRecord[]
  /** Of a service that is not deployed by ECS itself, oldest first. */
  taskSets?: readonly TaskSetRecord[]
  /** The newest deployment that reached COMPLETED, though it may have left the list. */
  lastCompleted?: DeploymentRecord
  /** Newest first. */
  serviceDeployments: ServiceDeployment[]
  /** Newest first. */
  serviceRevisions: ServiceRevision[]
  /** Ids of its tasks that are not STOPPED, or that the scheduler has not seen stopped. */
  live: Set<string>
  /** Ids of its STOPPED tasks that can still be described. */
  ended: Set<string>
  scheduler: SchedulerMemory
}
