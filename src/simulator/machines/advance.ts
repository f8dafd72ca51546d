/** Time: lets everything happen to a world that is due until now, in order, and nothing else. */
import type { AgentRecord, Machine, Wakeable, World } from '../world.ts'
import { takeDue, wakeAt } from './agenda.ts'
import { stepAgentUpdate } from './agent-update.ts'
import { stepGroup } from './groups.ts'
import { stepHost } from './hosts.ts'
import { instanceTypes } from './instance-types.ts'
import { registerInstance } from './instances.ts'
import { placeWaiting } from './launch.ts'
import { stepScaling } from './managed-scaling.ts'
import { between } from './random.ts'
import { stepScaler } from './scaler.ts'
import { stepSchedule, stepScheduleGroup } from './schedules.ts'
import { stepService } from './services.ts'
import { roomCame, stepTask } from './tasks.ts'
import { boot } from './timing.ts'

/** What goes on by itself: who is woken by its key, and what it then does. */
const machines: Readonly<Record<Machine, (world: World, key: string, at: number) => void>> = {
  task(world, key, at) {
    const record = world.tasks.get(key)
    if (!record || !awake(record.machine, at)) return
    if (record.machine.waiting) placeWaiting(world, key, record, at)
    stepTask(world, key, record, at)
  },
  service(world, key, at) {
    const record = world.services.get(key)
    if (record && awake(record.scheduler, at)) stepService(world, key, record, at)
  },
  agent(world, key, at) {
    const agent = world.agents.get(key)
    if (agent && awake(agent, at)) stepAgent(world, agent, at)
  },
  host(world, key, at) {
    const host = world.compute.hosts.get(key)
    if (host && awake(host.clock, at)) stepHost(world, key, at)
  },
  group(world, key, at) {
    const group = world.autoscaling.groups.get(key)
    if (group && awake(group.clock, at)) stepGroup(world, key, at)
  },
  provider(world, key, at) {
    const record = world.capacityProviders.get(key)
    if (record && awake(record.clock, at)) stepScaling(world, key, at)
  },
  schedule(world, key, at) {
    const record = world.scheduler.schedules.get(key)
    if (record && awake(record.clock, at)) stepSchedule(world, key, record, at)
  },
  'schedule-group'(world, key, at) {
    const record = world.scheduler.groups.get(key)
    if (record && awake(record.clock, at)) stepScheduleGroup(world, key)
  },
  scaler(world, key, at) {
    const record = world.applicationAutoScaling.targets.get(key)
    if (record && awake(record.clock, at)) stepScaler(world, key, record, at)
  },
  update(world, key, at) {
    const record = world.instances.get(key)
    if (record?.update && awake(record.update, at)) stepAgentUpdate(world, key, record, at)
  },
}

/** Whether this is the wake-up that counts: an earlier wish replaces a later one, which stays on the agenda. */
function awake(sleeper: Wakeable, at: number): boolean {
  if (sleeper.wakeAt !== at) return false
  delete sleeper.wakeAt
  return true
}

/**
 * Brings a world to `now` (milliseconds since the epoch). Without anything due it costs one comparison. `before` is told
 * the time of everything that is about to happen.
 */
export function advance(world: World, now: number, before: (at: number) => void = () => {}): void {
  for (let wake = takeDue(world, now); wake; wake = takeDue(world, now)) {
    before(wake.at)
    world.time = Math.max(world.time, wake.at)
    machines[wake.machine](world, wake.key, wake.at)
  }
  world.time = Math.max(world.time, now)
}

/** Container agents whose cluster has just come into being boot and register themselves. */
export function wakeAgents(world: World, now: number): void {
  for (const [key, agent] of world.agents) {
    const registered = agent.instanceId !== undefined && world.instances.has(agent.instanceId)
    const cluster = world.clusters.get(agent.clusterName)?.cluster
    if (registered || cluster?.status !== 'ACTIVE') continue
    wakeAt(world, 'agent', key, agent, now + between(world, 'boot', ...boot))
  }
}

function stepAgent(world: World, agent: AgentRecord, now: number): void {
  const type = instanceTypes.get(agent.type)
  if (world.clusters.get(agent.clusterName)?.cluster.status !== 'ACTIVE' || !type) return
  const { clusterName, zone, capacityProvider } = agent
  const wish = { clusterName, typeName: agent.type, type, zone }
  const record = registerInstance(
    world,
    capacityProvider ? { ...wish, capacityProvider } : wish,
    now,
  )
  agent.instanceId = record.instance.containerInstanceArn?.split('/').at(-1) ?? ''
  roomCame(world, clusterName, now)
}
