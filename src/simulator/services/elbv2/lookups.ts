/** What others ask of Elastic Load Balancing: where a target group is used, and how its health checks are timed. */
import type { Action } from '@aws-sdk/client-elastic-load-balancing-v2'
import type { World } from '../../world.ts'

/** The target groups that actions forward to. */
export function targetGroupsOf(actions: readonly Action[] = []): string[] {
  const arns = actions.flatMap(({ TargetGroupArn, ForwardConfig }) => [
    ...(TargetGroupArn ? [TargetGroupArn] : []),
    ...(ForwardConfig?.TargetGroups ?? []).flatMap(({ TargetGroupArn: arn }) => arn ?? []),
  ])
  return [...new Set(arns)]
}

/** ARNs of the load balancers with a listener or a rule that forwards to a target group. */
export function balancersOf(world: World, targetGroupArn: string): string[] {
  const { listeners, rules } = world.elbv2
  const arns = [...rules.values()].flatMap(({ rule, listenerArn }) =>
    targetGroupsOf(rule.Actions).includes(targetGroupArn)
      ? (listeners.get(listenerArn)?.listener.LoadBalancerArn ?? [])
      : [],
  )
  return [...new Set(arns)]
}

/**
 * Why a service cannot use a target group, in ECS's words; undefined when it can. A group that was never made here is
 * taken for one that exists elsewhere.
 */
export function whyUnusable(
  world: World,
  targetGroupArn: string,
  networkMode: string,
): string | undefined {
  if (world.elbv2.deleted.has(targetGroupArn)) {
    return 'Unable to assume role and validate the specified targetGroupArn. Please verify that the ECS service role being passed has the proper permissions.'
  }
  const group = world.elbv2.targetGroups.get(targetGroupArn)?.group
  if (!group) return undefined
  const { TargetType: type } = group
  if ((networkMode === 'awsvpc') !== (type === 'ip')) {
    return `The provided target group ${targetGroupArn} has target type ${type}, which is incompatible with the ${networkMode} network mode specified in the task definition.`
  }
  if (balancersOf(world, targetGroupArn).length > 0) return undefined
  return `The target group with targetGroupArn ${targetGroupArn} does not have an associated load balancer.`
}

/** How long a target of the group takes to turn healthy, to turn unhealthy, and to drain; undefined for an unknown group. */
export function targetTiming(world: World, targetGroupArn: string) {
  const record = world.elbv2.targetGroups.get(targetGroupArn)
  if (!record) return undefined
  const {
    HealthCheckIntervalSeconds: interval = 30,
    HealthyThresholdCount: healthy = 5,
    UnhealthyThresholdCount: unhealthy = 2,
  } = record.group
  return {
    healthyMs: interval * healthy * 1000,
    unhealthyMs: interval * unhealthy * 1000,
    drainMs: Number(record.attributes['deregistration_delay.timeout_seconds'] ?? 300) * 1000,
  }
}
