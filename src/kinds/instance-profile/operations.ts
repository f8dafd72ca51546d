/** The AWS operations that instance profiles need, and how a lost answer to each is made safe. */
import type { Safety } from '../../kind.ts'
import type { Operation } from '../../model.ts'

export const operations: Readonly<Record<Operation, Safety>> = {
  'iam:GetInstanceProfile': 'read',
  // Only where things are pruned.
  'iam:ListInstanceProfiles': 'read',
  'iam:ListInstanceProfileTags': 'read',
  // Names are unique in the account: a second one is refused.
  'iam:CreateInstanceProfile': 'idempotent',
  // There is room for one role.
  'iam:AddRoleToInstanceProfile': 'idempotent',
  'iam:RemoveRoleFromInstanceProfile': 'idempotent',
  'iam:TagInstanceProfile': 'idempotent',
  'iam:UntagInstanceProfile': 'idempotent',
  'iam:DeleteInstanceProfile': 'idempotent',
}
