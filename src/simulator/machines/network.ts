/** The network side of a task: its interface in awsvpc mode, its host ports in bridge and host mode. */
import type { Attachment, Container, NetworkBinding, TaskDefinition } from '@aws-sdk/client-ecs'
import type { InstanceRecord, TaskRecord, World } from '../world.ts'
import { nextCount } from './agenda.ts'
import { dynamicPort } from './instances.ts'
import { hexId, uuid } from './random.ts'

/** A free private address in a subnet of the default VPC: 172.31.0.0/20, 172.31.16.0/20, … in order of zones. */
function privateAddress(world: World, subnetId: string): string {
  const index = Math.max(
    0,
    world.network.subnets.findIndex((s) => s.subnetId === subnetId),
  )
  // The first four addresses of a subnet and its last one are AWS's own.
  const host = 4 + ((nextCount(world, `address ${subnetId}`) - 1) % (4096 - 5))
  return `172.31.${index * 16 + (host >> 8)}.${host & 255}`
}

/** Gives a task its network interface, as an attachment that becomes ATTACHED. */
export function attachInterface(world: World, record: TaskRecord, subnetId: string): void {
  const address = privateAddress(world, subnetId)
  const id = uuid(world, 'attachment')
  const mac = hexId(world, 'mac', 10).match(/../g)?.join(':')
  const attachment: Attachment = {
    id,
    type: 'ElasticNetworkInterface',
    status: 'PRECREATED',
    details: [
      { name: 'subnetId', value: subnetId },
      { name: 'networkInterfaceId', value: `eni-${hexId(world, 'eni', 17)}` },
      { name: 'macAddress', value: `0a:${mac}` },
      { name: 'privateDnsName', value: `ip-${address.replaceAll('.', '-')}.ec2.internal` },
      { name: 'privateIPv4Address', value: address },
    ],
  }
  record.task.attachments = [attachment]
  for (const container of record.task.containers ?? []) {
    container.networkInterfaces = [{ attachmentId: id, privateIpv4Address: address }]
  }
}

/** Moves the network interface on: PRECREATED → ATTACHED → DELETED. */
export function setAttachment(record: TaskRecord, status: 'ATTACHED' | 'DELETED'): void {
  for (const attachment of record.task.attachments ?? []) attachment.status = status
}

/** The first subnet in a zone, of those that the task may use. */
export function subnetIn(
  world: World,
  subnets: readonly string[],
  zone: string,
): string | undefined {
  return subnets.find((id) =>
    world.network.subnets.some((s) => s.subnetId === id && s.availabilityZone === zone),
  )
}

/** The zone of a subnet of the default VPC. */
export function zoneOf(world: World, subnetId: string): string | undefined {
  return world.network.subnets.find((s) => s.subnetId === subnetId)?.availabilityZone
}

/** Binds the ports of a bridge or host task; port 0 gets one from the dynamic range. */
export function bindPorts(
  definition: TaskDefinition,
  containers: readonly Container[],
  instance: InstanceRecord,
): void {
  if (definition.networkMode === 'awsvpc' || definition.networkMode === 'none') return
  for (const [i, container] of containers.entries()) {
    const mappings = definition.containerDefinitions?.[i]?.portMappings ?? []
    container.networkBindings = mappings.map(
      (mapping): NetworkBinding => ({
        bindIP: '0.0.0.0',
        containerPort: mapping.containerPort,
        hostPort:
          definition.networkMode === 'host'
            ? mapping.containerPort
            : mapping.hostPort || dynamicPort(instance),
        protocol: mapping.protocol ?? 'tcp',
      }),
    )
  }
}
