/** The type of a TaskDefinition's spec: the SDK's request type, with references where they may stand. */
import type { ContainerDefinition, RegisterTaskDefinitionRequest } from '@aws-sdk/client-ecs'
import type { Hole, ReferenceValue } from '../../model.ts'

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

/** A container with its place: `spec.containerDefinitions[web]`. */
export interface Placed {
  readonly path: string
  readonly container: ContainerDefinition
}

/** Task sizes as numbers; undefined where they are absent or unreadable. */
export function sizeOf(value: string | undefined): number | undefined {
  return value !== undefined && /^\d+$/.test(value) ? Number(value) : undefined
}
