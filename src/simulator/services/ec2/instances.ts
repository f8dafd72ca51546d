/** EC2 instances: run, terminate, stop, start, and what may be changed of one. */
import type {
  InstanceStateChange,
  ModifyInstanceAttributeRequest,
  RebootInstancesRequest,
  RunInstancesRequest,
  StartInstancesRequest,
  StopInstancesRequest,
  TerminateInstancesRequest,
} from '@aws-sdk/client-ec2'
import { AwsError, type CallContext, type ServiceHandlers } from '../../api.ts'
import { hostWish, type LaunchData } from '../../machines/host-wish.ts'
import {
  createHost,
  newReservation,
  startHost,
  stateOf,
  stopHost,
  terminateHost,
} from '../../machines/hosts.ts'
import { findTemplate, requireVersion } from '../../machines/templates.ts'
import type { World } from '../../world.ts'
import type { HostRecord } from './compute-state.ts'
import { reservationView } from './instance-reads.ts'
import { kinds, need } from './resources.ts'
import { requestedTags } from './tags.ts'

/** The instance with this id. Throws InvalidInstanceID.NotFound and .Malformed. */
function requireHost(world: World, id: string): HostRecord {
  return need(kinds.instance, world.compute.hosts, id)
}

/** What the request launches: the template's data with the request's own members over it. */
function launchData(world: World, input: RunInstancesRequest): LaunchData {
  const reference = input.LaunchTemplate
  const base = reference
    ? requireVersion(findTemplate(world, reference), reference.Version).data
    : {}
  const own = Object.entries(input).filter(
    ([name, value]) => value !== undefined && !notLaunchData.has(name),
  )
  return { ...base, ...Object.fromEntries(own) } as LaunchData
}

const notLaunchData = new Set([
  ...['LaunchTemplate', 'MinCount', 'MaxCount', 'DryRun', 'ClientToken'],
  ...['TagSpecifications', 'SubnetId', 'PrivateIpAddress'],
])

/** The tags that instances are to get; those of their volumes and interfaces are not kept. */
function instanceTags(specifications: LaunchData['TagSpecifications']): Record<string, string> {
  const own = specifications?.filter((one) => one.ResourceType === 'instance')
  const tags = requestedTags(own, 'instance')
  return Object.fromEntries(tags.map(({ Key = '', Value = '' }) => [Key, Value]))
}

function run(input: RunInstancesRequest, context: CallContext) {
  const { world, now } = context
  const { MinCount: min = 1, MaxCount: max = 1, ClientToken: token } = input
  const known = token ? world.compute.tokens.get(`RunInstances ${token}`) : undefined
  if (known) {
    if (known.input !== JSON.stringify(input)) {
      throw new AwsError(
        'IdempotentParameterMismatch',
        'The client token has already been used with different parameters.',
      )
    }
    const hosts = known.ids.flatMap((id) => world.compute.hosts.get(id) ?? [])
    return { ...reservationView(world, hosts) }
  }
  if (min < 1 || max < min) {
    throw new AwsError(
      'InvalidParameterValue',
      `The minimum number of instances (${min}) must be at least 1 and at most the maximum (${max}).`,
    )
  }
  const data = launchData(world, input)
  if (input.SubnetId !== undefined && data.NetworkInterfaces?.length) {
    throw new AwsError(
      'InvalidParameterCombination',
      'Network interfaces and an instance-level subnet ID may not be specified on the same request',
    )
  }
  const wish = hostWish(world, data, now, input.SubnetId)
  const tags = {
    ...instanceTags(data.TagSpecifications),
    ...instanceTags(input.TagSpecifications),
  }
  const reservationId = newReservation(world)
  const hosts = Array.from({ length: max }, (_, index) => {
    const client = token ? { clientToken: token } : {}
    return createHost(world, { wish, reservationId, index, tags, ...client }, now)
  })
  if (token) {
    const ids = hosts.map(({ instance }) => instance.InstanceId ?? '')
    world.compute.tokens.set(`RunInstances ${token}`, { input: JSON.stringify(input), ids })
  }
  return { ...reservationView(world, hosts) }
}

