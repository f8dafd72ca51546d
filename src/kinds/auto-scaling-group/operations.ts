/** The AWS operations that Auto Scaling groups need, and how a lost answer to each is made safe. */
import type { Safety } from '../../kind.ts'
import type { Operation } from '../../model.ts'

export const operations: Readonly<Record<Operation, Safety>> = {
  'autoscaling:DescribeAutoScalingGroups': 'read',
  'autoscaling:DescribeInstanceRefreshes': 'read',
  'autoscaling:DescribeScalingActivities': 'read',
  'ec2:DescribeLaunchTemplateVersions': 'read',
  // The name is unique: a second one is refused.
  'autoscaling:CreateAutoScalingGroup': 'idempotent',
  'autoscaling:UpdateAutoScalingGroup': 'idempotent',
  'autoscaling:CreateOrUpdateTags': 'idempotent',
  'autoscaling:DeleteTags': 'idempotent',
  // One at a time: a second one is refused while the first goes on, and then finds nothing left to replace.
  'autoscaling:StartInstanceRefresh': 'idempotent',
  'autoscaling:CancelInstanceRefresh': 'idempotent',
  'autoscaling:SetInstanceProtection': 'idempotent',
  'autoscaling:DeleteAutoScalingGroup': 'idempotent',
}
