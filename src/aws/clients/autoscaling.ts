/** The operations of `autoscaling` that fairlead sends; named one by one, so that the bundle holds no others. */
import {
  AutoScalingClient,
  TerminateInstanceInAutoScalingGroupCommand,
} from '@aws-sdk/client-auto-scaling'

export const Client = AutoScalingClient

export const commands = {
  TerminateInstanceInAutoScalingGroup: TerminateInstanceInAutoScalingGroupCommand,
}
