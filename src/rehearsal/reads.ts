/** The AWS operations that a rehearsal reads with, besides those of the kinds. */
import type { Operation } from '../model.ts'

export const rehearsalReads: readonly Operation[] = [
  'ec2:DescribeInstances',
  'ecs:ListServices',
  'elasticloadbalancing:DescribeTargetGroupAttributes',
]
