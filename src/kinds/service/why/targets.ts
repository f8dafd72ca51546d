/** How load balancers find the tasks of a service: targets that are not healthy, and what the checks ask for. */

import type { Service } from '@aws-sdk/client-ecs'
import type {
  TargetGroup,
  TargetHealthDescription,
} from '@aws-sdk/client-elastic-load-balancing-v2'
import type { Checks, Evidence, Target } from './model.ts'
import type { Reading } from './reading.ts'

/** The target groups that ECS registers the service's tasks in. */
export function balancersOf({ loadBalancers = [] }: Service): Evidence['balancers'] {
  return loadBalancers.flatMap((each) => {
    const { targetGroupArn, advancedConfiguration, containerName, containerPort } = each
    return [targetGroupArn, advancedConfiguration?.alternateTargetGroupArn].flatMap((arn) =>
      arn
        ? {
            arn,
            ...(containerName ? { container: containerName } : {}),
            ...(containerPort ? { port: containerPort } : {}),
          }
        : [],
    )
  })
}

/** `web` in `…:targetgroup/web/50dc6c495c0c9188`. */
export const groupName = (arn: string): string => arn.split('/').at(-2) ?? arn

export async function readTargets(arns: readonly string[], ask: Reading): Promise<Target[]> {
  const answers = await Promise.all(
    arns.map(async (arn) => {
      const answer = await ask<{ TargetHealthDescriptions?: TargetHealthDescription[] }>(
        'target health',
        'elasticloadbalancing:DescribeTargetHealth',
        { TargetGroupArn: arn },
      )
      return (answer?.TargetHealthDescriptions ?? []).map((described) => targetOf(arn, described))
    }),
  )
  return answers.flat().filter(({ state }) => state !== 'healthy' && state !== 'draining')
}

function targetOf(arn: string, { Target: target, TargetHealth }: TargetHealthDescription): Target {
  return {
    group: groupName(arn),
    arn,
    address: `${target?.Id ?? ''}${target?.Port ? `:${target.Port}` : ''}`,
    state: TargetHealth?.State ?? '',
    reason: TargetHealth?.Reason ?? '',
    description: TargetHealth?.Description ?? '',
  }
}

/** By target group. */
export async function readChecks(arns: readonly string[], ask: Reading): Promise<Checks> {
  if (arns.length === 0) return {}
  const answer = await ask<{ TargetGroups?: TargetGroup[] }>(
    'health checks',
    'elasticloadbalancing:DescribeTargetGroups',
    { TargetGroupArns: [...new Set(arns)] },
  )
  return Object.fromEntries(
    (answer?.TargetGroups ?? []).map((group) => [group.TargetGroupArn ?? '', checkOf(group)]),
  )
}

function checkOf(group: TargetGroup): string {
  const port =
    group.HealthCheckPort === 'traffic-port' ? "the task's port" : `port ${group.HealthCheckPort}`
  if (!group.HealthCheckPath) return `a connection to ${port}`
  const wanted = group.Matcher?.HttpCode ?? group.Matcher?.GrpcCode
  return `GET ${group.HealthCheckPath} on ${port}${wanted ? `, expects ${wanted}` : ''}`
}
