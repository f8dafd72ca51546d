/** The AWS operations that roles need, and how a lost answer to each is made safe. */
import type { Safety } from '../../kind.ts'
import type { Operation } from '../../model.ts'

export const operations: Readonly<Record<Operation, Safety>> = {
  'iam:GetRole': 'read',
  // Only where things are pruned.
  'iam:ListRoles': 'read',
  'iam:ListRoleTags': 'read',
  'iam:ListAttachedRolePolicies': 'read',
  'iam:ListRolePolicies': 'read',
  'iam:GetRolePolicy': 'read',
  // Names are unique in the account: a second one is refused.
  'iam:CreateRole': 'idempotent',
  'iam:UpdateRole': 'idempotent',
  'iam:UpdateAssumeRolePolicy': 'idempotent',
  'iam:PutRolePermissionsBoundary': 'idempotent',
  'iam:AttachRolePolicy': 'idempotent',
  'iam:DetachRolePolicy': 'idempotent',
  'iam:PutRolePolicy': 'idempotent',
  'iam:DeleteRolePolicy': 'idempotent',
  'iam:TagRole': 'idempotent',
  'iam:UntagRole': 'idempotent',
  'iam:DeleteRole': 'idempotent',
}
