/** ECR repositories: create, describe, delete, and what is set on them. */
import type {
  CreateRepositoryRequest,
  ImageTagMutabilityExclusionFilter,
  PutImageTagMutabilityRequest,
  Repository,
  Tag,
} from '@aws-sdk/client-ecr'
import { AwsError, type CallContext, type ServiceHandlers } from '../../api.ts'
import { page } from '../../pages.ts'
import type { World } from '../../world.ts'
import { checkLifecycle, checkRepositoryPolicy } from './policies.ts'
import type { RepositoryRecord } from './state.ts'

export interface ByName {
  readonly repositoryName?: string
  readonly registryId?: string
}

const NAME = /^(?:[a-z0-9]+(?:[._-][a-z0-9]+)*\/)*[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/
const SEGMENT = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/
const MAX_TAGS = 50

export function invalid(member: string, constraint: string): AwsError {
  return new AwsError(
    'InvalidParameterException',
    `Invalid parameter at '${member}' failed to satisfy constraint: '${constraint}'`,
  )
}

/** The end of most of ECR's messages. */
export function inRegistry(world: World, name: string): string {
  return `repository with name '${name}' in the registry with id '${world.account}'`
}

export function requireRepository(world: World, { repositoryName: name = '', registryId }: ByName) {
  const found = world.ecr.repositories.get(name)
  const registry = registryId ?? world.account
  if (!found || registry !== world.account) {
    throw new AwsError(
      'RepositoryNotFoundException',
      `The repository with name '${name}' does not exist in the registry with id '${registry}'`,
    )
  }
  return { name, record: found }
}

/** What every answer about one repository begins with. */
export function named(world: World, name: string) {
  return { registryId: world.account, repositoryName: name }
}

export function putRecord(world: World, name: string, record: RepositoryRecord): void {
  world.ecr.repositories.set(name, record)
}

function checkName(name: string): void {
  const good =
    name.length >= 2 && name.length <= 256 && name.split('/').every((s) => SEGMENT.test(s))
  if (!good) throw invalid('repositoryName', `must satisfy regular expression '${NAME.source}'`)
}

/** A repository's tags with further ones. Throws InvalidTagParameterException and TooManyTagsException. */
function mergeTags(existing: Readonly<Record<string, string>>, tags: readonly Tag[] = []) {
  const merged = { ...existing }
  for (const { Key: key = '', Value: value = '' } of tags) {
    const good = key.length >= 1 && key.length <= 128 && value.length <= 256
    if (!good || /^aws:/i.test(key)) {
      throw new AwsError(
        'InvalidTagParameterException',
        `The tag with key '${key}' is invalid: keys have 1 to 128 characters and do not begin with aws:, values have at most 256.`,
      )
    }
    merged[key] = value
  }
  if (Object.keys(merged).length > MAX_TAGS) {
    throw new AwsError('TooManyTagsException', `A repository can have at most ${MAX_TAGS} tags.`)
  }
  return merged
}

interface Mutability {
  readonly imageTagMutability?: string | undefined
  readonly imageTagMutabilityExclusionFilters?: ImageTagMutabilityExclusionFilter[] | undefined
}

/** How the tags of a repository may move, as the API shows it. */
function mutabilityOf(input: Mutability): Pick<Repository, keyof Mutability> {
  const { imageTagMutability: mutability = 'MUTABLE', imageTagMutabilityExclusionFilters } = input
  const filters = imageTagMutabilityExclusionFilters ?? []
  if (!/^(IM)?MUTABLE(_WITH_EXCLUSION)?$/.test(mutability)) {
    throw invalid(
      'imageTagMutability',
      'Member must satisfy enum value set: [IMMUTABLE, IMMUTABLE_WITH_EXCLUSION, MUTABLE, MUTABLE_WITH_EXCLUSION]',
    )
  }
  if (mutability.endsWith('_EXCLUSION') !== filters.length > 0) {
    throw invalid(
      'imageTagMutabilityExclusionFilters',
      'exclusion filters go with _WITH_EXCLUSION, and only with it',
    )
  }
  if (filters.length > 5) {
    throw invalid('imageTagMutabilityExclusionFilters', 'Member must have at most 5 items')
  }
  return {
    imageTagMutability: mutability as NonNullable<Repository['imageTagMutability']>,
    ...(filters.length > 0 && { imageTagMutabilityExclusionFilters: filters }),
  }
}

function create(input: CreateRepositoryRequest, { world, now }: CallContext) {
  const { repositoryName: name = '', encryptionConfiguration: encryption } = input
  checkName(name)
  const mutability = mutabilityOf(input)
  const tags = mergeTags({}, input.tags)
  const type = encryption?.encryptionType ?? 'AES256'
  if (!['AES256', 'KMS', 'KMS_DSSE'].includes(type)) {
    throw invalid('encryptionConfiguration', 'encryptionType must be AES256, KMS or KMS_DSSE')
  }
  if (world.ecr.repositories.has(name)) {
    throw new AwsError(
      'RepositoryAlreadyExistsException',
      `The repository with name '${name}' already exists in the registry with id '${world.account}'`,
    )
  }
  const { account, region } = world
  const key = `arn:aws:kms:${region}:${account}:key/00000000-0000-4000-8000-000000000ec1`
  const repository: Repository = {
    repositoryArn: `arn:aws:ecr:${region}:${account}:repository/${name}`,
    registryId: account,
    repositoryName: name,
    repositoryUri: `${account}.dkr.ecr.${region}.amazonaws.com/${name}`,
    createdAt: new Date(now),
    ...mutability,
    imageScanningConfiguration: {
      scanOnPush: input.imageScanningConfiguration?.scanOnPush ?? false,
    },
    encryptionConfiguration: {
      encryptionType: type,
      ...(type !== 'AES256' && { kmsKey: encryption?.kmsKey ?? key }),
    },
  }
  putRecord(world, name, { repository, images: [] })
  if (input.tags?.length) world.tags.set(repository.repositoryArn ?? '', tags)
  return { repository }
}

function describe(
  input: {
    repositoryNames?: string[]
    registryId?: string
    nextToken?: string
    maxResults?: number
  },
  { world }: CallContext,
) {
  const { repositoryNames: names, registryId, nextToken, maxResults } = input
  if (names?.length) {
    const at = registryId === undefined ? {} : { registryId }
    return {
      repositories: names.map(
        (repositoryName) => requireRepository(world, { repositoryName, ...at }).record.repository,
      ),
    }
  }
  const all = [...world.ecr.repositories.values()].map(({ repository }) => repository)
  const rules = { size: 100, max: 1000 }
  const key = ({ repositoryName = '' }: Repository) => repositoryName
  const { items, nextToken: more } = page(all, { nextToken, maxResults }, { key, ...rules })
  return { repositories: items, ...(more && { nextToken: more }) }
}

function remove(input: ByName & { force?: boolean }, { world }: CallContext) {
  const { name, record } = requireRepository(world, input)
  if (record.images.length > 0 && !input.force) {
    throw new AwsError(
      'RepositoryNotEmptyException',
      `The repository with name '${name}' in registry with id '${world.account}' cannot be deleted because it still contains images`,
    )
  }
  world.ecr.repositories.delete(name)
  world.tags.delete(record.repository.repositoryArn ?? '')
  return { repository: record.repository }
}

/** The repository that an ARN means. */
function byArn(world: World, arn = ''): string {
  const name = /^arn:[^:]+:ecr:[^:]*:\d{12}:repository\/(.+)$/.exec(arn)?.[1]
  if (name === undefined) throw invalid('resourceArn', 'must be the ARN of a repository')
  return requireRepository(world, { repositoryName: name }).record.repository.repositoryArn ?? ''
}

interface Tagged {
  readonly resourceArn?: string
}

export const repositoryHandlers: ServiceHandlers = {
  CreateRepository: create,
  DescribeRepositories: describe,
  DeleteRepository: remove,
  PutImageScanningConfiguration(
    input: ByName & { imageScanningConfiguration?: { scanOnPush?: boolean } },
    { world },
  ) {
    const { name, record } = requireRepository(world, input)
    const imageScanningConfiguration = {
      scanOnPush: input.imageScanningConfiguration?.scanOnPush ?? false,
    }
    const repository = { ...record.repository, imageScanningConfiguration }
    putRecord(world, name, { ...record, repository })
    return { ...named(world, name), imageScanningConfiguration }
  },
  PutImageTagMutability(input: PutImageTagMutabilityRequest, { world }) {
    const { name, record } = requireRepository(world, input)
    const mutability = mutabilityOf(input)
    const { imageTagMutabilityExclusionFilters: _, ...rest } = record.repository
    putRecord(world, name, { ...record, repository: { ...rest, ...mutability } })
    return { ...named(world, name), ...mutability }
  },
  PutLifecyclePolicy(input: ByName & { lifecyclePolicyText?: string }, { world }) {
    const { name, record } = requireRepository(world, input)
    const { lifecyclePolicyText: text = '' } = input
    checkLifecycle(text)
    putRecord(world, name, { ...record, lifecyclePolicy: text })
    return { ...named(world, name), lifecyclePolicyText: text }
  },
  GetLifecyclePolicy(input: ByName, { world }) {
    const { name, record } = requireRepository(world, input)
    return { ...named(world, name), lifecyclePolicyText: lifecycleOf(world, name, record) }
  },
  DeleteLifecyclePolicy(input: ByName, { world }) {
    const { name, record } = requireRepository(world, input)
    const lifecyclePolicyText = lifecycleOf(world, name, record)
    const { lifecyclePolicy: _, ...rest } = record
    putRecord(world, name, rest)
    return { ...named(world, name), lifecyclePolicyText }
  },
  SetRepositoryPolicy(input: ByName & { policyText?: string }, { world }) {
    const { name, record } = requireRepository(world, input)
    const { policyText = '' } = input
    checkRepositoryPolicy(policyText)
    putRecord(world, name, { ...record, policy: policyText })
    return { ...named(world, name), policyText }
  },
  GetRepositoryPolicy(input: ByName, { world }) {
    const { name, record } = requireRepository(world, input)
    return { ...named(world, name), policyText: policyOf(world, name, record) }
  },
  DeleteRepositoryPolicy(input: ByName, { world }) {
    const { name, record } = requireRepository(world, input)
    const policyText = policyOf(world, name, record)
    const { policy: _, ...rest } = record
    putRecord(world, name, rest)
    return { ...named(world, name), policyText }
  },
  TagResource(input: Tagged & { tags?: Tag[] }, { world }) {
    const arn = byArn(world, input.resourceArn)
    world.tags.set(arn, mergeTags(world.tags.get(arn) ?? {}, input.tags))
    return {}
  },
  UntagResource(input: Tagged & { tagKeys?: string[] }, { world }) {
    const arn = byArn(world, input.resourceArn)
    const left = Object.entries(world.tags.get(arn) ?? {}).filter(
      ([key]) => !input.tagKeys?.includes(key),
    )
    if (world.tags.has(arn)) world.tags.set(arn, Object.fromEntries(left))
    return {}
  },
  ListTagsForResource(input: Tagged, { world }) {
    const tags = world.tags.get(byArn(world, input.resourceArn)) ?? {}
    return { tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) }
  },
}

function lifecycleOf(world: World, name: string, { lifecyclePolicy }: RepositoryRecord): string {
  if (lifecyclePolicy !== undefined) return lifecyclePolicy
  throw new AwsError(
    'LifecyclePolicyNotFoundException',
    `Lifecycle policy does not exist for the ${inRegistry(world, name)}`,
  )
}

function policyOf(world: World, name: string, { policy }: RepositoryRecord): string {
  if (policy !== undefined) return policy
  throw new AwsError(
    'RepositoryPolicyNotFoundException',
    `Repository policy does not exist for the ${inRegistry(world, name)}`,
  )
}
