/** Sorts what happened to a deployment by its cause: equal failures are one group with a count. Pure. */
import { causeOf, isElsewhere, normalise } from './causes.ts'
import { checkedContainer, type Failure, targetFailure } from './failure.ts'
import { failureOf } from './guilty.ts'
import type { Evidence, FailureGroup, ServiceEvent } from './model.ts'
import { lacksOf, needOf, usable } from './room.ts'

const shown = 3

type Known = Omit<Evidence, 'logs' | 'unread'>

/** The most frequent first; what ends a deployment as a whole goes before all. */
export function groupsOf(evidence: Known): FailureGroup[] {
  const stopped = evidence.tasks.flatMap((task) => failureOf(task, evidence) ?? [])
  const found = [
    ...ofDeployment(evidence),
    ...stopped,
    ...ofEvents(evidence, new Set(stopped.flatMap(({ task }) => task ?? []))),
  ]
  const all = found.length > 0 ? found : [...ofTargets(evidence), ...ofRoom(evidence)]
  return counted(all.length > 0 ? all : ofTime(evidence))
}

function counted(failures: readonly Failure[]): FailureGroup[] {
  const groups = new Map<string, Failure[]>()
  for (const failure of failures) {
    const key = JSON.stringify([alike(failure), failure.capacity === true])
    groups.set(key, [...(groups.get(key) ?? []), failure])
  }
  const all = [...groups.values()].map(groupOf)
  const told = new Set(all.flatMap((group) => (group.capacity ? [] : alike(group))))
  return all
    .filter((group) => !group.capacity || !told.has(alike(group)))
    .sort((a, b) => rank(a) - rank(b) || b.count - a.count)
}

const alike = ({ cause, container, exitCode, reason }: Failure | FailureGroup): string =>
  JSON.stringify([cause, container ?? '', exitCode ?? '', reason])

function groupOf(same: readonly Failure[]): FailureGroup {
  const newest = [...same].sort((a, b) => b.atMs - a.atMs)
  const { cause, reason, container, exitCode, target, capacity } = newest[0]!
  return {
    cause,
    ...(container ? { container } : {}),
    reason,
    ...(exitCode === undefined ? {} : { exitCode }),
    ...(target ? { target } : {}),
    count: same.length,
    tasks: [...new Set(newest.flatMap(({ task }) => task ?? []))].slice(0, shown),
    capacity: capacity ?? isElsewhere(cause),
    firstMs: newest.at(-1)!.atMs,
    lastMs: newest[0]!.atMs,
  }
}

/** Alarms and hooks end a deployment at once; what a person did, and what is unclear, explains the least. */
function rank({ cause, capacity }: FailureGroup): number {
  if (cause === 'AlarmFired' || cause === 'HookFailed') return 0
  if (cause === 'StoppedByHand' || cause === 'Unknown') return 3
  return capacity && !/HealthCheck/.test(cause) ? 2 : 1
}

// ------------------------------------------------------------------ the deployment as a whole

function ofDeployment({ failing }: Known): Failure[] {
  const { alarms, hooks, reason = '', status } = failing
  const atMs = failing.endedMs ?? failing.startedMs
  const found: Failure[] = [
    ...alarms.map((name) => ({
      cause: 'AlarmFired' as const,
      reason: `alarm ${name} went off`,
      atMs,
    })),
    ...hooks.map(({ name, status: end }) => ({
      cause: 'HookFailed' as const,
      reason: `hook ${name} ended as ${end}`,
      atMs,
    })),
  ]
  if (found.length > 0) return found
  if (/\balarm/i.test(reason)) return [{ cause: 'AlarmFired', reason: normalise(reason), atMs }]
  if (/\bhook/i.test(reason)) return [{ cause: 'HookFailed', reason: normalise(reason), atMs }]
  const byItself = /circuit breaker|superseded|tasks? failed/i.test(reason)
  const asked = /StopServiceDeployment|stopped by|\buser\b|requested/i
  return !byItself && asked.test(`${reason} ${status}`)
    ? [{ cause: 'StoppedByHand', reason: normalise(reason || status), atMs }]
    : []
}

// ------------------------------------------------------------------ events

const unhealthyTarget =
  /\(task ([^)]+)\) \(port (\d+)\) is unhealthy in \(target-group ([^)]+)\) due to \(reason (.+)\)\.?$/
const unhealthyContainer = /\(task ([^)]+)\) failed container health checks/

