/** The AWS operations that capacity providers need, and how a lost answer to each is made safe. */
import type { Safety } from '../../kind.ts'
import type { Operation } from '../../model.ts'

export const operations: Readonly<Record<Operation, Safety>> = {
  'ecs:DescribeCapacityProviders': 'read',
  // The name is unique: a second one is refused.
  'ecs:CreateCapacityProvider': 'idempotent',
  'ecs:UpdateCapacityProvider': 'idempotent',
  'ecs:TagResource': 'idempotent',
  'ecs:UntagResource': 'idempotent',
  'ecs:DeleteCapacityProvider': 'idempotent',
}
