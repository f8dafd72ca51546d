/**
 * The nouns of fairlead, as types only: what the stages of a pass hand to one another.
 * Everything here is plain data; nothing here has behaviour.
 */

import type { Environment } from './environment.ts'

export type { Environment, MaintenanceWindow } from './environment.ts'

/** `namespace/Kind/name`; also the value of the tag `fairlead:resource`. */
export type ObjectKey = string

/** One AWS operation, spelled like its IAM action: `ecs:UpdateService`. */
export type Operation = `${string}:${string}`

/** A place in a source file. Lines and columns count from 1. */
export interface Position {
  readonly file: string
  readonly line: number
  readonly column: number
}

/** Something that is wrong with the input (`error`), or was made acceptable (`notice`). A value, never thrown. */
export interface Problem extends Position {
  readonly code: string
  readonly severity: 'error' | 'notice'
  /** `Kind/name` of the manifest, when it is known. */
  readonly object?: string
  /** Path inside the document in plan notation: `spec.containerDefinitions[web].image`. */
  readonly path?: string
  /** What is wrong, and what was expected; one line. */
  readonly message: string
  /** What to do, or the nearest right name. */
  readonly hint?: string
}

/** One file of a snapshot: UTF-8 text, or why it could not be read. */
export interface SourceFile {
  /** Relative to the source's root, with forward slashes. */
  readonly path: string
  readonly bytes: Uint8Array
  /** Changes when, and only when, the content changes (a hash or a Git blob id). */
  readonly digest: string
}

/** All manifest files of one source revision: complete and consistent. */
export interface Snapshot {
  /** A commit id (with `+dirty-<hash>` where the files differ from it), or `sha256:<hash>` of a plain folder. */
  readonly revision: string
  readonly files: readonly SourceFile[]
  /** When the revision was made (commit time), milliseconds since the epoch; absent for a plain folder. */
  readonly committedAtMs?: number
  /** Problems of the source itself: unreadable, empty, a build that failed. Any error here stops every environment. */
  readonly problems: readonly Problem[]
}

/** `{ ref: [namespace/][Kind/]name, append? }` as written in a manifest. */
export interface ReferenceValue {
  readonly ref: string
  readonly append?: string
}

/** A reference found in a spec, with what it points at. */
export interface Reference {
  /** Where it stands: `spec.cluster`. */
  readonly path: string
  readonly to: ObjectKey
  /** Which value of the target is meant: `name`, `arn`, `id`. */
  readonly attribute: string
  /** Whether the target must exist first. False where the value is a name known from Git that orders nothing. */
  readonly orders: boolean
  /** Only a late call needs it; then it orders nothing either. */
  readonly late?: true
}

/** One validated document. */
export interface Manifest<Spec = Record<string, unknown>> {
  readonly key: ObjectKey
  readonly namespace: string
  readonly kind: string
  readonly name: string
  readonly annotations: Readonly<Record<string, string>>
  readonly labels: Readonly<Record<string, string>>
  /** In the API's own shape (camelCase), coerced and without response-only fields; references still stand as `{ ref }`. */
  readonly spec: Spec
  /** The composite that it was expanded from. */
  readonly parent?: ObjectKey
  /** All that a composite consists of, where a list refers to several parts of it: it is there first. */
  readonly after?: readonly ObjectKey[]
  /** Where the document starts. */
  readonly position: Position
  /** Plan notation path → place in the file, for messages and the plan's right column. */
  readonly positions: Readonly<Record<string, Position>>
  /** Changes when, and only when, the meaning of the document changes. */
  readonly digest: string
}

/** What the manifests of one snapshot say. An environment with error problems is stopped; the others go on. */
export interface Desired {
  readonly revision: string
  readonly committedAtMs?: number
  readonly environments: readonly Environment[]
  readonly manifests: readonly Manifest[]
  /** Manifests that only stand for others: those are in `manifests`, with this one as their parent. */
  readonly composites: readonly Manifest[]
  readonly problems: readonly Problem[]
  /** Environments that must not be touched, because of an invalid document in them. */
  readonly stopped: readonly string[]
  /** What AWS calls each manifest's resource. */
  readonly identities: Readonly<Record<ObjectKey, Identity>>
  /** The edges of the graph. */
  readonly references: Readonly<Record<ObjectKey, readonly Reference[]>>
}

/** What AWS calls a resource: unique within account, region and kind. */
export interface Identity {
  /** The name in AWS: `shop`, `shop/web` (cluster/service), a family. */
  readonly name: string
  /** Further parts that an observer needs, e.g. `{ cluster: 'shop' }`. */
  readonly parts: Readonly<Record<string, string>>
}

/** Who owns a live resource, as its tags say. */
export interface Ownership {
  readonly owner?: string
  readonly resource?: string
}

