/** The network side of a task: its interface in awsvpc mode, its host ports in bridge and host mode. */
import type {
  Attachment,
  Container,
  NetworkBinding,
  NetworkConfiguration,
  TaskDefinition,
} from '@aws-sdk/client-ecs'
import { newPrivateAddress, newPublicAddress, privateDnsName } from '../services/ec2/addresses.ts'
import type { InstanceRecord, TaskRecord, World } from '../world.ts'
import { dynamicPort } from './instances.ts'
import { hexId, uuid } from './random.ts'

/** What a task's interface is to be like, by the network configuration of its service or RunTask. */
export function interfaceWish(configuration: NetworkConfiguration | undefined) {
  const {
    subnets = [],
    securityGroups = [],
    assignPublicIp,
  } = configuration?.awsvpcConfiguration ?? {}
  return { subnets, securityGroups, assignPublicIp: assignPublicIp === 'ENABLED' }
}

/** Gives a task its network interface, as an attachment that becomes ATTACHED. */
export function attachInterface(world: World, record: TaskRecord, subnetId: string): void {
  const address = newPrivateAddress(world, subnetId)
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
      { name: 'privateDnsName', value: privateDnsName(world, address) },
      { name: 'privateIPv4Address', value: address },
    ],
  }
  record.task.attachments = [attachment]
  if (record.machine.assignPublicIp) record.machine.publicIp = newPublicAddress(world)
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
  return subnets.find((id) => zoneOf(world, id) === zone)
}

/** The zone of a subnet, while it exists. */
export function zoneOf(world: World, subnetId: string): string | undefined {
  return world.ec2.subnets.get(subnetId)?.availabilityZone
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
