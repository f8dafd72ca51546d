/**
 * Looks after runs that were started and have not been seen to end: their tasks by what RunTask answered, else by
 * `startedBy`, and from these how far they are.
 */
import type { Task, TaskDefinition } from '@aws-sdk/client-ecs'
import { AwsFailure } from '../../errors.ts'
import { inBatches, type ObserveContext } from '../../kind.ts'
import { unread } from '../../kit/finding.ts'
import { noteStarts } from '../../kit/task-starts.ts'
import type { ObjectKey, Observation } from '../../model.ts'
import { clientToken, startedBy } from './content.ts'
import { resultOf } from './outcome.ts'
import type { Run } from './record.ts'
import { type Answer, answerKey } from './remember.ts'
import type { Open, SeenTask } from './state.ts'

/**
 * AWS shows a stopped task for an hour at least, and keeps a client token as long. What is not seen so long after
 * the record was written never ran; the minutes that are missing are for clocks that differ.
 */
export const forgetsAfter = 55 * 60_000
/** The most that DescribeTasks takes. */
const batch = 100

/** An open run, and since when its record says so. */
export interface Started {
  readonly key: ObjectKey
  readonly run: Run
  readonly sinceMs: number
}

type Followed = Map<ObjectKey, Open | Observation<never>>

/** How each run is doing; a read that failed leaves its own runs unknown. */
export async function follow(
  started: readonly Started[],
  context: ObserveContext,
): Promise<Followed> {
  const followed: Followed = new Map()
  const attempt = async <T>(keys: readonly ObjectKey[], work: () => Promise<T>) => {
    try {
      return await work()
    } catch (error) {
      if (!(error instanceof AwsFailure)) throw error
      for (const key of keys) followed.set(key, unread(error))
      return undefined
    }
  }
  const arnsOf = new Map<ObjectKey, readonly string[]>()
  await Promise.all(
    started.map(async (one) => {
      const arns = await attempt([one.key], () => arnsFor(one, context))
      if (arns) arnsOf.set(one.key, arns)
    }),
  )
  const tasks = new Map<string, Task>()
  const clusters = new Set([...arnsOf.keys()].map((key) => clusterOf(key, started)))
  await Promise.all(
    [...clusters].flatMap((cluster) => {
      const here = [...arnsOf].filter(([key]) => clusterOf(key, started) === cluster)
      const wanted = here.flatMap(([key, arns]) => arns.map((arn) => ({ key, arn })))
      return inBatches(wanted, batch).map((part) =>
        attempt(
          part.map(({ key }) => key),
          async () => {
            const arns = part.map(({ arn }) => arn)
            for (const task of await describe(cluster, arns, context)) {
              tasks.set(task.taskArn ?? '', task)
            }
          },
        ),
      )
    }),
  )
  noteStarts([...tasks.values()], context)
  await Promise.all(
    started.map(async (one) => {
      if (followed.has(one.key)) return
      const open = await attempt([one.key], () =>
        progress(one, arnsOf.get(one.key) ?? [], tasks, context),
      )
      if (open) followed.set(one.key, open)
    }),
  )
  return followed
}

const clusterOf = (key: ObjectKey, started: readonly Started[]) =>
  started.find((one) => one.key === key)?.run.cluster ?? 'default'

/** What AWS answered to each attempt, as far as this process asked. */
function answersTo({ key, run }: Started, { owner, memory }: ObserveContext) {
  return Array.from({ length: run.attempt ?? 1 }, (_, n) => {
    const token = clientToken({ owner, key }, { ...run, attempt: n + 1 })
    return memory.get(answerKey(token)) as Answer | undefined
  })
}

async function arnsFor(started: Started, context: ObserveContext): Promise<readonly string[]> {
  const answers = answersTo(started, context)
  const told = answers.flatMap((answer) => answer?.arns ?? [])
  if (answers.every((answer) => answer !== undefined)) return told
  const by = startedBy({ owner: context.owner, key: started.key }, started.run)
  const cluster = started.run.cluster ?? 'default'
  const lists = await Promise.all(
    (['RUNNING', 'STOPPED'] as const).map((status) => listed(cluster, by, status, context)),
  )
  return [...new Set([...told, ...lists.flat()])]
}

/** A run has ten tasks at most, so that one page holds them. */
async function listed(
  cluster: string,
  by: string,
  desiredStatus: 'RUNNING' | 'STOPPED',
  { read }: ObserveContext,
): Promise<readonly string[]> {
  try {
    const { taskArns = [] } = await read<{ taskArns?: string[] }>('ecs:ListTasks', {
      cluster,
      startedBy: by,
      desiredStatus,
    })
    return taskArns
  } catch (error) {
    if (error instanceof AwsFailure && error.class === 'notFound') return []
    throw error
  }
}

