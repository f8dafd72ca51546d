/** What the tests of schedules start from: a cluster, a task, and a role that Scheduler may assume. */
import { type Aws, aws } from './aws.ts'
import { network } from './story.ts'

const account = '123456789012'
export const roleArn = `arn:aws:iam::${account}:role/schedules`
const cluster = `arn:aws:ecs:us-east-1:${account}:cluster/shop`
const definition = `arn:aws:ecs:us-east-1:${account}:task-definition/job`

/** An ECS target, with changes to it and to its parameters. */
export function target(more: object = {}, ecs: object = {}) {
  return {
    Arn: cluster,
    RoleArn: roleArn,
    EcsParameters: {
      TaskDefinitionArn: definition,
      LaunchType: 'FARGATE',
      NetworkConfiguration: {
        awsvpcConfiguration: { Subnets: network.awsvpcConfiguration.subnets },
      },
      ...ecs,
    },
    ...more,
  }
}

/** The input of CreateSchedule: every hour, but for changes. */
export function hourly(more: object = {}) {
  return {
    Name: 'job',
    ScheduleExpression: 'rate(1 hour)',
    FlexibleTimeWindow: { Mode: 'OFF' },
    Target: target(),
    ...more,
  }
}

export interface Scheduling extends Aws {
  /** When tasks were started so far, as ISO times to the second. */
  started(): string[]
}

/** The role has got round; the cluster has no tasks. */
export function scheduling(): Scheduling {
  const one = aws()
  one.call('iam:CreateRole', {
    RoleName: 'schedules',
    AssumeRolePolicyDocument: JSON.stringify({
      Statement: [
        {
          Effect: 'Allow',
          Principal: { Service: 'scheduler.amazonaws.com' },
          Action: 'sts:AssumeRole',
        },
      ],
    }),
  })
  one.later(60)
  one.call('ecs:CreateCluster', { clusterName: 'shop' })
  one.call('ecs:RegisterTaskDefinition', {
    family: 'job',
    networkMode: 'awsvpc',
    requiresCompatibilities: ['FARGATE'],
    cpu: '256',
    memory: '512',
    containerDefinitions: [{ name: 'app', image: 'busybox' }],
  })
  return {
    ...one,
    started: () =>
      [...one.sim.world().tasks.values()]
        .map(({ task }) => task.createdAt?.toISOString().replace('.000Z', '') ?? '')
        .sort(),
  }
}
