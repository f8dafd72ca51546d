/** Which tasks the scheduler may stop, how many, and in what order. */
import { lastPart, type ServiceRecord, type TaskRecord, type World } from '../world.ts'
import { texts, writeEvent } from './events.ts'
import { requestStop } from './tasks.ts'

/** The bounds that the deployment configuration draws around the desired count. */
export function boundsOf(record: ServiceRecord): { upper: number; lower: number } {
  const { maximumPercent = 200, minimumHealthyPercent = 100 } =
    record.service.deploymentConfiguration ?? {}
  const desired = record.service.desiredCount ?? 0
  return {
    upper: Math.floor((desired * maximumPercent) / 100),
    lower: Math.ceil((desired * minimumHealthyPercent) / 100),
  }
}

/** Stops tasks in the name of the PRIMARY deployment, or of the one that is named, and says so in an event. */
export function stopTasks(
  world: World,
  record: ServiceRecord,
  tasks: readonly TaskRecord[],
  reason: string | undefined,
  now: number,
  deploymentId = record.deployments[0]?.id,
): void {
  const stopped = tasks.filter((one) => one.task.desiredStatus !== 'STOPPED')
  if (stopped.length === 0) return
  for (const one of stopped) {
    const scaling = `Scaling activity initiated by (deployment ${deploymentId})`
    requestStop(world, one, 'ServiceSchedulerInitiated', reason ?? scaling, now)
  }
  const ids = stopped.map((one) => lastPart(one.task.taskArn ?? ''))
  writeEvent(world, record, texts.stopped(ids), now)
}

/** Whether the task may not be stopped for scaling in or deploying. */
export function isProtected(one: TaskRecord, now: number): boolean {
  return (one.machine.protectedUntil ?? 0) > now
}

/**
 * Orders tasks by who is stopped first: not yet running, then from the zone and in it the instance with most of them.
 */
export function stopOrder(tasks: readonly TaskRecord[], count: number): TaskRecord[] {
  const left = [...tasks]
  const chosen: TaskRecord[] = []
  const crowd = (key: (one: TaskRecord) => string | undefined) => {
    const counts = new Map<string | undefined, number>()
    for (const one of left) counts.set(key(one), (counts.get(key(one)) ?? 0) + 1)
    return (one: TaskRecord) => counts.get(key(one)) ?? 0
  }
  while (chosen.length < count && left.length > 0) {
    const inZone = crowd((one) => one.task.availabilityZone)
    const onInstance = crowd((one) => one.instanceId)
    const idle = (one: TaskRecord) => (one.task.lastStatus === 'RUNNING' ? 0 : 1)
    let best = 0
    for (let i = 1; i < left.length; i++) {
      const [a, b] = [left[i]!, left[best]!]
      const difference = idle(a) - idle(b) || inZone(a) - inZone(b) || onInstance(a) - onInstance(b)
      if (difference > 0) best = i
    }
    chosen.push(...left.splice(best, 1))
  }
  return chosen
}
