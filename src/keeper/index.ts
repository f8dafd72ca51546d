/**
 * Keeps one environment: decides when to run a pass over what, hands its calls to the executor, and folds what
 * came of it into statuses and events. Level-triggered: every event only adds keys to the next pass.
 */
import { fullJitter } from '../aws/layers.ts'
import { conditionOf, isReady } from '../conditions.ts'
import type { Tell } from '../journal.ts'
import type { IndexEntry } from '../kind.ts'
import type {
  Call,
  Change,
  Desired,
  Environment,
  Manifest,
  ObjectKey,
  Observation,
  Outcome,
  Plan,
  Status,
} from '../model.ts'
import { createExecutor, type Priority } from '../reconcile/execute.ts'
import { digestOf, type Pass, runPass } from '../reconcile/pass.ts'
import { createAdmission } from '../reconcile/refusal.ts'
import { foldStatus } from '../reconcile/status.ts'
import { renderKey } from '../render-value.ts'
import { createFormer } from './former.ts'
import { type Held, heldBack, inStatus } from './held.ts'
import { createHoldback, onceOperations } from './holdback.ts'
import { instanceNews } from './instance-news.ts'
import { createMeanwhile } from './meanwhile.ts'
import { nextLook } from './next-look.ts'
import { createOldRevisions } from './old-revisions.ts'
import type { KeeperOptions } from './options.ts'
import { createOvertaking } from './overtaken.ts'
import { tellFailure } from './pass-failure.ts'
import { createPruner } from './pruner.ts'
import { createRollouts } from './rollouts.ts'
import { createRoom } from './room.ts'
import { createSchedule } from './schedule.ts'
import { dropSeries, showSeries } from './series.ts'
import { createTrail } from './trail.ts'
import { transitions } from './transitions.ts'
import { createTeller, type Told } from './write-events.ts'

export interface Keeper {
  /** Takes a new snapshot's manifests and looks at everything. */
  adopt(desired: Desired, environment: Environment, atMs: number): void
  /** Goes on looking, writes nothing, until the next `adopt`: its source has problems. */
  hold(reason: string): void
  /** Looks at these keys now, or at everything. */
  look(keys?: Iterable<ObjectKey>): void
  /** Runs passes until the signal aborts. */
  run(signal: AbortSignal): Promise<void>
  statuses(): ReadonlyMap<ObjectKey, Status>
  lastPlan(): Plan | undefined
  /** Whether everything has been looked at since the last `adopt`. */
  swept(): boolean
  /** Calls planned and not yet sent. */
  depth(): number
  /** What is on its way out, or left behind, as if it had manifests. */
  leaving(): readonly Manifest[]
}

