/** A Vpc as people write it: its schema, how it is told from others, and the rules of its fields. */

import { nameInArn } from '../../arn.ts'
import type { JsonSchema, Kind, ReferenceField, SchemaSource } from '../../kind.ts'
import { identifyById, tagList } from '../../kit/ec2-manifest.ts'
import { findings } from '../../kit/field-rules.ts'
import { checkVpc } from './rules.ts'
import type { VpcSpec } from './spec.ts'

export const schema = async (): Promise<JsonSchema> =>
  (await import('./schema.generated.json', { with: { type: 'json' } })).default

const pools = 'blocks are not taken from pools: write the block itself'

export const source: SchemaSource = {
  package: 'client-ec2',
  request: 'CreateVpcRequest',
  response: 'Vpc',
  omit: {
    dryRun: 'use fairlead plan',
    tagSpecifications: 'write tags',
    ipv4IpamPoolId: pools,
    ipv4NetmaskLength: pools,
    ipv6Pool: pools,
    ipv6CidrBlock: pools,
    ipv6IpamPoolId: pools,
    ipv6NetmaskLength: pools,
    ipv6CidrBlockNetworkBorderGroup: pools,
    vpcEncryptionControl: 'it is not kept by fairlead',
  },
  also: {
    vpcId: {
      type: 'string',
      description: 'The ID of a VPC that exists: to refer to, or to adopt.',
    },
    enableDnsSupport: {
      type: 'boolean',
      description: 'Whether the DNS server of the VPC answers. AWS takes true when it is left out.',
    },
    enableDnsHostnames: {
      type: 'boolean',
      description:
        'Whether instances with public addresses get public DNS names. AWS takes false when it is left out.',
    },
    enableNetworkAddressUsageMetrics: {
      type: 'boolean',
      description:
        'Whether Network Address Usage metrics are kept. AWS takes false when it is left out.',
    },
    tags: tagList,
  },
}

export const references: Readonly<Record<string, ReferenceField>> = {}

export const identify = identifyById<VpcSpec>(({ vpcId }) => vpcId)

/** Its tags name it, as they do while it is described. */
export const named = (arn: string): Partial<VpcSpec> | undefined =>
  nameInArn(arn, 'ec2', 'vpc') === undefined ? undefined : {}

export const validate: Kind<VpcSpec>['validate'] = ({ spec }, at) => {
  const found = findings(at)
  checkVpc(spec, found)
  return found.problems
}
