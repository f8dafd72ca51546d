/** Reads load balancers, by name, and those with ARNs by ARN. */
import type {
  DescribeLoadBalancersOutput,
  LoadBalancer,
} from '@aws-sdk/client-elastic-load-balancing-v2'
import { describeByNameOrArn } from '../../finding.ts'
import type { ObserveContext, Wanted } from '../../kind.ts'
import type { ObjectKey, Observation } from '../../model.ts'
import type { LoadBalancerSpec } from './manifest.ts'

export interface LoadBalancerState {
  readonly code?: string | undefined
  readonly reason?: string | undefined
  readonly dnsName?: string | undefined
}

export function observe(
  { read }: ObserveContext,
  wanted: readonly Wanted<LoadBalancerSpec>[],
): Promise<ReadonlyMap<ObjectKey, Observation<LoadBalancerState>>> {
  return describeByNameOrArn<LoadBalancer, LoadBalancerSpec, LoadBalancerState>(wanted, {
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
    state: ({ State, DNSName }) => ({
      code: State?.Code,
      reason: State?.Reason,
      dnsName: DNSName,
    }),
  })

  async function balancers(input: Record<string, unknown>) {
    const page = await read<DescribeLoadBalancersOutput>(
      'elasticloadbalancing:DescribeLoadBalancers',
      input,
    )
    return page.LoadBalancers ?? []
  }
}
