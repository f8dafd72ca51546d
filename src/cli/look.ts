/** One read-only pass over each environment, as the controller would make it: for `plan`, `diff` and `--live`. */
import { kinds } from '../kinds/index.ts'
import type { Desired } from '../model.ts'
import { type Pass, runPass } from '../reconcile/pass.ts'
import { type PruneWish, pruningIn } from '../reconcile/prune-guards.ts'
import { refusalOf } from '../reconcile/refusal.ts'
import { quietLog, type Runtime, systemClock } from '../runtime.ts'
import { connector } from './connect.ts'
import type { Io } from './io.ts'

export interface LookOptions {
  readonly owner: string
  readonly apiShare?: number
  readonly teardown?: boolean
  /** Absent: what is no longer described is not looked for. */
  readonly prune?: PruneWish
}

/** Jitter does no good to a command that runs once. */
const oneShot: Runtime = { clock: systemClock, random: () => 0.5, log: quietLog }

/** The environments that are described and not stopped, side by side. Rejects with AwsFailure when nothing can be read. */
export async function look(desired: Desired, options: LookOptions, io: Io): Promise<Pass[]> {
  const { owner, apiShare, teardown = false } = options
  const connect = connector({
    io,
    runtime: oneShot,
    readOnly: true,
    ...(apiShare === undefined ? {} : { apiShare }),
  })
  const environments = desired.environments.filter(({ name }) => !desired.stopped.includes(name))
  return Promise.all(
    environments.map(async (environment) => {
      const aws = connect(environment)
      const refuse = await refusalOf(aws, environment)
      const pruning = options.prune && pruningIn(environment, options.prune)
      return runPass({
        aws,
        kinds,
        owner,
        desired,
        environment,
        memories: new Map(),
        teardown,
        ...(pruning ? { prune: pruning } : {}),
        ...(refuse ? { refuse } : {}),
        now: () => systemClock.now(),
      })
    }),
  )
}
