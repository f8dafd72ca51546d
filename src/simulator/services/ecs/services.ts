/** CreateService, UpdateService, DeleteService, DescribeServices, ListServices. */
import { isDeepStrictEqual } from 'node:util'
import {
  type CreateServiceRequest,
  CreateServiceRequest$,
  type DeleteServiceRequest,
  type DescribeServicesRequest,
  type Failure,
  type ListServicesRequest,
  type UpdateServiceRequest,
  UpdateServiceRequest$,
} from '@aws-sdk/client-ecs'
import { AwsError, type CallContext, type ServiceHandlers } from '../../api.ts'
import {
  beginDeployment,
  showWorkload,
  type Workload,
  workloadOf,
} from '../../machines/deployments.ts'
import { addTaskSet, hasTaskSets, leaveTaskSets, workloadOfSet } from '../../machines/task-sets.ts'
import { wakeService } from '../../machines/tasks.ts'
import { page } from '../../pages.ts'
import { ecsArn, type ServiceRecord, serviceKey } from '../../world.ts'
import { roleOf as iamRole, roleVisible } from '../iam/lookups.ts'
import { activeCluster } from './clusters.ts'
import { invalid, onFargate } from './launch-settings.ts'
import { isName, parseEcsArn } from './names.ts'
import { type Declared, declareNew, declareSettings, declareUpdate } from './service-input.ts'
import { serviceView } from './service-view.ts'
import { conform } from './shape.ts'
import { checkTags, createTags } from './tags.ts'

/** The service's name in an identifier: a name, or a long or short ARN. */
function nameOf(identifier: string): string {
  return identifier.slice(identifier.lastIndexOf('/') + 1)
}

/** The record that an identifier means in a cluster, whatever its status. */
export function findService(
  context: CallContext,
  cluster: string,
  identifier: string,
): ServiceRecord | undefined {
  const arn = parseEcsArn(identifier)
  if (identifier.startsWith('arn:') && arn?.type !== 'service') return undefined
  if (arn && arn.path.length > 1 && arn.path[0] !== cluster) return undefined
  return context.world.services.get(serviceKey(cluster, nameOf(identifier)))
}

function requireService(context: CallContext, cluster: string, identifier = ''): ServiceRecord {
  const record = findService(context, cluster, identifier)
  if (!record) throw new AwsError('ServiceNotFoundException', 'Service not found.')
  return record
}

function create(request: CreateServiceRequest, context: CallContext) {
  const input = conform(CreateServiceRequest$, request) as CreateServiceRequest
  const { world, now } = context
  const cluster = activeCluster(input.cluster, context)
  const home = cluster.clusterName ?? ''
  const name = input.serviceName ?? ''
  if (!isName(name)) throw invalid('Service name must match ^[a-zA-Z0-9\\-_]{1,255}$.')
  if ((input.clientToken ?? '').length > 36) throw invalid('clientToken can not be longer than 36.')
  const key = serviceKey(home, name)
  const existing = world.services.get(key)
  const createInput = JSON.stringify(input)
  if (existing?.service.status === 'DRAINING') {
    throw invalid('Unable to Start a service that is still Draining.')
  }
  if (existing?.service.status === 'ACTIVE') {
    const { scheduler } = existing
    const again = input.clientToken !== undefined && input.clientToken === scheduler.clientToken
    if (again && createInput === scheduler.createInput) return show(context, existing)
    throw invalid('Creation of service was not idempotent.')
  }
  checkTags(input.tags)
  const { settings, workload } = declareNew(world, input, cluster)
  const serviceArn = ecsArn(world, `service/${home}/${name}`)
  const role = roleOf(input, workload, context)
  const record: ServiceRecord = {
    service: {
      serviceArn,
      serviceName: name,
      clusterArn: cluster.clusterArn,
      status: 'ACTIVE',
      ...settings,
      ...(role && { roleArn: role }),
      createdAt: new Date(now),
      createdBy: `arn:aws:iam::${context.account}:user/simulator`,
      resourceManagementType: 'CUSTOMER',
      events: [],
    },
    clusterName: home,
    deployments: [],
    serviceDeployments: [],
    serviceRevisions: [],
    live: new Set(),
    ended: existing?.ended ?? new Set(),
    scheduler: {
      said: {},
      createInput,
      ...(input.clientToken !== undefined && { clientToken: input.clientToken }),
      ...(input.platformVersion && { platformVersion: input.platformVersion }),
    },
  }
  world.services.set(key, record)
  createTags(world, serviceArn, input.tags)
  deployFirst(record, workload, context)
  return show(context, record)
}

