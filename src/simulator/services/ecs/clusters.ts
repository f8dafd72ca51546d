/** Clusters: their operations, how they are shown, and what keeps them from being deleted. */
import type {
  CapacityProviderStrategyItem,
  Cluster,
  ClusterConfiguration,
  ClusterServiceConnectDefaults,
  ClusterServiceConnectDefaultsRequest,
  ClusterSetting,
  Failure,
  Tag,
} from '@aws-sdk/client-ecs'
import { AwsError, type CallContext, type ServiceHandlers } from '../../api.ts'
import { page } from '../../pages.ts'
import type { ClusterRecord, World } from '../../world.ts'
import { checkStrategy, providerName, requireCapacityProviders } from './capacity-providers.ts'
import { clusterCounts, clusterStatistics } from './cluster-counts.ts'
import { attachmentsOf, attachProvider, detachProvider } from './group-providers.ts'
import { clusterName, ecsArn } from './names.ts'
import { accountDefault } from './settings.ts'
import { checkTags, createTags, forgetTags, tagsOf } from './tags.ts'

/** How long DescribeClusters still shows a deleted cluster; AWS says no more than "for a period of time". */
const INACTIVE_MS = 3_600_000
/** How long the attachments of a capacity provider change take; AWS publishes no number. */
const ATTACHMENTS_MS = 5_000

/** What the simulator knows of a cluster besides what the API shows. Records are replaced, never changed. */
interface ClusterState extends ClusterRecord {
  readonly deletedAt?: number
  /** When the capacity provider change in progress is complete. */
  readonly attachedAt?: number
}

interface ClusterInput {
  readonly cluster?: string
  readonly settings?: ClusterSetting[]
  readonly configuration?: ClusterConfiguration
  readonly serviceConnectDefaults?: ClusterServiceConnectDefaultsRequest
}

interface CapacityInput {
  readonly capacityProviders?: string[]
  readonly defaultCapacityProviderStrategy?: CapacityProviderStrategyItem[]
}

type CreateInput = ClusterInput &
  CapacityInput & { readonly clusterName?: string; readonly tags?: Tag[] }

function stateOf(context: CallContext, name: string): ClusterState | undefined {
  const state: ClusterState | undefined = context.world.clusters.get(name)
  const gone = state?.deletedAt !== undefined && context.now - state.deletedAt >= INACTIVE_MS
  return gone ? undefined : state
}

/**
 * The ACTIVE cluster that an identifier means (a name, an ARN, or nothing for `default`), as most
 * operations want it. Throws ClusterNotFoundException, InvalidParameterException.
 */
export function activeCluster(identifier: string | undefined, context: CallContext): Cluster {
  return activeState(identifier, context).cluster
}

function activeState(identifier: string | undefined, context: CallContext): ClusterState {
  const state = stateOf(context, clusterName(identifier, context))
  if (!state) throw new AwsError('ClusterNotFoundException', 'Cluster not found.')
  if (state.cluster.status !== 'ACTIVE') {
    throw new AwsError('ClusterNotFoundException', 'The referenced cluster was inactive.')
  }
  return state
}

/** The cluster as Describe and the writes answer it; what `include` does not name is absent, not empty. */
function show(state: ClusterState, include: ReadonlySet<string>, context: CallContext): Cluster {
  const {
    settings,
    configuration,
    serviceConnectDefaults,
    attachments,
    attachmentsStatus,
    ...cluster
  } = state.cluster
  const name = cluster.clusterName ?? ''
  const shown: Cluster = { ...cluster, ...clusterCounts(context.world, name) }
  shown.statistics = include.has('STATISTICS') ? clusterStatistics(context.world, name) : []
  shown.tags = include.has('TAGS') ? tagsOf(context.world, cluster.clusterArn ?? '') : []
  shown.settings = include.has('SETTINGS') ? (settings ?? []) : []
  if (include.has('CONFIGURATIONS') && configuration) shown.configuration = configuration
  if (serviceConnectDefaults) shown.serviceConnectDefaults = serviceConnectDefaults
  if (include.has('ATTACHMENTS') && attachmentsStatus) {
    const status = attaching(state, context.now) ? 'CREATING' : 'CREATED'
    shown.attachments = (attachments ?? []).map((one) => ({ ...one, status }))
    shown.attachmentsStatus = attaching(state, context.now)
      ? 'UPDATE_IN_PROGRESS'
      : 'UPDATE_COMPLETE'
  }
  return shown
}

/** What the answer of a write shows. */
const WRITTEN: ReadonlySet<string> = new Set(['SETTINGS', 'CONFIGURATIONS', 'TAGS', 'ATTACHMENTS'])

function attaching(state: ClusterState, now: number): boolean {
  return state.attachedAt !== undefined && now < state.attachedAt
}

function checkSettings(settings: readonly ClusterSetting[]): void {
  for (const { name, value } of settings) {
    if (name !== 'containerInsights')
      throw invalid(`Invalid setting name '${name}'. The name must be containerInsights.`)
    if (!['enabled', 'disabled', 'enhanced'].includes(value ?? '')) {
      throw invalid(
        `Invalid value '${value}' for setting containerInsights. It must be enabled, disabled or enhanced.`,
      )
    }
  }
}

