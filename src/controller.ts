/** The controller: one keeper for each environment, side by side; what they know, in one view. */
import type { Aws } from './aws/aws.ts'
import { conditionOf, isReady, isStalled } from './conditions.ts'
import { createJournal } from './journal.ts'
import { createKeeper, type Keeper } from './keeper/index.ts'
import { dropSeries } from './keeper/series.ts'
import type { Kind } from './kind.ts'
import type { Metrics } from './metrics.ts'
import type {
  Desired,
  Environment,
  JournalEvent,
  Manifest,
  ObjectKey,
  Plan,
  Problem,
  Status,
} from './model.ts'
import { isOnlyOne } from './reconcile/manifest/environment.ts'
import type { PruneWish } from './reconcile/prune-guards.ts'
import { shortRevision } from './render-value.ts'
import type { Runtime } from './runtime.ts'

export interface ControllerOptions {
  readonly kinds: readonly Kind[]
  readonly owner: string
  readonly runtime: Runtime
  readonly metrics: Metrics
  /** The AWS function of an environment: its account, region and budgets. */
  readonly connect: (environment: Environment) => Aws
  readonly onEvent: (event: JournalEvent) => void
  readonly intervalMs?: number
  readonly followMs?: number
  readonly settleMs?: number
  readonly dryRun?: boolean
  readonly teardown?: boolean
  /** Whether what Git no longer describes is deleted, where its Environment does not say. */
  readonly prune?: PruneWish
}

/** All that the controller knows, as plain data for the server and the commands. */
export interface View {
  readonly revision: string | undefined
  readonly problems: readonly Problem[]
  /** Where problems stop an environment, those that it had before: its statuses are about them. */
  readonly manifests: readonly Manifest[]
  /** Manifests that only stand for others; they have no statuses of their own. */
  readonly composites: readonly Manifest[]
  readonly statuses: ReadonlyMap<ObjectKey, Status>
  /** What no manifest means any more and has yet to go, or is left behind, as if it had manifests. */
  readonly leaving: readonly Manifest[]
  readonly plans: readonly Plan[]
  readonly events: readonly JournalEvent[]
  /** Whether every environment has been swept since the last snapshot. */
  readonly swept: boolean
}

export interface Controller {
  /** Takes what a new snapshot says. Environments that it stops keep what they had, and write nothing. */
  submit(desired: Desired): void
  /** Looks now, at these keys or at everything. */
  reconcile(keys?: Iterable<ObjectKey>): void
  /** Runs until the signal aborts, then finishes the calls in flight. */
  run(signal: AbortSignal): Promise<void>
  view(): View
  /** `ready` when all is Ready, `stalled` when what is not Ready needs a person, else `busy`. */
  state(): 'ready' | 'stalled' | 'busy'
}

interface Kept {
  readonly environment: Environment
  readonly keeper: Keeper
  readonly abort: AbortController
  readonly done: Promise<void>
}

/** Nothing will happen to what waits for these, however long one looks. */
const idle: readonly string[] = [
  'DependencyNotReady',
  'MaintenanceWindow',
  'StillNeeded',
  'Suspended',
  'WaitsForLate',
  'WaitsForReference',
]

/** Where AWS calls of an environment go: with another place it is another world, of which nothing is known yet. */
const placeOf = ({ accountId, region, roleArn }: Environment) =>
  JSON.stringify([accountId, region, roleArn])

/**
 * Which environments are left alone for the problems of a snapshot. Where all that it describes are, nothing can be told
 * apart, so what it seems to describe no longer is left alone too, and not forgotten.
 */
function stoppedBy({ problems, environments, stopped }: Desired, kept: Iterable<string>) {
  const broken = problems.some(({ severity }) => severity === 'error')
  const all = broken && stopped.length === environments.length
  return new Set([...stopped, ...(all ? kept : [])])
}

type Described = Pick<Desired, 'manifests' | 'composites'>

/** What a snapshot says of these environments. */
function partOf(from: Desired, isAsked: (environment: string) => boolean): Described {
  const here = ({ namespace }: Manifest) =>
    isAsked(isOnlyOne(from) ? (from.environments[0]?.name ?? namespace) : namespace)
  return { manifests: from.manifests.filter(here), composites: from.composites.filter(here) }
}

