/** A Service as people write it: its schema, the references it takes, its name in AWS, and the rules of its fields. */
import type { CreateServiceRequest } from '@aws-sdk/client-ecs'
import type { JsonSchema, Kind, ReferenceField } from '../../kind.ts'
import type { Environment, Hole, Identity, Manifest, Problem, ReferenceValue } from '../../model.ts'

type At = Parameters<Kind['validate']>[1]

type Referable = string | ReferenceValue | Hole

/** The request of CreateService; references also stand deeper, where the table below says. */
export type ServiceSpec = Omit<
  CreateServiceRequest,
  'clientToken' | 'serviceName' | 'cluster' | 'taskDefinition' | 'role'
> & {
  serviceName?: string
  cluster?: Referable
  taskDefinition?: Referable
  role?: Referable
}

export const schema = async (): Promise<JsonSchema> =>
  (await import('./schema.generated.json', { with: { type: 'json' } })).default

const role: ReferenceField = { kind: 'Role', attribute: 'arn' }
const targetGroup: ReferenceField = { kind: 'TargetGroup', attribute: 'arn' }
const listenerRule: ReferenceField = { kind: 'ListenerRule', attribute: 'arn' }
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
  'loadBalancers[].advancedConfiguration.productionListenerRule': listenerRule,
  'loadBalancers[].advancedConfiguration.testListenerRule': listenerRule,
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

export const validate: Kind<ServiceSpec>['validate'] = () => []

/** Rules over a service and the task definition that it runs, where both are in the manifests. */
export function validateWithTaskDefinition(
  _manifest: Manifest,
  _taskDefinition: Record<string, unknown>,
  _at: At,
): readonly Problem[] {
  return []
}
