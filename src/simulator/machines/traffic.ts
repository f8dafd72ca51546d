/** Where traffic goes while deployments shift it: which target group a deployment takes, and the weights of listener rules. */

import type { LoadBalancer, ServiceRevisionLoadBalancer } from '@aws-sdk/client-ecs'
import type { Action } from '@aws-sdk/client-elastic-load-balancing-v2'
import { shownActions } from '../services/elbv2/actions.ts'
import { putListener } from '../services/elbv2/listeners.ts'
import type { ServiceRecord, World } from '../world.ts'

/**
 * The target groups that the tasks of a new deployment are registered in, in the order of its load balancers. One that
 * shifts traffic takes the group of the pair that does not serve now; any other stays with the one that does.
 */
export function resolveGroups(
  world: World,
  record: ServiceRecord,
  loadBalancers: readonly LoadBalancer[],
  shifts: boolean,
): ServiceRevisionLoadBalancer[] {
  return loadBalancers.map((balancer) => {
    const { alternateTargetGroupArn, productionListenerRule } = balancer.advancedConfiguration ?? {}
    const { targetGroupArn } = balancer
    if (!alternateTargetGroupArn) return { targetGroupArn }
    const pair = [targetGroupArn ?? '', alternateTargetGroupArn]
    const serving = servingOf(record, pair)
    // The first deployment has nothing before it: the rule says which group traffic goes to.
    const from = serving ?? (shifts ? weighted(world, productionListenerRule, pair) : undefined)
    const taken = from === undefined ? pair[0] : shifts ? pair.find((arn) => arn !== from) : from
    return {
      targetGroupArn: taken,
      ...(productionListenerRule && { productionListenerRule }),
    }
  })
}

function servingOf(record: ServiceRecord, pair: readonly string[]): string | undefined {
  const { revision } = record.lastCompleted ?? {}
  const shown = revision?.resolvedConfiguration?.loadBalancers ?? revision?.loadBalancers ?? []
  return shown.map((one) => one.targetGroupArn).find((arn) => pair.includes(arn ?? ''))
}

/** The group of the pair that a rule sends most of its traffic to. */
function weighted(world: World, rule: string | undefined, pair: readonly string[]) {
  const forward = actionsOf(world, rule).find(({ Type }) => Type === 'forward')
  const groups = (forward?.ForwardConfig?.TargetGroups ?? [])
    .filter(({ TargetGroupArn, Weight = 0 }) => pair.includes(TargetGroupArn ?? '') && Weight > 0)
    .sort((a, b) => (b.Weight ?? 0) - (a.Weight ?? 0))
  return groups[0]?.TargetGroupArn
}

/** Gives the tasks of a deployment `percent` of the traffic of its production or test rules; the other group of each pair gets the rest. */
export function shiftTraffic(
  world: World,
  revision: {
    readonly loadBalancers?: LoadBalancer[] | undefined
    readonly resolvedConfiguration?:
      | { readonly loadBalancers?: ServiceRevisionLoadBalancer[] | undefined }
      | undefined
  },
  which: 'productionListenerRule' | 'testListenerRule',
  percent: number,
): void {
  for (const [i, balancer] of (revision.loadBalancers ?? []).entries()) {
    const rule = balancer.advancedConfiguration?.[which]
    const alternate = balancer.advancedConfiguration?.alternateTargetGroupArn
    const own = revision.resolvedConfiguration?.loadBalancers?.[i]?.targetGroupArn
    if (!rule || !alternate) continue
    const weights = [balancer.targetGroupArn, alternate].map((TargetGroupArn) => ({
      TargetGroupArn,
      Weight: weightOf(TargetGroupArn === own ? percent : 100 - percent, percent),
    }))
    setWeights(world, rule, weights)
  }
}

/** Whole percents are weights as they are; for tenths the weights are out of 999. */
function weightOf(share: number, percent: number): number {
  return Number.isInteger(percent) ? share : Math.round(share * 9.99)
}

function actionsOf(world: World, arn = ''): readonly Action[] {
  const { rules, listeners } = world.elbv2
  return rules.get(arn)?.rule.Actions ?? listeners.get(arn)?.listener.DefaultActions ?? []
}

/** Replaces what a rule, or a listener itself, forwards to. One that was never made here is somewhere else. */
function setWeights(
  world: World,
  arn: string,
  TargetGroups: { TargetGroupArn: string | undefined; Weight: number }[],
): void {
  const before = actionsOf(world, arn)
  const forward = before.find(({ Type }) => Type === 'forward')
  const TargetGroupStickinessConfig = forward?.ForwardConfig?.TargetGroupStickinessConfig
  const after = shownActions([
    ...before.filter((action) => action !== forward),
    {
      Type: 'forward',
      ForwardConfig: {
        TargetGroups,
        ...(TargetGroupStickinessConfig && { TargetGroupStickinessConfig }),
      },
    },
  ])
  const record = world.elbv2.rules.get(arn)
  const listener = world.elbv2.listeners.get(record?.rule.IsDefault ? record.listenerArn : arn)
  if (listener) {
    putListener(world, { ...listener, listener: { ...listener.listener, DefaultActions: after } })
  } else if (record) {
    world.elbv2.rules.set(arn, { ...record, rule: { ...record.rule, Actions: after } })
  }
}
