/** Makes a screen of what was found: the likely cause first, then what happened. Pure. */
import type { FailureReport, Rollout } from '../../../model.ts'
import { changedBy } from './changed.ts'
import type { Evidence, FailureGroup } from './model.ts'
import { wordsFor } from './words.ts'
import { roomDetails } from './words-room.ts'

type Finding = FailureReport['findings'][number]

const mostGroups = 5
const mostInstances = 4
const mostTargets = 3

/** Undefined while there is nothing to tell: a roll-out that takes its time has not failed. */
export function reportOf(
  evidence: Evidence,
  groups: readonly FailureGroup[],
  rollout?: Rollout,
): FailureReport | undefined {
  const changed = changedBy(evidence)
  const logs = evidence.logs.map(({ container, lines }) => ({ container, lines }))
  const [main] = groups
  const rest = { changed, findings: findingsOf(evidence, groups), logs }
  if (main) return { cause: main.cause, ...wordsFor(main, evidence, changed), ...rest }
  const { failing } = evidence
  const ended = failing.endedMs !== undefined || (rollout && rollout.outcome !== 'InProgress')
  if (!ended && failing.status !== 'FAILED') return undefined
  const reason = rollout?.reason ?? failing.reason ?? failing.status
  return {
    cause: 'Unknown',
    summary: `AWS says no more than: ${reason}`,
    advice:
      evidence.unread.length > 0
        ? 'allow the reads below, so that the stopped tasks can be looked at'
        : 'AWS shows stopped tasks for an hour only: look into the log groups of the containers',
    ...rest,
  }
}

function findingsOf(evidence: Evidence, groups: readonly FailureGroup[]): Finding[] {
  const shown = groups.slice(0, mostGroups).map((group) => findingOf(group, evidence))
  const more = groups.slice(mostGroups)
  const others = more.reduce((sum, { count }) => sum + count, 0)
  return [
    ...shown,
    ...(others > 0 ? [{ what: 'further failures', count: others, details: [] }] : []),
    ...evidence.unread.map((what) => ({ what, count: 0, details: [] })),
  ]
}

function findingOf(group: FailureGroup, evidence: Evidence): Finding {
  const { container, exitCode, count, cause, target } = group
  const reason = clipped(group.reason)
  const where = target && !reason.includes(target) ? ` in target group ${target}` : ''
  const code = exitCode === undefined || reason.includes(`${exitCode}`) ? '' : ` (exit ${exitCode})`
  return {
    what: `${container ? `${container}: ` : ''}${reason}${where}${code}`,
    count,
    details: [
      when(group),
      ...(group.tasks.length > 0 ? [tasksOf(group)] : []),
      ...(group.capacity && asksForRoom.has(cause) ? roomDetails(evidence, mostInstances) : []),
      ...(cause === 'TargetHealthCheck' ? targetsOf(group, evidence) : []),
    ],
  }
}

/** What AWS's longer texts are about stands at their ends. */
const clipped = (text: string) =>
  text.length > 200 ? `${text.slice(0, 80)} … ${text.slice(-115)}` : text

const asksForRoom: ReadonlySet<string> = new Set([
  'NoCapacity',
  'NoInstances',
  'PortConflict',
  'MissingAttribute',
  'PlacementConstraint',
  'AgentDisconnected',
])

const clock = (ms: number) => new Date(ms).toISOString().slice(11, 19)

function when({ firstMs = 0, lastMs = 0 }: FailureGroup): string {
  return clock(firstMs) === clock(lastMs)
    ? `at ${clock(lastMs)} UTC`
    : `${clock(firstMs)} to ${clock(lastMs)} UTC`
}

function tasksOf({ tasks, count }: FailureGroup): string {
  const more = count > tasks.length ? ', …' : ''
  return `task${count > 1 ? 's' : ''} ${tasks.map((id) => id.slice(0, 8)).join(', ')}${more}`
}

function targetsOf({ target }: FailureGroup, { targets }: Evidence): string[] {
  return targets
    .filter(({ group, state }) => group === target && state !== 'initial')
    .slice(0, mostTargets)
    .map(({ address, state, reason }) => `${address} is ${state}: ${reason}`)
}
