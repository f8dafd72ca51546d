/** A TaskDefinition as people write it: its schema, the references it takes, its family, and the rules of its fields. */

import type { JsonSchema, Kind, ReferenceField, SchemaSource } from '../../kind.ts'
import { findings, type Together } from '../../kit/field-rules.ts'
import { trustedBy } from '../../kit/trust-rules.ts'
import type { Environment, Identity } from '../../model.ts'
import { checkTaskDefinition } from './rules.ts'
import type { TaskDefinitionSpec } from './spec.ts'

export type { TaskDefinitionSpec } from './spec.ts'

export const schema = async (): Promise<JsonSchema> =>
  (await import('./schema.generated.json', { with: { type: 'json' } })).default

export const source: SchemaSource = {
  package: 'client-ecs',
  request: 'RegisterTaskDefinitionRequest',
  response: 'TaskDefinition',
  omit: { clientToken: 'fairlead makes its own tokens' },
  derived: ['family'],
  units: { cpu: 'vcpu', memory: 'memory' },
}

const role: ReferenceField = { kind: 'Role', attribute: 'arn' }
const secret: ReferenceField = { kind: 'Secret', attribute: 'arn' }

export const references: Readonly<Record<string, ReferenceField>> = {
  taskRoleArn: role,
  executionRoleArn: role,
  'containerDefinitions[].image': { kind: 'Repository', attribute: 'uri' },
  'containerDefinitions[].repositoryCredentials.credentialsParameter': secret,
  'containerDefinitions[].secrets[].valueFrom': secret,
  'containerDefinitions[].logConfiguration.secretOptions[].valueFrom': secret,
  'volumes[].fsxWindowsFileServerVolumeConfiguration.authorizationConfig.credentialsParameter':
    secret,
}

/** A manifest describes a family; its revisions are numbered by AWS. */
export function identify(
  spec: TaskDefinitionSpec,
  name: string,
  environment: Environment,
): Identity {
  return { name: spec.family ?? `${environment.namePrefix}${name}`, parts: {} }
}

export const validate: Kind<TaskDefinitionSpec>['validate'] = ({ spec }, at) => {
  const found = findings(at)
  checkTaskDefinition(spec, found)
  return found.problems
}

export const together: Together<TaskDefinitionSpec> = {
  'spec.taskRoleArn': trustedBy('ecs-tasks.amazonaws.com'),
  'spec.executionRoleArn': trustedBy('ecs-tasks.amazonaws.com'),
}
