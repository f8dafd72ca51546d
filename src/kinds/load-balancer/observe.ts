/** Reads load balancers, by name, and those with ARNs by ARN; attributes where a manifest names some. */
import type {
  DescribeLoadBalancersOutput,
  LoadBalancer,
} from '@aws-sdk/client-elastic-load-balancing-v2'
import type { ObserveContext, Wanted } from '../../kind.ts'
import { fromAws } from '../../kit/casing.ts'
import { withElbAttributes, withElbTags } from '../../kit/elb-parts.ts'
import { describeByNameOrArn } from '../../kit/finding.ts'
import type { ObjectKey, Observation } from '../../model.ts'
import type { LoadBalancerSpec } from './manifest.ts'

/** The members of CreateLoadBalancer, and what only AWS says. */
export type LoadBalancerState = Omit<LoadBalancerSpec, 'name' | 'loadBalancerArn' | 'tags'> & {
  readonly code?: string | undefined
  readonly reason?: string | undefined
  readonly dnsName?: string | undefined
}

export async function observe(
  context: ObserveContext,
  wanted: readonly Wanted<LoadBalancerSpec>[],
): Promise<ReadonlyMap<ObjectKey, Observation<LoadBalancerState>>> {
  const { read } = context
  const found = await describeByNameOrArn<LoadBalancer, LoadBalancerSpec, LoadBalancerState>(
    wanted,
    {
      names: (Names) => balancers({ Names }),
      arns: (LoadBalancerArns) => balancers({ LoadBalancerArns }),
      nameOf: ({ LoadBalancerName }) => LoadBalancerName,
      arnOf: ({ LoadBalancerArn }) => LoadBalancerArn,
      attributes: ({ DNSName, CanonicalHostedZoneId, Type, Scheme, VpcId }) => ({
        dnsName: DNSName,
        canonicalHostedZoneId: CanonicalHostedZoneId,
        type: Type,
        scheme: Scheme,
        vpcId: VpcId,
      }),
      state: stateOf,
    },
  )
  const tagged = await withElbTags(found, wanted, context)
  return withElbAttributes(
    tagged,
    wanted,
    context,
    'elasticloadbalancing:DescribeLoadBalancerAttributes',
    'LoadBalancerArn',
  )

  async function balancers(input: Record<string, unknown>) {
    const page = await read<DescribeLoadBalancersOutput>(
      'elasticloadbalancing:DescribeLoadBalancers',
      input,
    )
    return page.LoadBalancers ?? []
  }
}

function stateOf(balancer: LoadBalancer): LoadBalancerState {
  const { State, DNSName, Type, Scheme, IpAddressType, SecurityGroups } = balancer
  const subnets = (balancer.AvailabilityZones ?? []).flatMap(({ SubnetId }) => SubnetId ?? [])
  return {
    ...fromAws<LoadBalancerSpec>({ Type, Scheme, IpAddressType }),
    subnets,
    subnetMappings: subnets.map((subnetId) => ({ subnetId })),
    ...(SecurityGroups ? { securityGroups: SecurityGroups } : {}),
    code: State?.Code,
    reason: State?.Reason,
    dnsName: DNSName,
  }
}
