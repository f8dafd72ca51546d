/** The schema of a Network's spec: it is no request of AWS, so it is written by hand. */

import type { JsonSchema } from '../../kind.ts'
import { tagList } from '../../kit/ec2-manifest.ts'
import { referable } from '../../kit/schema-parts.ts'

export const schema: JsonSchema = {
  type: 'object',
  additionalProperties: false,
  properties: {
    cidrBlock: {
      type: 'string',
      description: 'The IPv4 block of the VPC, from /16 to /28. Default: 10.0.0.0/16.',
    },
    availabilityZones: {
      type: ['integer', 'array'],
      description:
        'In how many zones there is a subnet, or in which, by name or ID. Counted zones are the first that the account has in the region. Default: 2.',
      items: { type: 'string' },
    },
    subnetCidrs: {
      type: 'array',
      description:
        'The blocks of the subnets, in the order of the zones. Default: parts of the block of the VPC, by the letter of the zone; of /20, or of an eighth where that is smaller.',
      items: { type: 'string' },
    },
    mapPublicIpOnLaunch: {
      type: 'boolean',
      description:
        'Whether what starts in the subnets gets a public IPv4 address, which it needs to reach the internet without a NAT gateway. Default: true.',
    },
    enableDnsSupport: {
      type: 'boolean',
      description: 'Whether the DNS server of the VPC answers. Default: true.',
    },
    enableDnsHostnames: {
      type: 'boolean',
      description: 'Whether instances with public addresses get public DNS names. Default: true.',
    },
    vpcId: referable(
      'Vpc',
      'A VPC that exists or is described elsewhere. The subnets are made in it; cidrBlock is then the part of it that they share.',
    ),
    internetGatewayId: referable(
      'InternetGateway',
      'The gateway of that VPC, where it has one already.',
    ),
    tags: { ...tagList, description: 'Tags of everything that the network consists of.' },
  },
}
