/** The AWS operations that services need, and how a lost answer to each is made safe. */
import type { Safety } from '../../kind.ts'
import type { Operation } from '../../model.ts'

export const operations: Readonly<Record<Operation, Safety>> = {
  'ecs:DescribeServices': 'read',
  'ecs:ListServiceDeployments': 'read',
  'ecs:DescribeServiceRevisions': 'read',
  // While a deployment is under way: how it stands, and how long its tasks take to start.
  'ecs:DescribeServiceDeployments': 'read',
  'ecs:ListTasks': 'read',
  'ecs:DescribeTasks': 'read',
  // Who scales a service whose number of tasks is not Git's, and what scaled it before.
  'application-autoscaling:DescribeScalableTargets': 'read',
  'application-autoscaling:DescribeScalingActivities': 'read',
  // What tasks would get if they started anew: images whose tags moved, secrets that changed.
  'ecr:BatchGetImage': 'read',
  'ecs:DescribeTaskDefinition': 'read',
  'secretsmanager:DescribeSecret': 'read',
  'ssm:DescribeParameters': 'read',
  // Why a deployment fails; a report does without what may not be read.
  'ecs:ListContainerInstances': 'read',
  'ecs:DescribeContainerInstances': 'read',
  'elasticloadbalancing:DescribeTargetGroups': 'read',
  'elasticloadbalancing:DescribeTargetHealth': 'read',
  'logs:GetLogEvents': 'read',
  'ecs:CreateService': 'token',
  // Sets values; a roll-out to what is already rolled out does nothing.
  'ecs:UpdateService': 'idempotent',
  // Ends a deployment that fails again and again; one that has ended is not harmed.
  'ecs:StopServiceDeployment': 'idempotent',
  'ecs:DeleteService': 'idempotent',
  'ecs:TagResource': 'idempotent',
  'ecs:UntagResource': 'idempotent',
}
