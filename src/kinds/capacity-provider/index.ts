/** The kind CapacityProvider: the Auto Scaling group that a cluster takes instances from. */
import type { Kind } from '../../kind.ts'
import { health } from './health.ts'
import {
  type CapacityProviderSpec,
  identify,
  joins,
  named,
  references,
  schema,
  source,
  together,
  validate,
  within,
} from './manifest.ts'
import { observe, type ProviderState } from './observe.ts'
import { operations } from './operations.ts'
import { plan } from './plan.ts'
import { written } from './written.ts'

export const capacityProvider: Kind<CapacityProviderSpec, ProviderState> = {
  name: 'CapacityProvider',
  plural: 'capacityproviders',
  summary: 'Makes the instances of an Auto Scaling group the capacity of a cluster.',
  schema,
  source,
  operations,
  references,
  joins,
  taggable: 'ecs:capacity-provider',
  ownName: 'name',
  named,
  identify,
  validate,
  within,
  together,
  observe,
  plan,
  written,
  health,
}
