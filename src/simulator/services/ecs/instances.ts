/** Container instances: list, describe, drain, register, deregister. */
import type {
  ContainerInstance,
  DeregisterContainerInstanceRequest,
  DescribeContainerInstancesRequest,
  Failure,
  ListContainerInstancesRequest,
  RegisterContainerInstanceRequest,
  Resource,
  UpdateContainerAgentRequest,
  UpdateContainerInstancesStateRequest,
} from '@aws-sdk/client-ecs'
import { AwsError, type CallContext, type ServiceHandlers } from '../../api.ts'
import { beginAgentUpdate } from '../../machines/agent-update.ts'
import { parseQuery } from '../../machines/cluster-query.ts'
import { findImage, newestAgent } from '../../machines/images.ts'
import { instanceTypes } from '../../machines/instance-types.ts'
import { instanceView, registerInstance } from '../../machines/instances.ts'
import { attributesOf, instancesOf } from '../../machines/placement.ts'
import { instanceChanged, requestStop, roomCame } from '../../machines/tasks.ts'
import { page } from '../../pages.ts'
import { ecsArn, type InstanceRecord, lastPart } from '../../world.ts'
import { defaultSubnets } from '../ec2/default-vpc.ts'
import { activeCluster } from './clusters.ts'
import { invalid } from './launch-settings.ts'
import { parseEcsArn } from './names.ts'
import { checkTags, createTags, tagsOf } from './tags.ts'

/** The instance that an id or ARN means in a cluster. */
export function findInstance(
  context: CallContext,
  home: string,
  identifier: string,
): InstanceRecord | undefined {
  const arn = parseEcsArn(identifier)
  if (arn && arn.path.length > 1 && arn.path[0] !== home) return undefined
  const record = context.world.instances.get(lastPart(identifier))
  return record?.clusterName === home ? record : undefined
}

function view(context: CallContext, record: InstanceRecord, include: readonly string[] = []) {
  const { world } = context
  const shown: ContainerInstance = instanceView(world, record)
  if (include.includes('CONTAINER_INSTANCE_HEALTH')) {
    shown.healthStatus = { overallStatus: 'OK', details: [] }
  }
  shown.tags = include.includes('TAGS') ? tagsOf(world, shown.containerInstanceArn ?? '') : []
  return shown
}

function split(context: CallContext, home: string, asked: readonly string[]) {
  const records: InstanceRecord[] = []
  const failures: Failure[] = []
  for (const identifier of asked) {
    const record = findInstance(context, home, identifier)
    if (record) records.push(record)
    else {
      const arn = ecsArn(context.world, `container-instance/${home}/${lastPart(identifier)}`)
      failures.push({ arn, reason: 'MISSING' })
    }
  }
  return { records, failures }
}

function list(input: ListContainerInstancesRequest, context: CallContext) {
  const { world } = context
  const home = activeCluster(input.cluster, context).clusterName ?? ''
  let matches = (_: InstanceRecord) => true
  if (input.filter) {
    try {
      const query = parseQuery(input.filter)
      matches = (record) => query(world, record)
    } catch (error) {
      throw invalid(`Invalid filter: ${(error as Error).message}.`)
    }
  }
  const arns = instancesOf(world, home)
    .filter(({ instance }) => instance.status !== 'INACTIVE')
    .filter(({ instance }) => !input.status || instance.status === input.status)
    .filter(matches)
    .map(({ instance }) => instance.containerInstanceArn ?? '')
  const { items, nextToken } = page(arns, input, { key: (arn) => arn, size: 100, max: 100 })
  return { containerInstanceArns: items, nextToken }
}

function describe(input: DescribeContainerInstancesRequest, context: CallContext) {
  const home = activeCluster(input.cluster, context).clusterName ?? ''
  const asked = input.containerInstances ?? []
  if (asked.length === 0) throw invalid('Container instances cannot be empty.')
  if (asked.length > 100) throw invalid('Container instances cannot have more than 100 elements.')
  const { records, failures } = split(context, home, asked)
  const containerInstances = records.map((record) => view(context, record, input.include))
  return { containerInstances, failures }
}

function setState(input: UpdateContainerInstancesStateRequest, context: CallContext) {
  const home = activeCluster(input.cluster, context).clusterName ?? ''
  const { containerInstances: asked = [], status } = input
  if (asked.length === 0) throw invalid('Container instances cannot be empty.')
  if (asked.length > 10) throw invalid('Container instances cannot have more than 10 elements.')
  if (status !== 'ACTIVE' && status !== 'DRAINING') {
    throw invalid('The container instance status must be one of ACTIVE or DRAINING.')
  }
  const { records, failures } = split(context, home, asked)
  for (const record of records) {
    const { instance } = record
    if (instance.status !== 'ACTIVE' && instance.status !== 'DRAINING') {
      throw invalid(`The container instance cannot change from ${instance.status} to ${status}.`)
    }
    instance.status = status
    instance.version = (instance.version ?? 0) + 1
    instanceChanged(context.world, record, context.now)
  }
  return { containerInstances: records.map((record) => view(context, record)), failures }
}

