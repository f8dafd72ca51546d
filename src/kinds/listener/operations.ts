/** The AWS operations that listeners need, and how a lost answer to each is made safe. */
import type { Safety } from '../../kind.ts'
import type { Operation } from '../../model.ts'

export const operations: Readonly<Record<Operation, Safety>> = {
  'elasticloadbalancing:DescribeListeners': 'read',
  'elasticloadbalancing:DescribeTags': 'read',
  // A second one on the same port is refused.
  'elasticloadbalancing:CreateListener': 'idempotent',
  'elasticloadbalancing:ModifyListener': 'idempotent',
  'elasticloadbalancing:AddTags': 'idempotent',
  'elasticloadbalancing:RemoveTags': 'idempotent',
  'elasticloadbalancing:DeleteListener': 'idempotent',
}
