/** Why one task stopped, and which of its containers is to blame. Pure. */
import type { ContainerDefinition } from '@aws-sdk/client-ecs'
import { causeOf, normalise } from './causes.ts'
import { checkedContainer, type Failure, targetFailure } from './failure.ts'
import type { Evidence, StoppedContainer, StoppedTask } from './model.ts'

/** What ECS ends with SIGTERM or SIGKILL once another essential container has ended. */
const stoppedByEcs: readonly unknown[] = [143, 137]

type Around = Pick<Evidence, 'definition' | 'balancers' | 'events'>

/** Undefined where it did not fail: it had to go for scaling or for a newer deployment. */
export function failureOf(task: StoppedTask, around: Around): Failure | undefined {
  const { id, atMs, stopCode, stoppedReason } = task
  const at = { task: id, atMs }
  const memory = task.containers.find(({ reason = '' }) => /OutOfMemory/.test(reason))
  if (memory || /OutOfMemory/.test(stoppedReason)) {
    const reason = memory?.reason ?? stoppedReason
    return { cause: 'OutOfMemory', reason: normalise(reason), ...ofContainer(memory), ...at }
  }
  if (stopCode === 'UserInitiated') {
    const cause = causeOf(stoppedReason) ?? 'StoppedByHand'
    return { cause, reason: normalise(stoppedReason), ...at }
  }
  if (stopCode === 'SpotInterruption') {
    return { cause: 'SpotInterruption', reason: normalise(stoppedReason), ...at }
  }
  if (stopCode === 'TerminationNotice') {
    return { cause: 'InstanceTerminated', reason: normalise(stoppedReason), ...at }
  }
  const target = /ELB health checks in \(target-group ([^)]+)\)/.exec(stoppedReason)?.[1]
  if (target) {
    return targetFailure(around, target, whyUnhealthy(id, around) ?? 'Health checks failed', at)
  }
  if (/failed container health checks/.test(stoppedReason)) {
    const sick = task.containers.find(({ health }) => health === 'UNHEALTHY')
    const container = sick?.name ?? checkedContainer(around)
    const reason = 'Task failed container health checks'
    return { cause: 'ContainerHealthCheck', reason, ...(container ? { container } : {}), ...at }
  }
  if (stopCode === 'ServiceSchedulerInitiated') {
    const cause = causeOf(stoppedReason)
    return cause && { cause, reason: normalise(stoppedReason), ...at }
  }
  if (stopCode === 'EssentialContainerExited' || /ssential container/.test(stoppedReason)) {
    return exited(task, around)
  }
  return notStarted(task, around)
}

/** An event names the codes; a task's end does not. */
const whyUnhealthy = (id: string, { events }: Around) =>
  events
    .map(({ message }) => message)
    .filter((message) => message.includes(`(task ${id})`))
    .flatMap((message) => /due to \(reason (.+)\)\.?$/.exec(message)?.[1] ?? [])[0]

function exited({ id, atMs, stoppedReason, containers }: StoppedTask, around: Around): Failure {
  const guilty = guiltyOf(containers, around.definition?.containerDefinitions ?? [])
  const cause = causeOf(guilty?.reason ?? '') ?? 'EssentialContainerExited'
  const reason = normalise(guilty?.reason ?? stoppedReason)
  return { cause, reason, ...ofContainer(guilty), task: id, atMs }
}

/** Essential ones go first, and those that ended by themselves. */
function guiltyOf(
  containers: readonly StoppedContainer[],
  definitions: readonly ContainerDefinition[],
): StoppedContainer | undefined {
  const essential = containers.filter(
    ({ name }) => definitions.find((one) => one.name === name)?.essential !== false,
  )
  const own = essential.length > 0 ? essential : containers
  return (
    own.find(({ exitCode }) => exitCode && !stoppedByEcs.includes(exitCode)) ??
    own.find(({ exitCode, reason }) => exitCode === undefined && reason) ??
    own.find(({ exitCode }) => exitCode === 0) ??
    own.find(({ exitCode }) => exitCode !== undefined)
  )
}

function notStarted({ id, atMs, stoppedReason, containers }: StoppedTask, around: Around): Failure {
  const blamed =
    containers.find(({ reason }) => reason && causeOf(reason)) ??
    containers.find(({ reason }) => reason)
  const text = [blamed?.reason, stoppedReason].find((each) => each && causeOf(each))
  const reason = text ?? blamed?.reason ?? stoppedReason
  const container = blamed?.name ?? namedIn(stoppedReason, around)
  return {
    cause: causeOf(reason) ?? 'Unknown',
    reason: normalise(reason),
    ...(container ? { container } : {}),
    task: id,
    atMs,
  }
}

/** The container whose image, or whose secret, the text speaks of; else the only one. */
function namedIn(text: string, { definition }: Around): string | undefined {
  const containers = definition?.containerDefinitions ?? []
  const named = containers.find(
    ({ image, secrets = [] }) =>
      (image !== undefined && text.includes(image)) ||
      secrets.some(({ valueFrom }) => valueFrom && text.includes(valueFrom)),
  )
  return (named ?? (containers.length === 1 ? containers[0] : undefined))?.name
}

const ofContainer = (container: StoppedContainer | undefined) =>
  container
    ? {
        container: container.name,
        ...(container.exitCode === undefined ? {} : { exitCode: container.exitCode }),
      }
    : {}
