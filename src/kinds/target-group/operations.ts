/** The AWS operations that target groups need, and how a lost answer to each is made safe. */
import type { Safety } from '../../kind.ts'
import type { Operation } from '../../model.ts'

export const operations: Readonly<Record<Operation, Safety>> = {
  'elasticloadbalancing:DescribeTargetGroups': 'read',
  // Only where the manifest names attributes, and where the index does not show the tags yet.
  'elasticloadbalancing:DescribeTargetGroupAttributes': 'read',
  'elasticloadbalancing:DescribeTags': 'read',
  // The name is unique: AWS gives back the one that is there.
  'elasticloadbalancing:CreateTargetGroup': 'idempotent',
  'elasticloadbalancing:ModifyTargetGroup': 'idempotent',
  'elasticloadbalancing:ModifyTargetGroupAttributes': 'idempotent',
  'elasticloadbalancing:AddTags': 'idempotent',
  'elasticloadbalancing:RemoveTags': 'idempotent',
  'elasticloadbalancing:DeleteTargetGroup': 'idempotent',
}
