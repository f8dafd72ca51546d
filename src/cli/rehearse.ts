/** `fairlead plan --rehearse`: the state of AWS loaded into the simulator, and the controller run on it. Only reads AWS. */
import { writeFile } from 'node:fs/promises'
import { isLoopback } from '../aws/sdk.ts'
import { UserError } from '../errors.ts'
import { kinds } from '../kinds/index.ts'
import type { Desired } from '../model.ts'
import type { Pass } from '../reconcile/pass.ts'
import type { PruneWish } from '../reconcile/prune-guards.ts'
import { type Loaded, loadObserved } from '../rehearsal/load.ts'
import { type Rehearsal, rehearse } from '../rehearsal/rehearse.ts'
import { timelinePage, timelineSvg } from '../rehearsal/timeline.ts'
import { quietLog, type Runtime, systemClock } from '../runtime.ts'
import { connector, isRead } from './connect.ts'
import type { Io } from './io.ts'

export interface RehearseOptions {
  readonly owner: string
  readonly apiShare?: number
  /** Where the timeline goes: `.svg` or `.html`. */
  readonly timeline?: string
  readonly seed?: number
  readonly prune?: PruneWish
}

export interface Rehearsed {
  /** As `plan` alone makes them. */
  readonly passes: readonly Pass[]
  readonly rehearsals: readonly Rehearsal[]
}

/** Jitter does no good to a command that runs once. */
const oneShot: Runtime = { clock: systemClock, random: () => 0.5, log: quietLog }

/** One rehearsal for each environment that is described and not stopped. Rejects with AwsFailure when nothing can be read. */
export async function rehearseAll(
  desired: Desired,
  options: RehearseOptions,
  io: Io,
): Promise<Rehearsed> {
  const { owner, apiShare, timeline, seed } = options
  const prune = options.prune ? { prune: options.prune } : {}
  if (timeline !== undefined && !/\.(svg|html?)$/.test(timeline)) {
    throw new UserError(`${timeline} is neither .svg nor .html`, {
      hint: 'the ending says what is written',
    })
  }
  const connect = connector({
    io,
    runtime: oneShot,
    readOnly: true,
    ...(apiShare === undefined ? {} : { apiShare }),
  })
  const region = io.env.AWS_REGION ?? io.env.AWS_DEFAULT_REGION ?? 'us-east-1'
  const environments = desired.environments.filter(({ name }) => !desired.stopped.includes(name))
  const now = () => systemClock.now()
  const loads = await Promise.all(
    environments.map((environment) => {
      const aws = connect(environment)
      return loadObserved({ aws, kinds, owner, desired, environment, region, now, ...prune })
    }),
  )
  const share = apiShare ?? (isLoopback(io.env) ? undefined : 0.8)
  const rehearsals: Rehearsal[] = []
  for (const loaded of loads.filter(hasWork)) {
    rehearsals.push(
      await rehearse({
        ...{ kinds, owner, desired, loaded, isRead, ...prune },
        ...(share === undefined ? {} : { share }),
        ...(seed === undefined ? {} : { seed }),
      }),
    )
  }
  if (timeline !== undefined) {
    const text = timeline.endsWith('.svg')
      ? timelineSvg(rehearsals)
      : timelinePage(rehearsals, desired.revision)
    await writeFile(timeline, text)
  }
  return { passes: loads.map(({ pass }) => pass), rehearsals }
}

/** Where nothing may be done, or only be looked at, there is nothing to rehearse. */
function hasWork({ refuse, environment }: Loaded): boolean {
  return !refuse && environment.mode !== 'observe'
}
