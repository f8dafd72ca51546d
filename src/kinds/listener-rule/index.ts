/** The kind ListenerRule: which requests of a listener go where. */
import type { Kind } from '../../kind.ts'
import { health } from './health.ts'
import {
  identify,
  type ListenerRuleSpec,
  named,
  references,
  schema,
  source,
  validate,
} from './manifest.ts'
import { type ListenerRuleState, observe } from './observe.ts'
import { operations } from './operations.ts'
import { plan } from './plan.ts'

export const listenerRule: Kind<ListenerRuleSpec, ListenerRuleState> = {
  name: 'ListenerRule',
  plural: 'listenerrules',
  summary:
    'Which requests of a load balancer go to which target group. While ECS deploys a service by its weights, they are ECS’s.',
  schema,
  source,
  operations,
  references,
  taggable: 'elasticloadbalancing:listener-rule',
  named,
  identify,
  validate,
  observe,
  plan,
  health,
}