const rolloutResults = ['Succeeded', 'RolledBack', 'Stopped', 'Superseded']

export function createController(options: ControllerOptions): Controller {
  const { runtime, metrics } = options
  const journal = createJournal(options.onEvent)
  // Series that start at zero can be alerted on from the first minute.
  for (const { name: kind } of options.kinds) metrics.driftDetected.inc({ kind }, 0)
  for (const result of rolloutResults) metrics.rollouts.inc({ result }, 0)
  const kept = new Map<string, Kept>()
  const left = new Set<Promise<void>>()
  /** By environment, what its keeper goes by. */
  const adopted = new Map<string, Desired>()
  let held: ReadonlySet<string> = new Set()
  let desired: Desired | undefined
  let unreachable = false
  let lastProblems = '[]'
  let started: AbortSignal | undefined
  let begin: () => void = () => {}
  const running = new Promise<void>((resolve) => {
    begin = resolve
  })

  const event = (type: JournalEvent['type'], reason: string, message: string, revision: string) =>
    journal.record({ atMs: runtime.clock.now(), type, reason, message, revision })

  /** Its calls in flight are still waited for, and its series go: nobody looks any more. */
  const leave = (name: string, { keeper, abort, done }: Kept) => {
    kept.delete(name)
    adopted.delete(name)
    abort.abort()
    left.add(done)
    void done.then(() => left.delete(done))
    for (const [key, status] of keeper.statuses()) dropSeries(metrics, key, status)
    metrics.lastSync.remove({ environment: name })
  }

  const keep = (environment: Environment, revision: string): Keeper => {
    const present = kept.get(environment.name)
    if (present && placeOf(present.environment) === placeOf(environment)) return present.keeper
    if (present) {
      leave(environment.name, present)
      event(
        'Warning',
        'EnvironmentMoved',
        `${environment.name} is another account, region or role now: what is in the former place is left as it is`,
        revision,
      )
    }
    const keeper = createKeeper({
      aws: options.connect(environment),
      kinds: options.kinds,
      owner: options.owner,
      runtime,
      metrics,
      record: (item) => journal.record(item),
      intervalMs: options.intervalMs ?? 60_000,
      followMs: options.followMs ?? 5_000,
      settleMs: options.settleMs ?? 15_000,
      dryRun: options.dryRun ?? false,
      teardown: options.teardown ?? false,
      ...(options.prune ? { prune: options.prune } : {}),
    })
    const abort = new AbortController()
    // A snapshot that comes late finds a controller that has stopped.
    if (started?.aborted) abort.abort()
    const done = running.then(() => keeper.run(abort.signal))
    kept.set(environment.name, { environment, keeper, abort, done })
    return keeper
  }

  /** A Git server that cannot be reached is told once, and again when it can; what was read last stands meanwhile. */
  const reportReach = ({ problems, revision }: Desired) => {
    const away = problems.find(
      ({ code, severity }) => code === 'GitUnreachable' && severity === 'notice',
    )
    if ((away !== undefined) === unreachable) return
    unreachable = away !== undefined
    if (away) event('Warning', 'SourceUnreachable', away.message, revision)
    else event('Normal', 'SourceReachable', 'the repository can be fetched again', revision)
  }

  const report = (next: Desired, stopped: ReadonlySet<string>) => {
    const errors = next.problems.filter((problem) => problem.severity === 'error')
    metrics.sourceProblems.set(errors.length)
    const text = JSON.stringify(errors)
    if (text === lastProblems) return
    lastProblems = text
    for (const problem of errors.slice(0, 20)) {
      const place = `${problem.file}:${problem.line}:${problem.column}`
      const what = [problem.object, problem.path, problem.message].filter(Boolean).join(': ')
      const hint = problem.hint ? ` (${problem.hint})` : ''
      event('Warning', 'InvalidSource', `${place}: ${what}${hint}`, next.revision)
    }
    if (errors.length > 20) {
      event('Warning', 'InvalidSource', `and ${errors.length - 20} more problems`, next.revision)
    }
    if (errors.length > 0) {
      const where = stopped.size > 0 ? [...stopped].join(', ') : 'everything'
      event(
        'Warning',
        'Stopped',
        `nothing is written to ${where} until this is mended`,
        next.revision,
      )
    } else event('Normal', 'Mended', 'all is valid again: what was stopped goes on', next.revision)
  }

  /** What is described now and, of what is held, what was before the problems. */
  const described = (): Described => {
    const before = [...held].flatMap((name) => {
      const from = adopted.get(name)
      return from ? [partOf(from, (environment) => environment === name)] : []
    })
    if (!desired || before.length === 0) return desired ?? { manifests: [], composites: [] }
    const now = partOf(desired, (name) => !held.has(name) || !adopted.has(name))
    // Where it can no longer be told which environment a manifest belongs to, it is there in both.
    const all = (of: keyof Described) => {
      const parts = [...before, now].flatMap((part) => part[of])
      return [...new Map(parts.reverse().map((one) => [one.key, one])).values()].reverse()
    }
    return { manifests: all('manifests'), composites: all('composites') }
  }

  return {
    submit(next) {
      const now = runtime.clock.now()
      const first = desired === undefined
      const stopped = stoppedBy(next, kept.keys())
      const news = next.revision !== desired?.revision
      report(next, stopped)
      reportReach(next)
      if (news) {
        metrics.sourceRevision.reset()
        metrics.sourceRevision.set({ revision: next.revision }, 1)
        const count = next.manifests.length
        event(
          'Normal',
          first ? 'SourceRead' : 'SourceChanged',
          `${shortRevision(next.revision)}: ${count} resources`,
          next.revision,
        )
      }
      desired = next
      for (const environment of next.environments) {
        if (stopped.has(environment.name)) continue
        keep(environment, next.revision).adopt(next, environment, now)
        adopted.set(environment.name, next)
      }
      held = stopped
      const names = new Set(next.environments.map((environment) => environment.name))
      for (const [name, each] of kept) {
        if (stopped.has(name)) each.keeper.hold('the source has problems')
        else if (!names.has(name)) {
          leave(name, each)
          event(
            'Warning',
            'EnvironmentRemoved',
            `${name} is no longer described: nothing in it is deleted`,
            next.revision,
          )
        }
      }
    },
    reconcile(keys) {
      for (const { keeper } of kept.values()) keeper.look(keys)
    },
    async run(signal) {
      started = signal
      begin()
      if (!signal.aborted) {
        await new Promise<void>((resolve) =>
          signal.addEventListener('abort', () => resolve(), { once: true }),
        )
      }
      for (const { abort } of kept.values()) abort.abort()
      await Promise.all([...left, ...[...kept.values()].map(({ done }) => done)])
    },
    view() {
      const keepers = [...kept.values()].map(({ keeper }) => keeper)
      const { manifests, composites } = described()
      return {
        revision: desired?.revision,
        problems: desired?.problems ?? [],
        manifests,
        composites,
        statuses: new Map(keepers.flatMap((keeper) => [...keeper.statuses()])),
        leaving: keepers.flatMap((keeper) => keeper.leaving()),
        plans: keepers.flatMap((keeper) => keeper.lastPlan() ?? []),
        events: journal.events(),
        swept:
          started !== undefined && keepers.length > 0 && keepers.every((keeper) => keeper.swept()),
      }
    },
    state() {
      const { statuses, swept, manifests } = this.view()
      if (!swept || [...kept.values()].some(({ keeper }) => keeper.depth() > 0)) return 'busy'
      // What is no longer described has a status until it is gone.
      const described = new Set(manifests.map(({ key }) => key))
      const going = [...statuses].flatMap(([key, status]) => (described.has(key) ? [] : status))
      const all = [...manifests.map((manifest) => statuses.get(manifest.key)), ...going]
      if (all.every(isReady)) return 'ready'
      // What waits for a stalled resource waits for the same person; a window may be days away.
      const waiting = all.filter((status) => !isReady(status) && !isStalled(status))
      const reasons = waiting.map((status) => conditionOf(status, 'Ready')?.reason ?? '')
      const hopeless = reasons.every((reason) => idle.includes(reason))
      const asked = reasons.includes('MaintenanceWindow') || reasons.includes('Suspended')
      const person = asked || all.some(isStalled)
      return person && hopeless ? 'stalled' : 'busy'
    },
  }
}
