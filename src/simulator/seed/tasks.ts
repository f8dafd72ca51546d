/** Seeds tasks: running ones run on, those on their way go on from where AWS shows them. */
import type { ContainerDefinition, Task, TaskDefinition } from '@aws-sdk/client-ecs'
import { wakeAt } from '../machines/agenda.ts'
import { needOf } from '../machines/need.ts'
import { between } from '../machines/random.ts'
import { planContainers } from '../machines/script.ts'
import * as timing from '../machines/timing.ts'
import {
  type ContainerPlan,
  type ContainerState,
  definitionOf,
  lastPart,
  membersOf,
  type Need,
  type ServiceRecord,
  serviceKey,
  type TaskMachine,
  type TaskRecord,
  type World,
  waitingIn,
} from '../world.ts'
import { type Answers, dateOf, keepTags, listed } from './answers.ts'
import { keepDefinition } from './clusters.ts'

export function seedTasks(world: World, answers: Answers, now: number): void {
  for (const task of listed<Task>(answers, 'ecs:DescribeTasks', 'tasks')) {
    const clusterName = task.clusterArn?.split('/').at(-1) ?? ''
    if (world.clusters.has(clusterName)) seedTask(world, clusterName, withDates(task), now)
  }
}

const times = [
  'connectivityAt',
  'createdAt',
  'executionStoppedAt',
  'pullStartedAt',
  'pullStoppedAt',
  'startedAt',
  'stoppedAt',
  'stoppingAt',
] as const

function withDates(task: Task): Task {
  const dates = times.flatMap((name) => {
    const date = dateOf(task[name])
    return date ? [[name, date] as const] : []
  })
  return { ...task, ...Object.fromEntries(dates) }
}

function seedTask(world: World, clusterName: string, { tags, ...shown }: Task, now: number): void {
  const id = lastPart(shown.taskArn ?? '')
  const definition = definitionOf(world, shown.taskDefinitionArn) ?? standIn(world, shown)
  const task = inOrder(shown, definition)
  const serviceName = task.group?.startsWith('service:') ? task.group.slice(8) : undefined
  const service = world.services.get(serviceKey(clusterName, serviceName ?? ''))
  const instanceId = task.containerInstanceArn ? lastPart(task.containerInstanceArn) : undefined
  const stopped = task.lastStatus === 'STOPPED'
  const record: TaskRecord = {
    task,
    clusterName,
    ...(service && serviceName && { serviceName }),
    ...(service && task.startedBy && { deploymentId: task.startedBy }),
    ...(instanceId && { instanceId }),
    need: taskNeed(definition, task),
    machine: machineOf(world, task, definition, service, now),
  }
  world.tasks.set(id, record)
  membersOf(world, clusterName).tasks.add(id)
  keepTags(world, task.taskArn ?? '', tags)
  if (service) (stopped ? service.ended : service.live).add(id)
  if (!stopped) occupy(world, id, record)
  if (record.machine.waiting) {
    waitingIn(world, clusterName).tasks.add(id)
    wakeAt(world, 'task', id, record.machine, now + timing.reactionMs)
  } else if (!(task.lastStatus === 'RUNNING' && isSettled(record))) {
    wakeAt(world, 'task', id, record.machine, Math.max(now + 1, stopped ? record.machine.until : 0))
  }
}

/** AWS lists containers in any order; here the definition's order counts. */
function inOrder(task: Task, definition: TaskDefinition): Task {
  const place = (name: string | undefined) =>
    definition.containerDefinitions?.findIndex((one) => one.name === name) ?? 0
  const containers = [...(task.containers ?? [])].sort((a, b) => place(a.name) - place(b.name))
  return { ...task, containers }
}

/** It runs, is healthy, and nothing more happens to it by itself. */
function isSettled({ task, machine }: TaskRecord): boolean {
  return (
    task.desiredStatus === 'RUNNING' && machine.healthy && machine.states.every((one) => !one.exit)
  )
}

/** Of a definition that could not be read: what the task itself shows of it. */
function standIn(world: World, task: Task): TaskDefinition {
  const [family = '', revision = '1'] = lastPart(task.taskDefinitionArn ?? '').split(':')
  const bound = task.containers?.some((one) => (one.networkBindings ?? []).length > 0)
  const definition: TaskDefinition = {
    taskDefinitionArn: task.taskDefinitionArn,
    family,
    revision: Number(revision),
    status: 'ACTIVE',
    networkMode: (task.attachments ?? []).length > 0 ? 'awsvpc' : 'bridge',
    containerDefinitions: (task.containers ?? []).map(
      (one): ContainerDefinition => ({
        name: one.name,
        image: one.image,
        essential: true,
        cpu: Number(one.cpu ?? 0),
        ...(one.memory && { memory: Number(one.memory) }),
        ...(one.memoryReservation && { memoryReservation: Number(one.memoryReservation) }),
        portMappings: bound
          ? (one.networkBindings ?? []).map(({ containerPort, hostPort = 0, protocol }) => ({
              containerPort,
              hostPort: hostPort >= 32_768 ? 0 : hostPort,
              protocol,
            }))
          : [],
      }),
    ),
    ...(task.cpu && { cpu: task.cpu }),
    ...(task.memory && { memory: task.memory }),
  }
  keepDefinition(world, definition)
  return definition
}

