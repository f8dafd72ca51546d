/** The AWS operations that load balancers need, and how a lost answer to each is made safe. */
import type { Safety } from '../../kind.ts'
import type { Operation } from '../../model.ts'

export const operations: Readonly<Record<Operation, Safety>> = {
  'elasticloadbalancing:DescribeLoadBalancers': 'read',
  // Only where the manifest names attributes, and where the index does not show the tags yet.
  'elasticloadbalancing:DescribeLoadBalancerAttributes': 'read',
  'elasticloadbalancing:DescribeTags': 'read',
  // The name is unique: AWS gives back the one that is there.
  'elasticloadbalancing:CreateLoadBalancer': 'idempotent',
  'elasticloadbalancing:SetSubnets': 'idempotent',
  'elasticloadbalancing:SetSecurityGroups': 'idempotent',
  'elasticloadbalancing:SetIpAddressType': 'idempotent',
  'elasticloadbalancing:ModifyLoadBalancerAttributes': 'idempotent',
  'elasticloadbalancing:AddTags': 'idempotent',
  'elasticloadbalancing:RemoveTags': 'idempotent',
  'elasticloadbalancing:DeleteLoadBalancer': 'idempotent',
}