/** `counted`: tasks whose end says it already. */
function ofEvents(evidence: Known, counted: ReadonlySet<string>): Failure[] {
  const { events, failing } = evidence
  const started = new Set(events.flatMap(({ message }) => startedIn(message)))
  const newestStart = events.findIndex(({ message }) => startedIn(message).length > 0)
  return events.flatMap((event, index) => {
    // A task found a place, or its role, after all.
    const overcome = newestStart >= 0 && index > newestStart && failing.endedMs === undefined
    if (overcome && /unable to place a task|failed to launch a task/.test(event.message)) return []
    const failure = ofEvent(event, evidence)
    const { task } = failure ?? {}
    if (!failure || (task && counted.has(task))) return []
    return task && started.size > 0 && !started.has(task) ? [] : [failure]
  })
}

const startedIn = (message: string): string[] =>
  / has started \d+ tasks: /.test(message)
    ? [...message.matchAll(/\(task ([^)]+)\)/g)].map((match) => match[1]!)
    : []

/** Whether an event tells of a task that found no place. */
export const isPlacement = (message: string): boolean => /unable to place a task/.test(message)

function ofEvent({ message, atMs }: ServiceEvent, evidence: Known): Failure | undefined {
  const target = unhealthyTarget.exec(message)
  if (target) {
    const [, task = '', , arn = '', why = ''] = target
    return targetFailure(evidence, arn, why, { task, atMs, ...excused(task, atMs, evidence) })
  }
  const check = unhealthyContainer.exec(message)
  if (check) {
    const container = checkedContainer(evidence)
    const reason = 'Task failed container health checks'
    return {
      cause: 'ContainerHealthCheck',
      reason,
      atMs,
      task: check[1]!,
      ...excused(check[1]!, atMs, evidence),
      ...(container ? { container } : {}),
    }
  }
  const text = message.replace(/^\(service [^)]+\) ?/, '')
  if (isPlacement(text)) {
    const cause = causeOf(text) ?? 'NoCapacity'
    return { cause, reason: placementReason(text), atMs, capacity: true }
  }
  if (/unable to stop or start tasks during a deployment/.test(text)) {
    return { cause: 'DeploymentStuck', reason: normalise(text), atMs }
  }
  if (/failed to (launch|register)|unable to assume/.test(text)) {
    return { cause: causeOf(text) ?? 'Unknown', reason: normalise(text), atMs }
  }
  return undefined
}

/** From the event that a task was started to its start. */
const untilRunningMs = 60_000

/** A service may give its tasks time before their checks count. */
function excused(task: string, atMs: number, { graceMs, events }: Known): { capacity?: true } {
  if (graceMs === 0) return {}
  const started = events.find(({ message }) => startedIn(message).includes(task))
  return started && atMs - started.atMs > graceMs + untilRunningMs ? {} : { capacity: true }
}

const placementReason = (text: string) =>
  normalise(
    text
      .replace(/^was unable to place a task because /, '')
      .replace(/ ?For more information.*$/s, '')
      .replace(/\(container-instance [^)]+\)/, 'container instance'),
  )

// ------------------------------------------------------------------ what nothing has said yet

function ofTargets(evidence: Known): Failure[] {
  return evidence.targets
    .filter(({ state, reason }) => state === 'unhealthy' || reason === 'Target.NotInUse')
    .map(({ arn, description, reason }) =>
      targetFailure(evidence, arn, description || reason, { atMs: evidence.atMs, capacity: true }),
    )
}

/** Tasks that wait for room make no event where a capacity provider could make some. */
function ofRoom({ instances, definition, strategy, counts, atMs }: Known): Failure[] {
  if (!instances || !definition || counts.pending === 0) return []
  const need = needOf(definition)
  const own = usable(instances, strategy)
  if (own.some((instance) => lacksOf(instance, need).length === 0)) return []
  return own.length === 0
    ? [{ cause: 'NoInstances', reason: 'there is no container instance yet', atMs }]
    : [{ cause: 'NoCapacity', reason: 'tasks wait: no container instance has room', atMs }]
}

/** After this time a task that runs should have been found healthy. */
const patienceMs = 10 * 60_000

function ofTime({ counts, failing, atMs }: Known): Failure[] {
  if (failing.endedMs !== undefined || atMs - failing.startedMs < patienceMs) return []
  if (counts.running === 0) return []
  const minutes = Math.floor((atMs - failing.startedMs) / 60_000)
  const reason = `tasks run, and are not found healthy for ${minutes} min`
  return [{ cause: 'NeverHealthy', reason, atMs }]
}
