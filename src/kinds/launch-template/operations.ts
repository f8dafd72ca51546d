/** The AWS operations that launch templates need, and how a lost answer to each is made safe. */
import type { Safety } from '../../kind.ts'
import type { Operation } from '../../model.ts'

export const operations: Readonly<Record<Operation, Safety>> = {
  'ec2:DescribeLaunchTemplates': 'read',
  'ec2:DescribeLaunchTemplateVersions': 'read',
  'ssm:GetParameters': 'read',
  // Names are unique in account and region: a second one is refused.
  'ec2:CreateLaunchTemplate': 'idempotent',
  'ec2:CreateLaunchTemplateVersion': 'token',
  'ec2:ModifyLaunchTemplate': 'idempotent',
  'ec2:CreateTags': 'idempotent',
  'ec2:DeleteTags': 'idempotent',
  'ec2:DeleteLaunchTemplate': 'idempotent',
}