function deregister(input: DeregisterContainerInstanceRequest, context: CallContext) {
  const { world, now } = context
  const home = activeCluster(input.cluster, context).clusterName ?? ''
  const record = findInstance(context, home, input.containerInstance ?? '')
  if (!record || record.instance.status === 'INACTIVE') {
    throw invalid('Referenced container instance not found.')
  }
  if (record.tasks.size > 0 && !input.force) throw invalid('Found running tasks on the instance.')
  record.instance.status = 'INACTIVE'
  record.instance.agentConnected = false
  for (const id of record.tasks) {
    const task = world.tasks.get(id)
    const reason = 'Container instance deregistration forced by user'
    if (task) requestStop(world, task, 'UserInitiated', reason, now)
  }
  roomCame(world, home, now)
  return { containerInstance: view(context, record) }
}

/** Updates the agent of an instance that was launched from an image of Amazon Linux. */
function updateAgent(input: UpdateContainerAgentRequest, context: CallContext) {
  const { world, now } = context
  const home = activeCluster(input.cluster, context).clusterName ?? ''
  const record = findInstance(context, home, input.containerInstance ?? '')
  if (!record || record.instance.status === 'INACTIVE') {
    throw invalid('Referenced container instance not found.')
  }
  if (!record.instance.agentConnected) {
    throw new AwsError('ClientException', 'The container agent is not connected.')
  }
  if (record.update) {
    throw new AwsError(
      'UpdateInProgressException',
      'There is already a current Amazon ECS container agent update in progress on the container instance specified.',
    )
  }
  const image = findImage(attributesOf(record).get('ecs.ami-id') ?? '')
  if (image?.platform !== 'amazon-linux') {
    throw new AwsError(
      'MissingVersionException',
      'Amazon ECS could not determine the current version of the Amazon ECS container agent on the container instance and does not have enough information to proceed with an update.',
    )
  }
  if (record.instance.versionInfo?.agentVersion === newestAgent.agentVersion) {
    throw new AwsError(
      'NoUpdateAvailableException',
      'There is no update available for this Amazon ECS container agent.',
    )
  }
  beginAgentUpdate(world, lastPart(record.instance.containerInstanceArn ?? ''), record, now)
  return { containerInstance: view(context, record) }
}

function amount(resources: readonly Resource[], name: string): number {
  return resources.find((resource) => resource.name === name)?.integerValue ?? 0
}

/** What an agent that is not one of the simulator's own sends: resources, attributes, and who it is. */
function register(input: RegisterContainerInstanceRequest, context: CallContext) {
  const { world, now } = context
  const home = activeCluster(input.cluster, context).clusterName ?? ''
  const identity = parseIdentity(input.instanceIdentityDocument)
  const zone = defaultSubnets(world).findIndex((s) => s.availabilityZone === identity.zone)
  const resources = input.totalResources ?? []
  const known = instanceTypes.get(identity.type)
  checkTags(input.tags)
  const record = registerInstance(
    world,
    {
      clusterName: home,
      typeName: identity.type,
      type: {
        cpu: amount(resources, 'CPU') || (known?.cpu ?? 2048),
        memory: amount(resources, 'MEMORY') || (known?.memory ?? 3837),
        enis: known?.enis ?? 3,
      },
      zone: Math.max(0, zone),
      attributes: input.attributes ?? [],
      ...(identity.id && { ec2InstanceId: identity.id }),
    },
    now,
  )
  if (input.versionInfo) record.instance.versionInfo = input.versionInfo
  createTags(world, record.instance.containerInstanceArn ?? '', input.tags)
  roomCame(world, home, now)
  return { containerInstance: view(context, record, ['TAGS']) }
}

function parseIdentity(document: string | undefined): { id?: string; type: string; zone?: string } {
  try {
    const parsed: Record<string, unknown> = JSON.parse(document ?? '{}')
    const text = (name: string) => (typeof parsed[name] === 'string' ? parsed[name] : undefined)
    const [id, zone] = [text('instanceId'), text('availabilityZone')]
    return { ...(id && { id }), type: text('instanceType') ?? 't3.medium', ...(zone && { zone }) }
  } catch {
    throw new AwsError('ClientException', 'The instance identity document is not valid.')
  }
}

export const instanceHandlers: ServiceHandlers = {
  ListContainerInstances: list,
  DescribeContainerInstances: describe,
  UpdateContainerInstancesState: setState,
  DeregisterContainerInstance: deregister,
  RegisterContainerInstance: register,
  UpdateContainerAgent: updateAgent,
}
