/** How a task comes into being: its record as the API shows it, and its place on an instance or on Fargate. */
import { createHash } from 'node:crypto'
import type {
  Container,
  ContainerDefinition,
  LaunchType,
  LoadBalancer,
  PlacementConstraint,
  PlacementStrategy,
  TaskDefinition,
  TaskOverride,
} from '@aws-sdk/client-ecs'
import { registeredDigest } from '../services/ecr/pull.ts'
import {
  ecsArn,
  type InstanceRecord,
  membersOf,
  serviceOf,
  type TaskRecord,
  type World,
  waitingIn,
} from '../world.ts'
import { wakeAt } from './agenda.ts'
import { takeRoom } from './instances.ts'
import { needOf } from './need.ts'
import { attachInterface, bindPorts, subnetIn, zoneOf } from './network.ts'
import { between, hexId, uuid } from './random.ts'
import { planContainers } from './script.ts'
import { fargate, instance as onInstance } from './timing.ts'
import { tellOnlooker } from './watch.ts'

export interface NewTask {
  readonly clusterName: string
  readonly definition: TaskDefinition
  readonly launchType: LaunchType
  readonly capacityProvider?: string
  readonly platformVersion?: string
  /** Where it runs; left out on Fargate, and while it waits for room. */
  readonly instance?: InstanceRecord
  readonly waiting?: {
    readonly constraints: readonly PlacementConstraint[]
    readonly strategy: readonly PlacementStrategy[]
  }
  /** awsvpc: the subnets it may use; on Fargate it gets the first. */
  readonly subnets?: readonly string[]
  readonly securityGroups?: readonly string[]
  readonly assignPublicIp?: boolean
  readonly group: string
  readonly startedBy?: string
  readonly serviceName?: string
  readonly deploymentId?: string
  readonly overrides?: TaskOverride
  readonly loadBalancers?: readonly LoadBalancer[]
  readonly enableExecuteCommand?: boolean
  readonly tags?: Readonly<Record<string, string>>
}

/**
 * The digest of an image: what its text pins, what the account's registry says, else one that is the same for the
 * same text, as if no tag ever moved.
 */
export function imageDigest(world: World, image: string): string {
  const pinned = /@(sha256:[0-9a-f]{64})$/.exec(image)
  return (
    pinned?.[1] ??
    registeredDigest(world, image) ??
    `sha256:${createHash('sha256').update(image).digest('hex')}`
  )
}

/** Creates a task in PROVISIONING (network interface, or waiting for room) or PENDING, and sets its clock going. */
export function createTask(world: World, wish: NewTask, now: number): TaskRecord {
  const { definition, clusterName } = wish
  const id = hexId(world, 'task')
  const taskArn = ecsArn(world, `task/${clusterName}/${id}`)
  const need = needOf(definition, wish.overrides)
  const isFargate = wish.launchType === 'FARGATE'
  const plan = planContainers(definition)
  const record: TaskRecord = {
    task: {
      attachments: [],
      attributes: [
        {
          name: 'ecs.cpu-architecture',
          value: definition.runtimePlatform?.cpuArchitecture?.toLowerCase() ?? 'x86_64',
        },
      ],
      ...(wish.capacityProvider && { capacityProviderName: wish.capacityProvider }),
      clusterArn: ecsArn(world, `cluster/${clusterName}`),
      containers: (definition.containerDefinitions ?? []).map((container) =>
        newContainer(world, container, id, taskArn),
      ),
      cpu: String(need.cpu),
      createdAt: new Date(now),
      desiredStatus: 'RUNNING',
      enableExecuteCommand: wish.enableExecuteCommand ?? false,
      group: wish.group,
      healthStatus: 'UNKNOWN',
      inferenceAccelerators: [],
      lastStatus: 'PROVISIONING',
      launchType: wish.launchType,
      memory: String(need.memory),
      overrides: filledOverrides(definition, wish.overrides),
      ...(isFargate && {
        platformVersion: wish.platformVersion ?? '1.4.0',
        platformFamily: 'Linux',
        ephemeralStorage: { sizeInGiB: definition.ephemeralStorage?.sizeInGiB ?? 20 },
        fargateEphemeralStorage: { sizeInGiB: definition.ephemeralStorage?.sizeInGiB ?? 20 },
      }),
      ...(wish.startedBy && { startedBy: wish.startedBy }),
      taskArn,
      taskDefinitionArn: definition.taskDefinitionArn,
      version: 1,
    },
    clusterName,
    ...(wish.serviceName && { serviceName: wish.serviceName }),
    ...(wish.deploymentId && { deploymentId: wish.deploymentId }),
    need,
    machine: {
      plan,
      states: plan.map(() => ({})),
      until: now,
      ...(wish.waiting && { waiting: wish.waiting }),
      subnets: wish.subnets ?? [],
      securityGroups: wish.securityGroups ?? [],
      assignPublicIp: wish.assignPublicIp ?? false,
      pulled: false,
      targets: (wish.loadBalancers ?? []).flatMap(({ targetGroupArn, containerPort }) =>
        targetGroupArn
          ? [{ targetGroupArn, port: containerPort ?? 0, state: 'initial' as const }]
          : [],
      ),
      healthy: false,
      everHealthy: false,
      counted: {},
    },
  }
  world.tasks.set(id, record)
  membersOf(world, clusterName).tasks.add(id)
  serviceOf(world, record)?.live.add(id)
  if (wish.tags && Object.keys(wish.tags).length > 0) world.tags.set(taskArn, { ...wish.tags })
  if (wish.waiting) waitingIn(world, clusterName).tasks.add(id)
  else if (wish.instance) settleOn(world, id, record, definition, wish.instance, now)
  else settleOnFargate(world, id, record, now)
  tellOnlooker(world, record, now)
  return record
}

