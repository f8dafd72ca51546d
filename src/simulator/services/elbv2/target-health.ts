/** DescribeTargetHealth: the tasks that ECS has registered in a target group, and how its checks find them. */
import type {
  TargetHealth,
  TargetHealthDescription,
} from '@aws-sdk/client-elastic-load-balancing-v2'
import type { ServiceHandlers } from '../../api.ts'
import { failureOf } from '../../machines/targets.ts'
import type { TaskRecord, World } from '../../world.ts'
import { balancersOf } from './lookups.ts'
import { requireGroup } from './target-groups.ts'

function healthOf(
  record: TaskRecord,
  state: 'initial' | 'healthy' | 'unhealthy',
  used: boolean,
  failure: ReturnType<typeof failureOf>,
): TargetHealth {
  if (record.task.lastStatus === 'DEACTIVATING') {
    return {
      State: 'draining',
      Reason: 'Target.DeregistrationInProgress',
      Description: 'Target deregistration is in progress',
    }
  }
  if (!used) {
    return {
      State: 'unused',
      Reason: 'Target.NotInUse',
      Description: 'Target group is not configured to receive traffic from the load balancer',
    }
  }
  if (state === 'healthy') return { State: 'healthy' }
  if (state === 'unhealthy') {
    return {
      State: 'unhealthy',
      Reason: failure.reason as NonNullable<TargetHealth['Reason']>,
      Description: failure.description,
    }
  }
  return {
    State: 'initial',
    Reason: 'Elb.InitialHealthChecking',
    Description: 'Initial health checks in progress',
  }
}

/** Where the load balancer reaches the task's port: its own address, or its instance and the port there. */
function addressOf(world: World, record: TaskRecord, port: number, byAddress: boolean) {
  const { containers = [] } = record.task
  if (byAddress) {
    const address = containers.flatMap(({ networkInterfaces = [] }) =>
      networkInterfaces.flatMap(({ privateIpv4Address }) => privateIpv4Address ?? []),
    )[0]
    return { Id: address ?? '', Port: port }
  }
  const binding = containers
    .flatMap(({ networkBindings = [] }) => networkBindings)
    .find(({ containerPort }) => containerPort === port)
  const instance = world.instances.get(record.instanceId ?? '')?.instance.ec2InstanceId
  return { Id: instance ?? '', Port: binding?.hostPort ?? port }
}

export const targetHealthHandlers: ServiceHandlers = {
  DescribeTargetHealth({ TargetGroupArn: arn = '' }: { TargetGroupArn?: string }, { world }) {
    const { group } = requireGroup(world, arn)
    const used = balancersOf(world, arn).length > 0
    const descriptions: TargetHealthDescription[] = []
    for (const record of world.tasks.values()) {
      // ECS registers a task when it runs, and takes it out before it is stopped.
      if (!['ACTIVATING', 'RUNNING', 'DEACTIVATING'].includes(record.task.lastStatus ?? ''))
        continue
      for (const { targetGroupArn, port, state } of record.machine.targets) {
        if (targetGroupArn !== arn) continue
        const target = addressOf(world, record, port, group.TargetType === 'ip')
        const checked =
          group.HealthCheckPort === 'traffic-port' ? target.Port : group.HealthCheckPort
        descriptions.push({
          Target: {
            ...target,
            ...(group.TargetType === 'ip' && { AvailabilityZone: record.task.availabilityZone }),
          },
          HealthCheckPort: String(checked),
          TargetHealth: healthOf(record, state, used, failureOf(world, record, arn)),
        })
      }
    }
    return { TargetHealthDescriptions: descriptions }
  },
}
