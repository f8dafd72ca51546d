/** What a task needs, as calls: its record written, its tasks started, and how they ended recorded. Pure. */
import { holesIn } from '../../diff.ts'
import type { Draft, PlanInput } from '../../kind.ts'
import { stalls, waits, waitsFor } from '../../kit/planning.ts'
import type { DraftCall, Live } from '../../model.ts'
import { missingTags, tagChanges, toAwsTags, toTagList } from '../../tags.ts'
import { clientToken, contentOf, hashOf, parameterName, retryMark, startedBy } from './content.ts'
import { forgetsAfter } from './follow.ts'
import type { TaskSpec } from './manifest.ts'
import { type Run, writeRecord } from './record.ts'
import { yieldsOf } from './remember.ts'
import type { Open, TaskState } from './state.ts'

type Input = PlanInput<TaskSpec, TaskState>
type LiveTask = Live<TaskState>

export function plan(input: Input): Draft {
  const { want, live } = input
  if (!want) return live ? removal(live) : { verdict: 'keep' }
  if (live?.state.unreadable) {
    const message = `the parameter ${live.state.parameter} holds something that fairlead did not write: delete it, and the task runs`
    return stalls('RecordUnreadable', message)
  }
  const content = contentOf(want.spec)
  const [hole] = holesIn(content)
  if (hole) return waitsFor(hole)
  const job: Job = {
    input,
    spec: want.spec,
    cluster: want.identity.parts.cluster ?? 'default',
    hash: hashOf(content),
    retry: retryMark(want.manifest.annotations),
    timeoutMs: durationOf(want.manifest.annotations['fairlead.dev/timeout']),
  }
  return live ? again(job, live) : begin(job, [])
}

/** What Git asks for. */
interface Job {
  readonly input: Input
  readonly spec: TaskSpec
  readonly cluster: string
  readonly hash: string
  readonly retry: string | undefined
  readonly timeoutMs: number | undefined
}

const unitsMs: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
}

/** `1h30m` in milliseconds. */
function durationOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  return [...text.matchAll(/(\d+)(ms|s|m|h|d)/g)].reduce(
    (sum, [, n, unit]) => sum + Number(n) * unitsMs[unit!]!,
    0,
  )
}

function again(job: Job, live: LiveTask): Draft {
  const { runs, open } = live.state
  const [newest] = runs
  if (newest && open && newest.hash !== job.hash) return overtaking(job, live, newest, open)
  const run = runs.find(({ hash }) => hash === job.hash)
  if (!run) return begin(job, runs)
  if (run === newest && open) return underWay(job, live, run, open)
  const failed = run.outcome !== 'succeeded'
  if (failed && job.retry !== undefined && job.retry !== run.retry) {
    return begin(job, without(runs, run))
  }
  return retagged(job.input, live)
}

const without = (runs: readonly Run[], run: Run) => runs.filter((other) => other !== run)

// ------------------------------------------------------------------ starting

/** Writes down that the content is started, then starts it: so that nothing runs that nobody remembers. */
function begin(job: Job, before: readonly Run[]): Draft {
  const { live } = job.input
  const count = job.spec.count ?? 1
  const run: Run = {
    hash: job.hash,
    outcome: 'started',
    ...(job.retry === undefined ? {} : { retry: job.retry }),
    ...(count === 1 ? {} : { count }),
    cluster: job.cluster,
  }
  const tasks = count === 1 ? 'a task' : `${count} tasks`
  return {
    verdict: live ? 'update' : 'create',
    fields: live ? [{ path: 'run', from: before[0]?.hash, to: job.hash }] : [],
    calls: [record(job.input, [run, ...before]), runTask(job, run)],
    notes: [`runs ${tasks} of ${lastPart(job.spec.taskDefinition)} on ${job.cluster}, once`],
  }
}

const lastPart = (arn: unknown) => String(arn).split('/').at(-1)

