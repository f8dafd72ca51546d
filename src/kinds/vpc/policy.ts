/** The fields of a VPC. None runs tasks anew. Rests on CreateVpc and ModifyVpcAttribute in the Amazon EC2 API reference. */

import type { Fields } from '../../diff.ts'
import { canonicalBlock } from '../../kit/cidr.ts'

export const fields: Fields = {
  cidrBlock: { normalise: canonicalBlock, createOnly: 'a VPC keeps the block it was made with' },
  instanceTenancy: { default: 'default', createOnly: 'a VPC keeps its tenancy' },
  amazonProvidedIpv6CidrBlock: {
    default: false,
    createOnly: 'fairlead asks for an IPv6 block only when it makes a VPC',
  },
  enableDnsSupport: { default: true },
  enableDnsHostnames: { default: false },
  enableNetworkAddressUsageMetrics: { default: false },
}
