/** One run of a rehearsal: the real controller against a simulator that holds the observed state, in virtual time, to the fixpoint. */
import { type Aws, type Layer, layered } from '../aws/aws.ts'
import { budgeted } from '../aws/budget.ts'
import { retriedReads } from '../aws/layers.ts'
import { directAws } from '../aws/sdk.ts'
import { conditionOf, isReady, isStalled } from '../conditions.ts'
import { createController } from '../controller.ts'
import { AwsFailure } from '../errors.ts'
import type { Kind } from '../kind.ts'
import { createMetrics } from '../metrics.ts'
import type { Desired, JournalEvent, ObjectKey, Operation, Status } from '../model.ts'
import { manifestsOf } from '../reconcile/pass.ts'
import type { PruneWish } from '../reconcile/prune-guards.ts'
import { quietLog, seededRandom } from '../runtime.ts'
import { type ContainerInstances, createSimulator, type Simulator } from '../simulator/index.ts'
import type { World } from '../simulator/world.ts'
import { createVirtualClock, type VirtualClock } from '../virtual-clock.ts'
import type { Loaded } from './load.ts'
import { createOnlooker, type Watched } from './onlooker.ts'
import { atRest } from './rest.ts'

export interface RunOptions {
  readonly kinds: readonly Kind[]
  readonly owner: string
  readonly desired: Desired
  readonly loaded: Loaded
  readonly isRead: (operation: Operation) => boolean
  readonly prune?: PruneWish
  /** Which part of AWS's request budget is used; absent: no throttles. */
  readonly share?: number
  readonly seed: number
  readonly pace?: 'quick' | 'slow'
  /** Multiplies how long tasks take to start. */
  readonly scale: number
  readonly followMs?: number
  readonly intervalMs?: number
  /** More container instances than there are, to try what would help. */
  readonly more?: readonly ContainerInstances[]
}

/** One write, when it was sent. */
export interface SentCall {
  readonly atMs: number
  readonly operation: Operation
  readonly input: Readonly<Record<string, unknown>>
  readonly key?: ObjectKey
  /** AWS's error name, where it was refused. */
  readonly error?: string
}

/**
 * `done`: all Ready. `stalled`: what is not Ready needs a person. `stuck`: nothing moves though a roll-out is under
 * way. `held`: a policy of the environment holds the rest back. `endless`: it went on beyond the bound.
 */
export type Outcome = 'done' | 'stalled' | 'stuck' | 'held' | 'endless'

export interface Run {
  readonly outcome: Outcome
  readonly tookMs: number
  readonly calls: readonly SentCall[]
  readonly events: readonly JournalEvent[]
  readonly statuses: ReadonlyMap<ObjectKey, Status>
  readonly watched: Watched
  /** As it is at the end; for looking only. */
  readonly world: World
  readonly startMs: number
}

/** Without any headway for so long, nothing more is expected. */
const patienceMs = 15 * 60_000
const boundMs = 24 * 3_600_000
const restMs = 30 * 60_000
const gates = new Set(['MaintenanceWindow', 'WaveHeld'])

export async function runOnce(options: RunOptions): Promise<Run> {
  const { loaded, desired, kinds } = options
  const clock = createVirtualClock(loaded.atMs)
  const startMs = clock.now()
  const random = seededRandom(options.seed)
  const simulator = createSimulator({
    now: () => clock.now(),
    // An emulator draws its ids from small seeds: what is made here must not get the ids of what is there.
    seed: 0x5eed_0000 + options.seed,
    account: loaded.account,
    coldStartScale: options.scale,
    ...(desired.manifests.length > 400 ? { tagIndexLagMs: 0 } : {}),
    ...(options.pace ? { pace: options.pace } : {}),
    ...(options.more ? { containerInstances: options.more } : {}),
  })
  const { region } = loaded
  simulator.load(loaded.answers, { region })
  const world = simulator.world(region)
  const onlooker = createOnlooker(world, startMs)
  simulator.watch(onlooker.see, { region })
  const calls: SentCall[] = []
  const events: JournalEvent[] = []
  const controller = createController({
    kinds,
    owner: options.owner,
    runtime: { clock, random, log: quietLog },
    metrics: createMetrics(),
    connect: () => connected(simulator, clock, random, calls, startMs, options),
    onEvent: (event) => events.push(event),
    ...(options.prune ? { prune: options.prune } : {}),
    ...(options.intervalMs ? { intervalMs: options.intervalMs } : {}),
    ...(options.followMs ? { followMs: options.followMs } : {}),
  })
  const stop = new AbortController()
  const running = controller.run(stop.signal)
  controller.submit(onlyOf(desired, loaded))

  let outcome = 'endless' as Outcome
  let instances = countInstances(world)
  let lastCheckMs = Number.NEGATIVE_INFINITY
  let movedMs = startMs
  // To ask is to look at every status: of many, less often.
  const checkMs = 500 * Math.max(1, Math.floor(desired.manifests.length / 100))
  const waitMs = patienceMs + longestWait(world)
  await clock.runUntil(() => {
    const now = clock.now()
    if (now - lastCheckMs < checkMs) return false
    lastCheckMs = now
    const state = controller.state()
    if (state !== 'busy') {
      outcome = state === 'ready' ? 'done' : 'stalled'
      return true
    }
    const count = countInstances(world)
    if (count !== instances) movedMs = now
    instances = count
    const last = Math.max(
      movedMs,
      onlooker.watched.progressedAt,
      startMs + (calls.findLast(({ error }) => error === undefined)?.atMs ?? 0),
    )
    if (now - last < waitMs) return false
    outcome = isHeld(controller.view().statuses) ? 'held' : 'stuck'
    return true
  }, boundMs)
  const tookMs = clock.now() - startMs
  const { statuses } = controller.view()
  stop.abort()
  let ended = false
  void running.then(() => {
    ended = true
  })
  await clock.runUntil(() => ended, 60_000)
  if (outcome === 'done') await comeToRest(simulator, clock, region)
  const { watched } = onlooker
  const quiet = outcome === 'stuck' || outcome === 'held' ? Math.max(0, tookMs - waitMs) : tookMs
  return { outcome, tookMs: quiet, calls, events, statuses, watched, world, startMs }
}

