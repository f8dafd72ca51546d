/** Reads target groups, a hundred a call: by name, and those with ARNs by ARN. */
import type {
  DescribeTargetGroupsOutput,
  TargetGroup,
} from '@aws-sdk/client-elastic-load-balancing-v2'
import { describeByNameOrArn } from '../../finding.ts'
import type { ObserveContext, Wanted } from '../../kind.ts'
import type { ObjectKey, Observation } from '../../model.ts'
import type { TargetGroupSpec } from './manifest.ts'

export interface TargetGroupState {
  /** The load balancers that send to it. */
  readonly loadBalancerArns: readonly string[]
}

export function observe(
  { read }: ObserveContext,
  wanted: readonly Wanted<TargetGroupSpec>[],
): Promise<ReadonlyMap<ObjectKey, Observation<TargetGroupState>>> {
  return describeByNameOrArn<TargetGroup, TargetGroupSpec, TargetGroupState>(wanted, {
    names: (Names) => groups({ Names }),
    arns: (TargetGroupArns) => groups({ TargetGroupArns }),
    nameOf: ({ TargetGroupName }) => TargetGroupName,
    arnOf: ({ TargetGroupArn }) => TargetGroupArn,
    attributes: ({ Port, Protocol, TargetType, VpcId }) => ({
      port: Port === undefined ? undefined : String(Port),
      protocol: Protocol,
      targetType: TargetType,
      vpcId: VpcId,
    }),
    state: ({ LoadBalancerArns = [] }) => ({ loadBalancerArns: LoadBalancerArns }),
  })

  async function groups(input: Record<string, unknown>) {
    const page = await read<DescribeTargetGroupsOutput>(
      'elasticloadbalancing:DescribeTargetGroups',
      input,
    )
    return page.TargetGroups ?? []
  }
}
