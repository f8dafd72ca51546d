/** Secrets: create, describe, list, their values and tags, and deletion with a window to think better of it. */
import type {
  CreateSecretRequest,
  DeleteSecretRequest,
  ListSecretsRequest,
  SecretListEntry,
  Tag,
} from '@aws-sdk/client-secrets-manager'
import { AwsError, type CallContext, type ServiceHandlers } from '../../api.ts'
import { page } from '../../pages.ts'
import type { World } from '../../world.ts'
import type { SecretRecord, SecretVersion } from './state.ts'

const DAY = 86_400_000

function invalid(message: string): AwsError {
  return new AwsError('InvalidParameterException', message)
}

/** The secrets that are not gone for good by now. */
function present(world: World, now: number): SecretRecord[] {
  return [...world.secrets.secrets.values()].filter(({ goneAt }) => (goneAt ?? now + 1) > now)
}

/** A secret by name, ARN, or ARN without its last six characters. Throws ResourceNotFoundException. */
function requireSecret({ world, now }: CallContext, id = ''): SecretRecord {
  const found = present(world, now).find(
    ({ name, arn }) => id === name || id === arn || id === arn.slice(0, -7),
  )
  if (found) return found
  throw new AwsError(
    'ResourceNotFoundException',
    "Secrets Manager can't find the specified secret.",
  )
}

/** A secret that is not marked for deletion. Throws InvalidRequestException for one that is. */
function usableSecret(context: CallContext, id: string | undefined): SecretRecord {
  const record = requireSecret(context, id)
  if (record.deleted === undefined) return record
  throw new AwsError(
    'InvalidRequestException',
    "You can't perform this operation on the secret because it was marked for deletion.",
  )
}

function put(world: World, record: SecretRecord): void {
  world.secrets.secrets.set(record.name, record)
}

interface Value {
  readonly SecretString?: string | undefined
  readonly SecretBinary?: Uint8Array | undefined
  readonly ClientRequestToken?: string | undefined
}

/** A new version, if the request has a value. */
function versionOf(input: Value, { now, id }: CallContext): SecretVersion | undefined {
  const { SecretString: text, SecretBinary: binary, ClientRequestToken: token } = input
  if (text !== undefined && binary !== undefined) {
    throw invalid("You can't specify both a binary secret value and a string secret value.")
  }
  if (text === undefined && binary === undefined) return undefined
  if (Buffer.byteLength(text ?? binary ?? '') > 65_536) {
    throw invalid('A secret value can have at most 65536 bytes.')
  }
  const hex = id()
  const uuid = `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20)}`
  return {
    id: token ?? uuid,
    created: new Date(now),
    ...(text !== undefined && { text }),
    ...(binary !== undefined && { binary }),
  }
}

function mergeTags(existing: Readonly<Record<string, string>>, tags: readonly Tag[] = []) {
  const merged = { ...existing }
  for (const { Key: key = '', Value: value = '' } of tags) {
    if (key.length < 1 || key.length > 128 || value.length > 256 || /^aws:/i.test(key)) {
      throw invalid(`The tag with the key '${key}' is invalid.`)
    }
    merged[key] = value
  }
  if (Object.keys(merged).length > 50) throw invalid('A secret can have at most 50 tags.')
  return merged
}

function create(input: CreateSecretRequest, context: CallContext) {
  const { world, now, id } = context
  const { Name: name = '', Description: description, KmsKeyId: kmsKeyId } = input
  if (!/^[A-Za-z0-9/_+=.@-]{1,512}$/.test(name)) {
    throw new AwsError(
      'ValidationException',
      'Invalid name. Must be a valid name containing alphanumeric characters, or any of the following: -/_+=.@!',
    )
  }
  const version = versionOf(input, context)
  const tags = mergeTags({}, input.Tags)
  const known = present(world, now).find((record) => record.name === name)
  if (known?.deleted) {
    throw new AwsError(
      'InvalidRequestException',
      "You can't create this secret because a secret with this name is already scheduled for deletion.",
    )
  }
  const again = input.ClientRequestToken !== undefined && known?.versions[0]?.id === version?.id
  if (known && again && sameValue(known.versions[0], version)) return named(known)
  if (known) {
    throw new AwsError(
      'ResourceExistsException',
      `The operation failed because the secret ${name} already exists.`,
    )
  }
  const suffix = BigInt(`0x${id()}`).toString(36).slice(0, 6)
  const record: SecretRecord = {
    name,
    arn: `arn:aws:secretsmanager:${world.region}:${world.account}:secret:${name}-${suffix}`,
    ...(description !== undefined && { description }),
    ...(kmsKeyId !== undefined && { kmsKeyId }),
    created: new Date(now),
    changed: new Date(now),
    versions: version ? [version] : [],
  }
  put(world, record)
  if (input.Tags?.length) world.tags.set(record.arn, tags)
  return named(record)
}