/** Instances that are replaced drain on when all is Ready: what that does to tasks is part of it. */
async function comeToRest(simulator: Simulator, clock: VirtualClock, region: string) {
  const endMs = clock.now() + restMs
  while (!atRest(simulator.world(region)) && clock.now() < endMs) await clock.advance(5_000)
}

/** The manifests of the environment that is rehearsed, as if there were no other. */
function onlyOf(desired: Desired, { environment }: Loaded): Desired {
  const manifests = manifestsOf(desired, environment)
  const namespaces = new Set(manifests.map(({ namespace }) => namespace))
  return {
    ...desired,
    environments: [environment],
    manifests,
    composites: desired.composites.filter(({ namespace }) => namespaces.has(namespace)),
  }
}

function connected(
  simulator: Simulator,
  clock: VirtualClock,
  random: () => number,
  calls: SentCall[],
  startMs: number,
  { loaded, isRead, share }: RunOptions,
): Aws {
  const noted: Layer = (next) => async (operation, input, more) => {
    if (isRead(operation)) return next(operation, input, more)
    const call: { -readonly [Member in keyof SentCall]: SentCall[Member] } = {
      atMs: clock.now() - startMs,
      operation,
      input: input as Record<string, unknown>,
      ...(more?.key ? { key: more.key } : {}),
    }
    calls.push(call)
    try {
      return await next(operation, input, more)
    } catch (error) {
      if (error instanceof AwsFailure) call.error = error.code
      throw error
    }
  }
  return layered(
    directAws((operation, input) => simulator.call(operation, input, { region: loaded.region })),
    retriedReads({ clock, random, isRead }),
    ...(share === undefined ? [] : [budgeted({ clock, share })]),
    noted,
  )
}

function countInstances(world: World): string {
  return `${world.instances.size} ${world.compute.hosts.size}`
}

/** Everything that is not Ready waits for a policy, or for what does. */
function isHeld(statuses: ReadonlyMap<ObjectKey, Status>): boolean {
  const open = [...statuses.values()].filter((status) => !isReady(status) && !isStalled(status))
  return (
    open.length > 0 &&
    open.every((status) => {
      const reason = conditionOf(status, 'Ready')?.reason ?? ''
      return gates.has(reason) || reason === 'DependencyNotReady'
    })
  )
}

/** How long nothing need be seen to happen though all is well: health checks, draining, bake times. */
function longestWait(world: World): number {
  const targets = [...world.elbv2.targetGroups.values()].map(({ group, attributes }) => {
    const { HealthCheckIntervalSeconds: every = 30, HealthyThresholdCount: times = 5 } = group
    const drain = Number(attributes['deregistration_delay.timeout_seconds'] ?? 300)
    return Math.max(every * times, drain) * 1_000
  })
  const bakes = [...world.services.values()].map(({ service }) => {
    const {
      bakeTimeInMinutes = 0,
      linearConfiguration,
      canaryConfiguration,
    } = service.deploymentConfiguration ?? {}
    const { stepBakeTimeInMinutes = 0 } = linearConfiguration ?? {}
    const { canaryBakeTimeInMinutes = 0 } = canaryConfiguration ?? {}
    const minutes =
      Math.max(bakeTimeInMinutes, canaryBakeTimeInMinutes) + 20 * stepBakeTimeInMinutes
    return minutes * 60_000
  })
  return Math.max(0, ...targets, ...bakes)
}
