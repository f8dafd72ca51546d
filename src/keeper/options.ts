/** What a keeper is made with. */
import type { Aws } from '../aws/aws.ts'
import type { Kind } from '../kind.ts'
import type { Metrics } from '../metrics.ts'
import type { JournalEvent } from '../model.ts'
import type { PruneWish } from '../reconcile/prune-guards.ts'
import type { Runtime } from '../runtime.ts'

export interface KeeperOptions {
  readonly aws: Aws
  readonly kinds: readonly Kind[]
  readonly owner: string
  readonly runtime: Runtime
  readonly metrics: Metrics
  readonly record: (event: JournalEvent) => void
  /** Time between sweeps over everything. */
  readonly intervalMs: number
  /** Time until something unfinished is looked at again. */
  readonly followMs: number
  /** How long AWS's reads may lag behind a write: no write is repeated within it. */
  readonly settleMs: number
  readonly dryRun: boolean
  readonly teardown?: boolean
  /** Whether what Git no longer describes is deleted, where the Environment does not say. */
  readonly prune?: PruneWish
}
