/**
 * The interface that a kind implements: everything fairlead knows about one AWS resource type.
 * A kind is data and pure functions; `observe` alone reads AWS, through the reader it is handed.
 */
import type {
  Change,
  DraftCall,
  Effect,
  Environment,
  FieldChange,
  Health,
  Identity,
  Live,
  Manifest,
  ObjectKey,
  Observation,
  Operation,
  Problem,
  Reason,
  Verdict,
} from './model.ts'

/** How a lost answer to an operation is made safe. */
export type Safety =
  | 'read'
  /** Sent again it changes nothing more: the name is unique, or it sets a value. */
  | 'idempotent'
  /** A client token derived from key, content and predecessor. */
  | 'token'
  /** What it made is found by its tags or content, after a settle time. */
  | 'find'
  /**
   * The same, and AWS makes a second one without a word: no unique name, no token, nothing that collides. A process
   * that has just started waits a settle time before it, since one that died may have sent it.
   */
  | 'once'

/** A field of the spec that takes a reference. Paths use `[]` for any list item: `loadBalancers[].targetGroupArn`. */
export interface ReferenceField {
  /** `*`: any kind, which the reference then has to name: `{ ref: Repository/web }`. */
  readonly kind: string
  /** Further kinds that it takes where the reference names them: `{ ref: Listener/web }`. */
  readonly also?: readonly string[]
  /** Which attribute of the target is put in: `arn`, `name`, `id`. */
  readonly attribute: string
  /** False where the name is known from Git and the target need not exist first. Default true. */
  readonly orders?: boolean
  /**
   * Only a late call needs it (see DraftCall): the target may need this resource first. Two security groups that name
   * each other; a cluster, whose capacity provider stands on instances that join the cluster.
   */
  readonly late?: true
}

/** How AWS wants a field to be encoded; plain YAML and the encoded text are both taken. */
export type Encoding = 'json' | 'base64' | 'comma'

/** What a spec's schema is derived from, by `npm run derive-schema`: types of an SDK package, by name. */
export interface SchemaSource {
  /** `client-ec2`. */
  readonly package: string
  readonly request: string
  /** Requests whose further members are state too. */
  readonly update?: readonly string[]
  /** What AWS answers: its members that no request has are dropped from manifests with a notice. */
  readonly response: string
  /** Of the request's members these alone are for manifests: what names a resource that is only looked at. */
  readonly only?: readonly string[]
  /** Not meant for manifests: tokens, one-shot flags, the other name of the name field; with what to tell people. */
  readonly omit?: Readonly<Record<string, string>>
  /** Required by the API, but derived from `metadata.name` or left to us. */
  readonly derived?: readonly string[]
  /** Response members whose value belongs into a request member of another name. */
  readonly renamed?: Readonly<Record<string, string>>
  /** Fields that take words for a size. */
  readonly units?: Readonly<Record<string, 'vcpu' | 'memory'>>
  /** Members that no request has: the id that names a resource which exists, tags in one shape, policies. */
  readonly also?: Readonly<Record<string, JsonSchema>>
  /** Encoded fields, by path. */
  readonly encoded?: Readonly<Record<string, Encoding>>
  /** Lists that further calls set item by item: the type of an item, and those of its members that only AWS says. */
  readonly lists?: Readonly<
    Record<
      string,
      {
        readonly type: string
        readonly description: string
        readonly responseOnly?: readonly string[]
      }
    >
  >
}

/** A manifest that counts as an item of a list in the spec of another. */
export interface Joining {
  /** The reference that names the other one, of the kind `into` unless it says another. */
  readonly to: unknown
  readonly into: string
  readonly field: string
  /** What is put there; absent: a reference to the manifest. */
  readonly item?: Readonly<Record<string, unknown>>
}

/** Reads AWS: typed by operation, batched and budgeted by the layers behind it. Writes are refused. */
export type Read = <Output = Record<string, unknown>>(
  operation: Operation,
  input: Record<string, unknown>,
) => Promise<Output>

/** What an owned resource looks like in the tagging index (`tag:GetResources`). */
export interface IndexEntry {
  readonly arn: string
  readonly tags: Readonly<Record<string, string>>
}

