/** The AWS operations that repositories need, and how a lost answer to each is made safe. */
import type { Safety } from '../../kind.ts'
import type { Operation } from '../../model.ts'

export const operations: Readonly<Record<Operation, Safety>> = {
  'ecr:DescribeRepositories': 'read',
  'ecr:ListTagsForResource': 'read',
  'ecr:GetLifecyclePolicy': 'read',
  'ecr:GetRepositoryPolicy': 'read',
  'ecr:DescribeImages': 'read',
  // Names are unique in the registry: a second one is refused.
  'ecr:CreateRepository': 'idempotent',
  'ecr:PutImageScanningConfiguration': 'idempotent',
  'ecr:PutImageTagMutability': 'idempotent',
  'ecr:PutLifecyclePolicy': 'idempotent',
  'ecr:DeleteLifecyclePolicy': 'idempotent',
  'ecr:SetRepositoryPolicy': 'idempotent',
  'ecr:DeleteRepositoryPolicy': 'idempotent',
  'ecr:TagResource': 'idempotent',
  'ecr:UntagResource': 'idempotent',
  'ecr:DeleteRepository': 'idempotent',
}
