/** The containers of one task: start-up in order of dependencies, exits, health. Times are milliseconds. */
import type { Container } from '@aws-sdk/client-ecs'
import type { ContainerPlan, ContainerState, TaskRecord, World } from '../world.ts'
import { hexId } from './random.ts'

/** What the task must do because of its containers. */
export type Verdict =
  | { readonly kind: 'starting' }
  | { readonly kind: 'started' }
  /** An essential container has exited. */
  | { readonly kind: 'ended' }
  /** It can never start; the reason is AWS's `stoppedReason`. */
  | { readonly kind: 'failed'; readonly reason: string }

/** Lets everything that is due at `now` happen to the containers, and says what that means for the task. */
export function stepContainers(world: World, record: TaskRecord, now: number): Verdict {
  const { plan, states } = record.machine
  const containers = record.task.containers ?? []
  for (let changed = true; changed; ) {
    changed = false
    for (const [i, container] of containers.entries()) {
      const one = plan[i]
      const state = states[i]
      if (!one || !state) continue
      if (container.lastStatus === 'PENDING') {
        const ready = readiness(record, one, state, now)
        if (typeof ready === 'string') {
          container.reason = ready
          return { kind: 'failed', reason: ready }
        }
        if (!ready) continue
        start(world, container, one, state, now)
        changed = true
      } else if (container.lastStatus === 'RUNNING' && state.exit && state.exit.at <= now) {
        changed = true
        if (restarts(one, state)) start(world, container, one, state, state.exit.at)
        else end(container, state.exit)
      }
    }
  }
  for (const [i, container] of containers.entries()) {
    container.healthStatus = healthAt(plan[i], states[i], now)
  }
  const ended = containers.some((c, i) => c.lastStatus === 'STOPPED' && plan[i]?.essential)
  if (ended) return { kind: 'ended' }
  return { kind: containers.some((c) => c.lastStatus === 'PENDING') ? 'starting' : 'started' }
}

/** Whether the dependencies of a container are met; a text when they never will be. */
function readiness(
  record: TaskRecord,
  one: ContainerPlan,
  state: ContainerState,
  now: number,
): boolean | string {
  const { plan, states } = record.machine
  if (one.script.unknown !== undefined) {
    return `CannotCreateContainerError: the label fairlead.dev/simulate is not understood: ${one.script.unknown}`
  }
  state.waitingSince ??= now
  for (const { index, condition } of one.dependsOn) {
    const other = record.task.containers?.[index]
    const name = plan[index]?.name
    const ended = other?.lastStatus === 'STOPPED'
    if (condition === 'SUCCESS' && ended && other.exitCode !== 0) {
      return `dependency graph: failed to resolve container ordering dependency [${name}]: exit code ${other.exitCode}`
    }
    const met =
      condition === 'HEALTHY'
        ? healthAt(plan[index], states[index], now) === 'HEALTHY'
        : condition === 'START'
          ? other?.lastStatus !== 'PENDING'
          : ended
    if (met) continue
    if (now >= state.waitingSince + (plan[index]?.startTimeoutMs ?? 0)) {
      return `dependency graph: container ordering dependency [${name}] was not ${condition} in time`
    }
    return false
  }
  return true
}

function start(
  world: World,
  container: Container,
  one: ContainerPlan,
  state: ContainerState,
  now: number,
): void {
  container.lastStatus = 'RUNNING'
  container.runtimeId = `${hexId(world, 'runtime')}-${hexId(world, 'runtime', 10)}`
  state.startedAt = now
  delete state.exit
  const exit = one.script.exit
  if (exit)
    state.exit = {
      at: now + exit.afterMs,
      code: exit.code,
      ...(exit.reason && { reason: exit.reason }),
    }
}

function restarts(one: ContainerPlan, state: ContainerState): boolean {
  const { restart } = one
  if (!restart || !state.exit || state.startedAt === undefined) return false
  if (restart.ignored.includes(state.exit.code)) return false
  return state.exit.at - state.startedAt >= restart.periodMs
}

function end(container: Container, exit: NonNullable<ContainerState['exit']>): void {
  container.lastStatus = 'STOPPED'
  container.exitCode = exit.code
  if (exit.reason) container.reason = exit.reason
}

