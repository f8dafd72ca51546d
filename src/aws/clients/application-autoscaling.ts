/** The operations of `application-autoscaling` that fairlead sends; named one by one, so that the bundle holds no others. */
import {
  ApplicationAutoScalingClient,
  DeleteScalingPolicyCommand,
  DeregisterScalableTargetCommand,
  DescribeScalableTargetsCommand,
  DescribeScalingActivitiesCommand,
  DescribeScalingPoliciesCommand,
  ListTagsForResourceCommand,
  PutScalingPolicyCommand,
  RegisterScalableTargetCommand,
  TagResourceCommand,
  UntagResourceCommand,
} from '@aws-sdk/client-application-auto-scaling'

export const Client = ApplicationAutoScalingClient

export const commands = {
  DeleteScalingPolicy: DeleteScalingPolicyCommand,
  DeregisterScalableTarget: DeregisterScalableTargetCommand,
  DescribeScalableTargets: DescribeScalableTargetsCommand,
  DescribeScalingActivities: DescribeScalingActivitiesCommand,
  DescribeScalingPolicies: DescribeScalingPoliciesCommand,
  ListTagsForResource: ListTagsForResourceCommand,
  PutScalingPolicy: PutScalingPolicyCommand,
  RegisterScalableTarget: RegisterScalableTargetCommand,
  TagResource: TagResourceCommand,
  UntagResource: UntagResourceCommand,
}
