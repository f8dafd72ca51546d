/** The kind LoadBalancer: what takes requests from outside. Only looked at for now. */
import type { Kind } from '../../kind.ts'
import { observedOnly } from '../../observed-only.ts'
import { health } from './health.ts'
import { identify, type LoadBalancerSpec, schema, source } from './manifest.ts'
import { type LoadBalancerState, observe } from './observe.ts'
import { operations } from './operations.ts'

export const loadBalancer: Kind<LoadBalancerSpec, LoadBalancerState> = {
  name: 'LoadBalancer',
  plural: 'loadbalancers',
  summary: 'What takes requests and sends them to tasks. Only looked at for now.',
  schema,
  source,
  operations,
  references: {},
  identify,
  ...observedOnly('load balancers'),
  observe,
  health,
}