/** A deployment; or for CodeDeploy the first task set; or nothing, until another controller brings one. */
function deployFirst(record: ServiceRecord, workload: Workload, { world, now }: CallContext): void {
  if (!hasTaskSets(record)) {
    beginDeployment(world, record, workload, now)
    return
  }
  showWorkload(record, workload)
  if (record.service.deploymentController?.type !== 'CODE_DEPLOY') return
  const scale = { unit: 'PERCENT', value: 100 } as const
  addTaskSet(world, record, workload, { status: 'PRIMARY', scale, startedBy: 'CODE_DEPLOY' }, now)
}

function roleOf(input: CreateServiceRequest, workload: Workload, context: CallContext) {
  if (input.role) {
    const known = iamRole(context.world, input.role)
    if (known && !roleVisible(context.world, known.arn, context.now)) {
      throw invalid(
        'Unable to assume role and validate the listeners configured on your load balancer. Please verify that the ECS service role being passed has the proper permissions.',
      )
    }
    return input.role.startsWith('arn:')
      ? input.role
      : `arn:aws:iam::${context.account}:role/${input.role}`
  }
  const needed =
    (workload.loadBalancers ?? []).length > 0 ||
    (workload.serviceRegistries ?? []).length > 0 ||
    workload.networkConfiguration !== undefined
  return needed
    ? `arn:aws:iam::${context.account}:role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS`
    : undefined
}

function show(context: CallContext, record: ServiceRecord) {
  const tagged = context.world.tags.has(record.service.serviceArn ?? '')
  return { service: serviceView(context.world, record, tagged) }
}

function update(request: UpdateServiceRequest, context: CallContext) {
  const input = conform(UpdateServiceRequest$, request) as UpdateServiceRequest
  const { world, now } = context
  const cluster = activeCluster(input.cluster, context)
  const record = requireService(context, cluster.clusterName ?? '', input.service)
  const { service } = record
  if (service.status !== 'ACTIVE') {
    throw new AwsError('ServiceNotActiveException', 'Service was not ACTIVE.')
  }
  const sets = hasTaskSets(record)
  const live = sets ? workloadOfSet(record) : workloadOf(record)
  refuseForController(record, input)
  if (sets && !input.deploymentController) {
    Object.assign(service, declareSettings(record, input, service.loadBalancers ?? []))
    wakeService(world, record, now)
    return show(context, record)
  }
  const declared = declareUpdate(world, record, live, input, cluster)
  requireForce(live, declared, input)
  Object.assign(service, declared.settings)
  if (declared.settings.healthCheckGracePeriodSeconds === undefined) {
    delete service.healthCheckGracePeriodSeconds
  }
  if (input.platformVersion) record.scheduler.platformVersion = input.platformVersion
  if (!onFargate(declared.workload as object)) delete record.scheduler.platformVersion
  if (sets && !hasTaskSets(record)) leaveTaskSets(record)
  if (input.forceNewDeployment || sets || !isDeepStrictEqual(live, declared.workload)) {
    beginDeployment(world, record, declared.workload, now)
  }
  // A user's update resets the throttling of restarts.
  const primary = record.deployments[0]
  if (primary) Object.assign(primary, { startFailures: 0, notBefore: 0 })
  wakeService(world, record, now)
  return show(context, record)
}

function requireForce(live: Workload, { workload }: Declared, input: UpdateServiceRequest): void {
  const same =
    live.launchType === workload.launchType &&
    isDeepStrictEqual(live.capacityProviderStrategy, workload.capacityProviderStrategy)
  if (same || input.forceNewDeployment) return
  throw invalid(
    'When switching from launch type to capacity provider strategy on an existing service, or making a change to a capacity provider strategy on a service that is already using one, you must force a new deployment.',
  )
}

