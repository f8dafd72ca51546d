/** The AWS operations that route tables need, and how a lost answer to each is made safe. */
import type { Safety } from '../../kind.ts'
import type { Operation } from '../../model.ts'

export const operations: Readonly<Record<Operation, Safety>> = {
  'ec2:DescribeRouteTables': 'read',
  // It takes a token, but the token of a table that was deleted by hand would give that one back.
  'ec2:CreateRouteTable': 'once',
  // A second time each of these is refused, and changes nothing.
  'ec2:CreateRoute': 'idempotent',
  'ec2:ReplaceRoute': 'idempotent',
  'ec2:DeleteRoute': 'idempotent',
  'ec2:AssociateRouteTable': 'idempotent',
  'ec2:ReplaceRouteTableAssociation': 'idempotent',
  'ec2:DisassociateRouteTable': 'idempotent',
  'ec2:CreateTags': 'idempotent',
  'ec2:DeleteTags': 'idempotent',
  'ec2:DeleteRouteTable': 'idempotent',
}
