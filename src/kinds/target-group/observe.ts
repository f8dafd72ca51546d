/** Reads target groups, a hundred a call: by name, and those with ARNs by ARN; attributes where a manifest names some. */
import type {
  DescribeTargetGroupsOutput,
  TargetGroup,
} from '@aws-sdk/client-elastic-load-balancing-v2'
import type { ObserveContext, Wanted } from '../../kind.ts'
import { fromAws } from '../../kit/casing.ts'
import { withElbAttributes, withElbTags } from '../../kit/elb-parts.ts'
import { describeByNameOrArn } from '../../kit/finding.ts'
import type { ObjectKey, Observation } from '../../model.ts'
import type { TargetGroupSpec } from './manifest.ts'

/** The members of CreateTargetGroup, and what only AWS says. */
export type TargetGroupState = Omit<TargetGroupSpec, 'name' | 'targetGroupArn' | 'tags'> & {
  /** The load balancers that send to it. */
  readonly loadBalancerArns: readonly string[]
}

export async function observe(
  context: ObserveContext,
  wanted: readonly Wanted<TargetGroupSpec>[],
): Promise<ReadonlyMap<ObjectKey, Observation<TargetGroupState>>> {
  const { read } = context
  const found = await describeByNameOrArn<TargetGroup, TargetGroupSpec, TargetGroupState>(wanted, {
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
    state: stateOf,
  })
  const tagged = await withElbTags(found, wanted, context)
  return withElbAttributes(
    tagged,
    wanted,
    context,
    'elasticloadbalancing:DescribeTargetGroupAttributes',
    'TargetGroupArn',
  )

  async function groups(input: Record<string, unknown>) {
    const page = await read<DescribeTargetGroupsOutput>(
      'elasticloadbalancing:DescribeTargetGroups',
      input,
    )
    return page.TargetGroups ?? []
  }
}

function stateOf(group: TargetGroup): TargetGroupState {
  const { TargetGroupArn: _, TargetGroupName: __, LoadBalancerArns = [], ...rest } = group
  return { ...fromAws<TargetGroupSpec>(rest), loadBalancerArns: LoadBalancerArns }
}