export interface ObserveContext {
  readonly read: Read
  /** Whose resources count as ours: the value of the tag `fairlead:owner`. */
  readonly owner: string
  /** Everything that carries our owner tag in this environment, as the tagging index shows it; the index lags. */
  readonly index: readonly IndexEntry[]
  /**
   * What this process remembers between passes, per environment and kind. Only for facts that cannot change
   * (the content of a revision) or that cost reads alone when lost: a restart forgets it.
   */
  readonly memory: Map<string, unknown>
  /** Where the calls go, as far as the Environment says it. */
  readonly region?: string
  /** All of it is to be deleted: what deleting needs to know is read too. */
  readonly teardown?: boolean
  /** Those that must not stay where Git wants them, since what belongs to them failed. */
  readonly back?: ReadonlyMap<ObjectKey, string>
  /** Told how long a task took from being asked for to running. */
  readonly onTaskStart?: (launchType: string, seconds: number) => void
  readonly now: number
}

/** One manifest to look for; references are resolved to live values, or to Holes where there is none yet. */
export interface Wanted<Spec = Record<string, unknown>> {
  readonly manifest: Manifest<Spec>
  readonly identity: Identity
  readonly spec: Spec
}

/** Everything that planning one resource needs; plain data. */
export interface PlanInput<Spec = Record<string, unknown>, State = Record<string, unknown>> {
  readonly key: ObjectKey
  /** Undefined: it is in AWS and ours, but no longer in Git. */
  readonly want?: {
    readonly manifest: Manifest<Spec>
    readonly identity: Identity
    /** The spec with every reference replaced by its value or a Hole. */
    readonly spec: Spec
  }
  readonly live?: Live<State>
  /** See Observation. */
  readonly predecessor?: string
  /** See Observation. */
  readonly facts?: Readonly<Record<string, string>>
  readonly environment: Environment
  /** Milliseconds since the epoch. */
  readonly now: number
  /**
   * The tags that the resource must carry: ownership, the environment's, and the manifest's own (the last wins); where it
   * is being adopted, that too (see `adoption.ts`).
   */
  readonly tags: Readonly<Record<string, string>>
  /** `mine`: our tag. `adopt`: unowned, and the manifest takes it over (see annotation `adopt`). */
  readonly ownership: 'mine' | 'adopt-unchanged' | 'adopt-overwrite'
  /** Why it must go back to what it was before; see ObserveContext. */
  readonly back?: string
  /** What it is made beside: the one that its manifest meant under another name. */
  readonly former?: Live<State>
}

/** A change without what the plan stage adds (key, ids, order). */
export interface Draft {
  readonly verdict: Verdict
  /** Of a replacement: only once nothing that is described uses it, since AWS does not take it away before. */
  readonly alone?: true
  readonly fields?: readonly FieldChange[]
  readonly effect?: Effect
  readonly calls?: readonly DraftCall[]
  readonly reason?: Reason
  readonly stalled?: boolean
  /** See Change. */
  readonly followUp?: true
  /** See Change. */
  readonly startsAnew?: true
  /** See Change. */
  readonly pause?: Change['pause']
  readonly notes?: readonly string[]
}