/** Does something to each instance and answers the states before and after. All must exist, or nothing is done. */
function change(
  world: World,
  ids: readonly string[] | undefined,
  act: (host: HostRecord) => void,
): InstanceStateChange[] {
  const hosts = (ids ?? []).map((id) => requireHost(world, id))
  return hosts.map((host) => {
    act(host)
    const id = host.instance.InstanceId ?? ''
    return {
      InstanceId: id,
      PreviousState: host.instance.State,
      CurrentState: world.compute.hosts.get(id)?.instance.State,
    }
  })
}

function terminate(input: TerminateInstancesRequest, { world, now }: CallContext) {
  const hosts = (input.InstanceIds ?? []).map((id) => requireHost(world, id))
  const kept = hosts.find((host) => host.disableApiTermination && stateOf(host) !== 'terminated')
  if (kept) {
    throw new AwsError(
      'OperationNotPermitted',
      `The instance '${kept.instance.InstanceId}' may not be terminated. Modify its 'disableApiTermination' instance attribute and try again.`,
    )
  }
  const changes = change(world, input.InstanceIds, (host) => terminateHost(world, host, now))
  return { TerminatingInstances: changes }
}

/** Throws IncorrectInstanceState unless each instance is in one of these states. */
function requireState(
  world: World,
  ids: readonly string[],
  allowed: readonly string[],
  verb: string,
) {
  for (const host of ids.map((id) => requireHost(world, id))) {
    if (allowed.includes(stateOf(host))) continue
    throw new AwsError(
      'IncorrectInstanceState',
      `The instance '${host.instance.InstanceId}' is not in a state from which it can be ${verb}.`,
    )
  }
}

function stop(input: StopInstancesRequest, { world, now }: CallContext) {
  const ids = input.InstanceIds ?? []
  requireState(world, ids, ['pending', 'running', 'stopping', 'stopped'], 'stopped')
  const spot = ids.find((id) => requireHost(world, id).instance.InstanceLifecycle === 'spot')
  if (spot !== undefined) {
    throw new AwsError(
      'UnsupportedOperation',
      `You can't stop the Spot Instance '${spot}' because it is associated with a one-time Spot Instance request. You can only stop Spot Instances associated with persistent Spot Instance requests.`,
    )
  }
  return { StoppingInstances: change(world, ids, (host) => stopHost(world, host, now)) }
}

function start(input: StartInstancesRequest, { world, now }: CallContext) {
  const ids = input.InstanceIds ?? []
  requireState(world, ids, ['pending', 'running', 'stopped'], 'started')
  return { StartingInstances: change(world, ids, (host) => startHost(world, host, now)) }
}

function reboot(input: RebootInstancesRequest, { world }: CallContext) {
  for (const id of input.InstanceIds ?? []) requireHost(world, id)
  return {}
}

function modifyAttribute(input: ModifyInstanceAttributeRequest, { world }: CallContext) {
  const host = requireHost(world, input.InstanceId ?? '')
  const type = input.InstanceType?.Value
  if (type !== undefined && stateOf(host) !== 'stopped') {
    throw new AwsError(
      'IncorrectInstanceState',
      `The instance '${input.InstanceId}' is not in the 'stopped' state.`,
    )
  }
  const keep = input.DisableApiTermination?.Value ?? host.disableApiTermination
  const instance = {
    ...host.instance,
    ...(type && { InstanceType: type as NonNullable<HostRecord['instance']['InstanceType']> }),
  }
  const changed = { ...host, instance, disableApiTermination: keep }
  world.compute.hosts.set(input.InstanceId ?? '', changed)
  return {}
}

export const instanceHandlers: ServiceHandlers = {
  RunInstances: run,
  TerminateInstances: terminate,
  StopInstances: stop,
  StartInstances: start,
  RebootInstances: reboot,
  ModifyInstanceAttribute: modifyAttribute,
}
