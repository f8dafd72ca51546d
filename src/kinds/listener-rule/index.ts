/** The kind ListenerRule: which requests of a listener go where. Only looked at for now. */
import type { Kind } from '../../kind.ts'
import { observedOnly } from '../../observed-only.ts'
import { health } from './health.ts'
import { identify, type ListenerRuleSpec, schema, source } from './manifest.ts'
import { type ListenerRuleState, observe } from './observe.ts'
import { operations } from './operations.ts'

export const listenerRule: Kind<ListenerRuleSpec, ListenerRuleState> = {
  name: 'ListenerRule',
  plural: 'listenerrules',
  summary: 'Which requests of a load balancer go to which target group. Only looked at for now.',
  schema,
  source,
  operations,
  references: {},
  identify,
  ...observedOnly('listener rules'),
  observe,
  health,
}
