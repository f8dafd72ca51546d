/** The AWS operations that load balancers need. */
import type { Safety } from '../../kind.ts'
import type { Operation } from '../../model.ts'

export const operations: Readonly<Record<Operation, Safety>> = {
  'elasticloadbalancing:DescribeLoadBalancers': 'read',
}
