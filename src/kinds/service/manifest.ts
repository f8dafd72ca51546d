/** A Service as people write it: its schema, the references it takes, its name in AWS, and the rules of its fields. */
import { nameInArn } from '../../arn.ts'
import type { JsonSchema, Kind, ReferenceField, SchemaSource } from '../../kind.ts'
import { findings, type Together } from '../../kit/field-rules.ts'
import type { Environment, Identity } from '../../model.ts'
import { checkService, checkWithTaskDefinition } from './rules.ts'
import type { ServiceSpec } from './spec.ts'

export type { ServiceSpec } from './spec.ts'

export const schema = async (): Promise<JsonSchema> =>
  (await import('./schema.generated.json', { with: { type: 'json' } })).default

export const source: SchemaSource = {
  package: 'client-ecs',
  request: 'CreateServiceRequest',
  update: ['UpdateServiceRequest'],
  response: 'Service',
  omit: {
    clientToken: 'fairlead makes its own tokens',
    service: 'write serviceName',
    forceNewDeployment: 'it is a deed, not a state: change the task definition instead',
  },
  derived: ['serviceName'],
  renamed: { clusterArn: 'cluster' },
}

const role: ReferenceField = { kind: 'Role', attribute: 'arn' }
const targetGroup: ReferenceField = { kind: 'TargetGroup', attribute: 'arn' }
const listenerRule: ReferenceField = { kind: 'ListenerRule', attribute: 'arn' }
/** By the listener of a network load balancer, which has no rules. */
const ruleOrListener: ReferenceField = { ...listenerRule, also: ['Listener'] }
const secret: ReferenceField = { kind: 'Secret', attribute: 'arn' }

export const references: Readonly<Record<string, ReferenceField>> = {
  cluster: { kind: 'Cluster', attribute: 'name' },
  taskDefinition: { kind: 'TaskDefinition', attribute: 'arn' },
  role,
  'capacityProviderStrategy[].capacityProvider': { kind: 'CapacityProvider', attribute: 'name' },
  'networkConfiguration.awsvpcConfiguration.subnets[]': { kind: 'Subnet', attribute: 'id' },
  'networkConfiguration.awsvpcConfiguration.securityGroups[]': {
    kind: 'SecurityGroup',
    attribute: 'id',
  },
  'loadBalancers[].targetGroupArn': targetGroup,
  'loadBalancers[].advancedConfiguration.alternateTargetGroupArn': targetGroup,
  'loadBalancers[].advancedConfiguration.productionListenerRule': ruleOrListener,
  'loadBalancers[].advancedConfiguration.testListenerRule': ruleOrListener,
  'loadBalancers[].advancedConfiguration.roleArn': role,
  'deploymentConfiguration.lifecycleHooks[].roleArn': role,
  'serviceConnectConfiguration.services[].tls.roleArn': role,
  'serviceConnectConfiguration.logConfiguration.secretOptions[].valueFrom': secret,
  'volumeConfigurations[].managedEBSVolume.roleArn': role,
  'vpcLatticeConfigurations[].roleArn': role,
  'vpcLatticeConfigurations[].targetGroupArn': targetGroup,
  'vpcLatticeConfigurations[].advancedConfiguration.alternateTargetGroupArn': targetGroup,
  'vpcLatticeConfigurations[].advancedConfiguration.productionListenerRule': listenerRule,
  'vpcLatticeConfigurations[].advancedConfiguration.testListenerRule': listenerRule,
}

/** Services are known by cluster and name: `shop/web`. Without a cluster AWS takes the one called `default`. */
export function identify(spec: ServiceSpec, name: string, environment: Environment): Identity {
  const cluster = typeof spec.cluster === 'string' ? clusterName(spec.cluster) : 'default'
  const service = spec.serviceName ?? `${environment.namePrefix}${name}`
  return { name: `${cluster}/${service}`, parts: { cluster, service } }
}

/** The name in a cluster's ARN (`arn:aws:ecs:eu-central-1:123456789012:cluster/shop`), or the name itself. */
function clusterName(nameOrArn: string): string {
  return nameOrArn.startsWith('arn:') ? nameOrArn.slice(nameOrArn.lastIndexOf('/') + 1) : nameOrArn
}

export function named(arn: string): Partial<ServiceSpec> | undefined {
  const [cluster, serviceName] = nameInArn(arn, 'ecs', 'service')?.split('/') ?? []
  return serviceName === undefined ? undefined : { cluster: cluster as never, serviceName }
}

export const validate: Kind<ServiceSpec>['validate'] = ({ spec }, at) => {
  const found = findings(at)
  checkService(spec, found)
  return found.problems
}

/** Rules over a service and what its references point to, where that is in the manifests too; by path. */
export const together: Together<ServiceSpec> = {
  'spec.taskDefinition': ({ spec }, target, at) => {
    const found = findings(at)
    checkWithTaskDefinition(spec, target.spec, found)
    return found.problems
  },
}
