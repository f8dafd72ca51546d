/** The operations of `elasticloadbalancing` that fairlead sends; named one by one, so that the bundle holds no others. */
import {
  DescribeLoadBalancersCommand,
  DescribeRulesCommand,
  DescribeTargetGroupAttributesCommand,
  DescribeTargetGroupsCommand,
  ElasticLoadBalancingV2Client,
} from '@aws-sdk/client-elastic-load-balancing-v2'

export const Client = ElasticLoadBalancingV2Client

export const commands = {
  DescribeLoadBalancers: DescribeLoadBalancersCommand,
  DescribeRules: DescribeRulesCommand,
  DescribeTargetGroupAttributes: DescribeTargetGroupAttributesCommand,
  DescribeTargetGroups: DescribeTargetGroupsCommand,
}
