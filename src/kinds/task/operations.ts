/** The AWS operations that tasks need, and how a lost answer to each is made safe. */
import type { Safety } from '../../kind.ts'
import type { Operation } from '../../model.ts'

export const operations: Readonly<Record<Operation, Safety>> = {
  'ssm:GetParameters': 'read',
  'ecs:ListTasks': 'read',
  'ecs:DescribeTasks': 'read',
  // Once for each task that ended: which of its containers are essential.
  'ecs:DescribeTaskDefinition': 'read',
  // Sets a value; the first write of all refuses to replace one that is there.
  'ssm:PutParameter': 'idempotent',
  'ssm:AddTagsToResource': 'idempotent',
  'ssm:DeleteParameter': 'idempotent',
  'ecs:RunTask': 'token',
  'ecs:StopTask': 'idempotent',
}
