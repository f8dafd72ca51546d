/** The AWS operations that VPCs need, and how a lost answer to each is made safe. */
import type { Safety } from '../../kind.ts'
import type { Operation } from '../../model.ts'

export const operations: Readonly<Record<Operation, Safety>> = {
  'ec2:DescribeVpcs': 'read',
  'ec2:DescribeVpcAttribute': 'read',
  // The same block again makes another VPC.
  'ec2:CreateVpc': 'once',
  'ec2:ModifyVpcAttribute': 'idempotent',
  'ec2:CreateTags': 'idempotent',
  'ec2:DeleteTags': 'idempotent',
  'ec2:DeleteVpc': 'idempotent',
}
