/** What is known of a roll-out that fails, and what is made of it; types only. */
import type { TaskDefinition } from '@aws-sdk/client-ecs'
import type { FieldChange } from '../../../model.ts'
import type { FailureGroup as Counted } from '../state.ts'
import type { Cause } from './causes.ts'

/**
 * Equal failures, counted. `capacity` also where nothing has failed for good yet, as targets that are unhealthy within
 * their grace, and where people are to blame: no reason to stop a roll-out early.
 */
export interface FailureGroup extends Counted {
  readonly cause: Cause
  /** The target group whose checks fail. */
  readonly target?: string
  /** When the first and the last of them were seen, milliseconds since the epoch. */
  readonly firstMs?: number
  readonly lastMs?: number
}

/** The deployment that fails, failed or was taken back. */
export interface Failing {
  /** The service deployment's ARN, or the deployment's id where there is no more. */
  readonly id: string
  /** What its tasks were started by: `ecs-svc/…`; unknown once AWS no longer lists it. */
  readonly startedBy?: string
  /** ARNs of the task definitions that it rolls out, and that ran before. */
  readonly definition: string
  readonly previous?: string
  readonly startedMs: number
  readonly endedMs?: number
  /** AWS's own word: `ROLLBACK_SUCCESSFUL`, `IN_PROGRESS`. */
  readonly status: string
  readonly reason?: string
  /** Alarms that went off. */
  readonly alarms: readonly string[]
  /** Hooks that failed or got no answer. */
  readonly hooks: readonly { readonly name: string; readonly status: string }[]
  /** What it changed of the service itself. */
  readonly changed: readonly FieldChange[]
}

export interface StoppedContainer {
  readonly name: string
  readonly exitCode?: number
  readonly reason?: string
  readonly health?: string
  readonly runtimeId?: string
}

export interface StoppedTask {
  readonly id: string
  readonly atMs: number
  readonly stopCode: string
  readonly stoppedReason: string
  readonly containers: readonly StoppedContainer[]
}

export interface ServiceEvent {
  readonly atMs: number
  readonly message: string
}

/** A target that is not healthy. */
export interface Target {
  /** The target group's name. */
  readonly group: string
  readonly arn: string
  /** `10.0.1.7:80`. */
  readonly address: string
  readonly state: string
  readonly reason: string
  readonly description: string
}

/** How a target group checks: `GET /health on port 8080, expects 200`. */
export type Checks = Readonly<Record<string, string>>

/** A container instance, with what placement asks of it. */
export interface Instance {
  /** `i-…`. */
  readonly name: string
  readonly id: string
  readonly type: string
  readonly zone: string
  readonly status: string
  readonly agentConnected: boolean
  readonly capacityProvider?: string
  readonly cpu: number
  readonly memory: number
  /** Host ports in use: `80`, `53/udp`. */
  readonly ports: readonly string[]
  readonly attributes: readonly string[]
}

export interface LogLines {
  readonly container: string
  readonly task: string
  readonly lines: readonly string[]
}

export interface Evidence {
  readonly cluster: string
  readonly serviceName: string
  readonly failing: Failing
  readonly counts: {
    readonly desired: number
    readonly running: number
    readonly pending: number
    readonly failed: number
  }
  /** Names of its capacity providers. */
  readonly strategy: readonly string[]
  /** For so long the checks of a new task do not count. */
  readonly graceMs: number
  readonly balancers: readonly {
    readonly arn: string
    readonly container?: string
    readonly port?: number
  }[]
  /** Of the failing deployment, the newest first. */
  readonly tasks: readonly StoppedTask[]
  /** Since it began, the newest first. */
  readonly events: readonly ServiceEvent[]
  readonly targets: readonly Target[]
  readonly checks: Checks
  /** Those that could take its tasks; absent where nobody asked. */
  readonly instances?: readonly Instance[]
  readonly definition?: TaskDefinition
  readonly previous?: TaskDefinition
  readonly logs: readonly LogLines[]
  /** What could not be read, and what it needs. */
  readonly unread: readonly string[]
  readonly atMs: number
}
