/** Reading the Parameter Store: one, many, by path, and descriptions. */
import type {
  DescribeParametersRequest,
  GetParametersByPathRequest,
  Parameter,
  ParameterMetadata,
  ParameterStringFilter,
} from '@aws-sdk/client-ssm'
import { AwsError, type CallContext, type ServiceHandlers } from '../../api.ts'
import { page } from '../../pages.ts'
import type { World } from '../../world.ts'
import { publicParameters } from './public-parameters.ts'
import type { ParameterRecord } from './state.ts'

export function parameterArn(world: World, name: string): string {
  // Public parameters belong to no account.
  const owner = publicParameters.has(name) ? '' : world.account
  return `arn:aws:ssm:${world.region}:${owner}:parameter${name.startsWith('/') ? '' : '/'}${name}`
}

/** All parameters, the newest version of each. */
function newest(world: World): ParameterRecord[] {
  const own = [...world.ssm.parameters.values()].flatMap((versions) => versions.at(-1) ?? [])
  return [...own, ...publicParameters.values()]
}

/** The parameter that `name`, `name:3` or an ARN means, and the selector in it; undefined when there is none. */
function find(world: World, identifier: string) {
  const plain = identifier.replace(/^arn:[^:]+:ssm:[^:]*:[^:]*:parameter(\/.*)$/, '$1')
  const [name = '', version] = plain.split(':')
  const known = world.ssm.parameters
  const bare = known.has(name) || !identifier.startsWith('arn:') ? name : name.slice(1)
  const shared = publicParameters.get(bare)
  const versions = known.get(bare) ?? (shared ? [shared] : undefined)
  const record =
    version === undefined
      ? versions?.at(-1)
      : versions?.find((one) => String(one.version) === version)
  return { versions, record, selector: version === undefined ? undefined : `:${version}` }
}

function view(
  world: World,
  record: ParameterRecord,
  decrypt: boolean | undefined,
  selector?: string,
): Parameter {
  // Nothing is encrypted here; what stands for the cipher text must only be no value that anyone would use.
  const hidden = record.type === 'SecureString' && !decrypt
  return {
    Name: record.name,
    Type: record.type,
    Value: hidden ? Buffer.from(`encrypted:${record.version}`).toString('base64') : record.value,
    Version: record.version,
    ...(selector && { Selector: selector }),
    LastModifiedDate: record.modified,
    ARN: parameterArn(world, record.name),
    DataType: record.dataType,
  }
}

function get(input: { Name?: string; WithDecryption?: boolean }, { world }: CallContext) {
  const { Name: name = '', WithDecryption: decrypt } = input
  const { versions, record, selector } = find(world, name)
  if (!versions) throw new AwsError('ParameterNotFound', `Parameter ${name} not found.`)
  if (!record) {
    throw new AwsError(
      'ParameterVersionNotFound',
      `Systems Manager could not find version ${selector?.slice(1)} of ${name.split(':')[0]}. Verify the version and try again.`,
    )
  }
  return { Parameter: view(world, record, decrypt, selector) }
}

function getMany(input: { Names?: string[]; WithDecryption?: boolean }, { world }: CallContext) {
  const { Names: names = [], WithDecryption: decrypt } = input
  if (names.length < 1 || names.length > 10) {
    throw validation('names', 'Member must have length between 1 and 10')
  }
  if (new Set(names).size < names.length) {
    throw new AwsError('ValidationException', 'Duplicate parameter names are not allowed.')
  }
  const found = names.map((name) => ({ name, ...find(world, name) }))
  return {
    Parameters: found.flatMap(({ record, selector }) =>
      record ? [view(world, record, decrypt, selector)] : [],
    ),
    InvalidParameters: found.flatMap(({ name, record }) => (record ? [] : [name])),
  }
}

export function validation(member: string, constraint: string): AwsError {
  return new AwsError(
    'ValidationException',
    `1 validation error detected: Value at '${member}' failed to satisfy constraint: ${constraint}`,
  )
}

