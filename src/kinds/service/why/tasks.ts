/** The stopped tasks of a failing deployment: each is described once, since AWS forgets it after an hour. */
import type { Container, Task } from '@aws-sdk/client-ecs'
import { inBatches } from '../../../kind.ts'
import type { Suspect } from './failing.ts'
import type { Failing, StoppedContainer, StoppedTask } from './model.ts'
import type { Reading } from './reading.ts'

/** The limits of ListTasks and DescribeTasks; and how many pages are looked at. */
const batch = 100
const pages = 3
const kept = 300

/** By ARN: what was learnt of a task, or null where it is none of the deployment's. */
export type TasksRead = Map<string, StoppedTask | null>

/** Brings what is known up to date; answers the newest first, and whether all that stop have stopped. */
export async function stoppedTasks(
  { clusterArn, serviceName }: Suspect,
  failing: Failing,
  known: TasksRead,
  ask: Reading,
): Promise<{ readonly tasks: readonly StoppedTask[]; readonly all: boolean }> {
  const arns = await listStopped(clusterArn, serviceName, ask)
  const unread = arns.filter((arn) => !known.has(arn))
  const answers = await Promise.all(
    inBatches(unread, batch).map((tasks) =>
      ask<{ tasks?: Task[] }>('stopped tasks', 'ecs:DescribeTasks', { cluster: clusterArn, tasks }),
    ),
  )
  const under: StoppedTask[] = []
  let all = true
  for (const task of answers.flatMap((answer) => answer?.tasks ?? [])) {
    const own = belongsTo(failing, task) ? stoppedTask(task) : null
    // Exit codes are there only at the very end.
    if (task.lastStatus === 'STOPPED') known.set(task.taskArn ?? '', own)
    else {
      all = false
      if (own && task.stopCode === 'ServiceSchedulerInitiated') under.push(own)
    }
  }
  for (const arn of known.keys()) {
    if (known.size <= kept) break
    known.delete(arn)
  }
  const tasks = [...known.values(), ...under].filter((task) => task !== null)
  return { tasks: tasks.sort((a, b) => b.atMs - a.atMs), all }
}

async function listStopped(cluster: string, serviceName: string, ask: Reading): Promise<string[]> {
  const arns: string[] = []
  let nextToken: string | undefined
  for (let page = 0; page < pages; page++) {
    const answer = await ask<{ taskArns?: string[]; nextToken?: string }>(
      'stopped tasks',
      'ecs:ListTasks',
      { cluster, serviceName, desiredStatus: 'STOPPED', ...(nextToken ? { nextToken } : {}) },
    )
    arns.push(...(answer?.taskArns ?? []))
    nextToken = answer?.nextToken
    if (!nextToken) break
  }
  return arns
}

function belongsTo(failing: Failing, { startedBy, taskDefinitionArn, createdAt }: Task): boolean {
  if (failing.startedBy) return startedBy === failing.startedBy
  const at = Number(createdAt ?? 0)
  const inTime = at >= failing.startedMs && (failing.endedMs === undefined || at <= failing.endedMs)
  return taskDefinitionArn === failing.definition && inTime
}

function stoppedTask(task: Task): StoppedTask {
  return {
    id: idOf(task.taskArn),
    atMs: Number(task.stoppedAt ?? task.stoppingAt ?? task.createdAt ?? 0),
    stopCode: task.stopCode ?? '',
    stoppedReason: task.stoppedReason ?? '',
    containers: (task.containers ?? []).map(stoppedContainer),
  }
}

function stoppedContainer(container: Container): StoppedContainer {
  const { name = '', exitCode, reason, healthStatus, runtimeId } = container
  return {
    name,
    ...(exitCode === undefined ? {} : { exitCode }),
    ...(reason ? { reason } : {}),
    ...(healthStatus ? { health: healthStatus } : {}),
    ...(runtimeId ? { runtimeId } : {}),
  }
}

const idOf = (arn = '') => arn.slice(arn.lastIndexOf('/') + 1)
