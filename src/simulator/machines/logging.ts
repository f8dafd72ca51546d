/** What containers write into CloudWatch Logs: the lines of a docker label, or a line that names the exit. */
import type { ContainerDefinition } from '@aws-sdk/client-ecs'
import { appendEvents, ensureGroup } from '../services/logs/streams.ts'
import { definitionOf, lastPart, type TaskRecord, type World } from '../world.ts'

export const logLabel = 'fairlead.dev/simulate-log'

/** Writes what the containers of a task have said and not yet written: on their start, and on their end. */
export function writeLogs(world: World, record: TaskRecord, now: number): void {
  const { states } = record.machine
  const due = states.some((state, i) => {
    const ended = record.task.containers?.[i]?.lastStatus === 'STOPPED'
    return state.startedAt !== undefined && (state.logged ?? 0) < (ended ? 2 : 1)
  })
  if (!due) return
  const definition = definitionOf(world, record.task.taskDefinitionArn)
  for (const [i, container] of (record.task.containers ?? []).entries()) {
    const [state, one] = [states[i], definition?.containerDefinitions?.[i]]
    if (!state || !one || state.startedAt === undefined) continue
    const target = targetOf(world, one, record, container.runtimeId, now)
    const said = one.dockerLabels?.[logLabel]
    if (target && (state.logged ?? 0) < 1) {
      appendEvents(world, target, said?.split('\n') ?? [], state.startedAt)
    }
    const ended = container.lastStatus === 'STOPPED'
    if (target && ended && said === undefined && (state.logged ?? 0) < 2) {
      const line = container.reason ?? `${one.name}: exited with code ${container.exitCode}`
      appendEvents(world, target, [line], state.exit?.at ?? now)
    }
    state.logged = ended ? 2 : 1
  }
}

/** The group and stream that a container writes to, where its group is here or may be made. */
function targetOf(
  world: World,
  { name, logConfiguration }: ContainerDefinition,
  record: TaskRecord,
  runtimeId: string | undefined,
  now: number,
): { readonly group: string; readonly stream: string } | undefined {
  const options = logConfiguration?.options ?? {}
  const group = options['awslogs-group']
  if (logConfiguration?.logDriver !== 'awslogs' || group === undefined) return undefined
  if ((options['awslogs-region'] ?? world.region) !== world.region) return undefined
  if (options['awslogs-create-group'] === 'true') ensureGroup(world, group, now)
  if (!world.logs.groups.has(group)) return undefined
  const prefix = options['awslogs-stream-prefix']
  const id = lastPart(record.task.taskArn ?? '')
  return { group, stream: prefix ? `${prefix}/${name}/${id}` : (runtimeId ?? id) }
}
