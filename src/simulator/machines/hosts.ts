/** EC2 instances: how one comes into being, and its life: pending → running → (stopping → stopped →) shutting-down → terminated. */
import type { Instance, InstanceStateName } from '@aws-sdk/client-ec2'
import { newPrivateAddress, newPublicAddress, privateDnsName } from '../services/ec2/addresses.ts'
import type { HostRecord } from '../services/ec2/compute-state.ts'
import { dropTags, ec2Arn } from '../services/ec2/tags.ts'
import type { World } from '../world.ts'
import { nextCount, wakeAt } from './agenda.ts'
import {
  agentLost,
  bootAgent,
  forgetContainerInstance,
  hostTerminated,
  stepAgent,
} from './host-agents.ts'
import type { HostWish } from './host-wish.ts'
import { between, hexId } from './random.ts'
import { terminatedHostMs, host as timing } from './timing.ts'

const codes: Readonly<Record<InstanceStateName, number>> = {
  pending: 0,
  running: 16,
  'shutting-down': 32,
  terminated: 48,
  stopping: 64,
  stopped: 80,
}

export interface HostLaunch {
  readonly wish: HostWish
  readonly reservationId: string
  readonly index: number
  readonly tags: Readonly<Record<string, string>>
  readonly group?: string
  readonly clientToken?: string
}

/** A new instance in `pending`, and its clock set going. */
export function createHost(world: World, launch: HostLaunch, now: number): HostRecord {
  const id = `i-0${hexId(world, 'ec2', 16)}`
  const { wish, group } = launch
  const record: HostRecord = {
    instance: newInstance(world, id, launch, now),
    reservationId: launch.reservationId,
    ...(wish.data.UserData && { userData: wish.data.UserData }),
    disableApiTermination: wish.data.DisableApiTermination ?? false,
    ...(group && { group }),
    agent: { state: 'trying' },
    until: now + between(world, 'host', ...timing.pending),
    clock: {},
  }
  world.compute.hosts.set(id, record)
  if (Object.keys(launch.tags).length > 0)
    world.tags.set(ec2Arn(world, 'instance', id), { ...launch.tags })
  wakeHost(world, record, now)
  return record
}

