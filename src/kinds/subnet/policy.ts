/** The fields of a subnet. None runs tasks anew. Rests on CreateSubnet and ModifySubnetAttribute in the Amazon EC2 API reference. */

import type { Fields } from '../../diff.ts'
import { canonicalBlock } from '../../kit/cidr.ts'

export const fields: Fields = {
  vpcId: { computed: true, createOnly: 'a subnet stays in its VPC' },
  cidrBlock: {
    computed: true,
    normalise: canonicalBlock,
    createOnly: 'a subnet keeps its block',
  },
  availabilityZone: { computed: true, createOnly: 'a subnet stays in its zone' },
  availabilityZoneId: { computed: true, createOnly: 'a subnet stays in its zone' },
  ipv6CidrBlock: {
    computed: true,
    normalise: canonicalBlock,
    createOnly: 'fairlead gives a subnet its IPv6 block only when it makes it',
  },
  ipv6Native: { default: false, createOnly: 'it is said when a subnet is made' },
  outpostArn: { computed: true, createOnly: 'a subnet stays on its Outpost' },
  mapPublicIpOnLaunch: { default: false },
  assignIpv6AddressOnCreation: { default: false },
  enableDns64: { default: false },
  privateDnsNameOptionsOnLaunch: {
    merge: true,
    fields: {
      hostnameType: { default: 'ip-name' },
      enableResourceNameDnsARecord: { default: false },
      enableResourceNameDnsAAAARecord: { default: false },
    },
  },
}
