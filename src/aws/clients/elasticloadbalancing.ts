/** The operations of `elasticloadbalancing` that fairlead sends; named one by one, so that the bundle holds no others. */
import {
  DescribeTargetGroupsCommand,
  ElasticLoadBalancingV2Client,
} from '@aws-sdk/client-elastic-load-balancing-v2'

export const Client = ElasticLoadBalancingV2Client

export const commands = {
  DescribeTargetGroups: DescribeTargetGroupsCommand,
}
