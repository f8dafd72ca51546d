/** A TaskDefinition as people write it: its schema, the references it takes, its family, and the rules of its fields. */
import type { RegisterTaskDefinitionRequest } from '@aws-sdk/client-ecs'
import type { JsonSchema, Kind, ReferenceField } from '../../kind.ts'
import type { Environment, Hole, Identity, ReferenceValue } from '../../model.ts'

type Referable = string | ReferenceValue | Hole

/** The request of RegisterTaskDefinition; references also stand deeper, where the table below says. */
export type TaskDefinitionSpec = Omit<
  RegisterTaskDefinitionRequest,
  'family' | 'executionRoleArn' | 'taskRoleArn'
> & {
  family?: string
  executionRoleArn?: Referable
  taskRoleArn?: Referable
}

export const schema = async (): Promise<JsonSchema> =>
  (await import('./schema.generated.json', { with: { type: 'json' } })).default

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

export const validate: Kind<TaskDefinitionSpec>['validate'] = () => []
