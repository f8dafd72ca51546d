/** Elastic Load Balancing v2: target groups, load balancers, listeners, rules, and the health of tasks behind them. */
import type { ServiceHandlers } from '../../api.ts'
import { listenerHandlers } from './listeners.ts'
import { loadBalancerHandlers } from './load-balancers.ts'
import { ruleHandlers } from './rules.ts'
import { tagHandlers } from './tags.ts'
import { targetGroupHandlers } from './target-groups.ts'
import { targetHealthHandlers } from './target-health.ts'

export const elbv2Handlers: ServiceHandlers = {
  ...listenerHandlers,
  ...loadBalancerHandlers,
  ...ruleHandlers,
  ...tagHandlers,
  ...targetGroupHandlers,
  ...targetHealthHandlers,
}
