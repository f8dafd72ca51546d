/** What no API does but life does: agents that die, Spot instances that are taken away, hosts that fail, load that comes and goes. */
import type { Load } from '../services/application-autoscaling/state.ts'
import { type InstanceRecord, lastPart, type World } from '../world.ts'
import { type AlarmState, setAlarm } from './alarms.ts'
import { bootAgent, configOf, connect, containerInstanceOf, disconnect } from './host-agents.ts'
import { interruptHost, setAgent, stateOf, terminateHost } from './hosts.ts'
import { instanceChanged, wakeService } from './tasks.ts'
import { spotNoticeMs } from './timing.ts'

/** Those of instances name an EC2 instance by its id, or a container instance by its id or ARN. */
export type Disturbance =
  /** The ECS agent stops: no placements, and nothing reaches the tasks, which go on. */
  | { readonly stopAgent: string }
  /** It starts again, and registers anew if its container instance was deregistered. */
  | { readonly startAgent: string }
  /** A Spot instance gets its notice: two minutes. */
  | { readonly interruptSpot: string }
  /** The host fails, and EC2 terminates it. */
  | { readonly failHost: string }
  /** A CloudWatch alarm of this name changes its state; any name is an alarm. */
  | { readonly setAlarm: string; readonly state: AlarmState }
  /** What a service (`shop/web`) has to do from now on, in the place of what it had. */
  | ({ readonly setLoad: string } & Load)

/** Lets it happen. Throws an Error for an instance that is not there, or not a Spot instance. */
export function disturb(world: World, what: Disturbance, now: number): void {
  if ('setAlarm' in what) {
    for (const service of setAlarm(world, what.setAlarm, what.state))
      wakeService(world, service, now)
    return
  }
  if ('setLoad' in what) {
    const { setLoad, ...load } = what
    world.applicationAutoScaling.loads.set(setLoad, load)
    return
  }
  const [[kind = '', id = ''] = []] = Object.entries(what)
  const record = world.instances.get(lastPart(id)) ?? containerInstanceOf(world, id)
  const hostId = record?.instance.ec2InstanceId ?? id
  if (!record && !world.compute.hosts.has(hostId)) throw new Error(`there is no instance ${id}`)
  acts[kind]?.(world, hostId, record, now)
}

type Act = (world: World, hostId: string, record: InstanceRecord | undefined, now: number) => void

const acts: Readonly<Record<string, Act>> = {
  stopAgent(world, hostId, record, now) {
    if (record) disconnect(record)
    const host = world.compute.hosts.get(hostId)
    if (!host || host.agent.state === 'gone') return
    const { nextAt: _, ...agent } = host.agent
    setAgent(world, hostId, { ...agent, state: 'off', reason: 'the agent was stopped' }, now)
  },

  startAgent(world, hostId, record, now) {
    const host = world.compute.hosts.get(hostId)
    if (host && stateOf(host) === 'running') {
      setAgent(world, hostId, bootAgent(world, host, now), now)
    } else if (!host && record) connect(world, record, now)
  },

  interruptSpot(world, hostId, record, now) {
    const host = world.compute.hosts.get(hostId)
    if (host?.instance.InstanceLifecycle !== 'spot') {
      throw new Error(`${hostId} is no Spot instance`)
    }
    if (record?.instance.status === 'ACTIVE' && configOf(world, host).spotDraining) {
      record.instance.status = 'DRAINING'
      instanceChanged(world, record, now)
    }
    interruptHost(world, host, now + spotNoticeMs, now)
  },

  failHost(world, hostId, _record, now) {
    const host = world.compute.hosts.get(hostId)
    if (!host) throw new Error(`${hostId} is no EC2 instance`)
    terminateHost(world, host, now, {
      Code: 'Server.InternalError',
      Message: 'Server.InternalError: Internal error on launch',
    })
  },
}
