/** What a gate is: a policy of the environment that says which changes do not begin yet, and why. Pure. */
import type {
  Change,
  Environment,
  FailureReport,
  Manifest,
  ObjectKey,
  Rollout,
} from '../../model.ts'
import type { Correction } from '../corrections.ts'

/** Why a change does not begin. */
export interface Gated {
  /** For the condition: `MaintenanceWindow`. */
  readonly code: string
  readonly why: string
  /** When to look again; absent where other resources' news say so, or a person. Milliseconds since the epoch. */
  readonly untilMs?: number
  /** Only a person, or Git, can let it go on. */
  readonly stalled?: true
}

/** What Git asked of a resource last: since when, and with which revision. */
export interface Asked {
  /** Of the manifest and of all that it refers to. */
  readonly digest: string
  readonly revision: string
  readonly atMs: number
}

/** How a resource stands, as this pass sees it, or as the one before left it. */
export interface Standing {
  readonly stalled: boolean
  readonly rollout?: Rollout
  readonly report?: FailureReport
}

export interface GateInput {
  /** Those of this pass that have calls. */
  readonly changes: readonly Change[]
  readonly manifests: ReadonlyMap<ObjectKey, Manifest>
  /** Of all resources of the environment. */
  readonly standings: ReadonlyMap<ObjectKey, Standing>
  readonly asked: ReadonlyMap<ObjectKey, Asked>
  /** Whose roll-out was sent, and has not been seen since. */
  readonly sent: ReadonlySet<ObjectKey>
  /** What was corrected lately, and how often. */
  readonly corrections: ReadonlyMap<ObjectKey, readonly Correction[]>
  /** Of live resources. */
  readonly tags: ReadonlyMap<ObjectKey, Readonly<Record<string, string>>>
  /** Who else writes what is fought over, in words, where that is known. */
  readonly writers: ReadonlyMap<ObjectKey, string>
  readonly environment: Environment
  readonly now: number
}

export type Gate = (input: GateInput) => ReadonlyMap<ObjectKey, Gated>

const urgent = 'fairlead.dev/urgent'

/** Whether a person has said that no policy may hold this one. */
export const isUrgent = (manifest: Manifest | undefined): boolean =>
  !['', 'false', undefined].includes(manifest?.annotations[urgent])

/** The kind whose roll-outs are counted and sent in waves. */
export const rolls = (key: ObjectKey): boolean => key.includes('/Service/')

/** A change that replaces running tasks. */
export const isRollOut = ({ key, effect, verdict }: Change): boolean =>
  verdict === 'update' && effect === 'roll-out' && rolls(key)
