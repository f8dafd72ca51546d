/** The AWS operations that security groups need, and how a lost answer to each is made safe. */
import type { Safety } from '../../kind.ts'
import type { Operation } from '../../model.ts'

export const operations: Readonly<Record<Operation, Safety>> = {
  'ec2:DescribeSecurityGroups': 'read',
  // The name is unique in the VPC.
  'ec2:CreateSecurityGroup': 'idempotent',
  // A rule that is there already, or gone, is refused, and nothing changes.
  'ec2:AuthorizeSecurityGroupIngress': 'idempotent',
  'ec2:AuthorizeSecurityGroupEgress': 'idempotent',
  'ec2:RevokeSecurityGroupIngress': 'idempotent',
  'ec2:RevokeSecurityGroupEgress': 'idempotent',
  'ec2:UpdateSecurityGroupRuleDescriptionsIngress': 'idempotent',
  'ec2:UpdateSecurityGroupRuleDescriptionsEgress': 'idempotent',
  'ec2:CreateTags': 'idempotent',
  'ec2:DeleteTags': 'idempotent',
  'ec2:DeleteSecurityGroup': 'idempotent',
}
