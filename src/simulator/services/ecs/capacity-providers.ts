/** Capacity providers: finding and describing them, and the rules of a capacity provider strategy. */
import type {
  CapacityProvider,
  CapacityProviderStrategyItem,
  CapacityProviderUpdateStatus,
  Failure,
} from '@aws-sdk/client-ecs'
import { AwsError, type CallContext, type ServiceHandlers } from '../../api.ts'
import { clusterOfProvider, isManaged } from '../../machines/providers.ts'
import { page } from '../../pages.ts'
import type { CapacityProviderRecord } from '../../world.ts'
import { ecsArn, type Place, parseEcsArn } from './names.ts'
import { tagsOf } from './tags.ts'

/** An item of a strategy with its numbers filled in. */
export interface StrategyItem {
  readonly capacityProvider: string
  readonly weight: number
  readonly base: number
}

const BUILT_IN = ['FARGATE', 'FARGATE_SPOT'] as const

/** How long DescribeCapacityProviders still shows a deleted one; AWS publishes no number. */
const INACTIVE_MS = 3_600_000

/** The name that a name or an ARN of a capacity provider means. */
export function providerName(reference: string): string {
  const arn = parseEcsArn(reference)
  return arn?.type === 'capacity-provider' ? (arn.path[0] ?? '') : reference
}

/** One of the account's own, as it is at `now`. */
export function providerView(record: CapacityProviderRecord, now: number): CapacityProvider {
  const { provider, busyUntil, deletedAt } = record
  if (now < (busyUntil ?? 0)) return provider
  const updateStatus = provider.updateStatus?.replace('IN_PROGRESS', 'COMPLETE') as
    | CapacityProviderUpdateStatus
    | undefined
  return {
    ...provider,
    ...(updateStatus && { updateStatus }),
    ...(deletedAt !== undefined && { status: 'INACTIVE' }),
  }
}

/** Whether it was deleted so long ago that it is no longer shown. */
export function isForgotten({ deletedAt }: CapacityProviderRecord, now: number): boolean {
  return deletedAt !== undefined && now - deletedAt >= INACTIVE_MS
}

/** The capacity provider that a name or ARN means, if there is one. */
export function findCapacityProvider(
  reference: string,
  context: CallContext,
): CapacityProvider | undefined {
  const name = providerName(reference)
  const builtIn = BUILT_IN.find((known) => known === name)
  if (builtIn) {
    return {
      capacityProviderArn: ecsArn(context, `capacity-provider/${builtIn}`),
      name: builtIn,
      status: 'ACTIVE',
      type: builtIn,
    }
  }
  const record = context.world.capacityProviders.get(name)
  return record && !isForgotten(record, context.now) ? providerView(record, context.now) : undefined
}

/** Throws InvalidParameterException unless every one of these capacity providers can be used by the cluster. */
export function requireCapacityProviders(
  names: readonly string[],
  cluster: string,
  context: CallContext,
): void {
  if (names.length > 20) throw invalid('A cluster can have at most 20 capacity providers.')
  const usable = (name: string) => {
    const deleted = context.world.capacityProviders.get(providerName(name))?.deletedAt
    return findCapacityProvider(name, context) !== undefined && deleted === undefined
  }
  const unknown = names.find((name) => !usable(name))
  if (unknown !== undefined) {
    throw invalid(
      `The specified capacity provider '${unknown}' was not found. Specify a valid name or ARN and try again.`,
    )
  }
  for (const name of names) {
    const other = clusterOfProvider(context.world, name)
    if (other === undefined || other === cluster) continue
    // Its one group cannot follow the needs of two clusters.
    if (context.world.capacityProviders.has(name) && isManaged(context.world, name)) {
      throw invalid(
        `The specified capacity provider '${name}' uses managed scaling and is associated with another cluster.`,
      )
    }
  }
}

/**
 * Checks a strategy against the providers of its cluster and fills in `weight` and `base` as AWS
 * does. Throws InvalidParameterException. Used for a cluster's default, for services and for tasks.
 */
export function checkStrategy(
  strategy: readonly CapacityProviderStrategyItem[],
  associated: readonly string[],
): StrategyItem[] {
  if (strategy.length > 20)
    throw invalid('A capacity provider strategy can contain at most 20 capacity providers.')
  const items = strategy.map((item) => ({
    capacityProvider: item.capacityProvider ?? '',
    weight: item.weight ?? 0,
    base: item.base ?? 0,
  }))
  const names = items.map((item) => item.capacityProvider)
  if (new Set(names).size < names.length) {
    throw invalid('A capacity provider can be specified only once in a capacity provider strategy.')
  }
  if (names.some((name) => !associated.includes(name))) {
    throw invalid(
      'The specified capacity provider strategy cannot contain a capacity provider that is not associated with the cluster. Associate the capacity provider with the cluster and try again.',
    )
  }
  const fargate = names.filter((name) => (BUILT_IN as readonly string[]).includes(name)).length
  if (fargate > 0 && fargate < names.length) {
    throw invalid(
      'A capacity provider strategy cannot contain a mix of capacity providers using Auto Scaling groups and Fargate. Specify one or the other and try again.',
    )
  }
  checkNumbers(items)
  return items
}

function checkNumbers(items: readonly StrategyItem[]): void {
  for (const { weight, base } of items) {
    if (weight < 0 || weight > 1000)
      throw invalid('The weight of a capacity provider must be between 0 and 1000.')
    if (base < 0 || base > 100_000)
      throw invalid('The base of a capacity provider must be between 0 and 100000.')
  }
  if (items.filter((item) => item.base > 0).length > 1) {
    throw invalid(
      'Only one capacity provider in a capacity provider strategy can have a base defined.',
    )
  }
  // A single provider needs no weight: there is nothing to weigh it against.
  if (items.length > 1 && items.every((item) => item.weight === 0)) {
    throw invalid(
      'At least one capacity provider in a capacity provider strategy must have a weight greater than 0.',
    )
  }
}

function invalid(message: string): AwsError {
  return new AwsError('InvalidParameterException', message)
}

export const capacityProviderHandlers: ServiceHandlers = {
  DescribeCapacityProviders(
    input: {
      capacityProviders?: string[]
      include?: string[]
      maxResults?: number
      nextToken?: string
    },
    context,
  ) {
    const asked = input.capacityProviders ?? []
    if (asked.length > 100) throw invalid('capacityProviders can have at most 100 items.')
    const own = [...context.world.capacityProviders.values()]
      .filter((record) => !isForgotten(record, context.now))
      .map(({ provider }) => provider.name ?? '')
    const wanted = asked.length > 0 ? asked : [...BUILT_IN, ...own]
    const failures: Failure[] = []
    const found: CapacityProvider[] = []
    for (const reference of wanted) {
      const provider = findCapacityProvider(reference, context)
      if (!provider) failures.push({ arn: failedArn(reference, context), reason: 'MISSING' })
      else if (input.include?.includes('TAGS')) {
        found.push({ ...provider, tags: tagsOf(context.world, provider.capacityProviderArn ?? '') })
      } else found.push(provider)
    }
    const result = page(found, input, { key: (provider) => provider.name ?? '', size: 10, max: 10 })
    return { capacityProviders: result.items, failures, nextToken: result.nextToken }
  },
}

function failedArn(reference: string, place: Place): string {
  return reference.startsWith('arn:') ? reference : ecsArn(place, `capacity-provider/${reference}`)
}