function record({ key, tags, live }: Input, runs: readonly Run[]): DraftCall {
  const Name = parameterName({ owner: tags['fairlead:owner'] ?? '', key })
  const common = { Name, Value: writeRecord(runs), Type: 'String' }
  // Tags are taken by the first write alone, which must not replace what reads do not show yet.
  const rest = live ? { Overwrite: true } : { Tags: toAwsTags(tags) }
  return { operation: 'ssm:PutParameter', input: { ...common, ...rest } }
}

function runTask({ input, spec, cluster, hash }: Job, run: Run): DraftCall {
  const { tags: _, ...members } = spec as Record<string, unknown>
  const given = Object.entries(members).filter(([, value]) => value !== undefined && value !== null)
  const holder = { owner: input.tags['fairlead:owner'] ?? '', key: input.key }
  const count = run.count ?? 1
  return {
    operation: 'ecs:RunTask',
    input: {
      ...Object.fromEntries(given),
      cluster,
      count,
      startedBy: startedBy(holder, run),
      clientToken: clientToken(holder, run),
      tags: toTagList({ ...input.tags, 'fairlead:hash': hash }),
    },
    yields: yieldsOf(count),
  }
}

// ------------------------------------------------------------------ following

function underWay(job: Job, live: LiveTask, run: Run, open: Open): Draft {
  const older = without(live.state.runs, run)
  if (open.phase === 'ended' && open.result) {
    return ended(job, [finished(run, open), ...older])
  }
  if (open.phase === 'lost') return ended(job, [lost(run, open), ...older])
  const late = job.timeoutMs !== undefined && open.forMs > job.timeoutMs
  // What was recorded and never ran has not taken long.
  if (late && open.phase !== 'unseen') return overdue(job, live, run, open)
  if (open.phase === 'running') return retagged(job.input, live)
  if (open.phase === 'refused') return refused(job, run, open, older)
  // Answered or not, AWS starts nothing twice for the same token. The record is renewed while AWS would still know.
  const stale = open.ageMs > forgetsAfter - renewedBefore
  return {
    verdict: 'update',
    followUp: true,
    fields: [{ path: 'run', to: run.hash, note: 'no task of it is seen' }],
    calls: [
      ...(stale ? [record(job.input, [{ ...run, since: open.since }, ...older])] : []),
      runTask(job, run),
    ],
  }
}

/** More than the longest time between two attempts at a call that AWS refuses, milliseconds. */
const renewedBefore = 20 * 60_000

function finished(run: Run, { result, tasks }: Open): Run {
  const task = tasks[0]?.arn
  return {
    ...closed(run),
    outcome: result!.outcome,
    ...(result!.at ? { at: result!.at } : {}),
    message: result!.message,
    ...(task ? { task } : {}),
  }
}

function lost(run: Run, { tasks }: Open): Run {
  const expected = (run.before ?? 0) + (run.count ?? 1)
  const some = tasks.length > 0 ? `only ${tasks.length} of ${expected} tasks are known: ` : ''
  const message = `${some}cannot tell whether it ran, since AWS forgets stopped tasks after an hour`
  return { ...closed(run), outcome: 'unknown', message }
}

/** Without what matters only while it is open. */
function closed({ hash, outcome, retry }: Run): Run {
  return { hash, outcome, ...(retry === undefined ? {} : { retry }) }
}

function ended({ input }: Job, runs: readonly Run[]): Draft {
  const [run] = runs
  return {
    verdict: 'update',
    followUp: true,
    fields: [{ path: 'outcome', from: 'started', to: run!.outcome, note: run!.message }],
    calls: [record(input, runs)],
  }
}

/** No room is no run: what is missing is asked for again, later each time. */
function refused(job: Job, run: Run, { refusal, since }: Open, older: readonly Run[]): Draft {
  const { why = '', missing = 0, waitMs = 0 } = refusal ?? {}
  const attempt = run.attempt ?? 1
  if (waitMs > 0) {
    const seconds = Math.ceil(waitMs / 1_000)
    const all = job.spec.count ?? 1
    const what = all === 1 ? 'the task' : `${missing} of ${all} tasks`
    const message = `AWS did not start ${what} (${why}): attempt ${attempt + 1} in ${seconds} s`
    return waits('NoCapacity', message)
  }
  const next: Run = {
    ...run,
    attempt: attempt + 1,
    count: missing,
    since,
    before: (run.before ?? 0) + (run.count ?? 1) - missing,
  }
  return {
    verdict: 'update',
    followUp: true,
    fields: [{ path: 'attempt', from: attempt, to: attempt + 1, note: why }],
    calls: [record(job.input, [next, ...older]), runTask(job, next)],
  }
}

