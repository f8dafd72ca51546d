/** The AWS operations that scalable targets need, and how a lost answer to each is made safe. */
import type { Safety } from '../../kind.ts'
import type { Operation } from '../../model.ts'

export const operations: Readonly<Record<Operation, Safety>> = {
  'application-autoscaling:DescribeScalableTargets': 'read',
  // Only where the index does not show the tags yet.
  'application-autoscaling:ListTagsForResource': 'read',
  // A service has one: registered again, it is changed.
  'application-autoscaling:RegisterScalableTarget': 'idempotent',
  'application-autoscaling:TagResource': 'idempotent',
  'application-autoscaling:UntagResource': 'idempotent',
  'application-autoscaling:DeregisterScalableTarget': 'idempotent',
}
