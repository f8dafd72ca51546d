/** Container instances: registration, what is taken and free on them, and how the API shows that. */
import type { Attribute, ContainerInstance, Resource } from '@aws-sdk/client-ecs'
import { defaultSubnets } from '../services/ec2/default-vpc.ts'
import { ecsArn, type InstanceRecord, membersOf, type Need, type World } from '../world.ts'
import { findImage, type Image, newestAgent } from './images.ts'
import { agentCapabilities, type InstanceType } from './instance-types.ts'
import { hexId } from './random.ts'

/** Ports that the agent and SSH keep for themselves. */
const reservedPorts = [22, 2375, 2376, 51678, 51679]
const firstDynamicPort = 32_768
/** The current images of Amazon Linux 2023. */
const current = 'ami-0defa0000000000a1'
const currentArm = 'ami-0defa0000000000a2'

export interface NewInstance {
  readonly clusterName: string
  /** `m5.large`. */
  readonly typeName: string
  readonly type: InstanceType
  /** Which subnet of the default VPC it boots in, when none is named: 0, 1, 2. */
  readonly zone: number
  readonly subnetId?: string
  /** What it was launched from, and what that brings; a current image of Amazon Linux 2023 when left out. */
  readonly image?: Image
  /** MiB that the agent leaves to others. */
  readonly reservedMemory?: number
  readonly capacityProvider?: string
  readonly attributes?: readonly Attribute[]
  readonly ec2InstanceId?: string
}

/** Registers an instance as the agent does after boot; it is ACTIVE at once. */
export function registerInstance(world: World, wish: NewInstance, now: number): InstanceRecord {
  const id = hexId(world, 'instance')
  const defaults = defaultSubnets(world)
  const subnet = world.ec2.subnets.get(wish.subnetId ?? '') ?? defaults[wish.zone % defaults.length]
  const zone = subnet?.availabilityZone ?? `${world.region}a`
  const image = wish.image ?? findImage(wish.type.arm ? currentArm : current)
  // Without its driver the agent does not see a GPU.
  const gpuCount = image?.gpu || !wish.image ? (wish.type.gpus ?? 0) : 0
  const gpus = Array.from({ length: gpuCount }, () => `GPU-${hexId(world, 'gpu', 8)}`)
  const builtIn: [string, string][] = [
    ['ecs.availability-zone', zone],
    ['ecs.instance-type', wish.typeName],
    ['ecs.ami-id', image?.imageId ?? ''],
    ['ecs.os-type', image?.platform === 'windows' ? 'windows' : 'linux'],
    ['ecs.os-family', osFamily(image)],
    ['ecs.cpu-architecture', wish.type.arm ? 'arm64' : 'x86_64'],
    ['ecs.vpc-id', subnet?.vpcId ?? ''],
    ['ecs.subnet-id', subnet?.subnetId ?? ''],
  ]
  const attributes: Attribute[] = [
    ...builtIn.map(([name, value]) => ({ name, value })),
    ...agentCapabilities.map((name) => ({ name })),
    ...(gpus.length > 0 ? [{ name: 'ecs.capability.nvidia-driver-version' }] : []),
    ...(wish.attributes ?? []),
  ]
  const { cpu } = wish.type
  const memory = wish.type.memory - (wish.reservedMemory ?? 0)
  const instance: ContainerInstance = {
    containerInstanceArn: ecsArn(world, `container-instance/${wish.clusterName}/${id}`),
    ec2InstanceId: wish.ec2InstanceId ?? `i-${hexId(world, 'ec2', 17)}`,
    ...(wish.capacityProvider && { capacityProviderName: wish.capacityProvider }),
    version: 1,
    versionInfo: {
      agentVersion: image?.agentVersion ?? newestAgent.agentVersion,
      agentHash: '5b2c6a3e',
      dockerVersion: `DockerVersion: ${image?.dockerVersion ?? newestAgent.dockerVersion}`,
    },
    registeredResources: resources(cpu, memory, reservedPorts, [], gpus),
    status: 'ACTIVE',
    agentConnected: true,
    attributes,
    registeredAt: new Date(now),
    attachments: [],
  }
  const record: InstanceRecord = {
    instance,
    clusterName: wish.clusterName,
    zone,
    free: { cpu, memory, enis: wish.type.enis - 1, gpus },
    ports: { tcp: [...reservedPorts], udp: [] },
    nextDynamicPort: firstDynamicPort,
    tasks: new Set(),
  }
  world.instances.set(id, record)
  membersOf(world, wish.clusterName).instances.add(id)
  return record
}