function newContainer(
  world: World,
  container: ContainerDefinition,
  taskId: string,
  taskArn: string,
): Container {
  const cluster = taskArn.split('/')[1]
  return {
    containerArn: ecsArn(world, `container/${cluster}/${taskId}/${uuid(world, 'container')}`),
    taskArn,
    name: container.name,
    image: container.image,
    lastStatus: 'PENDING',
    networkInterfaces: [],
    healthStatus: 'UNKNOWN',
    cpu: String(container.cpu ?? 0),
    ...(container.memory !== undefined && { memory: String(container.memory) }),
    ...(container.memoryReservation !== undefined && {
      memoryReservation: String(container.memoryReservation),
    }),
  }
}

/** Overrides as Describe shows them: one entry for each container. */
function filledOverrides(definition: TaskDefinition, overrides?: TaskOverride): TaskOverride {
  return {
    ...overrides,
    containerOverrides: (definition.containerDefinitions ?? []).map(
      ({ name }) => overrides?.containerOverrides?.find((o) => o.name === name) ?? { name },
    ),
    inferenceAcceleratorOverrides: overrides?.inferenceAcceleratorOverrides ?? [],
  }
}

/** Puts a task on an instance: reserves its room, binds its ports or attaches its interface. */
export function settleOn(
  world: World,
  id: string,
  record: TaskRecord,
  definition: TaskDefinition,
  instance: InstanceRecord,
  now: number,
): void {
  const { task, machine } = record
  delete machine.waiting
  waitingIn(world, record.clusterName).tasks.delete(id)
  record.instanceId = instance.instance.containerInstanceArn?.split('/').at(-1) ?? ''
  const gpuIds = takeRoom(instance, id, record.need)
  const containers = task.containers ?? []
  for (const [i, container] of containers.entries()) {
    const wanted = definition.containerDefinitions?.[i]?.resourceRequirements
    const count = Number(wanted?.find((r) => r.type === 'GPU')?.value ?? 0)
    if (count > 0) container.gpuIds = gpuIds.splice(0, count)
  }
  task.containerInstanceArn = instance.instance.containerInstanceArn
  task.availabilityZone = instance.zone
  const subnet = subnetIn(world, machine.subnets, instance.zone)
  if (definition.networkMode === 'awsvpc' && subnet) {
    attachInterface(world, record, subnet)
    machine.until = now + scaled(world, onInstance.provision)
  } else {
    bindPorts(definition, containers, instance)
    task.lastStatus = 'PENDING'
    beginPull(world, record, now)
  }
  wakeAt(world, 'task', id, machine, machine.until)
}

function settleOnFargate(world: World, id: string, record: TaskRecord, now: number): void {
  const { task, machine } = record
  const subnet = machine.subnets[0] ?? ''
  task.availabilityZone = zoneOf(world, subnet) ?? `${world.region}a`
  attachInterface(world, record, subnet)
  machine.until = now + scaled(world, fargate.provision)
  wakeAt(world, 'task', id, machine, machine.until)
}

/** Begins to pull the images; `until` is when that is through. */
export function beginPull(world: World, record: TaskRecord, now: number): void {
  const range = record.task.launchType === 'FARGATE' ? fargate.pull : onInstance.pull
  record.task.pullStartedAt = new Date(now)
  record.machine.until = now + scaled(world, range)
}

function scaled(world: World, [from, to]: readonly [number, number]): number {
  return Math.round(between(world, 'start-up', from, to) * world.coldStartScale)
}
