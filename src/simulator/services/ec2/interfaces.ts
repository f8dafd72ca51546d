/** Network interfaces: they are not kept but derived from those who have them, tasks and instances. */
import type { TaskRecord, World } from '../../world.ts'

/** One interface, whoever has it. */
export interface NetworkInterfaceView {
  /** `eni-…`. */
  readonly id: string
  readonly subnetId: string
  readonly vpcId: string
  /** Ids of its security groups. */
  readonly groups: readonly string[]
  readonly privateIp: string
  readonly publicIp?: string
  readonly macAddress?: string
  readonly description: string
  /** An AWS service made it, and only that service can take it away. */
  readonly requesterManaged: boolean
  readonly status: 'in-use' | 'available'
  /** The instance that it is attached to. */
  readonly instanceId?: string
  /** It goes when the instance goes. */
  readonly deleteOnTermination?: boolean
}

/** Who has interfaces. A further kind of owner (load balancers) adds its function here. */
const owners: readonly ((world: World) => Iterable<NetworkInterfaceView>)[] = [
  interfacesOfTasks,
  interfacesOfHosts,
]

/** All interfaces of the account in the region. */
export function interfacesOf(world: World): NetworkInterfaceView[] {
  return owners.flatMap((owner) => [...owner(world)])
}

/** The interfaces in one subnet. */
export function interfacesIn(world: World, subnetId: string): NetworkInterfaceView[] {
  return interfacesOf(world).filter((each) => each.subnetId === subnetId)
}

function* interfacesOfTasks(world: World): Iterable<NetworkInterfaceView> {
  for (const record of world.tasks.values()) {
    const view = interfaceOfTask(world, record)
    if (view) yield view
  }
}

function interfaceOfTask(world: World, record: TaskRecord): NetworkInterfaceView | undefined {
  const attachment = record.task.attachments?.find(
    ({ type, status }) => type === 'ElasticNetworkInterface' && status !== 'DELETED',
  )
  if (!attachment) return undefined
  const detail = (name: string) =>
    attachment.details?.find((each) => each.name === name)?.value ?? ''
  const subnetId = detail('subnetId')
  const vpcId = world.ec2.subnets.get(subnetId)?.vpcId ?? ''
  const { securityGroups, publicIp } = record.machine
  return {
    id: detail('networkInterfaceId'),
    subnetId,
    vpcId,
    groups: securityGroups.length > 0 ? securityGroups : defaultGroupOf(world, vpcId),
    privateIp: detail('privateIPv4Address'),
    ...(publicIp && { publicIp }),
    macAddress: detail('macAddress'),
    description: `arn:aws:ecs:${world.region}:${world.account}:attachment/${attachment.id}`,
    requesterManaged: true,
    status: 'in-use',
  }
}

/** The default security group of a VPC, as a list for where groups are left out. */
export function defaultGroupOf(world: World, vpcId: string): string[] {
  for (const group of world.ec2.securityGroups.values()) {
    if (group.vpcId === vpcId && group.groupName === 'default') return [group.groupId]
  }
  return []
}

function* interfacesOfHosts(world: World): Iterable<NetworkInterfaceView> {
  for (const { instance } of world.compute.hosts.values()) {
    for (const face of instance.NetworkInterfaces ?? []) {
      yield {
        id: face.NetworkInterfaceId ?? '',
        subnetId: face.SubnetId ?? '',
        vpcId: face.VpcId ?? '',
        groups: (face.Groups ?? []).flatMap(({ GroupId }) => GroupId ?? []),
        privateIp: face.PrivateIpAddress ?? '',
        ...(instance.PublicIpAddress && { publicIp: instance.PublicIpAddress }),
        ...(face.MacAddress && { macAddress: face.MacAddress }),
        description: '',
        requesterManaged: false,
        status: 'in-use',
        ...(instance.InstanceId && { instanceId: instance.InstanceId }),
        deleteOnTermination: true,
      }
    }
  }
}