function newInstance(world: World, id: string, launch: HostLaunch, now: number): Instance {
  const { data, image, subnet, type, typeName, profile, spot } = launch.wish
  const [face] = data.NetworkInterfaces ?? []
  const address = face?.PrivateIpAddress ?? newPrivateAddress(world, subnet.subnetId)
  const root = data.BlockDeviceMappings?.find((one) => one.DeviceName === image.rootDevice.name)
  return {
    InstanceId: id,
    ImageId: image.imageId,
    State: { Code: codes.pending, Name: 'pending' },
    PrivateDnsName: privateDnsName(world, address),
    PublicDnsName: '',
    StateTransitionReason: '',
    ...(data.KeyName && { KeyName: data.KeyName }),
    AmiLaunchIndex: launch.index,
    ProductCodes: [],
    InstanceType: typeName as NonNullable<Instance['InstanceType']>,
    LaunchTime: new Date(now),
    Placement: {
      AvailabilityZone: subnet.availabilityZone,
      GroupName: '',
      Tenancy: data.Placement?.Tenancy ?? 'default',
    },
    ...(image.platform === 'windows' && { Platform: 'Windows' }),
    Monitoring: { State: data.Monitoring?.Enabled ? 'enabled' : 'disabled' },
    SubnetId: subnet.subnetId,
    VpcId: subnet.vpcId,
    PrivateIpAddress: address,
    Architecture: image.architecture,
    BlockDeviceMappings: [
      {
        DeviceName: image.rootDevice.name,
        Ebs: {
          AttachTime: new Date(now),
          DeleteOnTermination: root?.Ebs?.DeleteOnTermination ?? true,
          Status: 'attached',
          VolumeId: `vol-0${hexId(world, 'volume', 16)}`,
        },
      },
    ],
    ClientToken: launch.clientToken ?? '',
    EbsOptimized: data.EbsOptimized ?? false,
    EnaSupport: true,
    Hypervisor: 'xen',
    ...(profile && { IamInstanceProfile: { Arn: profile.arn, Id: profile.id } }),
    ...(spot && {
      InstanceLifecycle: 'spot',
      SpotInstanceRequestId: `sir-${hexId(world, 'spot', 8)}`,
    }),
    NetworkInterfaces: [
      {
        Attachment: {
          AttachmentId: `eni-attach-0${hexId(world, 'eni', 16)}`,
          AttachTime: new Date(now),
          DeleteOnTermination: true,
          DeviceIndex: 0,
          NetworkCardIndex: 0,
          Status: 'attached',
        },
        Description: '',
        Groups: launch.wish.groups.map((GroupId) => ({ GroupId })),
        InterfaceType: 'interface',
        Ipv6Addresses: [],
        MacAddress: `0a:${hexId(world, 'mac', 10).match(/../g)?.join(':')}`,
        NetworkInterfaceId: `eni-0${hexId(world, 'eni', 16)}`,
        OwnerId: world.account,
        PrivateDnsName: privateDnsName(world, address),
        PrivateIpAddress: address,
        PrivateIpAddresses: [{ Primary: true, PrivateIpAddress: address }],
        SourceDestCheck: true,
        Status: 'in-use',
        SubnetId: subnet.subnetId,
        VpcId: subnet.vpcId,
      },
    ],
    ...(launch.wish.publicIp && { PublicIpAddress: newPublicAddress(world) }),
    RootDeviceName: image.rootDevice.name,
    RootDeviceType: 'ebs',
    SecurityGroups: launch.wish.groups.map((GroupId) => ({ GroupId })),
    SourceDestCheck: true,
    VirtualizationType: 'hvm',
    CpuOptions: { CoreCount: Math.max(1, type.cpu / 2048), ThreadsPerCore: type.arm ? 1 : 2 },
    CapacityReservationSpecification: { CapacityReservationPreference: 'open' },
    HibernationOptions: { Configured: false },
    MetadataOptions: {
      State: 'applied',
      HttpTokens: data.MetadataOptions?.HttpTokens ?? 'required',
      HttpPutResponseHopLimit: data.MetadataOptions?.HttpPutResponseHopLimit ?? 2,
      HttpEndpoint: data.MetadataOptions?.HttpEndpoint ?? 'enabled',
      HttpProtocolIpv6: data.MetadataOptions?.HttpProtocolIpv6 ?? 'disabled',
      InstanceMetadataTags: data.MetadataOptions?.InstanceMetadataTags ?? 'disabled',
    },
    EnclaveOptions: { Enabled: data.EnclaveOptions?.Enabled ?? false },
    PlatformDetails: image.platform === 'windows' ? 'Windows' : 'Linux/UNIX',
    MaintenanceOptions: { AutoRecovery: 'default' },
  }
}

/** A fresh reservation id. */
export function newReservation(world: World): string {
  return `r-0${nextCount(world, 'reservation').toString(16).padStart(16, '0')}`
}

export function stateOf(host: HostRecord): InstanceStateName {
  return host.instance.State?.Name ?? 'pending'
}

/** Replaces a record by one with changes; the new one. */
function change(world: World, host: HostRecord, changes: Partial<HostRecord>): HostRecord {
  const changed = { ...host, ...changes }
  world.compute.hosts.set(host.instance.InstanceId ?? '', changed)
  return changed
}

function enter(
  world: World,
  host: HostRecord,
  name: InstanceStateName,
  more: Instance = {},
): HostRecord {
  const { until: _, ...rest } = host
  const instance = { ...host.instance, State: { Code: codes[name], Name: name }, ...more }
  const changed = { ...rest, instance }
  world.compute.hosts.set(host.instance.InstanceId ?? '', changed)
  const group = world.autoscaling.groups.get(host.group ?? '')
  if (group) wakeAt(world, 'group', host.group ?? '', group.clock, world.time)
  return changed
}

/** Wakes the host when the next thing is due on it. */
function wakeHost(world: World, host: HostRecord, now: number): void {
  const due = [host.until, host.interruptedAt, host.agent.nextAt].filter(
    (at): at is number => at !== undefined && at > now,
  )
  if (due.length === 0) return
  wakeAt(world, 'host', host.instance.InstanceId ?? '', host.clock, Math.min(...due))
}

