/** Service events: AWS's fixed wording, newest first, at most 100, without repeating what still holds. */
import type { ServiceRecord, World } from '../world.ts'
import { uuid } from './random.ts'
import { repeatEventMs } from './timing.ts'

const troubleshooting =
  'For more information, see the Troubleshooting section of the Amazon ECS Developer Guide.'
const keep = 100

/** Writes `(service NAME) <text>`, or `(service NAME, taskSet ID) <text>`, as AWS does. */
export function writeEvent(
  world: World,
  record: ServiceRecord,
  text: string,
  now: number,
  taskSet?: string,
): void {
  const { serviceName } = record.service
  const message = `(service ${serviceName}${taskSet ? `, taskSet ${taskSet}` : ''})${text}`
  const event = { id: uuid(world, 'event'), createdAt: new Date(now), message }
  record.service.events = [event, ...(record.service.events ?? [])].slice(0, keep)
}

/** Writes an event unless the same text on this topic was written less than six hours ago and its cause still holds. */
export function writeOnce(
  world: World,
  record: ServiceRecord,
  topic: string,
  text: string,
  now: number,
): void {
  const said = record.scheduler.said[topic]
  if (said && said.message === text && now - said.at < repeatEventMs) return
  record.scheduler.said[topic] = { message: text, at: now }
  writeEvent(world, record, text, now)
}

/** The cause is gone: the next event on this topic is written again. */
export function causeGone(record: ServiceRecord, topic: string): void {
  delete record.scheduler.said[topic]
}

function tasks(ids: readonly string[]): string {
  return ids.map((id) => `(task ${id})`).join(' ')
}

export const texts = {
  steady: ' has reached a steady state.',
  completed: (deploymentId: string) => ` (deployment ${deploymentId}) deployment completed.`,
  failed: (deploymentId: string, why: string) =>
    ` (deployment ${deploymentId}) deployment failed: ${why}.`,
  rollingBack: (deploymentId: string) => ` rolling back to deployment ${deploymentId}.`,
  started: (ids: readonly string[]) => ` has started ${ids.length} tasks: ${tasks(ids)}.`,
  stopped: (ids: readonly string[]) => ` has stopped ${ids.length} running tasks: ${tasks(ids)}.`,
  registered: (count: number, arn: string) =>
    ` registered ${count} targets in (target-group ${arn})`,
  deregistered: (count: number, arn: string) =>
    ` deregistered ${count} targets in (target-group ${arn})`,
  draining: (count: number) => ` has begun draining connections on ${count} tasks.`,
  targetUnhealthy: (id: string, port: number, arn: string, reason: string) =>
    ` (task ${id}) (port ${port}) is unhealthy in (target-group ${arn}) due to (reason ${reason}).`,
  notLaunched: (error: string) => ` failed to launch a task with (error ${error}).`,
  containerUnhealthy: (id: string) => ` (task ${id}) failed container health checks.`,
  noInstances: ` was unable to place a task because no container instance met all of its requirements. Reason: No Container Instances were found in your cluster. ${troubleshooting}`,
  noRoom: (instanceId: string, lack: string) =>
    ` was unable to place a task because no container instance met all of its requirements. The closest matching (container-instance ${instanceId}) ${lack} ${troubleshooting}`,
  flapping: ` is unable to consistently start tasks successfully. ${troubleshooting}`,
  stuck:
    ' was unable to stop or start tasks during a deployment because of the service deployment configuration. Update the minimumHealthyPercent or maximumPercent value and try again.',
} as const
