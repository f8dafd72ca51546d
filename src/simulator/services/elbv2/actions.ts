/** What listeners and rules do with a request: the shape of their actions, and what is refused in them. */
import type { Action, LoadBalancer } from '@aws-sdk/client-elastic-load-balancing-v2'
import { AwsError } from '../../api.ts'
import type { World } from '../../world.ts'
import { invalid } from './common.ts'
import { balancersOf, targetGroupsOf } from './lookups.ts'
import { HTTP, requireGroup } from './target-groups.ts'

/** Actions as the API shows them: an order where there are several, a forward in its long form, too. */
export function shownActions(actions: readonly Action[] = []): Action[] {
  return actions.map((action, index) => {
    const ordered = actions.length > 1 ? { Order: action.Order ?? index + 1 } : {}
    if (action.Type !== 'forward') return { ...action, ...ordered }
    const groups =
      action.ForwardConfig?.TargetGroups ??
      (action.TargetGroupArn ? [{ TargetGroupArn: action.TargetGroupArn }] : [])
    const single = groups.length === 1 ? groups[0]?.TargetGroupArn : undefined
    return {
      Type: action.Type,
      ...(single && { TargetGroupArn: single }),
      ...ordered,
      ForwardConfig: {
        TargetGroups: groups.map((group) => ({ ...group, Weight: group.Weight ?? 1 })),
        TargetGroupStickinessConfig: action.ForwardConfig?.TargetGroupStickinessConfig ?? {
          Enabled: false,
        },
      },
    }
  })
}

/** Throws as AWS does for actions that a listener of this load balancer cannot have. */
export function checkActions(
  world: World,
  balancer: LoadBalancer,
  actions: readonly Action[] = [],
): void {
  const last = actions.at(-1)
  if (!last || !/^(forward|redirect|fixed-response)$/.test(last.Type ?? '')) {
    throw new AwsError(
      'InvalidLoadBalancerAction',
      'The last action must be a forward, a redirect or a fixed response',
    )
  }
  for (const action of actions) {
    if (action.Type === 'forward' && targetGroupsOf([action]).length === 0) {
      throw invalid('A target group ARN must be specified')
    }
    if (action.Type === 'redirect' && !action.RedirectConfig) {
      throw invalid('A redirect configuration must be specified')
    }
    if (action.Type === 'fixed-response' && !action.FixedResponseConfig) {
      throw invalid('A fixed response configuration must be specified')
    }
  }
  for (const arn of targetGroupsOf(actions)) checkGroup(world, balancer, arn)
}

function checkGroup(world: World, balancer: LoadBalancer, arn: string): void {
  const { group } = requireGroup(world, arn)
  if (group.VpcId !== undefined && group.VpcId !== balancer.VpcId) {
    throw new AwsError(
      'InvalidConfigurationRequest',
      `The following target groups have a different VPC than the load balancer: ${arn}`,
    )
  }
  const http = HTTP.includes(group.Protocol ?? '') || group.TargetType === 'lambda'
  if (http !== (balancer.Type === 'application')) {
    throw new AwsError(
      'IncompatibleProtocols',
      `The load balancer type '${balancer.Type}' cannot forward to a target group with the protocol '${group.Protocol}'`,
    )
  }
  const others = balancersOf(world, arn).filter((other) => other !== balancer.LoadBalancerArn)
  if (others.length > 0) {
    throw new AwsError(
      'TargetGroupAssociationLimit',
      `The following target groups cannot be associated with more than one load balancer: ${arn}`,
    )
  }
}
