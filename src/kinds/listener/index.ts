/** The kind Listener: on which port a load balancer takes requests, and where they go unless a rule says otherwise. */
import type { Kind } from '../../kind.ts'
import { health } from './health.ts'
import {
  identify,
  type ListenerSpec,
  named,
  references,
  schema,
  source,
  validate,
} from './manifest.ts'
import { type ListenerState, observe } from './observe.ts'
import { operations } from './operations.ts'
import { plan } from './plan.ts'

export const listener: Kind<ListenerSpec, ListenerState> = {
  name: 'Listener',
  plural: 'listeners',
  summary:
    'On which port a load balancer takes requests, and where they go unless a ListenerRule says otherwise.',
  schema,
  source,
  operations,
  references,
  taggable: 'elasticloadbalancing:listener',
  named,
  identify,
  validate,
  observe,
  plan,
  health,
}
