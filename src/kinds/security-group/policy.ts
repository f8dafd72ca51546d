/**
 * The fields of a security group, its rules one for each peer. None runs tasks anew. Rests on CreateSecurityGroup and
 * AuthorizeSecurityGroupIngress in the Amazon EC2 API reference.
 */
import type { Field, Fields } from '../../diff.ts'
import { labelOf } from './permissions.ts'

/** Whose a group is may be left out, and AWS says it; so it is never compared. */
const rules: Field = {
  key: labelOf,
  merge: true,
  fields: {
    ipProtocol: {},
    fromPort: {},
    toPort: {},
    cidrIp: {},
    cidrIpv6: {},
    prefixListId: {},
    groupId: {},
    userId: { computed: true },
    vpcPeeringConnectionId: { computed: true },
    description: {},
  },
}

export const fields: Fields = {
  groupName: { computed: true, createOnly: 'a security group keeps its name' },
  description: { createOnly: 'a security group keeps its description' },
  vpcId: { computed: true, createOnly: 'a security group stays in its VPC' },
  ipPermissions: rules,
  ipPermissionsEgress: rules,
}
