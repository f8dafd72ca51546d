/** A CapacityProvider as people write it: its schema, the references it takes, its name in AWS, and its rules. */
import { nameInArn } from '../../arn.ts'
import type { JsonSchema, Kind, ReferenceField, SchemaSource } from '../../kind.ts'
import { findings } from '../../kit/field-rules.ts'
import type { Environment, Identity } from '../../model.ts'
import { checkCluster, checkGroup, checkProvider, checkReserved } from './rules.ts'
import type { CapacityProviderSpec } from './spec.ts'

export type { CapacityProviderSpec } from './spec.ts'

export const schema = async (): Promise<JsonSchema> =>
  (await import('./schema.generated.json', { with: { type: 'json' } })).default

export const source: SchemaSource = {
  package: 'client-ecs',
  request: 'CreateCapacityProviderRequest',
  response: 'CapacityProvider',
  omit: {
    managedInstancesProvider:
      'fairlead keeps instances of Auto Scaling groups: describe an autoScalingGroupProvider',
  },
  derived: ['name'],
  also: {
    cluster: {
      type: ['string', 'object'],
      required: ['ref'],
      additionalProperties: false,
      properties: { ref: { type: 'string' }, append: { type: 'string' } },
      'x-reference': 'Cluster',
      description:
        'The cluster that gets it: it counts as one of that Cluster’s capacityProviders. A reference, because a cluster’s list of providers is set as a whole, by the manifest of the cluster.',
    },
  },
}

export const references: Readonly<Record<string, ReferenceField>> = {
  // The cluster needs the provider, not the other way round.
  cluster: { kind: 'Cluster', attribute: 'name', orders: false },
  // AWS takes the group's name too, which is known before the group is there.
  'autoScalingGroupProvider.autoScalingGroupArn': { kind: 'AutoScalingGroup', attribute: 'name' },
}

export const joins: Kind<CapacityProviderSpec>['joins'] = ({ spec }) => [
  { to: spec.cluster, into: 'Cluster', field: 'capacityProviders' },
]

/** Providers are known by name within account and region. */
export function identify(
  spec: CapacityProviderSpec,
  name: string,
  environment: Environment,
): Identity {
  return { name: spec.name ?? `${environment.namePrefix}${name}`, parts: {} }
}

export function named(arn: string): Partial<CapacityProviderSpec> | undefined {
  const name = nameInArn(arn, 'ecs', 'capacity-provider')
  return name === undefined ? undefined : { name }
}

export const validate: Kind<CapacityProviderSpec>['validate'] = ({ spec }, at) => {
  const found = findings(at)
  checkProvider(spec, found)
  return found.problems
}

export const within: NonNullable<Kind<CapacityProviderSpec>['within']> = (
  { name, spec },
  { namePrefix },
  at,
) => {
  const found = findings(at)
  if (spec.name === undefined) checkReserved(`${namePrefix}${name}`, 'metadata.name', found)
  return found.problems
}

export const together: Kind<CapacityProviderSpec>['together'] = {
  'spec.cluster': (_manifest, cluster, at) => checkCluster(cluster, at),
  'spec.autoScalingGroupProvider.autoScalingGroupArn': checkGroup,
}