function sameValue(one: SecretVersion | undefined, other: SecretVersion | undefined): boolean {
  return one?.text === other?.text && String(one?.binary) === String(other?.binary)
}

/** What most answers about a secret hold; the version where there is one. */
function named({ arn, name, versions }: SecretRecord) {
  return { ARN: arn, Name: name, ...(versions[0] && { VersionId: versions[0].id }) }
}

function stages(versions: readonly SecretVersion[]): Record<string, string[]> {
  return Object.fromEntries(
    versions.slice(0, 2).map(({ id }, i) => [id, [i === 0 ? 'AWSCURRENT' : 'AWSPREVIOUS']]),
  )
}

function shown(world: World, record: SecretRecord): SecretListEntry {
  const tags = Object.entries(world.tags.get(record.arn) ?? {})
  return {
    ARN: record.arn,
    Name: record.name,
    ...(record.description !== undefined && { Description: record.description }),
    ...(record.kmsKeyId !== undefined && { KmsKeyId: record.kmsKeyId }),
    CreatedDate: record.created,
    LastChangedDate: record.changed,
    ...(record.deleted && { DeletedDate: record.deleted }),
    ...(tags.length > 0 && { Tags: tags.map(([Key, Value]) => ({ Key, Value })) }),
  }
}

interface ById {
  readonly SecretId?: string
}

function list(input: ListSecretsRequest, { world, now }: CallContext) {
  const given = present(world, now)
    .filter(({ deleted }) => input.IncludePlannedDeletion || deleted === undefined)
    .filter(({ name, description = '', arn }) =>
      (input.Filters ?? []).every(({ Key: key, Values: values = [] }) => {
        const tags = world.tags.get(arn) ?? {}
        const texts =
          key === 'name'
            ? [name]
            : key === 'description'
              ? [description]
              : Object[key === 'tag-key' ? 'keys' : 'values'](tags)
        return values.some((value) => texts.some((text) => text.startsWith(value)))
      }),
    )
  const request = { nextToken: input.NextToken, maxResults: input.MaxResults }
  const key = ({ name }: SecretRecord) => name
  const { items, nextToken } = page(given, request, { key, size: 100, max: 100 })
  const SecretList = items.map((record) => ({
    ...shown(world, record),
    SecretVersionsToStages: stages(record.versions),
  }))
  return { SecretList, ...(nextToken && { NextToken: nextToken }) }
}

function getValue(
  input: ById & { VersionId?: string; VersionStage?: string },
  context: CallContext,
) {
  const record = usableSecret(context, input.SecretId)
  const labels = stages(record.versions)
  const { VersionId: id, VersionStage: stage = id === undefined ? 'AWSCURRENT' : undefined } = input
  const version = record.versions.find(
    (one) =>
      (id === undefined || one.id === id) &&
      (stage === undefined || labels[one.id]?.includes(stage)),
  )
  if (!version) {
    const wanted = stage === undefined ? `VersionId: ${id}` : `staging label: ${stage}`
    throw new AwsError(
      'ResourceNotFoundException',
      `Secrets Manager can't find the specified secret value for ${wanted}`,
    )
  }
  return {
    ARN: record.arn,
    Name: record.name,
    VersionId: version.id,
    ...(version.text !== undefined && { SecretString: version.text }),
    ...(version.binary !== undefined && { SecretBinary: version.binary }),
    VersionStages: labels[version.id] ?? [],
    CreatedDate: version.created,
  }
}

