/** The last lines of containers that failed, where their log group is in CloudWatch and may be read. */
import type { ContainerDefinition, TaskDefinition } from '@aws-sdk/client-ecs'
import type { Cause } from './causes.ts'
import { oneLine } from './causes.ts'
import type { FailureGroup, LogLines, StoppedTask } from './model.ts'
import type { Reading } from './reading.ts'

/** Containers shown, lines of each, and how much of a line. */
const containers = 2
const lines = 8
const width = 160

/** What ran long enough to say something. */
const talks: ReadonlySet<Cause> = new Set([
  'EssentialContainerExited',
  'OutOfMemory',
  'ContainerHealthCheck',
  'TargetHealthCheck',
  'DependencyFailed',
])

/** Log lines by `cause container`: read once, unless there were none yet. */
export type LogsRead = Map<string, LogLines>

export async function readLogs(
  groups: readonly FailureGroup[],
  tasks: readonly StoppedTask[],
  definition: TaskDefinition | undefined,
  known: LogsRead,
  ask: Reading,
): Promise<LogLines[]> {
  const wanted = groups
    .filter(({ cause, container, tasks }) => talks.has(cause) && container && tasks.length > 0)
    .slice(0, containers)
  const found = await Promise.all(
    wanted.map(async ({ cause, container = '', tasks: ids }) => {
      const key = `${cause} ${container}`
      const before = known.get(key)
      if (before) return before
      const task = ids[0] ?? ''
      const stream = streamOf(
        definition?.containerDefinitions?.find(({ name }) => name === container),
        task,
        tasks.find(({ id }) => id === task)?.containers.find(({ name }) => name === container)
          ?.runtimeId,
      )
      if (!stream) return undefined
      const answer = await ask<{ events?: { message?: string }[] }>(
        `the log of ${container}`,
        'logs:GetLogEvents',
        { ...stream, limit: lines, startFromHead: false },
      )
      const text = (answer?.events ?? []).flatMap(({ message = '' }) => readable(message))
      if (text.length === 0) return undefined
      const read = { container, task, lines: text.slice(-lines) }
      known.set(key, read)
      return read
    }),
  )
  const seen = new Set<string>()
  return found.flatMap((each) => {
    if (!each || seen.has(`${each.container} ${each.task}`)) return []
    seen.add(`${each.container} ${each.task}`)
    return [each]
  })
}

/** `prefix/container/task`; without a prefix, which only EC2 allows, the runtime's id. */
function streamOf(
  container: ContainerDefinition | undefined,
  task: string,
  runtimeId: string | undefined,
): { logGroupName: string; logStreamName: string } | undefined {
  const { logDriver, options = {} } = container?.logConfiguration ?? {}
  const group = options['awslogs-group']
  if (logDriver !== 'awslogs' || !group) return undefined
  const prefix = options['awslogs-stream-prefix']
  const stream = prefix ? `${prefix}/${container?.name}/${task}` : runtimeId
  return stream ? { logGroupName: group, logStreamName: stream } : undefined
}

function readable(message: string): string[] {
  const line = oneLine(message)
  if (line === '') return []
  const shown = withoutSecrets(line)
  return [shown.length > width ? `${shown.slice(0, width - 1)}…` : shown]
}

const inUrl = /:\/\/([^/\s:@]*):[^/\s@]+@/g
const assigned =
  /((?:pass(?:word|wd|phrase)?|secret|token|credential|api_?key|access_?key)[\w-]*["']?\s*(?:=|["']\s*:)\s*)["']?[^\s"',;&]+/gi

/** A program that fails may say with which password. */
export const withoutSecrets = (line: string): string =>
  line.replace(inUrl, '://$1:(hidden)@').replace(assigned, '$1(hidden)')
