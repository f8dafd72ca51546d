/** The type of a Task's spec: the SDK's request type, with references where they may stand. */
import type { RunTaskRequest } from '@aws-sdk/client-ecs'
import type { Hole, ReferenceValue } from '../../model.ts'

type Referable = string | ReferenceValue | Hole

/** The request of RunTask; references also stand deeper, where the table in manifest.ts says. */
export type TaskSpec = Omit<
  RunTaskRequest,
  'clientToken' | 'startedBy' | 'cluster' | 'taskDefinition'
> & {
  cluster?: Referable
  taskDefinition?: Referable
}
