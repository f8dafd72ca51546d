/** The AWS operations that `fairlead import` reads with, besides those of the kinds: what is there at all. */
import type { Operation } from '../../model.ts'

export const importReads: readonly Operation[] = [
  'application-autoscaling:DescribeScalingPolicies',
  'ecs:DescribeTaskDefinition',
  'ecs:ListClusters',
  'ecs:ListServices',
]