// biome-ignore-start lint/suspicious/noExplicitAny: the registry holds kinds of every spec and state
export interface Kind<Spec = any, State = any> {
  // biome-ignore-end lint/suspicious/noExplicitAny: only this line
  /** `Service`. */
  readonly name: string
  /** `services`: the path segment of the HTTP API and what `get` accepts. */
  readonly plural: string
  /** One sentence for `explain` and the documentation. */
  readonly summary: string
  /** JSON Schema of `spec`, derived from the SDK's request type. */
  readonly schema: () => Promise<JsonSchema>
  readonly source: SchemaSource
  /** Every AWS operation that the kind uses. */
  readonly operations: Readonly<Record<Operation, Safety>>
  /** Fields that take references, by path. */
  readonly references: Readonly<Record<string, ReferenceField>>
  /** The lists of others that a manifest counts as an item of: a capacity provider is one of its cluster's. Applied at load; pure. */
  joins?(manifest: Manifest<Spec>): readonly Joining[]
  /** The ResourceType of tag:GetResources, `ecs:service`; absent for what cannot be tagged. */
  readonly taggable?: string
  /** It does something only for the sake of those that need it: while all of these are suspended, it begins nothing. */
  readonly servesUsers?: true
  /**
   * A spec by which the resource of an ARN is found that no manifest describes any more; empty where its tags name it,
   * undefined for an ARN of another kind. Absent: such resources are never pruned. Pure.
   */
  named?(arn: string): Partial<Spec> | undefined
  /**
   * The member of its spec that gives it another name in AWS, so that two of them can stand side by side: the former
   * one is found by `named`, and goes once nothing uses it.
   */
  readonly ownName?: string
  /** All that carries our owner tag, for what the tagging index does not know. Only asked where things are pruned. */
  owned?(context: Pick<ObserveContext, 'read' | 'owner' | 'memory'>): Promise<readonly IndexEntry[]>
  /** The identity in AWS; pure. References inside `spec` have been replaced by names known from Git. */
  identify(spec: Spec, name: string, environment: Environment): Identity
  /** What the schema cannot say and AWS enforces late or badly; pure. `at` gives a problem its place. */
  validate(
    manifest: Manifest<Spec>,
    at: (path: string, code: string, message: string, hint?: string) => Problem,
  ): readonly Problem[]
  /** Rules that depend on where the manifest lives; pure. */
  within?(
    manifest: Manifest<Spec>,
    environment: Environment,
    at: (path: string, code: string, message: string, hint?: string) => Problem,
  ): readonly Problem[]
  /**
   * Rules over a manifest and the manifest that one of its references points to, by the reference's field
   * (`spec.associations[].subnetId`); `path` is where that reference stands. Pure.
   */
  readonly together?: Readonly<
    Record<
      string,
      (
        manifest: Manifest<Spec>,
        target: Manifest,
        at: (path: string, code: string, message: string, hint?: string) => Problem,
        path: string,
      ) => readonly Problem[]
    >
  >
  /** Rules over all manifests of this kind that are not only observed, in the order of the source; pure. */
  among?(
    manifests: readonly Manifest<Spec>[],
    refuse: (
      manifest: Manifest,
      path: string,
      code: string,
      message: string,
      hint?: string,
    ) => void,
  ): void
  observe(
    context: ObserveContext,
    wanted: readonly Wanted<Spec>[],
  ): Promise<ReadonlyMap<ObjectKey, Observation<State>>>
  plan(input: PlanInput<Spec, State>): Draft
  /**
   * The part of an update that replaces no running tasks, for while a roll-out waits for what the manifest depends on.
   * Absent: the whole of it waits. Pure.
   */
  planInPlace?(input: PlanInput<Spec, State>): Draft
  /**
   * The spec with which a manifest describes what is there, its names and AWS's values included, without what is AWS's
   * default and the schema does not require. Absent: the kind is not imported. Pure.
   */
  written?(live: Live<State>, schema: JsonSchema): Partial<Spec>
  /**
   * What must be undone before this resource, and what its late references point to, can be deleted: the calls, or
   * none once it is done. `of`: it stays, and lets go of these alone. Only for kinds with late references; pure.
   */
  release?(live: Live<State>, of?: readonly Live[]): readonly DraftCall[]
  /**
   * What to keep in `memory` after a call succeeded, for what AWS's lists and index show only later
   * (the ARN of a revision just registered).
   */
  remember?(
    call: { readonly operation: Operation; readonly input: Readonly<Record<string, unknown>> },
    yielded: Readonly<Record<string, string>>,
  ): readonly [string, unknown] | undefined
  health(live: Live<State>, want: PlanInput<Spec, State>['want']): Health
}

/** A manifest that a composite stands for. */
export interface Child {
  readonly kind: string
  readonly name: string
  readonly spec: Record<string, unknown>
  /** Where its fields come from, for messages: child path → parent path, `spec.cidrBlock` → `spec.cidrBlock`. */
  readonly from?: Readonly<Record<string, string>>
}

/** A kind that only stands for manifests of other kinds; expanded at load, purely. Annotations are handed down. */
// biome-ignore lint/suspicious/noExplicitAny: the registry holds composites of every spec
export interface Composite<Spec = any> {
  readonly name: string
  readonly plural: string
  readonly summary: string
  readonly schema: () => Promise<JsonSchema>
  /** Fields that take references, by path; what is copied into children is resolved there. */
  readonly references: Readonly<Record<string, ReferenceField>>
  validate: Kind<Spec>['validate']
  /** References inside `spec` still stand as `{ ref }`; they may be copied. Child names begin with the manifest's. */
  expand(manifest: Manifest<Spec>, environment: Environment): readonly Child[]
}

/** JSON Schema (2020-12) as data; fields carry `description` from the SDK's documentation. */
export type JsonSchema = Record<string, unknown>

export type { Change }

/** Splits a list into parts of at most `size`. */
export function inBatches<T>(items: readonly T[], size: number): T[][] {
  const batches: T[][] = []
  for (let i = 0; i < items.length; i += size) batches.push(items.slice(i, i + size))
  return batches
}
