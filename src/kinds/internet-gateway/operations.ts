/** The AWS operations that internet gateways need, and how a lost answer to each is made safe. */
import type { Safety } from '../../kind.ts'
import type { Operation } from '../../model.ts'

export const operations: Readonly<Record<Operation, Safety>> = {
  'ec2:DescribeInternetGateways': 'read',
  'ec2:CreateInternetGateway': 'once',
  // A second time is refused, and changes nothing.
  'ec2:AttachInternetGateway': 'idempotent',
  'ec2:DetachInternetGateway': 'idempotent',
  'ec2:CreateTags': 'idempotent',
  'ec2:DeleteTags': 'idempotent',
  'ec2:DeleteInternetGateway': 'idempotent',
}