export function createKeeper(options: KeeperOptions): Keeper {
  const { runtime, metrics, kinds, record } = options
  const { clock } = runtime
  const memories = new Map<string, Map<string, unknown>>()
  const statuses = new Map<ObjectKey, Status>()
  const schedule = createSchedule(clock, options.followMs / 10)
  const { lookAt } = schedule
  const onces = onceOperations(kinds)
  const holdback = createHoldback(runtime, options.settleMs, (operation) => onces.has(operation))
  const synced = new Map<ObjectKey, string>()
  const changes = new Map<ObjectKey, Change>()
  /** When Git asked for what was last written, for commit-to-live. */
  const asked = new Map<ObjectKey, number>()
  const said = new Map<ObjectKey, number>()
  /** What was well when it was last seen, and was not written since: not read again for the sake of others alone. */
  const well = new Map<ObjectKey, Observation>()
  const teller = createTeller()
  const trail = createTrail(options.aws, () => clock.now())
  const room = createRoom(() => clock.now(), trail.writers)
  const overtaking = createOvertaking()
  const meanwhile = createMeanwhile(() => clock.now(), options.settleMs)
  const refusal = createAdmission(options.aws)
  let desired: Desired | undefined
  let environment: Environment | undefined
  let askedMs = 0
  let held: string | undefined = options.dryRun ? 'dry run' : undefined
  let failedPasses = 0
  let swept = false
  let adoption = 0
  let index: { readonly entries: readonly IndexEntry[]; readonly atMs: number } | undefined
  let lastPass: Pass | undefined

  const event: Tell = (type, reason, message, more = {}) =>
    record({
      atMs: clock.now(),
      type,
      reason,
      message,
      ...(environment ? { environment: environment.name } : {}),
      ...(desired ? { revision: desired.revision } : {}),
      ...more,
    })

  const rollouts = createRollouts(metrics, event, () => clock.now())
  const pruner = createPruner(options.prune, event)
  const former = createFormer(() => clock.now(), options.settleMs, event)
  const oldRevisions = createOldRevisions(options.aws, event)

  /** Nothing more is known of it, nor wanted. */
  const forget = (key: ObjectKey): void => {
    dropSeries(metrics, key, statuses.get(key))
    statuses.delete(key)
    well.delete(key)
    schedule.forget(key)
    holdback.forget(key)
    room.forget(key)
    rollouts.forget(key)
    meanwhile.forget(key)
    changes.delete(key)
  }

  const executor = createExecutor({
    aws: options.aws,
    concurrency: 8,
    onDropped: (keys) => {
      for (const key of keys) lookAt(key, clock.now() + options.followMs)
    },
    onOutcome,
  })

  const tell = (key: ObjectKey, told: Told | undefined) => {
    if (told) event(told.type, told.reason, told.message, { key, fields: told.fields ?? [] })
  }

  function onOutcome(outcome: Outcome): void {
    const { call } = outcome
    const now = clock.now()
    well.delete(call.key)
    overtaking.wrote(call.key)
    meanwhile.wrote(call.key)
    const change = changes.get(call.key)
    const kindName = call.key.split('/')[1] ?? ''
    const verdict = change?.verdict ?? 'update'
    metrics.changes.inc({ kind: kindName, verdict, outcome: outcome.result })
    if (outcome.result === 'succeeded') {
      const kind = kinds.find((candidate) => candidate.name === kindName)
      const fact = kind?.remember?.(call, outcome.yielded ?? {})
      if (fact) memories.get(kindName)?.set(fact[0], fact[1])
    }
    if (oldRevisions.took(outcome)) return
    const begins = verdict === 'create' || change?.effect === 'roll-out'
    if (begins && outcome.result !== 'failed') {
      const planned = conditionOf(statuses.get(call.key), 'Ready')?.observedRevision
      rollouts.began(call.key, planned ?? desired?.revision ?? '')
    }
    if (outcome.result === 'succeeded') {
      if (change) room.wrote(change)
      holdback.succeeded(
        call,
        change?.calls.find((other) => other.id === call.id),
      )
      const drift = conditionOf(statuses.get(call.key), 'Drifted')?.reason
      if (synced.get(call.key) === undefined || drift !== 'LiveDiffers') {
        asked.set(call.key, askedMs)
      }
      tell(call.key, teller.succeeded(outcome, change))
      for (const user of lastPass?.graph.referredBy.get(call.key) ?? []) {
        if (changes.get(user)?.verdict === 'blocked') lookAt(user, now)
      }
      lookAt(call.key, now + Math.min(1_000, options.followMs))
      return
    }
    room.failed(call.key)
    const before = holdback.failureOf(call.key)
    const untilMs = holdback.failed(outcome, lastPass?.manifests.get(call.key)?.digest ?? '')
    tell(call.key, teller.failed(outcome, before))
    // Soon, so that its status says so; it rests until then.
    lookAt(call.key, Math.min(untilMs, now + options.followMs))
  }

  /** Why changes are not sent now. */
  const heldIn = (pass: Pass, sweep: boolean): Held =>
    heldBack(
      pass.plan.changes,
      (change) => {
        if (held) return { why: held, settling: false }
        const reason = holdback.reasonFor(change, pass.manifests.get(change.key)?.digest ?? '')
        if (reason) lookAt(change.key, reason.untilMs)
        const waiting = reason ?? room.heldBy(change.key)
        const early = waiting ? undefined : former.heldBy(change, pass, sweep)
        if (early) schedule.sweepBy(early.untilMs)
        return waiting ?? early
      },
      (need) => {
        const because = holdback.failureOf(need)?.message
        const waitsFor = `${renderKey(need)}${because ? ` (${because})` : ''}`
        return { why: `waits for ${waitsFor}`, settling: false, waitsFor }
      },
    )

  /** A roll-out that ended has moved tasks: what shows the room on instances is read once more. */
  const lookAtRoom = (key: ObjectKey, pass: Pass): void => {
    for (const other of pass.graph.refersTo.get(key) ?? []) {
      if (statuses.get(other)?.instances) lookAt(other, clock.now() + options.followMs)
    }
  }

  const settlePass = (pass: Pass, sweep: boolean): void => {
    if (!desired || !environment) return
    const now = clock.now()
    for (const key of pass.manifests.keys()) room.ask(key, digestOf(key, pass), desired.revision)
    if (!options.teardown) room.open(pass, desired, environment, statuses)
    const { reasons, ids } = heldIn(pass, sweep)
    const calls: { call: Call; priority: Priority }[] = []
    for (const change of pass.plan.changes) {
      const { key } = change
      const manifest = pass.manifests.get(key)
      if (!manifest) continue
      const digest = room.digestOf(key)
      const reason = reasons.get(key)
      const { pause } = change
      const settled = pause?.settled ?? change.verdict === 'keep'
      const differs = pause ? !settled : change.verdict !== 'keep' && change.verdict !== 'blocked'
      const mends = !change.followUp && !change.startsAnew
      const drifts = differs && mends && !reason?.settling
      const drifted = drifts && synced.get(key) === digest
      const health = pass.health.get(key)
      const waiting = drifts && !drifted ? reason : undefined
      const moved = meanwhile.changed(change, digest, waiting, health?.rollout)
      if (settled) synced.set(key, digest)
      // Taken back by ourselves: that it differs from then on is no drift.
      else if (change.followUp && change.effect === 'roll-out' && !reason) synced.delete(key)
      if (change.verdict === 'keep') holdback.forget(key)
      if (pause?.untilMs !== undefined) lookAt(key, pause.untilMs)
      // Perhaps it is the index that lags: the next look reads it anew.
      if (reason?.settling) index = undefined
      const priority: Priority =
        options.teardown || pass.pruned.going.has(key) ? 2 : drifted ? 1 : 0
      for (const call of change.calls) if (!ids.has(call.id)) calls.push({ call, priority })
      changes.set(key, change)
      const previous = statuses.get(key)
      const status = foldStatus({
        key,
        environment: environment.name,
        revision: desired.revision,
        manifest,
        observation: pass.observations.get(key),
        change,
        health,
        failure: holdback.failureOf(key),
        drifted,
        previous,
        now,
        meanwhile: moved,
        ...inStatus(reason),
      })
      statuses.set(key, status)
      for (const other of room.seen(change, previous, status, reason !== undefined))
        lookAt(other, now)
      const seen = pass.observations.get(key)
      if (seen && isReady(status) && status.sync === 'Synced') well.set(key, seen)
      else well.delete(key)
      showSeries(metrics, status, previous)
      rollouts.seen(status, desired.revision)
      instanceNews({ key, previous, status, now, metrics, event })
      // Said once for all of them.
      if (change.reason === pass.pruned.refused && change.reason) continue
      transitions({
        key,
        kind: manifest.kind,
        previous,
        status,
        change,
        meanwhile: moved,
        asked,
        said,
        now,
        metrics,
        event,
      })
      if (isReady(status) && previous?.progress && !isReady(previous)) lookAtRoom(key, pass)
      const waitsMs = room.waitsUntil(key)
      const next = nextLook({ change, status, reason, waitsMs, now, followMs: options.followMs })
      if (next !== undefined) lookAt(key, next)
    }
    for (const key of [...pruner.seen(pass), ...former.seen(pass, statuses)]) forget(key)
    executor.submit({ keys: pass.plan.changes.map((change) => change.key), calls })
    metrics.queueDepth.set(executor.depth())
    if (environment && [...statuses.values()].every(({ sync }) => sync === 'Synced')) {
      metrics.lastSync.set({ environment: environment.name }, Math.floor(now / 1000))
    }
  }

  const onePass = async (signal: AbortSignal): Promise<void> => {
    const look = schedule.take()
    if (!look || !desired || !environment) return
    const now = clock.now()
    overtaking.begin()
    if (look.sweep) schedule.sweepAt(now + options.intervalMs)
    const turn = adoption
    const labels = { environment: environment.name }
    try {
      const refuse = await refusal(environment)
      const fresh = !look.sweep && index !== undefined && now - index.atMs < options.intervalMs
      const whole = await runPass({
        aws: options.aws,
        kinds,
        owner: options.owner,
        desired,
        environment,
        busy: executor.busy(),
        known: well,
        memories,
        teardown: options.teardown ?? false,
        back: room.back(desired, environment, statuses),
        ...pruner.mode(),
        ...(refuse ? { refuse } : {}),
        now: () => clock.now(),
        onStage: (stage, seconds) => metrics.passDuration.observe({ ...labels, stage }, seconds),
        onTaskStart: (launchType, seconds) =>
          metrics.taskStart.observe({ ...labels, launch_type: launchType }, seconds),
        ...(look.sweep ? {} : { keys: look.keys }),
        ...(fresh && index ? { index: index.entries } : {}),
      })
      await trail.follow(room.fought(whole.plan.changes), whole.observations)
      // A newer snapshot arrived while this pass looked: its plan would be yesterday's. Stopped: nobody's.
      if (turn !== adoption || signal.aborted) return
      const { pass, overtaken } = overtaking.cut(whole, executor.busy())
      for (const key of overtaken) lookAt(key, clock.now() + options.followMs)
      index = fresh && index ? index : { entries: pass.index, atMs: now }
      lastPass = pass
      settlePass(pass, look.sweep)
      failedPasses = 0
      if (look.sweep) swept = true
      metrics.passes.inc({
        ...labels,
        result: refuse || (held && !options.dryRun) ? 'stopped' : 'ok',
      })
      if (!look.sweep || held || refuse || options.teardown) return
      const old = await oldRevisions.find(pass, desired, environment)
      if (old && turn === adoption && !held) executor.submit(old)
    } catch (error) {
      failedPasses++
      const restMs = fullJitter(failedPasses, 1_000, 60_000, runtime.random) + 500
      schedule.sweepAt(clock.now() + restMs)
      metrics.passes.inc({ ...labels, result: 'failed' })
      tellFailure(error, { event, metrics, log: runtime.log })
    }
  }

  return {
    adopt(next, of, atMs) {
      const keep = new Set(next.manifests.map((manifest) => manifest.key))
      const gone = [...statuses.keys()].filter((key) => !keep.has(key))
      executor.submit({ keys: gone, calls: [] })
      for (const key of gone) forget(key)
      pruner.adopt(of, gone)
      former.adopt()
      // A process that has just started did not see the commit: what it finds to do is timed from now.
      askedMs = (desired && next.committedAtMs) || atMs
      desired = next
      environment = of
      adoption++
      well.clear()
      swept = false
      held = options.dryRun
        ? 'dry run'
        : of.mode === 'observe'
          ? 'the environment is observed only'
          : undefined
      schedule.sweepNow()
    },
    hold(reason) {
      held = reason
      executor.submit({ keys: statuses.keys(), calls: [] })
    },
    look(keys) {
      if (!keys) schedule.sweepNow()
      else for (const key of keys) if (statuses.has(key)) lookAt(key, clock.now())
    },
    async run(signal) {
      signal.addEventListener('abort', schedule.wake)
      while (!signal.aborted) {
        await schedule.wait()
        if (!signal.aborted) await onePass(signal)
      }
      await executor.stop()
      signal.removeEventListener('abort', schedule.wake)
    },
    statuses: () => statuses,
    lastPlan: () => lastPass?.plan,
    swept: () => swept,
    depth: () => executor.depth() + executor.busy().size,
    leaving: () => former.leaving(),
  }
}