/** When the health of a running container is known to turn HEALTHY and UNHEALTHY; undefined: never. */
function healthTimes(one: ContainerPlan, startedAt: number): { good?: number; bad?: number } {
  if (!one.health) return {}
  if (one.script.neverReady) return { bad: startedAt + one.health.giveUpMs }
  const good = startedAt + one.health.firstResultMs
  if (one.script.unhealthyAfterMs === undefined) return { good }
  const bad = startedAt + one.script.unhealthyAfterMs
  return bad <= good ? { bad } : { good, bad }
}

function healthAt(
  one: ContainerPlan | undefined,
  state: ContainerState | undefined,
  now: number,
): 'HEALTHY' | 'UNHEALTHY' | 'UNKNOWN' {
  if (!one || state?.startedAt === undefined) return 'UNKNOWN'
  const { good, bad } = healthTimes(one, state.startedAt)
  if (bad !== undefined && now >= bad) return 'UNHEALTHY'
  return good !== undefined && now >= good ? 'HEALTHY' : 'UNKNOWN'
}

/** The next instant after `now` at which something happens to the containers. */
export function nextContainerEvent(record: TaskRecord, now: number): number {
  let next = Number.POSITIVE_INFINITY
  const consider = (at: number | undefined) => {
    if (at !== undefined && at > now && at < next) next = at
  }
  for (const [i, container] of (record.task.containers ?? []).entries()) {
    const one = record.machine.plan[i]
    const state = record.machine.states[i]
    if (!one || !state) continue
    if (container.lastStatus === 'RUNNING' && state.startedAt !== undefined) {
      consider(state.exit?.at)
      const { good, bad } = healthTimes(one, state.startedAt)
      consider(good)
      consider(bad)
    } else if (container.lastStatus === 'PENDING' && state.waitingSince !== undefined) {
      for (const { index } of one.dependsOn) {
        consider(state.waitingSince + (record.machine.plan[index]?.startTimeoutMs ?? 0))
      }
    }
  }
  return next
}

/** Sends SIGTERM to the running containers, dependants first, and plans when each of them has exited. */
export function signalContainers(record: TaskRecord, now: number, graceMs: () => number): void {
  const { plan, states } = record.machine
  const containers = record.task.containers ?? []
  const levels = [...new Set(plan.map((p) => p.level))].sort((a, b) => b - a)
  let from = now
  for (const level of levels) {
    let until = from
    for (const [i, container] of containers.entries()) {
      const one = plan[i]
      const state = states[i]
      if (!one || !state || one.level !== level || container.lastStatus !== 'RUNNING') continue
      const exit = one.script.ignoresStop
        ? { at: from + one.stopTimeoutMs, code: 137 }
        : { at: from + graceMs(), code: 0 }
      if (!state.exit || exit.at < state.exit.at) state.exit = exit
      until = Math.max(until, state.exit.at)
    }
    from = until
  }
}

/** Ends the containers whose time has come; true once none is left. Those that never started stop without an exit code. */
export function reapContainers(record: TaskRecord, now: number): boolean {
  let done = true
  for (const [i, container] of (record.task.containers ?? []).entries()) {
    const exit = record.machine.states[i]?.exit
    if (container.lastStatus === 'RUNNING' && exit && exit.at <= now) end(container, exit)
    if (container.lastStatus === 'PENDING') container.lastStatus = 'STOPPED'
    if (container.lastStatus !== 'STOPPED') done = false
  }
  return done
}

/** A task's health as the API folds it: that of its essential containers which have a check. */
export function taskHealth(record: TaskRecord): 'HEALTHY' | 'UNHEALTHY' | 'UNKNOWN' {
  let health: 'HEALTHY' | 'UNKNOWN' = 'UNKNOWN'
  let unknown = false
  for (const [i, container] of (record.task.containers ?? []).entries()) {
    const one = record.machine.plan[i]
    if (!one?.essential || !one.health) continue
    if (container.healthStatus === 'UNHEALTHY') return 'UNHEALTHY'
    if (container.healthStatus === 'HEALTHY') health = 'HEALTHY'
    else unknown = true
  }
  return unknown ? 'UNKNOWN' : health
}
