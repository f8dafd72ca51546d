/** The kind LoadBalancer: what takes requests from outside. */
import type { Kind } from '../../kind.ts'
import { health } from './health.ts'
import {
  identify,
  type LoadBalancerSpec,
  named,
  references,
  schema,
  source,
  validate,
  within,
} from './manifest.ts'
import { type LoadBalancerState, observe } from './observe.ts'
import { operations } from './operations.ts'
import { plan } from './plan.ts'

export const loadBalancer: Kind<LoadBalancerSpec, LoadBalancerState> = {
  name: 'LoadBalancer',
  plural: 'loadbalancers',
  summary:
    'What takes requests from outside and sends them to tasks, by its listeners and their rules.',
  schema,
  source,
  operations,
  references,
  taggable: 'elasticloadbalancing:loadbalancer',
  ownName: 'name',
  named,
  identify,
  validate,
  within,
  observe,
  plan,
  health,
}
