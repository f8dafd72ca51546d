/** A Cluster as people write it: its schema, the references it takes, its name in AWS, and the rules of its fields. */
import { nameInArn } from '../../arn.ts'
import type { JsonSchema, Kind, ReferenceField, SchemaSource } from '../../kind.ts'
import { findings } from '../../kit/field-rules.ts'
import type { Environment, Identity } from '../../model.ts'
import { checkCluster } from './rules.ts'
import type { ClusterSpec } from './spec.ts'

export type { ClusterSpec } from './spec.ts'

export const schema = async (): Promise<JsonSchema> =>
  (await import('./schema.generated.json', { with: { type: 'json' } })).default

export const source: SchemaSource = {
  package: 'client-ecs',
  request: 'CreateClusterRequest',
  response: 'Cluster',
  omit: { clientToken: 'fairlead makes its own tokens' },
  derived: ['clusterName'],
}

export const references: Readonly<Record<string, ReferenceField>> = {
  'capacityProviders[]': { kind: 'CapacityProvider', attribute: 'name', late: true },
  'defaultCapacityProviderStrategy[].capacityProvider': {
    kind: 'CapacityProvider',
    attribute: 'name',
    late: true,
  },
}

/** Clusters are known by name within account and region. */
export function identify(spec: ClusterSpec, name: string, environment: Environment): Identity {
  return { name: spec.clusterName ?? `${environment.namePrefix}${name}`, parts: {} }
}

export function named(arn: string): Partial<ClusterSpec> | undefined {
  const clusterName = nameInArn(arn, 'ecs', 'cluster')
  return clusterName === undefined ? undefined : { clusterName }
}

export const validate: Kind<ClusterSpec>['validate'] = ({ spec }, at) => {
  const found = findings(at)
  checkCluster(spec, found)
  return found.problems
}
