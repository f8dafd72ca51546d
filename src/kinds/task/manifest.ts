/** A Task as people write it: its schema, the references it takes, its name, and the rules of its fields. */
import { nameInArn } from '../../arn.ts'
import type { JsonSchema, Kind, ReferenceField, SchemaSource } from '../../kind.ts'
import { findings, type Together } from '../../kit/field-rules.ts'
import type { Environment, Identity } from '../../model.ts'
import { checkTask, checkWithTaskDefinition } from './rules.ts'
import type { TaskSpec } from './spec.ts'

export type { TaskSpec } from './spec.ts'

export const schema = async (): Promise<JsonSchema> =>
  (await import('./schema.generated.json', { with: { type: 'json' } })).default

export const source: SchemaSource = {
  package: 'client-ecs',
  request: 'RunTaskRequest',
  response: 'Task',
  omit: {
    clientToken: 'fairlead makes its own tokens',
    startedBy: 'fairlead writes it, to find the tasks again',
  },
  renamed: { clusterArn: 'cluster', taskDefinitionArn: 'taskDefinition' },
}

const role: ReferenceField = { kind: 'Role', attribute: 'arn' }

export const references: Readonly<Record<string, ReferenceField>> = {
  cluster: { kind: 'Cluster', attribute: 'name' },
  taskDefinition: { kind: 'TaskDefinition', attribute: 'arn' },
  'capacityProviderStrategy[].capacityProvider': { kind: 'CapacityProvider', attribute: 'name' },
  'networkConfiguration.awsvpcConfiguration.subnets[]': { kind: 'Subnet', attribute: 'id' },
  'networkConfiguration.awsvpcConfiguration.securityGroups[]': {
    kind: 'SecurityGroup',
    attribute: 'id',
  },
  'overrides.executionRoleArn': role,
  'overrides.taskRoleArn': role,
  'volumeConfigurations[].managedEBSVolume.roleArn': role,
}

/** A task has no name in AWS; this one is that of its record. Without a cluster AWS takes the one called `default`. */
export function identify(spec: TaskSpec, name: string, environment: Environment): Identity {
  const cluster = typeof spec.cluster === 'string' ? clusterName(spec.cluster) : 'default'
  return { name: `${environment.namePrefix}${name}`, parts: { cluster } }
}

/** The name in a cluster's ARN, or the name itself. */
function clusterName(nameOrArn: string): string {
  return nameOrArn.startsWith('arn:') ? nameOrArn.slice(nameOrArn.lastIndexOf('/') + 1) : nameOrArn
}

/** Its record is named by its key. */
export const named = (arn: string): Partial<TaskSpec> | undefined =>
  nameInArn(arn, 'ssm', 'parameter') === undefined ? undefined : {}

export const validate: Kind<TaskSpec>['validate'] = (manifest, at) => {
  const found = findings(at)
  checkTask(manifest.spec, found)
  return found.problems
}

/** Rules over a task and the definition that it runs, where that is in the manifests too. */
export const together: Together<TaskSpec> = {
  'spec.taskDefinition': ({ spec }, target, at) => {
    const found = findings(at)
    checkWithTaskDefinition(spec, target.spec, found)
    return found.problems
  },
}
