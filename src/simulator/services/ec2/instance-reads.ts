/** How EC2 shows instances: DescribeInstances, DescribeInstanceStatus, DescribeInstanceAttribute. */
import type {
  DescribeInstanceAttributeRequest,
  DescribeInstanceStatusRequest,
  DescribeInstancesRequest,
  Instance,
} from '@aws-sdk/client-ec2'
import { AwsError, type CallContext, type ServiceHandlers } from '../../api.ts'
import { stateOf } from '../../machines/hosts.ts'
import type { World } from '../../world.ts'
import type { HostRecord } from './compute-state.ts'
import { type FilterFields, filtered, pageOf } from './queries.ts'
import { checkId, kinds, missing } from './resources.ts'
import { tagList, tagsOf } from './tags.ts'

/** An instance with its tags and the names of its groups. */
function view(world: World, host: HostRecord): Instance {
  const { instance } = host
  const names = (groups: Instance['SecurityGroups'] = []) =>
    groups.map(({ GroupId }) => ({
      GroupId,
      GroupName: world.ec2.securityGroups.get(GroupId ?? '')?.groupName ?? '',
    }))
  return {
    ...instance,
    SecurityGroups: names(instance.SecurityGroups),
    NetworkInterfaces: (instance.NetworkInterfaces ?? []).map((face) => ({
      ...face,
      Groups: names(face.Groups),
      ...(instance.PublicIpAddress && {
        Association: { IpOwnerId: 'amazon', PublicDnsName: '', PublicIp: instance.PublicIpAddress },
      }),
    })),
    Tags: tagList(world, 'instance', instance.InstanceId ?? ''),
  }
}

/** Instances of one reservation. */
export function reservationView(world: World, hosts: readonly HostRecord[]) {
  return {
    ReservationId: hosts[0]?.reservationId,
    OwnerId: world.account,
    Groups: [],
    Instances: hosts.map((host) => view(world, host)),
  }
}

const fields: FilterFields<HostRecord> = {
  architecture: ({ instance }) => instance.Architecture,
  'availability-zone': ({ instance }) => instance.Placement?.AvailabilityZone,
  'client-token': ({ instance }) => instance.ClientToken,
  'iam-instance-profile.arn': ({ instance }) => instance.IamInstanceProfile?.Arn,
  'image-id': ({ instance }) => instance.ImageId,
  'instance-id': ({ instance }) => instance.InstanceId,
  'instance-lifecycle': ({ instance }) => instance.InstanceLifecycle,
  'instance-state-code': ({ instance }) => String(instance.State?.Code),
  'instance-state-name': (host) => stateOf(host),
  'instance-type': ({ instance }) => instance.InstanceType,
  'instance.group-id': ({ instance }) => instance.SecurityGroups?.map((one) => one.GroupId ?? ''),
  'ip-address': ({ instance }) => instance.PublicIpAddress,
  'key-name': ({ instance }) => instance.KeyName,
  'private-dns-name': ({ instance }) => instance.PrivateDnsName,
  'private-ip-address': ({ instance }) => instance.PrivateIpAddress,
  'reservation-id': ({ reservationId }) => reservationId,
  'subnet-id': ({ instance }) => instance.SubnetId,
  'vpc-id': ({ instance }) => instance.VpcId,
}

/** Hosts that are asked for by id, all others throwing, or that match the filters. */
function select(
  world: World,
  ids: readonly string[] | undefined,
  filters: DescribeInstancesRequest['Filters'],
): HostRecord[] {
  const { hosts } = world.compute
  for (const id of ids ?? []) checkId(kinds.instance, id)
  const unknown = ids?.filter((id) => !hosts.has(id)) ?? []
  if (unknown.length > 0) throw missing(kinds.instance, unknown)
  const asked = ids?.length ? ids.flatMap((id) => hosts.get(id) ?? []) : [...hosts.values()]
  const tags = (host: HostRecord) => tagsOf(world, 'instance', host.instance.InstanceId ?? '')
  return filtered(asked, filters, fields, tags)
}

function describe(input: DescribeInstancesRequest, { world }: CallContext) {
  const found = select(world, input.InstanceIds, input.Filters)
  const { items, NextToken } = pageOf(found, input, ({ instance }) => instance.InstanceId ?? '')
  const reservations = new Map<string, HostRecord[]>()
  for (const host of items) {
    reservations.set(host.reservationId, [...(reservations.get(host.reservationId) ?? []), host])
  }
  return {
    Reservations: [...reservations.values()].map((hosts) => reservationView(world, hosts)),
    NextToken,
  }
}

/** Running instances alone unless all are asked for. */
function status(input: DescribeInstanceStatusRequest, { world }: CallContext) {
  const found = select(world, input.InstanceIds, input.Filters).filter(
    (host) => input.IncludeAllInstances || stateOf(host) === 'running',
  )
  const { items, NextToken } = pageOf(found, input, ({ instance }) => instance.InstanceId ?? '')
  const InstanceStatuses = items.map((host) => {
    const word = stateOf(host) === 'running' ? 'ok' : 'not-applicable'
    const passed = { Name: 'reachability', Status: word === 'ok' ? 'passed' : 'insufficient-data' }
    return {
      InstanceId: host.instance.InstanceId,
      AvailabilityZone: host.instance.Placement?.AvailabilityZone,
      InstanceState: host.instance.State,
      InstanceStatus: { Status: word, Details: [passed] },
      SystemStatus: { Status: word, Details: [passed] },
    }
  })
  return { InstanceStatuses, NextToken }
}

function attribute(input: DescribeInstanceAttributeRequest, { world }: CallContext) {
  const [host] = select(world, [input.InstanceId ?? ''], undefined)
  if (!host) return {}
  const { instance } = host
  const all: Record<string, Record<string, unknown>> = {
    instanceType: { InstanceType: { Value: instance.InstanceType } },
    userData: { UserData: host.userData ? { Value: host.userData } : {} },
    disableApiTermination: { DisableApiTermination: { Value: host.disableApiTermination } },
    disableApiStop: { DisableApiStop: { Value: false } },
    instanceInitiatedShutdownBehavior: { InstanceInitiatedShutdownBehavior: { Value: 'stop' } },
    rootDeviceName: { RootDeviceName: { Value: instance.RootDeviceName } },
    blockDeviceMapping: { BlockDeviceMappings: instance.BlockDeviceMappings },
    sourceDestCheck: { SourceDestCheck: { Value: true } },
    groupSet: { Groups: view(world, host).SecurityGroups },
    ebsOptimized: { EbsOptimized: { Value: instance.EbsOptimized } },
    enaSupport: { EnaSupport: { Value: true } },
  }
  const asked = all[input.Attribute ?? '']
  if (!asked) {
    throw new AwsError(
      'InvalidParameterValue',
      `Value (${input.Attribute}) for parameter attribute is invalid. Unknown attribute.`,
    )
  }
  return { InstanceId: instance.InstanceId, ...asked }
}

export const instanceReadHandlers: ServiceHandlers = {
  DescribeInstances: describe,
  DescribeInstanceStatus: status,
  DescribeInstanceAttribute: attribute,
}
