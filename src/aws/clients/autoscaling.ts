/** The operations of `autoscaling` that fairlead sends; named one by one, so that the bundle holds no others. */
import {
  AutoScalingClient,
  CancelInstanceRefreshCommand,
  CreateAutoScalingGroupCommand,
  CreateOrUpdateTagsCommand,
  DeleteAutoScalingGroupCommand,
  DeleteTagsCommand,
  DescribeAutoScalingGroupsCommand,
  DescribeInstanceRefreshesCommand,
  DescribeScalingActivitiesCommand,
  SetInstanceProtectionCommand,
  StartInstanceRefreshCommand,
  TerminateInstanceInAutoScalingGroupCommand,
  UpdateAutoScalingGroupCommand,
} from '@aws-sdk/client-auto-scaling'

export const Client = AutoScalingClient

export const commands = {
  CancelInstanceRefresh: CancelInstanceRefreshCommand,
  CreateAutoScalingGroup: CreateAutoScalingGroupCommand,
  CreateOrUpdateTags: CreateOrUpdateTagsCommand,
  DeleteAutoScalingGroup: DeleteAutoScalingGroupCommand,
  DeleteTags: DeleteTagsCommand,
  DescribeAutoScalingGroups: DescribeAutoScalingGroupsCommand,
  DescribeInstanceRefreshes: DescribeInstanceRefreshesCommand,
  DescribeScalingActivities: DescribeScalingActivitiesCommand,
  SetInstanceProtection: SetInstanceProtectionCommand,
  StartInstanceRefresh: StartInstanceRefreshCommand,
  TerminateInstanceInAutoScalingGroup: TerminateInstanceInAutoScalingGroupCommand,
  UpdateAutoScalingGroup: UpdateAutoScalingGroupCommand,
}
