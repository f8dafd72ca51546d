/** Writing to the Parameter Store: put, delete, and the tags of parameters. */
import type { PutParameterRequest, Tag } from '@aws-sdk/client-ssm'
import { AwsError, type CallContext, type ServiceHandlers } from '../../api.ts'
import type { World } from '../../world.ts'
import { parameterArn, validation } from './parameters.ts'
import type { ParameterRecord, ParameterType } from './state.ts'

const MAX_VERSIONS = 100
const TYPES: readonly string[] = ['String', 'StringList', 'SecureString']

function checkName(name: string): void {
  if (!/^[\w./-]+$/.test(name) || name.includes('//')) {
    throw new AwsError(
      'ValidationException',
      'Parameter name: can\'t be prefixed with "ssm" (case-insensitive). If formed as a path, it can consist of sub-paths divided by slash symbol; each sub-path can be formed as a mix of letters, numbers and the following 3 symbols .-_',
    )
  }
  if (/^\/?(aws|ssm)/i.test(name)) {
    throw /^\/?aws/i.test(name)
      ? new AwsError('AccessDeniedException', `No access to reserved parameter name: ${name}.`)
      : new AwsError('ValidationException', `Parameter name: can't be prefixed with "ssm".`)
  }
  if (name.includes('/') && !name.startsWith('/')) {
    throw new AwsError('ValidationException', 'Parameter name must be a fully qualified name.')
  }
  if (name.split('/').length > 16) {
    throw new AwsError(
      'HierarchyLevelLimitExceededException',
      'A hierarchy can have a maximum of 15 levels.',
    )
  }
}

function checkValue(input: PutParameterRequest, before: ParameterRecord | undefined): void {
  const { Value: value = '', Tier: tier = before?.tier ?? 'Standard' } = input
  if (value.length < 1) {
    throw validation('value', 'Member must have length greater than or equal to 1')
  }
  const most = tier === 'Standard' ? 4096 : 8192
  if (Buffer.byteLength(value) > most) {
    throw new AwsError(
      'ValidationException',
      `${tier} tier parameters support a maximum parameter value of ${most} characters.`,
    )
  }
  const pattern = input.AllowedPattern
  if (pattern !== undefined && !matches(pattern, value)) {
    throw new AwsError(
      'ParameterPatternMismatchException',
      `Parameter value, cannot be validated against allowedPattern: ${pattern}`,
    )
  }
}

function matches(pattern: string, value: string): boolean {
  try {
    return new RegExp(pattern).test(value)
  } catch {
    throw new AwsError(
      'InvalidAllowedPatternException',
      `The regular expression ${pattern} is not valid.`,
    )
  }
}

function put(input: PutParameterRequest, { world, now }: CallContext) {
  const { Name: name = '', Value: value = '', Tags: tags = [] } = input
  checkName(name)
  const versions = world.ssm.parameters.get(name) ?? []
  const before = versions.at(-1)
  if (before && !input.Overwrite) {
    throw new AwsError(
      'ParameterAlreadyExists',
      'The parameter already exists. To overwrite this value, set the overwrite option in the request to true.',
    )
  }
  const type = input.Type ?? before?.type
  if (type === undefined) {
    throw new AwsError(
      'ValidationException',
      'A parameter type is required when you create a parameter.',
    )
  }
  if (!TYPES.includes(type)) {
    throw validation('type', `Member must satisfy enum value set: [${TYPES.join(', ')}]`)
  }
  checkValue(input, before)
  if (input.Overwrite && tags.length > 0) {
    throw new AwsError(
      'ValidationException',
      "Invalid request: tags and overwrite can't be used together. To create a parameter with tags, please remove overwrite flag. To update tags for an existing parameter, please use AddTagsToResource or RemoveTagsFromResource.",
    )
  }
  const merged = mergeTags({}, tags)
  const keyId = type === 'SecureString' ? (input.KeyId ?? before?.keyId ?? 'alias/aws/ssm') : ''
  const description = input.Description ?? before?.description
  const record: ParameterRecord = {
    name,
    type: type as ParameterType,
    value,
    ...(description !== undefined && { description }),
    ...(keyId && { keyId }),
    ...(input.AllowedPattern !== undefined && { allowedPattern: input.AllowedPattern }),
    tier: input.Tier ?? before?.tier ?? 'Standard',
    dataType: input.DataType ?? 'text',
    version: (before?.version ?? 0) + 1,
    modified: new Date(now),
  }
  world.ssm.parameters.set(name, [...versions, record].slice(-MAX_VERSIONS))
  if (tags.length > 0) world.tags.set(parameterArn(world, name), merged)
  return { Version: record.version, Tier: record.tier }
}

function forget(world: World, name: string): boolean {
  world.tags.delete(parameterArn(world, name))
  return world.ssm.parameters.delete(name)
}

interface Tagged {
  readonly ResourceType?: string
  readonly ResourceId?: string
}

/** The ARN of the parameter that a tag operation names. */
function requireTaggable(world: World, { ResourceType: type, ResourceId: id = '' }: Tagged) {
  if (type !== 'Parameter') {
    throw new AwsError(
      'InvalidResourceType',
      `The resource type ${type} is not simulated: Parameter is.`,
    )
  }
  if (!world.ssm.parameters.has(id)) {
    throw new AwsError('InvalidResourceId', `The parameter ${id} does not exist.`)
  }
  return parameterArn(world, id)
}

function mergeTags(existing: Readonly<Record<string, string>>, tags: readonly Tag[]) {
  const merged = { ...existing }
  for (const { Key: key = '', Value: value = '' } of tags) {
    if (key.length < 1 || key.length > 128 || /^aws:/i.test(key) || value.length > 256) {
      throw validation('tags', 'Member must have a key of 1 to 128 characters without aws:')
    }
    merged[key] = value
  }
  if (Object.keys(merged).length > 50) {
    throw new AwsError('TooManyTagsError', 'The maximum number of tags is 50.')
  }
  return merged
}

export const parameterWriteHandlers: ServiceHandlers = {
  PutParameter: put,
  DeleteParameter({ Name: name = '' }: { Name?: string }, { world }) {
    if (!forget(world, name)) {
      throw new AwsError('ParameterNotFound', `Parameter ${name} not found.`)
    }
    return {}
  },
  DeleteParameters({ Names: names = [] }: { Names?: string[] }, { world }) {
    const deleted = names.filter((name) => forget(world, name))
    return {
      DeletedParameters: deleted,
      InvalidParameters: names.filter((name) => !deleted.includes(name)),
    }
  },
  AddTagsToResource(input: Tagged & { Tags?: Tag[] }, { world }) {
    const arn = requireTaggable(world, input)
    world.tags.set(arn, mergeTags(world.tags.get(arn) ?? {}, input.Tags ?? []))
    return {}
  },
  RemoveTagsFromResource(input: Tagged & { TagKeys?: string[] }, { world }) {
    const arn = requireTaggable(world, input)
    const left = Object.entries(world.tags.get(arn) ?? {}).filter(
      ([key]) => !input.TagKeys?.includes(key),
    )
    if (world.tags.has(arn)) world.tags.set(arn, Object.fromEntries(left))
    return {}
  },
  ListTagsForResource(input: Tagged, { world }) {
    const tags = world.tags.get(requireTaggable(world, input)) ?? {}
    return { TagList: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) }
  },
}
