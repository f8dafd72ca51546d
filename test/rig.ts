/** The whole program under a virtual clock: real manifests, the real controller, the simulator as AWS. */
import { createHash } from 'node:crypto'
import { type Aws, type Layer, layered } from '../src/aws/aws.ts'
import { retriedReads } from '../src/aws/layers.ts'
import { directAws } from '../src/aws/sdk.ts'
import { isRead } from '../src/cli/connect.ts'
import { conditionOf } from '../src/conditions.ts'
import { type Controller, createController } from '../src/controller.ts'
import { composites, kinds } from '../src/kinds/index.ts'
import { createMetrics } from '../src/metrics.ts'
import type { Desired, JournalEvent, Operation, Snapshot, Status } from '../src/model.ts'
import { createManifestCache, readManifests } from '../src/reconcile/manifest.ts'
import type { PruneWish } from '../src/reconcile/prune-guards.ts'
import { quietLog, seededRandom } from '../src/runtime.ts'
import { createSimulator } from '../src/simulator/index.ts'
import { createVirtualClock, type VirtualClock } from '../src/virtual-clock.ts'

export interface SentCall {
  readonly operation: Operation
  readonly input: Record<string, unknown>
}

export interface RigOptions {
  readonly seed?: number
  readonly owner?: string
  readonly simulator?: Partial<Parameters<typeof createSimulator>[0]>
  /** Wraps the simulator: fault injection. */
  readonly layer?: Layer
  readonly intervalMs?: number
  /** Deletes what Git describes, as `fairlead delete` does. */
  readonly teardown?: boolean
  readonly dryRun?: boolean
  /** Deletes what Git no longer describes: `fairlead run --prune --owner …`. */
  readonly prune?: Partial<PruneWish>
  /** Another rig, in whose account and time this one works too. */
  readonly beside?: Pick<Rig, 'clock' | 'simulator'>
}

export interface Rig {
  readonly clock: VirtualClock
  readonly simulator: ReturnType<typeof createSimulator>
  readonly calls: SentCall[]
  readonly events: JournalEvent[]
  readonly metrics: ReturnType<typeof createMetrics>
  /** The AWS function below the controller's layers: what a person at the console would use. */
  readonly aws: Aws
  controller: Controller
  /** What Git says from now on. */
  git(files: Readonly<Record<string, string>>): Promise<Desired>
  /** What a source that was read says from now on. */
  source(snapshot: Snapshot): Promise<Desired>
  /** Lets time pass until everything is Ready; fails the test with the reasons otherwise. */
  ready(limitMs?: number): Promise<void>
  /** Kills the controller between any two calls and starts another that knows nothing. */
  restart(): Promise<void>
  /** The machine is gone, with whatever call was under way; another controller starts elsewhere. */
  crash(): void
  writes(): SentCall[]
  reads(): SentCall[]
  status(key: string): Status | undefined
  stop(): Promise<void>
}

/** A snapshot as a source would hand it over. */
export function snapshotOf(files: Readonly<Record<string, string>>): Snapshot {
  const list = Object.entries(files).map(([path, text]) => ({
    path,
    bytes: new TextEncoder().encode(text),
    digest: createHash('sha256').update(text).digest('hex'),
  }))
  const revision = createHash('sha256').update(JSON.stringify(files)).digest('hex')
  return { revision: `sha256:${revision.slice(0, 12)}`, files: list, problems: [] }
}

export function createRig(options: RigOptions = {}): Rig {
  const clock = options.beside?.clock ?? createVirtualClock()
  const random = seededRandom(options.seed ?? 1)
  const simulator =
    options.beside?.simulator ??
    createSimulator({ now: () => clock.now(), seed: options.seed ?? 1, ...options.simulator })
  const calls: SentCall[] = []
  const events: JournalEvent[] = []
  const metrics = createMetrics()
  const bodyIn = (region?: string, userAgent = 'app/fairlead') =>
    directAws((operation, input) =>
      simulator.call(operation, input, { userAgent, ...(region ? { region } : {}) }),
    )
  const counted: Layer = (next) => (operation, input, more) => {
    calls.push({ operation, input: input as Record<string, unknown> })
    return next(operation, input, more)
  }
  const crashed = new Set<AbortSignal>()
  /** A process that is gone neither sends nor hears anything. */
  const untilCrash =
    (signal: AbortSignal): Layer =>
    (next) =>
    async (operation, input, more) => {
      const gone = new Promise<never>(() => {})
      if (crashed.has(signal)) return gone
      const answer = next(operation, input, more)
      await answer.catch(() => {})
      return crashed.has(signal) ? gone : answer
    }
  const cache = createManifestCache()
  let desired: Desired | undefined
  let stop = new AbortController()
  let running: Promise<void> = Promise.resolve()

  const start = (): Controller => {
    stop = new AbortController()
    const { signal } = stop
    const controller = createController({
      kinds,
      owner: options.owner ?? 'default',
      runtime: { clock, random, log: quietLog },
      metrics,
      connect: ({ region }) =>
        layered(
          bodyIn(region),
          retriedReads({ clock, random, isRead }),
          untilCrash(signal),
          counted,
          ...(options.layer ? [options.layer] : []),
        ),
      onEvent: (event) => events.push(event),
      intervalMs: options.intervalMs ?? 60_000,
      dryRun: options.dryRun ?? false,
      teardown: options.teardown ?? false,
      ...(options.prune ? { prune: { everywhere: true, ownerSaid: true, ...options.prune } } : {}),
    })
    running = controller.run(signal)
    if (desired) controller.submit(desired)
    return controller
  }

  /** A graceful stop: time passes while a read waits to be sent again. */
  const halt = async () => {
    stop.abort()
    let ended = false
    const end = running.then(() => {
      ended = true
    })
    await clock.runUntil(() => ended, 60_000)
    await end
  }

  const rig: Rig = {
    clock,
    simulator,
    calls,
    events,
    metrics,
    aws: bodyIn(undefined, 'aws-cli/2.13'),
    controller: start(),
    git: (files) => rig.source(snapshotOf(files)),
    async source(snapshot) {
      desired = await readManifests(snapshot, kinds, cache, composites)
      rig.controller.submit(desired)
      return desired
    },
    async ready(limitMs = 30 * 60_000) {
      if (await clock.runUntil(() => rig.controller.state() === 'ready', limitMs)) return
      const { statuses, problems } = rig.controller.view()
      const reasons = [...statuses.values()].flatMap((status) => {
        const ready = conditionOf(status, 'Ready')
        return ready?.status === 'True'
          ? []
          : [`${status.key}: ${ready?.reason}: ${ready?.message}`]
      })
      const said = problems.map((problem) => `${problem.file}:${problem.line}: ${problem.message}`)
      const last = events.slice(-5).map((event) => `${event.reason}: ${event.message}`)
      throw new Error(['not ready:', ...reasons, ...said, ...last].join('\n  '))
    },
    async restart() {
      await halt()
      rig.controller = start()
    },
    crash() {
      crashed.add(stop.signal)
      stop.abort()
      rig.controller = start()
    },
    writes: () => calls.filter(({ operation }) => !isRead(operation)),
    reads: () => calls.filter(({ operation }) => isRead(operation)),
    status: (key) => rig.controller.view().statuses.get(key),
    async stop() {
      await halt()
    },
  }
  return rig
}
