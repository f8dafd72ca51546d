/** The ECS agent of an EC2 instance: how it registers, what keeps it from that, and what becomes of it. */
import type { HostAgent, HostRecord } from '../services/ec2/compute-state.ts'
import { canReachInternet } from '../services/ec2/reachability.ts'
import { tagsOf } from '../services/ec2/tags.ts'
import { ecsArn, type InstanceRecord, membersOf, type World } from '../world.ts'
import { wakeAt } from './agenda.ts'
import { imageIn, typeIn } from './foreign.ts'
import { registerInstance } from './instances.ts'
import { providerOfGroup } from './providers.ts'
import { between } from './random.ts'
import { agentForbidden } from './surroundings.ts'
import { loseHost, roomCame } from './tasks.ts'
import { agentMs, agentRetry, host as timing } from './timing.ts'
import { type AgentConfig, agentConfig } from './user-data.ts'

function imageOf(world: World, { instance, userData }: HostRecord) {
  const arm = instance.Architecture === 'arm64'
  return imageIn(world, instance.ImageId ?? '', { arm, userData })
}

/** The configuration that an instance's user data gives its agent. */
export function configOf(world: World, host: HostRecord): AgentConfig {
  const image = imageOf(world, host)
  return agentConfig(host.userData, image?.platform ?? 'amazon-linux')
}

/** An instance has come up: its agent, if its image has one, registers a while later. */
export function bootAgent(world: World, host: HostRecord, now: number): HostAgent {
  const image = imageOf(world, host)
  if (image?.agentVersion === undefined) {
    return { state: 'gone', reason: `the image ${image?.name ?? ''} has no ECS agent` }
  }
  const { containerInstance } = host.agent
  return {
    state: 'trying',
    ...(containerInstance && { containerInstance }),
    nextAt: now + between(world, 'agent boot', ...timing.agent),
    retryMs: agentRetry.firstMs,
    giveUpAt: now + agentRetry.giveUpMs,
  }
}

/** Tries to register. What can still come (network, credentials) is waited for; a refusal is the end. */
export function stepAgent(world: World, host: HostRecord, now: number): HostAgent {
  const { nextAt: _, ...agent } = host.agent
  const again = (reason: string): HostAgent => {
    if (now >= (agent.giveUpAt ?? now)) return { ...agent, state: 'gone', reason }
    const retryMs = agent.retryMs ?? agentRetry.firstMs
    return {
      ...agent,
      reason,
      nextAt: now + retryMs,
      retryMs: Math.min(agentRetry.lastMs, retryMs * 2),
    }
  }
  const { SubnetId: subnetId = '', PublicIpAddress: publicIp } = host.instance
  if (!canReachInternet(world, subnetId, publicIp !== undefined)) {
    return again(`no way from ${subnetId} to the ECS endpoint`)
  }
  const config = configOf(world, host)
  const forbidden = agentForbidden(
    world,
    host.instance.IamInstanceProfile?.Arn,
    ecsArn(world, `cluster/${config.cluster}`),
  )
  if (forbidden === 'no credentials') return again('the instance has no credentials')
  if (forbidden === 'denied') {
    return {
      ...agent,
      state: 'gone',
      reason: 'AccessDeniedException: not authorized to perform: ecs:RegisterContainerInstance',
    }
  }
  if (config.cluster === 'default') ensureDefaultCluster(world)
  if (world.clusters.get(config.cluster)?.cluster.status !== 'ACTIVE') {
    return {
      ...agent,
      state: 'gone',
      reason: `ClientException: Cluster not found: ${config.cluster}`,
    }
  }
  const record = reconnect(world, agent, now) ?? register(world, host, config, now)
  const arn = record.instance.containerInstanceArn ?? ''
  return { state: 'registered', containerInstance: arn.slice(arn.lastIndexOf('/') + 1) }
}

/** The one cluster that an agent makes itself. */
function ensureDefaultCluster(world: World): void {
  if (world.clusters.get('default')?.cluster.status === 'ACTIVE') return
  const value = world.settings.get('containerInsights') ?? 'disabled'
  world.clusters.set('default', {
    cluster: {
      clusterArn: ecsArn(world, 'cluster/default'),
      clusterName: 'default',
      status: 'ACTIVE',
      settings: [{ name: 'containerInsights', value }],
      capacityProviders: [],
      defaultCapacityProviderStrategy: [],
    },
  })
}

