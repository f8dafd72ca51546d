/** A service that is there, as a manifest would describe it. Pure. */
import { withoutDefaults } from '../../diff.ts'
import type { JsonSchema } from '../../kind.ts'
import type { Live } from '../../model.ts'
import type { ServiceSpec } from './manifest.ts'
import { fields } from './policy.ts'
import type { ServiceState } from './state.ts'

/** ECS takes the role of its own where none is named, and shows it. */
const ownRole = /:role\/aws-service-role\//

export function written({ identity, state }: Live<ServiceState>, schema: JsonSchema): ServiceSpec {
  const { cluster, service } = identity.parts
  const { role, desiredCount, launchType, ...rest } = state.members
  const { capacityProviderStrategy: strategy } = rest
  const members = {
    taskDefinition: rest.taskDefinition,
    ...(rest.schedulingStrategy === 'DAEMON' ? {} : { desiredCount }),
    // One of the two; some endpoints show both.
    ...(Array.isArray(strategy) && strategy.length > 0 ? {} : { launchType }),
    ...rest,
    ...(ownRole.test(String(role ?? '')) ? {} : { role }),
  }
  return {
    cluster,
    serviceName: service,
    ...withoutDefaults(members, fields, schema),
  } as ServiceSpec
}
