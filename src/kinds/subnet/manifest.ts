/** A Subnet as people write it: its schema, the VPC it refers to, how it is told from others, and the rules of its fields. */
import { nameInArn } from '../../arn.ts'
import type { JsonSchema, Kind, ReferenceField, SchemaSource } from '../../kind.ts'
import { checkEc2Id, identifyById, tagList } from '../../kit/ec2-manifest.ts'
import { checkTags, findings } from '../../kit/field-rules.ts'
import { checkSubnetBlock, checkZone } from './rules.ts'
import type { SubnetSpec } from './spec.ts'

export const schema = async (): Promise<JsonSchema> =>
  (await import('./schema.generated.json', { with: { type: 'json' } })).default

const pools = 'blocks are not taken from pools: write the block itself'

export const source: SchemaSource = {
  package: 'client-ec2',
  request: 'CreateSubnetRequest',
  response: 'Subnet',
  omit: {
    dryRun: 'use fairlead plan',
    tagSpecifications: 'write tags',
    ipv4IpamPoolId: pools,
    ipv4NetmaskLength: pools,
    ipv6IpamPoolId: pools,
    ipv6NetmaskLength: pools,
  },
  also: {
    availabilityZone: {
      type: 'string',
      description:
        'The zone of the subnet by name (`eu-central-1a`). A number (`"2"`) means that one of the zones that the account has in the region, in the order of their names, when the subnet is made; afterwards any zone is right. When it is left out, AWS takes one.',
    },
    subnetId: {
      type: 'string',
      description: 'The ID of a subnet that exists: to refer to, or to adopt.',
    },
    mapPublicIpOnLaunch: {
      type: 'boolean',
      description:
        'Whether what starts in the subnet gets a public IPv4 address. AWS takes false when it is left out.',
    },
    assignIpv6AddressOnCreation: {
      type: 'boolean',
      description:
        'Whether what starts in the subnet gets an IPv6 address. AWS takes false when it is left out.',
    },
    enableDns64: {
      type: 'boolean',
      description:
        'Whether DNS answers with IPv6 addresses for what has only IPv4. AWS takes false when it is left out.',
    },
    privateDnsNameOptionsOnLaunch: {
      type: 'object',
      description: 'The host names of the instances that start in the subnet.',
      additionalProperties: false,
      properties: {
        hostnameType: { type: 'string', enum: ['ip-name', 'resource-name'] },
        enableResourceNameDnsARecord: { type: 'boolean' },
        enableResourceNameDnsAAAARecord: { type: 'boolean' },
      },
    },
    tags: tagList,
  },
}

export const references: Readonly<Record<string, ReferenceField>> = {
  vpcId: { kind: 'Vpc', attribute: 'id' },
}

export const identify = identifyById<SubnetSpec>(({ subnetId }) => subnetId)

/** Its tags name it, as they do while it is described. */
export const named = (arn: string): Partial<SubnetSpec> | undefined =>
  nameInArn(arn, 'ec2', 'subnet') === undefined ? undefined : {}

export const validate: Kind<SubnetSpec>['validate'] = ({ spec }, at) => {
  const found = findings(at)
  checkEc2Id(spec.subnetId, 'subnet', 'spec.subnetId', found)
  checkEc2Id(spec.vpcId, 'vpc', 'spec.vpcId', found)
  checkTags(spec.tags, 'spec.tags', found)
  if (spec.ipv6Native !== true) checkSubnetBlock(spec.cidrBlock, 'spec.cidrBlock', found)
  checkZone(spec, found)
  return found.problems
}
