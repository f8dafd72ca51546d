/** A LoadBalancer as people write it: its schema, what it refers to, its name in AWS, and its rules. */
import { nameInArn } from '../../arn.ts'
import type { JsonSchema, Kind, ReferenceField, SchemaSource } from '../../kind.ts'
import { checkAttributes, checkElbName } from '../../kit/elb-parts.ts'
import { checkTags, findings } from '../../kit/field-rules.ts'
import type { Environment, Identity } from '../../model.ts'
import type { LoadBalancerSpec } from './spec.ts'

export type { LoadBalancerSpec } from './spec.ts'

export const schema = async (): Promise<JsonSchema> =>
  (await import('./schema.generated.json', { with: { type: 'json' } })).default

export const source: SchemaSource = {
  package: 'client-elastic-load-balancing-v2',
  request: 'CreateLoadBalancerInput',
  update: ['ModifyLoadBalancerAttributesInput'],
  response: 'LoadBalancer',
  omit: {
    customerOwnedIpv4Pool: 'load balancers on Outposts are not described here',
    ipamPools: 'addresses are not taken from pools',
    enablePrefixForIpv6SourceNat: 'source NAT for IPv6 is not described here',
  },
  derived: ['name'],
  renamed: { loadBalancerName: 'name' },
  also: {
    loadBalancerArn: { type: 'string', description: 'The ARN of a load balancer that exists.' },
  },
}

export const references: Readonly<Record<string, ReferenceField>> = {
  'subnets[]': { kind: 'Subnet', attribute: 'id' },
  'subnetMappings[].subnetId': { kind: 'Subnet', attribute: 'id' },
  'securityGroups[]': { kind: 'SecurityGroup', attribute: 'id' },
}

/** Load balancers are known by name within account and region. */
export function identify(
  { name, loadBalancerArn: arn }: LoadBalancerSpec,
  metadataName: string,
  environment: Environment,
): Identity {
  // arn:aws:elasticloadbalancing:eu-central-1:123456789012:loadbalancer/app/shop/50dc6c495c0c9188
  const own = name ?? arn?.split('/').at(-2) ?? `${environment.namePrefix}${metadataName}`
  return { name: own, parts: arn === undefined ? {} : { arn } }
}

export const named = (arn: string): Partial<LoadBalancerSpec> | undefined =>
  nameInArn(arn, 'elasticloadbalancing', 'loadbalancer') === undefined
    ? undefined
    : { loadBalancerArn: arn }

export const validate: Kind<LoadBalancerSpec>['validate'] = ({ spec }, at) => {
  const found = findings(at)
  checkElbName(spec.name, 'spec.name', found)
  checkTags(spec.tags, 'spec.tags', found)
  checkAttributes(spec.attributes, found)
  const { subnets, subnetMappings: mappings, type = 'application' } = spec
  if (subnets && mappings) {
    const message = 'subnets and subnetMappings say the same: leave one out'
    found.say('spec.subnetMappings', 'NotTogether', message)
  } else if (!subnets && !mappings && spec.loadBalancerArn === undefined) {
    found.say('spec.subnets', 'Required', 'is required, and missing')
  }
  // A reference to a network stands for several.
  const whole = [...(subnets ?? []), ...(mappings ?? [])]
  const named = whole.filter((one) => typeof one === 'string')
  if (type === 'application' && named.length === whole.length && named.length === 1) {
    const message = 'an application load balancer needs subnets in two zones'
    found.say('spec.subnets', 'TooFew', message)
  }
  return found.problems
}

export const within: NonNullable<Kind<LoadBalancerSpec>['within']> = (
  { name, spec },
  { namePrefix },
  at,
) => {
  const found = findings(at)
  if (spec.name === undefined && spec.loadBalancerArn === undefined) {
    checkElbName(`${namePrefix}${name}`, 'metadata.name', found)
  }
  return found.problems
}
