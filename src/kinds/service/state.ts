/** What is kept of a live service between observing, planning and reporting. Pure. */
import type { Deployment, Service } from '@aws-sdk/client-ecs'
import type { FailureReport, Rollout } from '../../model.ts'
import { fields } from './policy.ts'
import type { Bounds } from './spec.ts'

/** The newest service deployment with the wanted content, when it did not succeed. */
export interface Rejection {
  /** Of the content, as the tag `fairlead:rejected` keeps it. */
  readonly hash: string
  readonly deploymentArn: string
  /** `ROLLBACK_SUCCESSFUL`, `STOPPED` and the like. */
  readonly status: string
  /** AWS's own words; may be empty. */
  readonly reason: string
}

export type DeploymentState = Pick<
  Deployment,
  | 'id'
  | 'status'
  | 'taskDefinition'
  | 'desiredCount'
  | 'pendingCount'
  | 'runningCount'
  | 'failedTasks'
  | 'rolloutState'
  | 'rolloutStateReason'
> & { readonly createdAtMs?: number }

/** What AWS says of who scales a service; absent where it was not asked. */
export type Scaling =
  | { readonly target: Bounds }
  /** Nobody does; `left`: the live number was set by Application Auto Scaling before. */
  | { readonly left: boolean }
  /** It could not be read. */
  | { readonly unread: string }

export interface ServiceState {
  /** ACTIVE or DRAINING. */
  readonly status: string
  /** The members that the policy compares, in the shape of CreateService. */
  readonly members: Readonly<Record<string, unknown>>
  readonly counts: { readonly running: number; readonly pending: number; readonly desired: number }
  readonly deployments: readonly DeploymentState[]
  /** Who deploys it from outside makes these; only where the deployment controller is EXTERNAL. */
  readonly taskSets?: number
  /** The newest messages, newest first. */
  readonly events: readonly string[]
  /** AWS tried what Git asks for, and it failed. */
  readonly rejected?: Rejection
  /** Who scales it, where that was in doubt. */
  readonly scaling?: Scaling
  /** How the newest roll-out stands. */
  readonly rollout?: Rollout
  /** The deploying fields of what is rolled out, and of what succeeded before; read only where it is to go back. */
  readonly previous?: {
    readonly now: Readonly<Record<string, unknown>>
    readonly before: Readonly<Record<string, unknown>>
  }
  /** What it runs with that is newer by now. */
  readonly stale?: readonly Stale[]
  /** The roll-out has not come further for longer than its deadline. Milliseconds. */
  readonly stuck?: { readonly forMs: number }
  /** Its targets behind load balancers, without those that drain; read while it rolls out. */
  readonly targets?: { readonly healthy: number; readonly all: number }
  /** That many tasks at least ended by themselves lately, though the roll-out had succeeded. */
  readonly dying?: number
  /** What its tasks failed of, grouped. */
  readonly failures?: readonly FailureGroup[]
  /** Why its newest roll-out fails, as a screen. */
  readonly report?: FailureReport
}

/** Something that a task gets when it starts, and that has changed since. */
export interface Stale {
  readonly what: 'image' | 'secret'
  readonly name: string
  /** An image's digest, or when the roll-out began that got the secret. */
  readonly from?: string
  /** An image's digest, or when a secret changed. */
  readonly to: string
  /** A newer deployment had it already, and was taken back. */
  readonly tried?: true
}

/** Tasks of the newest roll-out that stopped for one reason. */
export interface FailureGroup {
  readonly cause: string
  readonly container?: string
  /** Without ids and times, so that equal failures are equal. */
  readonly reason: string
  readonly exitCode?: number
  readonly count: number
  /** The ids of the first few. */
  readonly tasks: readonly string[]
  /** For want of room or instances: the content is not to blame. */
  readonly capacity: boolean
}

/** How many events are kept. */
const eventsKept = 3

/** Keeps what policy, health and reports need: thousands of services stay in memory. */
export function stateOf(service: Service): ServiceState {
  const { deployments = [], roleArn } = service
  const primary = deployments.find(({ status }) => status === 'PRIMARY') ?? deployments[0]
  // These three are members of a deployment, not of the service.
  const { serviceConnectConfiguration, volumeConfigurations, vpcLatticeConfigurations } =
    primary ?? {}
  const everything: Record<string, unknown> = {
    ...service,
    role: roleArn,
    serviceConnectConfiguration,
    volumeConfigurations,
    vpcLatticeConfigurations,
  }
  const members = Object.entries(everything).filter(
    ([name, value]) => Object.hasOwn(fields, name) && value !== undefined && value !== null,
  )
  return {
    status: service.status ?? 'ACTIVE',
    members: Object.fromEntries(members),
    counts: {
      running: service.runningCount ?? 0,
      pending: service.pendingCount ?? 0,
      desired: service.desiredCount ?? 0,
    },
    deployments: deployments.map(deploymentState),
    ...(service.deploymentController?.type === 'EXTERNAL'
      ? { taskSets: service.taskSets?.length ?? 0 }
      : {}),
    events: (service.events ?? []).slice(0, eventsKept).flatMap(({ message }) => message ?? []),
  }
}

function deploymentState(deployment: Deployment): DeploymentState {
  const { id, status, taskDefinition, rolloutState, rolloutStateReason } = deployment
  const { desiredCount, pendingCount, runningCount, failedTasks, createdAt } = deployment
  return {
    ...(createdAt ? { createdAtMs: Number(createdAt) } : {}),
    id,
    status,
    taskDefinition,
    desiredCount,
    pendingCount,
    runningCount,
    failedTasks,
    rolloutState,
    rolloutStateReason,
  }
}
