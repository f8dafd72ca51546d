/** DAEMON services: one task on each instance that matches; the old one is stopped before the new one starts. */
import {
  type DeploymentRecord,
  type InstanceRecord,
  type ServiceRecord,
  type TaskRecord,
  type World,
  waitingIn,
} from '../world.ts'
import { causeGone, texts, writeEvent, writeOnce } from './events.ts'
import { daemonWish, launchOn, liveTasks, placementText } from './launch.ts'
import { instancesOf, type Lack, lackOf } from './placement.ts'
import { boundsOf, stopTasks } from './stopping.ts'
import type { Tally } from './tally.ts'
import { placementRetryMs } from './timing.ts'

/** One pass over a DAEMON service; returns when to look again at the latest. */
export function daemonPass(
  world: World,
  record: ServiceRecord,
  primary: DeploymentRecord,
  tally: Tally,
  now: number,
): number {
  const wish = daemonWish(world, record, primary)
  if (!wish) return Number.POSITIVE_INFINITY
  const hosts: InstanceRecord[] = []
  const refusals: { instance: InstanceRecord; lack: Lack }[] = []
  const empty = { cpu: 0, memory: 0, tcp: [], udp: [], gpus: 0, enis: 0 }
  for (const instance of instancesOf(world, record.clusterName)) {
    if (!lackOf(world, { ...wish, need: empty }, instance)) hosts.push(instance)
  }
  record.service.desiredCount = hosts.length
  // A new instance must wake the service, though nothing of it is waiting for room.
  waitingIn(world, record.clusterName).services.add(
    `${record.clusterName}/${record.service.serviceName}`,
  )
  if (primary.rolloutState === 'FAILED') return tally.lookAgainAt
  stopOld(world, record, tally, hosts, now)

  const busy = new Set(liveTasks(world, record.live).map((one) => one.instanceId))
  const started: string[] = []
  for (const host of hosts) {
    const id = host.instance.containerInstanceArn?.split('/').at(-1)
    if (busy.has(id) || now < primary.notBefore) continue
    const lack = lackOf(world, wish, host)
    if (lack) refusals.push({ instance: host, lack })
    else {
      const task = launchOn(world, record, primary, host, now)
      if (task) started.push(task)
    }
  }
  if (started.length > 0) writeEvent(world, record, texts.started(started), now)
  if (refusals.length > 0) writeOnce(world, record, 'placement', placementText(refusals), now)
  else causeGone(record, 'placement')
  const retry = now < primary.notBefore ? primary.notBefore : Number.POSITIVE_INFINITY
  return Math.min(tally.lookAgainAt, retry, refusals.length > 0 ? now + placementRetryMs : retry)
}

/** Stops tasks of older deployments within the lower bound, failing ones, and those whose instance no longer counts. */
function stopOld(
  world: World,
  record: ServiceRecord,
  tally: Tally,
  hosts: readonly InstanceRecord[],
  now: number,
): void {
  const ids = new Set(hosts.map((host) => host.instance.containerInstanceArn?.split('/').at(-1)))
  const onHost = (one: TaskRecord) => ids.has(one.instanceId)
  const { lower } = boundsOf(record)
  let spare = Math.max(0, tally.healthy - lower)
  const old = tally.retiring.filter((one) => {
    if (!one.machine.healthy || !onHost(one)) return true
    return spare-- > 0
  })
  const misplaced = tally.good.filter((one) => !onHost(one))
  stopTasks(world, record, [...old, ...misplaced], undefined, now)
  stopTasks(world, record, tally.sick, 'Task failed container health checks', now)
}
