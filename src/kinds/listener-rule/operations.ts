/** The AWS operations that listener rules need, and how a lost answer to each is made safe. */
import type { Safety } from '../../kind.ts'
import type { Operation } from '../../model.ts'

export const operations: Readonly<Record<Operation, Safety>> = {
  'elasticloadbalancing:DescribeRules': 'read',
  'elasticloadbalancing:DescribeTags': 'read',
  // A second one of the same priority is refused.
  'elasticloadbalancing:CreateRule': 'idempotent',
  'elasticloadbalancing:ModifyRule': 'idempotent',
  'elasticloadbalancing:SetRulePriorities': 'idempotent',
  'elasticloadbalancing:AddTags': 'idempotent',
  'elasticloadbalancing:RemoveTags': 'idempotent',
  'elasticloadbalancing:DeleteRule': 'idempotent',
}