function withDefaultSettings(
  settings: readonly ClusterSetting[] | undefined,
  world: World,
): ClusterSetting[] {
  checkSettings(settings ?? [])
  if (settings && settings.length > 0) return settings.map(({ name, value }) => ({ name, value }))
  return [{ name: 'containerInsights', value: accountDefault(world, 'containerInsights') }]
}

/** AWS turns the namespace's name into the ARN of a Cloud Map namespace, and drops the defaults on an empty name. */
function namespaceOf(
  request: ClusterServiceConnectDefaultsRequest | undefined,
  context: CallContext,
): { serviceConnectDefaults?: ClusterServiceConnectDefaults } {
  const namespace = request?.namespace
  if (!namespace) return {}
  if (namespace.startsWith('arn:')) return { serviceConnectDefaults: { namespace } }
  // The id is made from the name, so that one name is one namespace in all its clusters.
  let hash = 7
  for (const char of namespace) hash = (Math.imul(hash, 31) + char.charCodeAt(0)) >>> 0
  const id = `ns-${hash.toString(36).padStart(16, '0')}`
  const arn = `arn:aws:servicediscovery:${context.region}:${context.account}:namespace/${id}`
  return { serviceConnectDefaults: { namespace: arn } }
}

/** Checked members of a capacity provider change; `undefined` where the request had none. */
function capacityOf(input: CapacityInput, cluster: string, context: CallContext) {
  const providers = (input.capacityProviders ?? []).map(providerName)
  requireCapacityProviders(input.capacityProviders ?? [], cluster, context)
  return {
    capacityProviders: [...new Set(providers)],
    defaultCapacityProviderStrategy: checkStrategy(
      (input.defaultCapacityProviderStrategy ?? []).map((item) => ({
        ...item,
        capacityProvider: providerName(item.capacityProvider ?? ''),
      })),
      providers,
    ),
  }
}

function requireIdle(state: ClusterState, now: number): void {
  if (!attaching(state, now)) return
  throw new AwsError(
    'UpdateInProgressException',
    'The specified cluster is in a busy state. Cluster attachments must be in UPDATE_COMPLETE or UPDATE_FAILED state before they can be updated.',
  )
}

function requireUnused(removed: readonly string[], name: string, world: World): void {
  if (removed.length === 0) return
  const services = [...world.services.values()]
    .filter(({ clusterName, service }) => clusterName === name && service.status !== 'INACTIVE')
    .flatMap(({ service }) => service.capacityProviderStrategy ?? [])
    .map((item) => item.capacityProvider ?? '')
  const tasks = [...world.tasks.values()]
    .filter(({ clusterName, task }) => clusterName === name && task.lastStatus !== 'STOPPED')
    .map(({ task }) => task.capacityProviderName ?? '')
  const used = new Set([...services, ...tasks])
  if (removed.some((provider) => used.has(provider))) {
    throw new AwsError(
      'ResourceInUseException',
      'The specified capacity provider is in use and cannot be removed.',
    )
  }
}

function requireEmpty(name: string, world: World): void {
  const counts = clusterCounts(world, name)
  if (counts.registeredContainerInstancesCount > 0) {
    throw new AwsError(
      'ClusterContainsContainerInstancesException',
      'The Cluster cannot be deleted while Container Instances are active or draining.',
    )
  }
  if (counts.activeServicesCount > 0) {
    throw new AwsError(
      'ClusterContainsServicesException',
      'The Cluster cannot be deleted while Services are active.',
    )
  }
  if (counts.runningTasksCount + counts.pendingTasksCount > 0) {
    throw new AwsError(
      'ClusterContainsTasksException',
      'The Cluster cannot be deleted while Tasks are active.',
    )
  }
}

/** FARGATE and FARGATE_SPOT do not keep a cluster from being deleted; groups of instances do. */
function requireDetached(providers: readonly string[], world: World): void {
  if (!providers.some((name) => world.capacityProviders.has(name))) return
  throw new AwsError(
    'ClusterContainsCapacityProviderException',
    'The Cluster cannot be deleted while Capacity Providers are associated with it.',
  )
}

function invalid(message: string): AwsError {
  return new AwsError('InvalidParameterException', message)
}

function createCluster(input: CreateInput, context: CallContext) {
  const { world } = context
  const name =
    input.clusterName === undefined || input.clusterName === '' ? 'default' : input.clusterName
  if (name.startsWith('arn:')) throw invalid('Invalid cluster name: an ARN is not a name.')
  const existing = stateOf(context, clusterName(name, context))
  // Idempotent by name alone: AWS does not compare, nor apply, the other parameters.
  if (existing?.cluster.status === 'ACTIVE') return { cluster: show(existing, WRITTEN, context) }
  const capacity = capacityOf(input, name, context)
  const clusterArn = ecsArn(context, `cluster/${name}`)
  const settings = withDefaultSettings(input.settings, world)
  checkTags(input.tags)
  const asynchronous = capacity.capacityProviders.length > 0
  const cluster: Cluster = {
    clusterArn,
    clusterName: name,
    status: 'ACTIVE',
    settings,
    ...(input.configuration && { configuration: structuredClone(input.configuration) }),
    ...namespaceOf(input.serviceConnectDefaults, context),
    ...capacity,
    ...(asynchronous && {
      attachments: capacity.capacityProviders.flatMap((one) => attachmentsOf(context, one)),
      attachmentsStatus: 'UPDATE_IN_PROGRESS',
    }),
  }
  const state: ClusterState = {
    cluster,
    ...(asynchronous && { attachedAt: context.now + ATTACHMENTS_MS }),
  }
  world.clusters.set(name, state)
  for (const one of capacity.capacityProviders) attachProvider(context, one)
  createTags(world, clusterArn, input.tags)
  return { cluster: show(state, WRITTEN, context) }
}