/** What AWS says of one resource now. */
export interface Live<State = Record<string, unknown>> {
  readonly key: ObjectKey
  readonly identity: Identity
  /** Values that references resolve to: `arn`, `name`, `id`. */
  readonly attributes: Readonly<Record<string, string>>
  readonly tags: Readonly<Record<string, string>>
  /** Whose it is where its own tags do not say so: another program registered it in a family of ours. */
  readonly ownedAs?: string
  readonly state: State
}

/**
 * The answer to looking for one key. `unknown`: the read failed, so nothing may be decided; with the reason `ambiguous`
 * there are several that could be meant, and a person must say which.
 */
export type Observation<State = Record<string, unknown>> =
  | { readonly found: 'yes'; readonly live: Live<State> }
  /**
   * `predecessor`: what AWS remembers of a deleted one by that name, so that its successor is told apart from it.
   * `facts`: what had to be asked of AWS before it can be created (which zone of the region is the second).
   */
  | {
      readonly found: 'no'
      readonly predecessor?: string
      readonly facts?: Readonly<Record<string, string>>
    }
  | { readonly found: 'unknown'; readonly reason: string; readonly message: string }

/** A value that does not exist yet: `attribute` of `key`, once the call that yields it has run. Stands for a whole value. */
export interface Hole {
  readonly $hole: { readonly key: ObjectKey; readonly attribute: string }
}

/** One AWS write as plain data. */
export interface Call {
  /** Unique in the plan: `<key>#<n>`. */
  readonly id: string
  readonly key: ObjectKey
  readonly operation: Operation
  /** The complete input, in the SDK's shape; may contain holes. */
  readonly input: Readonly<Record<string, unknown>>
  /** attribute ← dotted path in the answer: `{ arn: 'taskDefinition.taskDefinitionArn' }`. */
  readonly yields?: Readonly<Record<string, string>>
  /** Ids of calls that must have succeeded before. */
  readonly after: readonly string[]
  /**
   * It may wait for what this resource's users make, so those do not wait for it; without the value that it needs it
   * is left for a later plan.
   */
  readonly late?: true
  /**
   * Of a late call: users of the resource that need one of these (or all users) wait for it, even for a later plan; to
   * others it is of no concern. Absent: all users wait for it where this plan sends it.
   */
  readonly concerns?: readonly ObjectKey[] | 'all'
}

/** What a kind's planner returns: a call without its id and order, which the plan stage adds. */
export type DraftCall = Pick<Call, 'operation' | 'input' | 'yields' | 'late' | 'concerns'>

export type Verdict = 'keep' | 'create' | 'update' | 'replace' | 'delete' | 'blocked'

/** What a change does to running tasks. */
export type Effect = 'none' | 'in place' | 'roll-out'

/** One field whose live value differs from Git's. */
export interface FieldChange {
  /** Plan notation: `containerDefinitions[nginx].image`. */
  readonly path: string
  readonly from?: unknown
  readonly to?: unknown
  readonly note?: string
}

/** A short machine word in CamelCase and one readable sentence. */
export interface Reason {
  readonly code: string
  readonly message: string
}

/** What one resource needs. */
export interface Change {
  readonly key: ObjectKey
  readonly verdict: Verdict
  readonly fields: readonly FieldChange[]
  readonly effect: Effect
  readonly calls: readonly Call[]
  /** Why it is blocked, or why it is replaced. */
  readonly reason?: Reason
  /** A blocked change that only a person can resolve is stalled; otherwise it is looked at again. */
  readonly stalled?: boolean
  /** It goes on with what was begun before, and mends nothing: no drift. */
  readonly followUp?: true
  /** It runs what Git says, and starts anew for what came since: no drift. */
  readonly startsAnew?: true
  /** It is left alone for now: whether it is as Git says all the same, and until when, milliseconds since the epoch. */
  readonly pause?: { readonly settled: boolean; readonly untilMs?: number }
  /** Remarks that change nothing: fields left to others, defaults that differ. */
  readonly notes: readonly string[]
}

/** The changes of a set of resources in graph order. */
export interface Plan {
  readonly environment: string
  readonly revision: string
  readonly changes: readonly Change[]
}

/** How a call ended. `unknown`: the answer was lost, so the effect is not known. */
export interface Outcome {
  readonly call: Call
  readonly result: 'succeeded' | 'failed' | 'unknown' | 'skipped'
  readonly failure?: {
    readonly class: FailureClass
    readonly code: string
    readonly message: string
  }
  readonly yielded?: Readonly<Record<string, string>>
}

/** Classes of AWS failure; the class alone decides what happens next. */
export type FailureClass =
  | 'throttled'
  | 'transient'
  | 'notFound'
  | 'conflict'
  | 'invalid'
  | 'denied'
  | 'unsupported'
  | 'unknown'

/** How a roll-out ended: four different things, and `InProgress` until then. */
export type RolloutOutcome = 'InProgress' | 'Succeeded' | 'RolledBack' | 'Stopped' | 'Superseded'

