/** The AWS operations that clusters need, and how a lost answer to each is made safe. */
import type { Safety } from '../../kind.ts'
import type { Operation } from '../../model.ts'

export const operations: Readonly<Record<Operation, Safety>> = {
  'ecs:DescribeClusters': 'read',
  'ecs:ListContainerInstances': 'read',
  'ecs:DescribeContainerInstances': 'read',
  // An active cluster of that name is answered as it is.
  'ecs:CreateCluster': 'idempotent',
  'ecs:UpdateCluster': 'idempotent',
  'ecs:PutClusterCapacityProviders': 'idempotent',
  'ecs:TagResource': 'idempotent',
  'ecs:UntagResource': 'idempotent',
  'ecs:DeleteCluster': 'idempotent',
  'ecs:DescribeCapacityProviders': 'read',
  'autoscaling:DescribeAutoScalingGroups': 'read',
  'ssm:GetParameters': 'read',
  'ecs:UpdateContainerAgent': 'idempotent',
  'ecs:DeregisterContainerInstance': 'idempotent',
  // By the instance's id.
  'autoscaling:TerminateInstanceInAutoScalingGroup': 'idempotent',
}