/** An agent that was registered before keeps its container instance, unless that was deregistered. */
function reconnect(world: World, agent: HostAgent, now: number): InstanceRecord | undefined {
  const record = world.instances.get(agent.containerInstance ?? '')
  if (!record || record.instance.status === 'INACTIVE') return undefined
  connect(world, record, now)
  return record
}

/** An agent is there again: what was meant for its tasks meanwhile reaches them now. */
export function connect(world: World, record: InstanceRecord, now: number): void {
  record.instance.agentConnected = true
  record.instance.version = (record.instance.version ?? 0) + 1
  for (const id of record.tasks) {
    const task = world.tasks.get(id)
    if (task) wakeAt(world, 'task', id, task.machine, now + agentMs)
  }
  roomCame(world, record.clusterName, now)
}

function register(
  world: World,
  host: HostRecord,
  config: AgentConfig,
  now: number,
): InstanceRecord {
  const { InstanceId: id = '', InstanceType: typeName = '', SubnetId: subnetId } = host.instance
  const type = typeIn(world, typeName)
  if (!type) throw new Error(`no instance type ${typeName}`)
  const image = imageOf(world, host)
  const capacityProvider = providerOfGroup(world, host.group, config.cluster)
  const record = registerInstance(
    world,
    {
      clusterName: config.cluster,
      typeName,
      type,
      zone: 0,
      ...(subnetId && { subnetId }),
      ...(image && { image }),
      ...(capacityProvider && { capacityProvider }),
      reservedMemory: config.reservedMemory,
      attributes: Object.entries(config.attributes).map(([name, value]) => ({ name, value })),
      ec2InstanceId: id,
    },
    now,
  )
  const hostTags = tagsOf(world, 'instance', id)
  const inherited = Object.entries(config.tagsFromHost ? hostTags : {})
  const tags = {
    ...Object.fromEntries(inherited.filter(([key]) => !key.startsWith('aws:'))),
    ...config.tags,
  }
  if (Object.keys(tags).length > 0) {
    world.tags.set(record.instance.containerInstanceArn ?? '', tags)
  }
  roomCame(world, config.cluster, now)
  return record
}

/** The container instance of an EC2 instance, whoever registered it. */
export function containerInstanceOf(
  world: World,
  ec2InstanceId: string,
): InstanceRecord | undefined {
  const id = world.compute.hosts.get(ec2InstanceId)?.agent.containerInstance
  const own = id === undefined ? undefined : world.instances.get(id)
  if (own) return own
  for (const record of world.instances.values()) {
    const { ec2InstanceId: on, status } = record.instance
    if (on === ec2InstanceId && status !== 'INACTIVE') return record
  }
  return undefined
}

/** The connection to an agent breaks: its tasks keep their status, and nothing new is placed. */
export function disconnect(record: InstanceRecord): void {
  record.instance.agentConnected = false
  record.instance.version = (record.instance.version ?? 0) + 1
}

/** The instance has stopped: its container instance stays as a ghost, its tasks are gone. */
export function agentLost(
  world: World,
  host: HostRecord,
  word: 'stopped' | 'terminated',
  now: number,
): HostAgent {
  const id = host.instance.InstanceId ?? ''
  const record = containerInstanceOf(world, id)
  if (record) {
    disconnect(record)
    for (const taskId of [...record.tasks]) {
      const task = world.tasks.get(taskId)
      if (task) loseHost(world, task, `Host EC2 (instance ${id}) ${word}.`, now)
    }
  }
  const { nextAt: _, ...agent } = host.agent
  return { ...agent, state: agent.state === 'gone' ? 'gone' : 'off' }
}

/** The instance is terminated: a connected agent's container instance is deregistered, any other stays as a ghost. */
export function hostTerminated(world: World, host: HostRecord, now: number): HostAgent {
  const record = containerInstanceOf(world, host.instance.InstanceId ?? '')
  const connected = record?.instance.agentConnected ?? false
  const agent = agentLost(world, host, 'terminated', now)
  if (record && connected) {
    record.instance.status = 'INACTIVE'
    roomCame(world, record.clusterName, now)
  }
  return { ...agent, state: 'gone' }
}

/** A container instance that was deregistered is described no longer; a ghost stays. */
export function forgetContainerInstance(world: World, id: string): void {
  const record = world.instances.get(id)
  if (record?.instance.status !== 'INACTIVE') return
  world.instances.delete(id)
  membersOf(world, record.clusterName).instances.delete(id)
  world.tags.delete(record.instance.containerInstanceArn ?? '')
}
