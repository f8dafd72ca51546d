/** Seeds container instances: what is free on each is what AWS says is free. */
import type { ContainerInstance, Resource, Task } from '@aws-sdk/client-ecs'
import { typeIn } from '../machines/foreign.ts'
import { type InstanceType, instanceTypes } from '../machines/instance-types.ts'
import { type InstanceRecord, lastPart, membersOf, type World } from '../world.ts'
import { type Answers, keepTags, listed } from './answers.ts'

/** With trunking an instance takes many more interfaces; AWS publishes the number by type, which hardly ever binds. */
const trunkedInterfaces = 100
const firstDynamicPort = 32_768

export function seedInstances(world: World, answers: Answers, now: number): void {
  const ports = highestPorts(answers)
  const types = new Map<string, InstanceType>()
  Object.assign(world.compute, { types, foreign: true })
  const instances = listed<ContainerInstance>(
    answers,
    'ecs:DescribeContainerInstances',
    'containerInstances',
  )
  for (const each of instances) {
    const {
      remainingResources,
      runningTasksCount: _,
      pendingTasksCount: __,
      healthStatus: ___,
      tags,
      ...instance
    } = each
    const arn = instance.containerInstanceArn ?? ''
    const clusterName = arn.split('/').at(-2) ?? ''
    const id = lastPart(arn)
    if (!world.clusters.has(clusterName)) continue
    const attribute = (name: string) => instance.attributes?.find((one) => one.name === name)
    const typeName = attribute('ecs.instance-type')?.value ?? ''
    const type = typeIn(world, typeName)
    if (type && !instanceTypes.has(typeName)) {
      types.set(typeName, { ...type, ...sizeOf(instance.registeredResources) })
    }
    const trunked = attribute('ecs.awsvpc-trunk-id') !== undefined
    const record: InstanceRecord = {
      instance: { ...instance, registeredAt: instance.registeredAt ?? new Date(now) },
      clusterName,
      zone: attribute('ecs.availability-zone')?.value ?? `${world.region}a`,
      free: {
        cpu: amount(remainingResources, 'CPU'),
        memory: amount(remainingResources, 'MEMORY'),
        enis: trunked ? trunkedInterfaces : (type?.enis ?? 4) - 1,
        gpus: texts(remainingResources, 'GPU'),
      },
      ports: {
        tcp: texts(remainingResources, 'PORTS').map(Number),
        udp: texts(remainingResources, 'PORTS_UDP').map(Number),
      },
      nextDynamicPort: Math.max(firstDynamicPort, (ports.get(arn) ?? 0) + 1),
      tasks: new Set(),
    }
    world.instances.set(id, record)
    membersOf(world, clusterName).instances.add(id)
    keepTags(world, arn, tags)
    const host = world.compute.hosts.get(instance.ec2InstanceId ?? '')
    if (host) {
      const agent = { state: 'registered', containerInstance: id } as const
      world.compute.hosts.set(instance.ec2InstanceId ?? '', { ...host, agent })
    }
  }
}

function amount(resources: readonly Resource[] | undefined, name: string): number {
  return resources?.find((one) => one.name === name)?.integerValue ?? 0
}

function texts(resources: readonly Resource[] | undefined, name: string): string[] {
  return [...(resources?.find((one) => one.name === name)?.stringSetValue ?? [])]
}

/** The highest dynamic port in use on each instance. */
function highestPorts(answers: Answers): Map<string, number> {
  const highest = new Map<string, number>()
  for (const task of listed<Task>(answers, 'ecs:DescribeTasks', 'tasks')) {
    const on = task.containerInstanceArn ?? ''
    const bound = task.containers?.flatMap((one) => one.networkBindings ?? []) ?? []
    for (const { hostPort = 0 } of bound) {
      if (hostPort >= firstDynamicPort) highest.set(on, Math.max(hostPort, highest.get(on) ?? 0))
    }
  }
  return highest
}

function sizeOf(registered: readonly Resource[] | undefined): { cpu: number; memory: number } {
  return { cpu: amount(registered, 'CPU'), memory: amount(registered, 'MEMORY') }
}