function taskNeed(definition: TaskDefinition, task: Task): Need {
  const overrides = task.overrides?.containerOverrides ?? []
  const changed = overrides.some((one) => one.cpu || one.memory || one.memoryReservation)
  const sized = task.overrides?.cpu !== undefined || task.overrides?.memory !== undefined
  return changed || sized ? needOf(definition, task.overrides) : needOf(definition)
}

/** What AWS shows as free already lacks what the task takes; only its interface and its ports are put down. */
function occupy(world: World, id: string, record: TaskRecord): void {
  const instance = world.instances.get(record.instanceId ?? '')
  if (!instance) return
  instance.tasks.add(id)
  instance.free.enis -= record.need.enis
  for (const port of record.need.tcp) {
    if (!instance.ports.tcp.includes(port)) instance.ports.tcp.push(port)
  }
  for (const port of record.need.udp) {
    if (!instance.ports.udp.includes(port)) instance.ports.udp.push(port)
  }
}

function machineOf(
  world: World,
  task: Task,
  definition: TaskDefinition,
  service: ServiceRecord | undefined,
  now: number,
): TaskMachine {
  const deployment = service?.deployments.find((one) => one.id === task.startedBy)
  const network = deployment?.revision.networkConfiguration?.awsvpcConfiguration
  const plan = planContainers(definition)
  const running = task.lastStatus === 'RUNNING'
  const startedAt = task.startedAt?.getTime()
  const checked = plan.some((one) => one.essential && one.health)
  const warm = startedAt !== undefined && now - startedAt >= timing.healthyWithoutChecksMs
  const atRest = service?.deployments[0]?.rolloutState === 'COMPLETED'
  const healthy =
    running &&
    task.desiredStatus === 'RUNNING' &&
    (checked ? task.healthStatus === 'HEALTHY' : warm || atRest)
  const unplaced = task.launchType !== 'FARGATE' && !task.containerInstanceArn
  const waiting = task.lastStatus === 'PROVISIONING' && unplaced && task.capacityProviderName
  return {
    plan,
    states: statesOf(task, plan, now),
    until: untilOf(world, task, now),
    ...(waiting && {
      waiting: {
        constraints: service?.service.placementConstraints ?? [],
        strategy: service?.service.placementStrategy ?? [],
      },
    }),
    subnets: network?.subnets ?? [],
    securityGroups: network?.securityGroups ?? [],
    assignPublicIp: network?.assignPublicIp === 'ENABLED',
    pulled: task.pullStoppedAt !== undefined || running,
    targets: (deployment?.revision.loadBalancers ?? []).flatMap(
      ({ targetGroupArn, containerPort }) =>
        targetGroupArn
          ? [
              {
                targetGroupArn,
                port: containerPort ?? 0,
                state: healthy && (atRest || warm) ? ('healthy' as const) : ('initial' as const),
              },
            ]
          : [],
    ),
    healthy,
    everHealthy: healthy,
    ...(task.healthStatus === 'UNHEALTHY' && running
      ? { unhealthy: { since: now, check: 'container' } }
      : {}),
    counted: {
      ...(startedAt !== undefined && { running: true }),
      ...(healthy && { healthy: true }),
    },
  }
}

/** When what the task is doing now ends, as long as it takes from now. */
function untilOf(world: World, task: Task, now: number): number {
  const fargate = task.launchType === 'FARGATE'
  const pace = fargate ? timing.fargate : timing.instance
  const later = ([from, to]: readonly [number, number]) =>
    now + Math.round(between(world, 'start-up', from, to) * world.coldStartScale)
  switch (task.lastStatus) {
    case 'PROVISIONING':
      return later(pace.provision)
    case 'PENDING':
      return later(pace.pull)
    case 'ACTIVATING':
      return now + timing.activateMs
    case 'RUNNING':
      return (task.startedAt?.getTime() ?? now) + timing.healthyWithoutChecksMs
    case 'DEACTIVATING':
      return now + timing.target.drainMs
    case 'DEPROVISIONING':
      return now + between(world, 'shut-down', ...timing.deprovision)
    case 'STOPPED':
      return (task.stoppedAt?.getTime() ?? now) + timing.stoppedTaskMs
    default:
      return now
  }
}

function statesOf(task: Task, plan: readonly ContainerPlan[], now: number): ContainerState[] {
  return plan.map((one, i): ContainerState => {
    const container = task.containers?.find(({ name }) => name === one.name) ?? task.containers?.[i]
    if (container?.lastStatus !== 'RUNNING') return {}
    const startedAt = (task.startedAt ?? task.createdAt)?.getTime() ?? now
    const { exit } = one.script
    const at = exit && startedAt + exit.afterMs
    const leaving = task.lastStatus === 'STOPPING'
    // A label that says it should have exited by now was wrong about it.
    if (exit && at !== undefined && at > now) return { startedAt, exit: { at, code: exit.code } }
    return { startedAt, ...(leaving && { exit: { at: now + timing.stop[1], code: 0 } }) }
  })
}
