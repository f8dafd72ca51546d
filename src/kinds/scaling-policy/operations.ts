/** The AWS operations that scaling policies need, and how a lost answer to each is made safe. */
import type { Safety } from '../../kind.ts'
import type { Operation } from '../../model.ts'

export const operations: Readonly<Record<Operation, Safety>> = {
  'application-autoscaling:DescribeScalingPolicies': 'read',
  // Only where the index does not show yet whose the target is.
  'application-autoscaling:DescribeScalableTargets': 'read',
  'application-autoscaling:ListTagsForResource': 'read',
  // A name is unique within its target: put again, the policy is changed.
  'application-autoscaling:PutScalingPolicy': 'idempotent',
  'application-autoscaling:DeleteScalingPolicy': 'idempotent',
}