function putValue(input: ById & Value, context: CallContext) {
  const record = usableSecret(context, input.SecretId)
  const version = versionOf(input, context)
  if (!version) throw invalid('You must provide either SecretString or SecretBinary.')
  const known = record.versions.find(({ id }) => id === version.id)
  if (known && !sameValue(known, version)) {
    throw new AwsError(
      'ResourceExistsException',
      "You can't modify an existing version, you can only create a new version.",
    )
  }
  if (!known) {
    const versions = [version, ...record.versions]
    put(context.world, { ...record, versions, changed: new Date(context.now) })
  }
  return {
    ARN: record.arn,
    Name: record.name,
    VersionId: version.id,
    VersionStages: ['AWSCURRENT'],
  }
}

function update(
  input: ById & Value & { Description?: string; KmsKeyId?: string },
  context: CallContext,
) {
  const record = usableSecret(context, input.SecretId)
  const version = versionOf(input, context)
  const changed: SecretRecord = {
    ...record,
    ...(input.Description !== undefined && { description: input.Description }),
    ...(input.KmsKeyId !== undefined && { kmsKeyId: input.KmsKeyId }),
    changed: new Date(context.now),
    versions: version ? [version, ...record.versions] : record.versions,
  }
  put(context.world, changed)
  return { ARN: record.arn, Name: record.name, ...(version && { VersionId: version.id }) }
}

function remove(input: DeleteSecretRequest, context: CallContext) {
  const { world, now } = context
  const { RecoveryWindowInDays: days, ForceDeleteWithoutRecovery: force = false } = input
  if (force && days !== undefined) {
    throw invalid(
      "You can't use ForceDeleteWithoutRecovery in conjunction with RecoveryWindowInDays.",
    )
  }
  if (days !== undefined && (days < 7 || days > 30)) {
    throw invalid('The RecoveryWindowInDays value must be between 7 and 30 days (inclusive).')
  }
  const record = usableSecret(context, input.SecretId)
  const goneAt = force ? now : now + (days ?? 30) * DAY
  if (force) {
    world.secrets.secrets.delete(record.name)
    world.tags.delete(record.arn)
  } else put(world, { ...record, deleted: new Date(now), goneAt })
  return { ARN: record.arn, Name: record.name, DeletionDate: new Date(goneAt) }
}

export const secretHandlers: ServiceHandlers = {
  CreateSecret: create,
  ListSecrets: list,
  GetSecretValue: getValue,
  PutSecretValue: putValue,
  UpdateSecret: update,
  DeleteSecret: remove,
  DescribeSecret({ SecretId: id }: ById, context) {
    const record = requireSecret(context, id)
    const versions = stages(record.versions)
    return {
      ...shown(context.world, record),
      ...(record.versions.length > 0 && { VersionIdsToStages: versions }),
    }
  },
  /** No secret has a policy here. */
  GetResourcePolicy({ SecretId: id }: ById, context) {
    const { arn, name } = usableSecret(context, id)
    return { ARN: arn, Name: name }
  },
  RestoreSecret({ SecretId: id }: ById, context) {
    const { deleted, goneAt, ...record } = requireSecret(context, id)
    put(context.world, record)
    return { ARN: record.arn, Name: record.name }
  },
  TagResource(input: ById & { Tags?: Tag[] }, context) {
    const { arn } = usableSecret(context, input.SecretId)
    const { tags } = context.world
    tags.set(arn, mergeTags(tags.get(arn) ?? {}, input.Tags))
    return {}
  },
  UntagResource(input: ById & { TagKeys?: string[] }, context) {
    const { arn } = usableSecret(context, input.SecretId)
    const { tags } = context.world
    const left = Object.entries(tags.get(arn) ?? {}).filter(
      ([key]) => !input.TagKeys?.includes(key),
    )
    if (tags.has(arn)) tags.set(arn, Object.fromEntries(left))
    return {}
  },
}
