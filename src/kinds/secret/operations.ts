/** The AWS operations that secrets need: descriptions only, never a value. */
import type { Safety } from '../../kind.ts'
import type { Operation } from '../../model.ts'

export const operations: Readonly<Record<Operation, Safety>> = {
  'secretsmanager:ListSecrets': 'read',
  'ssm:DescribeParameters': 'read',
}
