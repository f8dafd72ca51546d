/** The AWS operations that subnets need, and how a lost answer to each is made safe. */
import type { Safety } from '../../kind.ts'
import type { Operation } from '../../model.ts'

export const operations: Readonly<Record<Operation, Safety>> = {
  'ec2:DescribeSubnets': 'read',
  'ec2:DescribeAvailabilityZones': 'read',
  // A second one would overlap the first, which AWS refuses; the first is found by its tags.
  'ec2:CreateSubnet': 'find',
  'ec2:ModifySubnetAttribute': 'idempotent',
  'ec2:CreateTags': 'idempotent',
  'ec2:DeleteTags': 'idempotent',
  'ec2:DeleteSubnet': 'idempotent',
}