/** The newest roll-out of a resource, as AWS tells of it. */
export interface Rollout {
  /** What AWS calls it: a service deployment's ARN where there is one. */
  readonly id: string
  readonly outcome: RolloutOutcome
  /** AWS's own word where it has one: `ROLLBACK_IN_PROGRESS`. */
  readonly status: string
  /** What it rolls out: `web:4`. */
  readonly target: string
  /** Whether something of the resource ran before it. */
  readonly replaces: boolean
  /** Milliseconds since the epoch. */
  readonly startedAtMs: number
  readonly endedAtMs?: number
  /** `BAKE_TIME` and the like, of strategies that have stages. */
  readonly stage?: string
  /** The hook that holds it until somebody lets it go on, and what becomes of it otherwise. */
  readonly paused?: {
    readonly hookId: string
    readonly untilMs?: number
    readonly otherwise?: string
  }
  /** AWS's own words. */
  readonly reason?: string
  /** The one that it overtook. */
  readonly before?: Rollout
}

/** Why a roll-out fails, for people: a screen, with the likely cause first. */
export interface FailureReport {
  /** For grouping: `ImageNotFound`, `OutOfMemory`, `NoCapacity`. */
  readonly cause: string
  /** The likely cause, in one line. */
  readonly summary: string
  /** What to do next, in one line. */
  readonly advice: string
  /** What the roll-out changed, as far as AWS remembers what ran before. */
  readonly changed: readonly FieldChange[]
  /** What happened, the most frequent first. */
  readonly findings: readonly {
    readonly what: string
    readonly count: number
    readonly details: readonly string[]
  }[]
  /** The last lines of containers that failed. */
  readonly logs: readonly { readonly container: string; readonly lines: readonly string[] }[]
}

/** How a live resource is doing, as its kind judges it. */
export interface Health {
  readonly state: 'Ready' | 'Progressing' | 'Failed'
  readonly reason: string
  readonly message: string
  /** Numbers worth showing: `{ running: 2, desired: 3 }`. */
  readonly progress?: Readonly<Record<string, number>>
  /** The container instances that belong to it. */
  readonly instances?: readonly ContainerInstance[]
  readonly rollout?: Rollout
  readonly report?: FailureReport
}

/** An EC2 instance in a cluster, as its agent registered it. CPU in units (1024 a vCPU), memory in MiB. */
export interface ContainerInstance {
  /** The EC2 instance's id: what people look for. */
  readonly name: string
  readonly id: string
  readonly zone: string
  readonly type: string
  /** ACTIVE, DRAINING, … */
  readonly status: string
  readonly agentConnected: boolean
  /** Since when this process has seen the agent disconnected, milliseconds; absent while it is connected. */
  readonly disconnectedSinceMs?: number
  readonly agentVersion: string
  readonly agentUpdateStatus?: string
  readonly capacityProvider?: string
  readonly cpu: { readonly registered: number; readonly free: number }
  readonly memory: { readonly registered: number; readonly free: number }
  /** Host ports in use, without those that the agent keeps. */
  readonly ports: readonly string[]
  readonly tasks: { readonly running: number; readonly pending: number }
  readonly registeredAtMs: number
}

/** `AgentsConnected` is a cluster's alone, and only where it has container instances. */
export type ConditionType = 'Ready' | 'Reconciling' | 'Stalled' | 'Drifted' | 'AgentsConnected'

/** A Kubernetes-style condition (kstatus-compatible). */
export interface Condition {
  readonly type: ConditionType
  readonly status: 'True' | 'False' | 'Unknown'
  readonly reason: string
  readonly message: string
  readonly lastTransitionTime: string
  readonly observedRevision: string
}

export type SyncWord = 'Synced' | 'OutOfSync' | 'Unknown'
export type HealthWord =
  | 'Healthy'
  | 'Progressing'
  | 'Degraded'
  | 'Missing'
  | 'Suspended'
  | 'Unknown'

/** What the controller knows of one resource: a fold over passes, for people and machines. */
export interface Status {
  readonly key: ObjectKey
  readonly environment: string
  readonly sync: SyncWord
  readonly health: HealthWord
  readonly conditions: readonly Condition[]
  readonly attributes: Readonly<Record<string, string>>
  readonly progress?: Readonly<Record<string, number>>
  readonly instances?: readonly ContainerInstance[]
  readonly rollout?: Rollout
  readonly report?: FailureReport
  readonly pending: readonly FieldChange[]
  readonly lastAppliedRevision?: string
  readonly observedAtMs: number
}

/** One thing that happened, for `events`, the log and the journal. */
export interface JournalEvent {
  readonly atMs: number
  readonly type: 'Normal' | 'Warning'
  readonly reason: string
  readonly message: string
  readonly key?: ObjectKey
  readonly environment?: string
  readonly revision?: string
  readonly fields?: readonly FieldChange[]
}