function describeClusters(
  input: { clusters?: string[]; include?: string[] },
  context: CallContext,
) {
  const asked = input.clusters && input.clusters.length > 0 ? input.clusters : ['default']
  if (asked.length > 100) throw invalid('Clusters cannot have more than 100 elements.')
  const include = new Set(input.include)
  const clusters: Cluster[] = []
  const failures: Failure[] = []
  for (const identifier of asked) {
    const name = identifier.startsWith('arn:')
      ? identifier.slice(identifier.indexOf('/') + 1)
      : identifier
    const arn = identifier.startsWith('arn:') ? identifier : ecsArn(context, `cluster/${name}`)
    const state = stateOf(context, name)
    if (state && state.cluster.clusterArn === arn) clusters.push(show(state, include, context))
    else failures.push({ arn, reason: 'MISSING' })
  }
  return { clusters, failures }
}

/** Replaces the record of an ACTIVE cluster and answers the new state. */
function change(
  state: ClusterState,
  context: CallContext,
  members: Cluster,
  more: Partial<ClusterState> = {},
) {
  const changed: ClusterState = { ...state, ...more, cluster: { ...state.cluster, ...members } }
  context.world.clusters.set(state.cluster.clusterName ?? '', changed)
  return { cluster: show(changed, WRITTEN, context) }
}

export const clusterHandlers: ServiceHandlers = {
  CreateCluster: createCluster,
  DescribeClusters: describeClusters,
  ListClusters(input: { nextToken?: string; maxResults?: number }, context) {
    const active = [...context.world.clusters.values()].filter(
      ({ cluster }) => cluster.status === 'ACTIVE',
    )
    const arns = active.map(({ cluster }) => cluster.clusterArn ?? '')
    const { items, nextToken } = page(arns, input, { key: (arn) => arn, size: 100, max: 100 })
    return { clusterArns: items, nextToken }
  },
  UpdateCluster(input: ClusterInput, context) {
    const state = activeState(input.cluster, context)
    checkSettings(input.settings ?? [])
    return change(state, context, {
      ...(input.settings && { settings: withDefaultSettings(input.settings, context.world) }),
      ...(input.configuration && { configuration: structuredClone(input.configuration) }),
      ...(input.serviceConnectDefaults && {
        serviceConnectDefaults: undefined,
        ...namespaceOf(input.serviceConnectDefaults, context),
      }),
    })
  },
  UpdateClusterSettings(input: ClusterInput, context) {
    const state = activeState(input.cluster, context)
    return change(state, context, { settings: withDefaultSettings(input.settings, context.world) })
  },
  PutClusterCapacityProviders(input: ClusterInput & CapacityInput, context) {
    if (!input.capacityProviders) throw invalid('Capacity providers cannot be null.')
    if (!input.defaultCapacityProviderStrategy)
      throw invalid('Default capacity provider strategy cannot be null.')
    const state = activeState(input.cluster, context)
    const capacity = capacityOf(input, state.cluster.clusterName ?? '', context)
    requireIdle(state, context.now)
    const removed = (state.cluster.capacityProviders ?? []).filter(
      (name) => !capacity.capacityProviders.includes(name),
    )
    requireUnused(removed, state.cluster.clusterName ?? '', context.world)
    const kept = state.cluster.attachments ?? []
    const attachments = capacity.capacityProviders.flatMap((name) => {
      const known = kept.filter((one) => one.details?.[0]?.value === name)
      return known.length > 0 ? known : attachmentsOf(context, name)
    })
    const members = { ...capacity, attachments, attachmentsStatus: 'UPDATE_IN_PROGRESS' }
    const attachedAt = context.now + ATTACHMENTS_MS
    const answer = change(state, context, members, { attachedAt })
    for (const name of removed) detachProvider(context, name)
    for (const name of capacity.capacityProviders) attachProvider(context, name)
    return answer
  },
  DeleteCluster(input: { cluster?: string }, context) {
    const state = activeState(input.cluster, context)
    requireIdle(state, context.now)
    requireEmpty(state.cluster.clusterName ?? '', context.world)
    requireDetached(state.cluster.capacityProviders ?? [], context.world)
    const answer = change(state, context, { status: 'INACTIVE' }, { deletedAt: context.now })
    forgetTags(context.world, state.cluster.clusterArn ?? '')
    return answer
  },
}
