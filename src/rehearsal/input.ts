/** What a rehearsal starts from, as types only. */
import type { Kind } from '../kind.ts'
import type { Desired, Operation } from '../model.ts'
import type { PruneWish } from '../reconcile/prune-guards.ts'
import type { Loaded } from './load.ts'

export interface RehearseInput {
  readonly kinds: readonly Kind[]
  readonly owner: string
  readonly desired: Desired
  readonly loaded: Loaded
  readonly isRead: (operation: Operation) => boolean
  /** Which part of AWS's request budget is used. */
  readonly share?: number
  readonly seed?: number
  readonly prune?: PruneWish
}
