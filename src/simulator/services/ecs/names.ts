/** Names, ARNs and identifiers of ECS: how they are built, taken apart and checked. */
import { AwsError } from '../../api.ts'

/** The account and region that an ARN is built for; a CallContext and a World both are one. */
export interface Place {
  readonly account: string
  readonly region: string
}

/** What an ECS ARN names: `service/shop/web` is type `service`, path `['shop', 'web']`. */
export interface EcsArn {
  readonly account: string
  readonly region: string
  readonly type: string
  readonly path: readonly string[]
}

const NAME = /^[A-Za-z0-9_-]{1,255}$/

/** Whether a cluster, service, family, container or volume may be called so. */
export function isName(name: string): boolean {
  return NAME.test(name)
}

export function ecsArn(place: Place, resource: string): string {
  return `arn:aws:ecs:${place.region}:${place.account}:${resource}`
}

/** The parts of an ECS ARN; undefined for anything else. */
export function parseEcsArn(arn: string): EcsArn | undefined {
  const match = /^arn:[a-z-]+:ecs:([^:]*):([^:]*):([a-z-]+)\/(.+)$/.exec(arn)
  if (!match) return undefined
  const [, region = '', account = '', type = '', rest = ''] = match
  return { account, region, type, path: rest.split('/') }
}

/** Whether an ARN belongs to this account and region. */
export function isHere(arn: EcsArn, place: Place): boolean {
  return arn.account === place.account && arn.region === place.region
}

/**
 * The cluster name that an identifier (name, ARN, or nothing for `default`) means. Throws
 * InvalidParameterException for an identifier that cannot name a cluster of this account and region.
 */
export function clusterName(identifier: string | undefined, place: Place): string {
  if (identifier === undefined || identifier === '') return 'default'
  if (identifier.startsWith('arn:')) {
    const arn = parseEcsArn(identifier)
    if (arn?.type !== 'cluster' || arn.path.length !== 1) {
      throw new AwsError(
        'InvalidParameterException',
        'Invalid identifier: Unexpected resource type or malformed ARN.',
      )
    }
    if (!isHere(arn, place)) {
      const ids = `Identifier is for ${arn.account}. Your accountId is ${place.account}`
      throw new AwsError('InvalidParameterException', `Invalid identifier: ${ids}`)
    }
    return arn.path[0] ?? ''
  }
  if (!isName(identifier)) {
    throw new AwsError(
      'InvalidParameterException',
      `Cluster must match ^[a-zA-Z0-9\\-_]{1,255}$, but was ${identifier}`,
    )
  }
  return identifier
}