async function describe(
  cluster: string,
  arns: readonly string[],
  { read }: ObserveContext,
): Promise<readonly Task[]> {
  try {
    const { tasks = [] } = await read<{ tasks?: Task[] }>('ecs:DescribeTasks', {
      cluster,
      tasks: arns,
    })
    return tasks
  } catch (error) {
    if (error instanceof AwsFailure && error.class === 'notFound') return []
    throw error
  }
}

async function progress(
  started: Started,
  arns: readonly string[],
  known: ReadonlyMap<string, Task>,
  context: ObserveContext,
): Promise<Open> {
  const { run } = started
  const ageMs = context.now - started.sinceMs
  const tasks = arns.flatMap((arn) => known.get(arn) ?? [])
  // What AWS answered exists, though reads may not show it yet.
  const unshown = ageMs < forgetsAfter ? arns.filter((arn) => !known.has(arn)) : []
  const seen = [...tasks.map(seenTask), ...unshown.map(justStarted)]
  const since = run.since ?? Math.floor(started.sinceMs / 1_000)
  const common = { ageMs, since, forMs: context.now - beganMs(tasks, since * 1_000), tasks: seen }
  const asked = run.count ?? 1
  const answer = answersTo(started, context).at(-1)
  const missing = answer ? asked - answer.arns.length : 0
  if (missing > 0) {
    const waitMs = Math.max(0, restOf(run.attempt ?? 1) - ageMs)
    const why = answer?.failure ?? 'AWS started no task'
    return { ...common, phase: 'refused', refusal: { why, missing, waitMs } }
  }
  const running = seen.some(({ status }) => status !== 'STOPPED')
  if (seen.length < (run.before ?? 0) + asked) {
    if (ageMs < forgetsAfter) return { ...common, phase: 'unseen' }
    return { ...common, phase: running ? 'running' : 'lost' }
  }
  if (running) return { ...common, phase: 'running' }
  return { ...common, phase: 'ended', result: await judged(tasks, context) }
}

/** A run begins with its first task; as long as there is none, with its record. */
function beganMs(tasks: readonly Task[], recordedMs: number): number {
  const created = tasks.flatMap(({ createdAt }) => createdAt?.getTime() ?? [])
  return created.length > 0 ? Math.min(...created) : recordedMs
}

/** Capacity is asked for again after 15 s, 30 s, … up to 5 min. */
const restOf = (attempt: number) => Math.min(15_000 * 2 ** (attempt - 1), 300_000)

const seenTask = ({ taskArn = '', lastStatus = '', desiredStatus }: Task): SeenTask => ({
  arn: taskArn,
  status: lastStatus,
  stopping: desiredStatus === 'STOPPED',
})

const justStarted = (arn: string): SeenTask => ({ arn, status: 'PROVISIONING', stopping: false })

async function judged(tasks: readonly Task[], context: ObserveContext) {
  const definitions = [
    ...new Set(tasks.flatMap(({ taskDefinitionArn }) => taskDefinitionArn ?? [])),
  ]
  const helpers = new Map(
    await Promise.all(
      definitions.map(async (arn) => [arn, await helpersIn(arn, context)] as const),
    ),
  )
  return resultOf(
    tasks,
    ({ taskDefinitionArn = '' }, name) => !helpers.get(taskDefinitionArn)?.has(name),
  )
}

/** The containers of a revision that are not essential. A revision that is gone has none: all must have succeeded. */
async function helpersIn(
  arn: string,
  { read, memory }: ObserveContext,
): Promise<ReadonlySet<string>> {
  const known = memory.get(`helpers:${arn}`) as ReadonlySet<string> | undefined
  if (known) return known
  try {
    const { taskDefinition } = await read<{ taskDefinition?: TaskDefinition }>(
      'ecs:DescribeTaskDefinition',
      { taskDefinition: arn },
    )
    const helpers = new Set(
      (taskDefinition?.containerDefinitions ?? []).flatMap(({ name, essential }) =>
        essential === false && name !== undefined ? [name] : [],
      ),
    )
    memory.set(`helpers:${arn}`, helpers)
    return helpers
  } catch (error) {
    const gone = error instanceof AwsFailure && /^(notFound|invalid)$/.test(error.class)
    if (gone) return new Set()
    throw error
  }
}