function overdue(job: Job, live: LiveTask, run: Run, open: Open): Draft {
  const limit = `longer than fairlead.dev/timeout allows (${job.input.want?.manifest.annotations['fairlead.dev/timeout']})`
  const running = open.tasks.filter(({ status }) => status !== 'STOPPED')
  if (running.length === 0) {
    const message = open.refusal ? `AWS had no room for it (${open.refusal.why}), ${limit}` : limit
    const failed: Run = { ...closed(run), outcome: 'failed', message }
    return ended(job, [failed, ...without(live.state.runs, run)])
  }
  const calls = stopCalls(running, run.cluster, `fairlead: ${limit}`)
  if (calls.length === 0) return retagged(job.input, live)
  return {
    verdict: 'update',
    followUp: true,
    effect: 'in place',
    fields: [{ path: 'timeout', note: limit }],
    calls,
  }
}

function stopCalls(tasks: Open['tasks'], cluster: string | undefined, reason: string): DraftCall[] {
  return tasks
    .filter(({ status, stopping }) => status !== 'STOPPED' && !stopping)
    .map(({ arn }) => ({ operation: 'ecs:StopTask', input: { cluster, task: arn, reason } }))
}

// ------------------------------------------------------------------ changing

/** How long a task that was just asked for may be invisible, milliseconds. */
const mayLag = 120_000

/** Git says something else while the content before is under way: that is waited for, never run beside. */
function overtaking(job: Job, live: LiveTask, run: Run, open: Open): Draft {
  const older = without(live.state.runs, run)
  const running = open.tasks.filter(({ status }) => status !== 'STOPPED')
  const late = job.timeoutMs !== undefined && open.forMs > job.timeoutMs
  if (late && running.some(({ stopping }) => !stopping)) return overdue(job, live, run, open)
  if (running.length > 0) {
    const message = `waits for the run of what Git said before (${running.length} under way), then runs what Git says now`
    return waits('RunUnderWay', message)
  }
  if (open.phase === 'ended' && open.result) return begin(job, [finished(run, open), ...older])
  // AWS said so: it never ran, and runs if Git comes back to it.
  if (open.phase === 'refused' && open.tasks.length === 0) return begin(job, older)
  if (open.phase === 'unseen' && open.ageMs < mayLag) {
    return waits('RunUnderWay', 'waits to see whether the run of what Git said before began')
  }
  return begin(job, [lost(run, open), ...older])
}

function retagged({ tags }: Input, live: LiveTask): Draft {
  const changes = live.state.indexed ? tagChanges(live.tags, tags) : []
  if (changes.length === 0) return { verdict: 'keep' }
  const missing = toAwsTags(missingTags(live.tags, tags))
  const input = { ResourceType: 'Parameter', ResourceId: live.state.parameter, Tags: missing }
  const calls = [{ operation: 'ssm:AddTagsToResource' as const, input }]
  return { verdict: 'update', fields: changes, calls }
}

// ------------------------------------------------------------------ going

function removal({ state }: LiveTask): Draft {
  const running = (state.open?.tasks ?? []).filter(({ status }) => status !== 'STOPPED')
  const cluster = state.runs[0]?.cluster
  const calls = stopCalls(running, cluster, 'fairlead: the task is deleted')
  if (calls.length > 0) return { verdict: 'delete', effect: 'in place', calls }
  if (running.length > 0) return waits('Stopping', `${running.length} of its tasks are stopping`)
  const call: DraftCall = { operation: 'ssm:DeleteParameter', input: { Name: state.parameter } }
  return { verdict: 'delete', effect: 'in place', calls: [call] }
}
