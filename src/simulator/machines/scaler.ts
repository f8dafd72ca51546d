/** Target tracking: once a minute each scalable target's metrics are looked at, and its service is given more or fewer tasks. */
import type {
  ScalingPolicy,
  TargetTrackingScalingPolicyConfiguration,
} from '@aws-sdk/client-application-auto-scaling'
import type { CallContext } from '../api.ts'
import {
  deregister,
  dimension,
  serviceOfTarget,
} from '../services/application-autoscaling/common.ts'
import {
  type PolicyRecord,
  policyKey,
  serviceKeyOf,
  type TargetRecord,
} from '../services/application-autoscaling/state.ts'
import { serviceHandlers } from '../services/ecs/services.ts'
import type { ServiceRecord, World } from '../world.ts'
import { wakeAt } from './agenda.ts'
import { draw, hexId } from './random.ts'
import { scaling, tracking } from './timing.ts'

/** One look at a target. It goes with its service. */
export function stepScaler(world: World, key: string, record: TargetRecord, now: number): void {
  const service = serviceOfTarget(world, key)
  if (!service) {
    deregister(world, key)
    return
  }
  const policies = [...world.applicationAutoScaling.policies.values()]
    .filter(({ policy }) => policy.ResourceId === key)
    .flatMap((one) => measured(world, key, service, one))
  const rising = policies.some(({ high }) => high >= tracking.highMinutes)
  if (rising) scaleOut(world, key, record, service, policies, now)
  else scaleIn(world, key, record, service, policies, now)
  wakeAt(world, 'scaler', key, record.clock, now + scaling.everyMs)
}

/** A policy that tracks a target, with the metric of this minute; without data there is none. */
interface Measured extends PolicyRecord {
  readonly settings: TargetTrackingScalingPolicyConfiguration
  readonly metric: number | undefined
}

/** Counts this minute for a policy. */
function measured(
  world: World,
  key: string,
  service: ServiceRecord,
  record: PolicyRecord,
): Measured[] {
  const settings = record.policy.TargetTrackingScalingPolicyConfiguration
  if (!settings) return []
  const metric = metricOf(world, key, service, settings)
  const target = settings.TargetValue ?? 0
  const next: PolicyRecord = {
    ...record,
    high: metric !== undefined && metric > target ? record.high + 1 : 0,
    low: metric !== undefined && metric < target * tracking.lowShare ? record.low + 1 : 0,
  }
  const { policies } = world.applicationAutoScaling
  policies.set(policyKey(key, record.policy.PolicyName ?? ''), next)
  return [{ ...next, settings, metric }]
}

const runningOf = (world: World, service: ServiceRecord) =>
  [...service.live].filter((id) => world.tasks.get(id)?.task.lastStatus === 'RUNNING').length

function metricOf(
  world: World,
  key: string,
  service: ServiceRecord,
  settings: TargetTrackingScalingPolicyConfiguration,
): number | undefined {
  const load = world.applicationAutoScaling.loads.get(serviceKeyOf(key))
  const running = runningOf(world, service)
  if (!load || running === 0) return undefined
  const type = settings.PredefinedMetricSpecification?.PredefinedMetricType ?? ''
  if (type.startsWith('ECSServiceAverageMemory')) return load.memory
  if (type === 'ALBRequestCountPerTarget') {
    return load.requests === undefined ? undefined : load.requests / running
  }
  if (!type.startsWith('ECSServiceAverageCPU')) return undefined
  return load.cpu ?? (load.work === undefined ? undefined : Math.min(100, load.work / running))
}

/** Any policy suffices, and the one that wants most counts. During a cooldown what is on its way is not added twice. */
function scaleOut(
  world: World,
  key: string,
  record: TargetRecord,
  service: ServiceRecord,
  policies: readonly Measured[],
  now: number,
): void {
  const { MaxCapacity: most = 0, SuspendedState: suspended } = record.target
  if (suspended?.DynamicScalingOutSuspended) return
  const desired = service.service.desiredCount ?? 0
  const running = runningOf(world, service)
  const wishes = policies
    .filter(({ high }) => high >= tracking.highMinutes)
    .map(({ policy, settings, metric = 0 }) => {
      const cooling = now < (record.outAt ?? 0) + (settings.ScaleOutCooldown ?? 300) * 1_000
      const base = cooling ? running : desired
      return { policy, count: Math.ceil((base * metric) / (settings.TargetValue ?? 1)) }
    })
    .sort((a, b) => b.count - a.count)
  const [first] = wishes
  if (!first || Math.min(most, first.count) <= desired) return
  world.applicationAutoScaling.targets.set(key, { ...record, outAt: now })
  scaleTo(world, key, Math.min(most, first.count), causeOf(first.policy, 'High'), now)
}

/** All policies that may scale in must want to, and none does while the service is being deployed. */
function scaleIn(
  world: World,
  key: string,
  record: TargetRecord,
  { service, deployments }: ServiceRecord,
  policies: readonly Measured[],
  now: number,
): void {
  const { MinCapacity: least = 0, SuspendedState: suspended } = record.target
  const asked = policies.filter(({ settings }) => !settings.DisableScaleIn)
  const low = asked.length > 0 && asked.every(({ low }) => low >= tracking.lowMinutes)
  const busy = deployments.some(({ rolloutState }) => rolloutState === 'IN_PROGRESS')
  if (!low || busy || suspended?.DynamicScalingInSuspended) return
  const cooldown = Math.max(...asked.map(({ settings }) => settings.ScaleInCooldown ?? 300))
  if (now < (record.inAt ?? 0) + cooldown * 1_000) return
  const desired = service.desiredCount ?? 0
  const wishes = asked
    .map(({ policy, settings, metric = 0 }) => ({
      policy,
      count: Math.ceil((desired * metric) / (settings.TargetValue ?? 1)),
    }))
    .sort((a, b) => b.count - a.count)
  const count = Math.max(least, wishes[0]?.count ?? desired)
  if (count >= desired) return
  world.applicationAutoScaling.targets.set(key, { ...record, inAt: now })
  scaleTo(world, key, count, causeOf(wishes[0]?.policy, 'Low'), now)
}

function causeOf(policy: ScalingPolicy | undefined, side: 'High' | 'Low'): string {
  const alarm = policy?.Alarms?.find(({ AlarmName }) => AlarmName?.includes(`-Alarm${side}-`))
  return `monitor alarm ${alarm?.AlarmName} in state ALARM triggered policy ${policy?.PolicyName}`
}

/** Sets the number of tasks, as a person would by UpdateService, and remembers it as an activity. */
export function scaleTo(
  world: World,
  key: string,
  count: number,
  cause: string,
  now: number,
): void {
  const context: CallContext = {
    world,
    account: world.account,
    region: world.region,
    now,
    random: () => draw(world, 'scaler'),
    id: () => hexId(world, 'scaler'),
  }
  const [cluster, service] = serviceKeyOf(key).split('/')
  serviceHandlers.UpdateService?.({ cluster, service, desiredCount: count }, context)
  const id = context.id()
  world.applicationAutoScaling.activities.set(id, {
    ActivityId: id,
    ServiceNamespace: 'ecs',
    ResourceId: key,
    ScalableDimension: dimension,
    Description: `Setting desired count to ${count}.`,
    Cause: cause,
    StartTime: new Date(now),
    EndTime: new Date(now),
    StatusCode: 'Successful',
    StatusMessage: `Successfully set desired count to ${count}. Change successfully fulfilled by ecs.`,
  })
}
