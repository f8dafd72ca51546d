/** CloudWatch alarms as far as deployments watch them: who is watched, what they fail, and for how long. */
import type { DeploymentRecord, ServiceRecord, World } from '../world.ts'
import { isRollingBack } from './service-deployments.ts'
import { alarmBakeMs } from './timing.ts'

export type AlarmState = 'OK' | 'ALARM' | 'INSUFFICIENT_DATA'

/** What a new deployment watches: alarms that are in ALARM already are left aside for all of it. */
export function watchAlarms(
  world: World,
  record: ServiceRecord,
): Pick<DeploymentRecord, 'watched'> {
  const { alarms } = record.service.deploymentConfiguration ?? {}
  if (!alarms?.enable) return {}
  return { watched: (alarms.alarmNames ?? []).filter((name) => !inAlarm(world, name)) }
}

function inAlarm(world: World, name: string): boolean {
  return world.alarms.get(name)?.state === 'ALARM'
}

/** The alarms that have gone off for a deployment that watches them. */
export function triggeredAlarms(world: World, deployment: DeploymentRecord): string[] {
  return (deployment.watched ?? []).filter((name) => inAlarm(world, name))
}

/** Until when a rolling deployment that has all in place is still watched. */
export function alarmBake(record: ServiceRecord, primary: DeploymentRecord, now: number): number {
  const { alarms, bakeTimeInMinutes = 0 } = record.service.deploymentConfiguration ?? {}
  if (!alarms?.enable || !primary.watched || isRollingBack(record)) return now
  primary.bakingSince ??= now
  return primary.bakingSince + (bakeTimeInMinutes > 0 ? bakeTimeInMinutes * 60_000 : alarmBakeMs)
}

/** Sets the state of an alarm; the services that name it are to look. */
export function setAlarm(world: World, name: string, state: AlarmState): ServiceRecord[] {
  world.alarms.set(name, { state })
  return [...world.services.values()].filter(({ service }) =>
    service.deploymentConfiguration?.alarms?.alarmNames?.includes(name),
  )
}