/** What other controllers deploy is theirs. */
function refuseForController(record: ServiceRecord, input: UpdateServiceRequest): void {
  const { type } = record.service.deploymentController ?? {}
  if (input.deploymentController) return
  if (type === 'EXTERNAL') refuseForExternal(input)
  if (type !== 'CODE_DEPLOY') return
  if (input.taskDefinition) {
    throw invalid(
      'Unable to update task definition on services with a CODE_DEPLOY deployment controller. Use AWS CodeDeploy to trigger a new deployment.',
    )
  }
  if (input.forceNewDeployment || input.loadBalancers || input.networkConfiguration) {
    throw invalid(
      'Cannot force a new deployment on services with a CODE_DEPLOY deployment controller. Use AWS CodeDeploy to trigger a new deployment.',
    )
  }
}

function refuseForExternal(input: UpdateServiceRequest): void {
  const theirs = [
    'taskDefinition',
    'forceNewDeployment',
    'deploymentConfiguration',
    'loadBalancers',
    'networkConfiguration',
    'capacityProviderStrategy',
    'platformVersion',
    'serviceRegistries',
  ] as const
  const given = theirs.find((member) => input[member] !== undefined && input[member] !== false)
  if (!given) return
  throw invalid(
    `Unable to update ${given} on services with an EXTERNAL deployment controller. Use a task set instead.`,
  )
}

function remove(input: DeleteServiceRequest, context: CallContext) {
  const { world, now } = context
  const cluster = activeCluster(input.cluster, context)
  const record = requireService(context, cluster.clusterName ?? '', input.service)
  const { service } = record
  if (service.status === 'INACTIVE') {
    throw new AwsError('ServiceNotFoundException', 'Service not found.')
  }
  const scaled = (service.desiredCount ?? 0) > 0 && service.schedulingStrategy !== 'DAEMON'
  if (service.status === 'ACTIVE' && scaled && !input.force) {
    throw invalid('The service cannot be stopped while it is scaled above 0.')
  }
  service.status = 'DRAINING'
  service.desiredCount = 0
  wakeService(world, record, now)
  return show(context, record)
}

function describe(input: DescribeServicesRequest, context: CallContext) {
  const { cluster, services: asked = [], include = [] } = input
  const home = activeCluster(cluster, context).clusterName ?? ''
  if (asked.length === 0) throw invalid('Services cannot be empty.')
  if (asked.length > 10) throw invalid('Services cannot have more than 10 elements.')
  const found = asked.map((identifier) => ({
    identifier,
    record: findService(context, home, identifier),
  }))
  const failures = found.flatMap(({ identifier, record }): Failure[] => {
    if (record) return []
    const arn = identifier.startsWith('arn:')
      ? identifier
      : ecsArn(context.world, `service/${home}/${identifier}`)
    return [{ arn, reason: 'MISSING' }]
  })
  const withTags = include.includes('TAGS')
  const services = found.flatMap(({ record }) =>
    record ? [serviceView(context.world, record, withTags)] : [],
  )
  return { services, failures }
}

function list(input: ListServicesRequest, context: CallContext) {
  const home = activeCluster(input.cluster, context).clusterName
  const { launchType, schedulingStrategy, resourceManagementType } = input
  const services = [...context.world.services.values()]
    .filter((record) => record.clusterName === home && record.service.status === 'ACTIVE')
    .map((record) => record.service)
    .filter(
      (service) =>
        (!launchType || service.launchType === launchType) &&
        (!schedulingStrategy || service.schedulingStrategy === schedulingStrategy) &&
        (!resourceManagementType || service.resourceManagementType === resourceManagementType),
    )
  const arns = services.map((service) => service.serviceArn ?? '')
  const { items, nextToken } = page(arns, input, { key: (arn) => arn, size: 10, max: 100 })
  return { serviceArns: items, nextToken }
}

export const serviceHandlers: ServiceHandlers = {
  CreateService: create,
  UpdateService: update,
  DeleteService: remove,
  DescribeServices: describe,
  ListServices: list,
  ListServicesByNamespace(input: { namespace?: string }) {
    if (!input.namespace) throw invalid('namespace can not be blank.')
    return { serviceArns: [] }
  },
}
