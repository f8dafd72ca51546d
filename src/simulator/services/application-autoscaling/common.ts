/** What the operations of Application Auto Scaling have in common: the one kind of resource here, errors, pages. */
import { AwsError, type CallContext } from '../../api.ts'
import { page } from '../../pages.ts'
import type { World } from '../../world.ts'
import { policyKey, serviceKeyOf, type TargetRecord, targetKey } from './state.ts'

export const dimension = 'ecs:service:DesiredCount'

export function invalid(message: string): AwsError {
  return new AwsError('ValidationException', message)
}

export function missing(message: string): AwsError {
  return new AwsError('ObjectNotFoundException', message)
}

/** How a request names a target. */
export interface Named {
  readonly ServiceNamespace?: string
  readonly ResourceId?: string
  readonly ScalableDimension?: string
}

/** The key of the target that a request names, registered or not. */
export function keyOf({
  ServiceNamespace: namespace = '',
  ResourceId: id = '',
  ScalableDimension: of = '',
}: Named): string {
  if (namespace !== 'ecs' || of !== dimension || !/^service\/[^/]+\/[^/]+$/.test(id)) {
    throw invalid('Unsupported service namespace, resource type or scalable dimension')
  }
  return targetKey(id)
}

const nameOf = (key: string) =>
  `service namespace: ecs, resource ID: ${key}, scalable dimension: ${dimension}`

export function requireTarget(world: World, key: string): TargetRecord {
  const record = world.applicationAutoScaling.targets.get(key)
  if (!record) throw missing(`No scalable target registered for ${nameOf(key)}`)
  return record
}

export function requirePolicy(world: World, key: string, name: string): void {
  if (world.applicationAutoScaling.policies.has(policyKey(key, name))) return
  throw missing(`No scaling policy found for ${nameOf(key)}, policy name: ${name}`)
}

/** The service of a target while it is ACTIVE. */
export function serviceOfTarget(world: World, key: string) {
  const record = world.services.get(serviceKeyOf(key))
  return record?.service.status === 'ACTIVE' ? record : undefined
}

/** Takes a target off, with its policies and tags; its activities are remembered. */
export function deregister(world: World, key: string): void {
  const { targets, policies } = world.applicationAutoScaling
  world.tags.delete(targets.get(key)?.target.ScalableTargetARN ?? '')
  targets.delete(key)
  for (const [name, { policy }] of policies) {
    if (policy.ResourceId === key) policies.delete(name)
  }
}

interface Paged extends Named {
  readonly MaxResults?: number
  readonly NextToken?: string
}

/** The namespace, and the key where a request names one; a dimension needs a resource beside it. */
export function listedOf(request: Paged, resource: unknown = request.ResourceId): void {
  if (!request.ServiceNamespace) throw invalid('ServiceNamespace must not be null')
  if (request.ScalableDimension && !resource) {
    throw invalid('Scalable dimension must be specified together with a resource ID')
  }
}

export function pageOf<Item>(
  items: Iterable<Item>,
  { MaxResults: maxResults, NextToken: nextToken }: Paged,
  max: number,
  key: (item: Item) => string,
  descending = false,
) {
  if (maxResults !== undefined && (maxResults < 1 || maxResults > max)) {
    throw invalid(`MaxResults must be between 1 and ${max}`)
  }
  try {
    const { items: given, nextToken: next } = page(
      items,
      { nextToken, maxResults },
      { key, size: max, max, descending },
    )
    return { given, ...(next ? { NextToken: next } : {}) }
  } catch (error) {
    if (!(error instanceof AwsError)) throw error
    throw new AwsError('InvalidNextTokenException', 'The next token is invalid.')
  }
}

/** 32 hex digits as a UUID. */
export function uuid({ id }: Pick<CallContext, 'id'>): string {
  return id().replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, '$1-$2-$3-$4-$5')
}