/** Lets everything happen to an instance that is due at `now`. */
export function stepHost(world: World, id: string, now: number): void {
  let host = world.compute.hosts.get(id)
  if (!host) return
  const { until = Number.POSITIVE_INFINITY, interruptedAt = Number.POSITIVE_INFINITY } = host
  if (now >= interruptedAt && ['pending', 'running'].includes(stateOf(host))) {
    terminateHost(world, host, now, {
      Code: 'Server.SpotInstanceTermination',
      Message: 'Server.SpotInstanceTermination: Instance terminated due to Spot interruption',
    })
  } else if (now >= until) {
    ends[stateOf(host)]?.(world, host, now)
  }
  host = world.compute.hosts.get(id)
  if (!host) return
  const { nextAt } = host.agent
  if (stateOf(host) === 'running' && nextAt !== undefined && now >= nextAt) {
    host = change(world, host, { agent: stepAgent(world, host, now) })
  }
  wakeHost(world, host, now)
}

/** What follows on each state that ends by itself. */
const ends: Partial<
  Record<InstanceStateName, (world: World, host: HostRecord, now: number) => void>
> = {
  pending(world, host, now) {
    const running = enter(world, host, 'running')
    change(world, running, { agent: bootAgent(world, running, now) })
  },
  stopping(world, host) {
    enter(world, host, 'stopped', { StateTransitionReason: 'User initiated' })
  },
  'shutting-down'(world, host, now) {
    const { PublicIpAddress: _, PrivateIpAddress: __, ...rest } = host.instance
    const gone = enter(world, { ...host, instance: rest }, 'terminated', {
      PrivateDnsName: '',
      NetworkInterfaces: [],
      BlockDeviceMappings: [],
      SecurityGroups: [],
    })
    change(world, gone, {
      agent: hostTerminated(world, gone, now),
      until: now + terminatedHostMs,
    })
  },
  terminated(world, host) {
    const id = host.instance.InstanceId ?? ''
    forgetContainerInstance(world, host.agent.containerInstance ?? '')
    world.compute.hosts.delete(id)
    dropTags(world, 'instance', id)
  },
}

/** Begins to terminate an instance; nothing happens to one that is on its way out already. */
export function terminateHost(
  world: World,
  host: HostRecord,
  now: number,
  reason = {
    Code: 'Client.UserInitiatedShutdown',
    Message: 'Client.UserInitiatedShutdown: User initiated shutdown',
  },
): void {
  if (['shutting-down', 'terminated'].includes(stateOf(host))) return
  const leaving = enter(world, host, 'shutting-down', {
    StateReason: reason,
    StateTransitionReason: `User initiated (${new Date(now).toISOString().replace('T', ' ').slice(0, 19)} GMT)`,
  })
  const until = now + between(world, 'host', ...timing.shuttingDown)
  wakeHost(world, change(world, leaving, { until }), now)
}

/** Begins to stop an instance: its agent is lost, its public address too. */
export function stopHost(world: World, host: HostRecord, now: number): void {
  if (!['pending', 'running'].includes(stateOf(host))) return
  const { PublicIpAddress: _, ...instance } = host.instance
  const leaving = enter(world, { ...host, instance }, 'stopping')
  const until = now + between(world, 'host', ...timing.stopping)
  const agent = agentLost(world, leaving, 'stopped', now)
  wakeHost(world, change(world, leaving, { until, agent }), now)
}

/** Starts a stopped instance again. */
export function startHost(world: World, host: HostRecord, now: number): void {
  if (stateOf(host) !== 'stopped') return
  const started = enter(world, host, 'pending', {
    LaunchTime: new Date(now),
    StateTransitionReason: '',
    PublicIpAddress: newPublicAddress(world),
  })
  const until = now + between(world, 'host', ...timing.pending)
  wakeHost(world, change(world, started, { until }), now)
}

/** Changes what the record says of the agent, and plans its next step. */
export function setAgent(world: World, id: string, agent: HostRecord['agent'], now: number): void {
  const host = world.compute.hosts.get(id)
  if (host) wakeHost(world, change(world, host, { agent }), now)
}

/** Gives a Spot instance its notice: two minutes. */
export function interruptHost(world: World, host: HostRecord, at: number, now: number): void {
  wakeHost(world, change(world, host, { interruptedAt: at }), now)
}
