/** The AWS operations that task definitions need, and how a lost answer to each is made safe. */
import type { Safety } from '../../kind.ts'
import type { Operation } from '../../model.ts'

export const operations: Readonly<Record<Operation, Safety>> = {
  'ecs:ListTaskDefinitions': 'read',
  'ecs:DescribeTaskDefinition': 'read',
  // Only for manifests that ask for digests.
  'ecr:BatchGetImage': 'read',
  // A second registration makes a second revision, which is found by its content.
  'ecs:RegisterTaskDefinition': 'find',
  'ecs:TagResource': 'idempotent',
  'ecs:UntagResource': 'idempotent',
  // Old revisions go in the background; where tasks of a family run is read before the first does.
  'ecs:ListClusters': 'read',
  'ecs:ListTasks': 'read',
  'ecs:DescribeTasks': 'read',
  'ecs:DeregisterTaskDefinition': 'idempotent',
}
