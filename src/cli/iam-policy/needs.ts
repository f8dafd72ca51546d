/** What AWS asks of a caller besides the action that is called: roles that are passed on, further actions. */
import type { Operation } from '../../model.ts'

export interface Need {
  /** Services that roles are passed to: `iam:PassedToService`. */
  readonly pass?: readonly string[]
  /** Services whose own role AWS makes at the first use, with the caller's permission. */
  readonly linked?: readonly string[]
  /** Actions that are decided with the same caller. */
  readonly actions?: readonly Operation[]
  /** Whether instances of a launch template are started with the caller's permission. */
  readonly launches?: true
}

/** Templates take their image from a parameter of AWS's. */
const launching: Need = {
  pass: ['ec2.amazonaws.com'],
  actions: ['ssm:GetParameters'],
  launches: true,
}

/** By operation; rests on each service's guide to its permissions. */
export const needs: Readonly<Record<Operation, Need>> = {
  'ecs:CreateCluster': { linked: ['ecs.amazonaws.com'] },
  'ecs:RegisterTaskDefinition': { pass: ['ecs-tasks.amazonaws.com'] },
  'ecs:RunTask': { pass: ['ecs-tasks.amazonaws.com'] },
  'ecs:CreateService': { pass: ['ecs.amazonaws.com'], linked: ['ecs.amazonaws.com'] },
  'ecs:UpdateService': { pass: ['ecs.amazonaws.com'] },
  // ECS marks the group that it scales as its own.
  'ecs:CreateCapacityProvider': { actions: ['autoscaling:CreateOrUpdateTags'] },
  'autoscaling:CreateAutoScalingGroup': { ...launching, linked: ['autoscaling.amazonaws.com'] },
  'autoscaling:UpdateAutoScalingGroup': launching,
  'autoscaling:StartInstanceRefresh': launching,
  'iam:AddRoleToInstanceProfile': { pass: ['ec2.amazonaws.com'] },
  'scheduler:CreateSchedule': { pass: ['scheduler.amazonaws.com'] },
  'scheduler:UpdateSchedule': { pass: ['scheduler.amazonaws.com'] },
  'elasticloadbalancing:CreateLoadBalancer': { linked: ['elasticloadbalancing.amazonaws.com'] },
  'application-autoscaling:RegisterScalableTarget': {
    linked: ['ecs.application-autoscaling.amazonaws.com'],
  },
}

/** Tags in the request of a creation are decided as if they were written by themselves, with these actions. */
export const taggers: Readonly<Record<string, Operation>> = {
  ecs: 'ecs:TagResource',
  ec2: 'ec2:CreateTags',
  autoscaling: 'autoscaling:CreateOrUpdateTags',
  elasticloadbalancing: 'elasticloadbalancing:AddTags',
  ecr: 'ecr:TagResource',
  secretsmanager: 'secretsmanager:TagResource',
  scheduler: 'scheduler:TagResource',
  logs: 'logs:TagResource',
  ssm: 'ssm:AddTagsToResource',
  'application-autoscaling': 'application-autoscaling:TagResource',
}
