/** The fields of a load balancer. Rests on CreateLoadBalancer and the operations that set each of them. */
import type { Fields } from '../../diff.ts'
import { attributesField } from '../../kit/elb-parts.ts'

export const fields: Fields = {
  type: { default: 'application', createOnly: 'a load balancer stays of its type' },
  scheme: { default: 'internet-facing', createOnly: 'its addresses are public or they are not' },
  ipAddressType: { default: 'ipv4' },
  // One of the two is written; the other says the same.
  subnets: { computed: true, list: 'set' },
  subnetMappings: {
    computed: true,
    key: (item) => String(item.subnetId),
    fields: {
      subnetId: {},
      allocationId: { computed: true },
      privateIPv4Address: { computed: true },
      iPv6Address: { computed: true },
      sourceNatIpv6Prefix: { computed: true },
    },
  },
  securityGroups: { computed: true, list: 'set' },
  attributes: attributesField,
}