/** `WINDOWS_SERVER_2022_CORE` of an image for Windows, else `LINUX`. */
function osFamily(image: Image | undefined): string {
  const windows = /^Windows_Server-(\d+)-English-(Core|Full)/.exec(image?.name ?? '')
  return windows ? `WINDOWS_SERVER_${windows[1]}_${windows[2]?.toUpperCase()}` : 'LINUX'
}

function resources(
  cpu: number,
  memory: number,
  tcp: readonly number[],
  udp: readonly number[],
  gpus: readonly string[],
): Resource[] {
  const zero = { doubleValue: 0, longValue: 0 }
  const count = (name: string, integerValue: number) => ({
    name,
    type: 'INTEGER',
    ...zero,
    integerValue,
  })
  const set = (name: string, values: readonly (string | number)[]) => {
    const stringSetValue = values.map(String)
    return { name, type: 'STRINGSET', ...zero, integerValue: 0, stringSetValue }
  }
  return [
    count('CPU', cpu),
    count('MEMORY', memory),
    set('PORTS', tcp),
    set('PORTS_UDP', udp),
    ...(gpus.length > 0 ? [set('GPU', gpus)] : []),
  ]
}

/** Reserves what a task needs; the ids of the GPUs that it gets. The caller has checked that it fits. */
export function takeRoom(record: InstanceRecord, taskId: string, need: Need): string[] {
  record.free.cpu -= need.cpu
  record.free.memory -= need.memory
  record.free.enis -= need.enis
  record.ports.tcp.push(...need.tcp)
  record.ports.udp.push(...need.udp)
  record.tasks.add(taskId)
  record.instance.version = (record.instance.version ?? 0) + 1
  return record.free.gpus.splice(0, need.gpus)
}

/** Gives back what a stopped task had reserved. */
export function releaseRoom(
  record: InstanceRecord,
  taskId: string,
  need: Need,
  gpus: readonly string[],
): void {
  if (!record.tasks.delete(taskId)) return
  record.free.cpu += need.cpu
  record.free.memory += need.memory
  record.free.enis += need.enis
  record.free.gpus.push(...gpus)
  for (const port of need.tcp) record.ports.tcp.splice(record.ports.tcp.indexOf(port), 1)
  for (const port of need.udp) record.ports.udp.splice(record.ports.udp.indexOf(port), 1)
  record.instance.version = (record.instance.version ?? 0) + 1
}

/** A host port from the dynamic range that is free on the instance. */
export function dynamicPort(record: InstanceRecord): number {
  const port = record.nextDynamicPort
  record.nextDynamicPort = port >= 60_999 ? firstDynamicPort : port + 1
  return port
}

/** The instance as DescribeContainerInstances shows it, without tags. */
export function instanceView(world: World, record: InstanceRecord): ContainerInstance {
  const { free, ports, instance } = record
  let running = 0
  let pending = 0
  for (const id of record.tasks) {
    const task = world.tasks.get(id)?.task
    if (task?.lastStatus === 'RUNNING') running++
    else if (task?.lastStatus === 'PENDING' || task?.lastStatus === 'ACTIVATING') pending++
  }
  return {
    ...instance,
    remainingResources: resources(free.cpu, free.memory, ports.tcp, ports.udp, free.gpus).concat(
      hasGpus(instance) && free.gpus.length === 0 ? [emptyGpus()] : [],
    ),
    runningTasksCount: running,
    pendingTasksCount: pending,
  }
}

function hasGpus(instance: ContainerInstance): boolean {
  return instance.registeredResources?.some((r) => r.name === 'GPU') ?? false
}

function emptyGpus(): Resource {
  return {
    name: 'GPU',
    type: 'STRINGSET',
    doubleValue: 0,
    longValue: 0,
    integerValue: 0,
    stringSetValue: [],
  }
}

/** Whether an instance exists and has this status. */
export function instanceHas(world: World, id: string | undefined, status: string): boolean {
  return id !== undefined && world.instances.get(id)?.instance.status === status
}