function byPath(input: GetParametersByPathRequest, { world }: CallContext) {
  const { Path: path = '', Recursive: deep = false, WithDecryption: decrypt } = input
  if (!path.startsWith('/')) {
    throw new AwsError(
      'ValidationException',
      'The parameter path must be prefixed with "/". It should not contain consecutive "//".',
    )
  }
  const prefix = path.endsWith('/') ? path : `${path}/`
  const inside = newest(world).filter(({ name }) => {
    if (!name.startsWith(prefix)) return false
    return deep || !name.slice(prefix.length).includes('/')
  })
  const given = inside.filter((record) => passes(world, record, input.ParameterFilters))
  const { items, nextToken } = pageOf(given, input, 10, 10)
  return {
    Parameters: items.map((record) => view(world, record, decrypt)),
    ...(nextToken && { NextToken: nextToken }),
  }
}

function pageOf(
  records: readonly ParameterRecord[],
  input: { readonly NextToken?: string | undefined; readonly MaxResults?: number | undefined },
  size: number,
  max: number,
) {
  if (input.MaxResults !== undefined && (input.MaxResults < 1 || input.MaxResults > max)) {
    throw validation('maxResults', `Member must have value between 1 and ${max}`)
  }
  try {
    const request = { nextToken: input.NextToken, maxResults: input.MaxResults }
    return page(records, request, { key: ({ name }) => name, size, max })
  } catch (error) {
    if (!(error instanceof AwsError)) throw error
    throw new AwsError('InvalidNextToken', 'The specified token is not valid.')
  }
}

/** Whether a parameter passes the filters; of one filter's values one must fit. */
function passes(
  world: World,
  record: ParameterRecord,
  filters: readonly ParameterStringFilter[] = [],
): boolean {
  return filters.every(({ Key = '', Option, Values = [] }) => {
    const tags = world.tags.get(parameterArn(world, record.name)) ?? {}
    const value = Key.startsWith('tag:') ? tags[Key.slice(4)] : memberOf(record, Key)
    if (value === undefined) return false
    if (Values.length === 0) return true
    const name = value.replace(/^\//, '')
    return Values.some((wanted) => {
      if (Key === 'Path') return under(record.name, wanted, Option === 'Recursive')
      if (Option === 'BeginsWith') {
        return value.startsWith(wanted) || name.startsWith(wanted)
      }
      if (Option === 'Contains') return value.includes(wanted)
      return value === wanted || (Key === 'Name' && name === wanted)
    })
  })
}

function under(name: string, path: string, deep: boolean): boolean {
  const prefix = path.endsWith('/') ? path : `${path}/`
  return name.startsWith(prefix) && (deep || !name.slice(prefix.length).includes('/'))
}

function memberOf(record: ParameterRecord, key: string): string | undefined {
  if (key === 'Name' || key === 'Path') return record.name
  if (key === 'Type') return record.type
  if (key === 'KeyId') return record.keyId
  if (key === 'Tier') return record.tier
  if (key === 'DataType') return record.dataType
  throw new AwsError('InvalidFilterKey', `The filter key ${key} is not valid.`)
}

function describe(input: DescribeParametersRequest, { world, account }: CallContext) {
  const own = newest(world).filter(({ name }) => !publicParameters.has(name))
  const plain = (input.Filters ?? []).map(({ Key, Values }) => ({ Key, Values }))
  const filters = [...plain, ...(input.ParameterFilters ?? [])]
  const given = own.filter((record) => passes(world, record, filters))
  const { items, nextToken } = pageOf(given, input, 50, 50)
  const Parameters = items.map(
    (record): ParameterMetadata => ({
      Name: record.name,
      ARN: parameterArn(world, record.name),
      Type: record.type,
      ...(record.keyId && { KeyId: record.keyId }),
      LastModifiedDate: record.modified,
      LastModifiedUser: `arn:aws:iam::${account}:user/simulator`,
      ...(record.description !== undefined && { Description: record.description }),
      ...(record.allowedPattern !== undefined && { AllowedPattern: record.allowedPattern }),
      Version: record.version,
      Tier: record.tier as never,
      Policies: [],
      DataType: record.dataType,
    }),
  )
  return { Parameters, ...(nextToken && { NextToken: nextToken }) }
}

export const parameterReadHandlers: ServiceHandlers = {
  GetParameter: get,
  GetParameters: getMany,
  GetParametersByPath: byPath,
  DescribeParameters: describe,
}
