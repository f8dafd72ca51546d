/** A cluster that is there, as a manifest would describe it. Pure. */
import { withoutDefaults } from '../../diff.ts'
import type { JsonSchema } from '../../kind.ts'
import type { Live } from '../../model.ts'
import type { ClusterState } from './observe.ts'
import { fields } from './policy.ts'
import type { ClusterSpec } from './spec.ts'

export function written({ identity, state }: Live<ClusterState>, schema: JsonSchema): ClusterSpec {
  const { settings, configuration, serviceConnectDefaults } = state
  const { capacityProviders, defaultCapacityProviderStrategy } = state
  const members = {
    settings,
    configuration,
    serviceConnectDefaults,
    capacityProviders,
    defaultCapacityProviderStrategy,
  }
  return { clusterName: identity.name, ...withoutDefaults(members, fields, schema) } as ClusterSpec
}
