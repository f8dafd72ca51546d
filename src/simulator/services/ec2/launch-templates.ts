/** Launch templates and their immutable, numbered versions. */
import type {
  CreateLaunchTemplateRequest,
  CreateLaunchTemplateVersionRequest,
  DeleteLaunchTemplateRequest,
  DeleteLaunchTemplateVersionsRequest,
  LaunchTemplate,
  LaunchTemplateVersion,
  ModifyLaunchTemplateRequest,
  RequestLaunchTemplateData,
  ResponseLaunchTemplateData,
} from '@aws-sdk/client-ec2'
import { AwsError, type CallContext, type ServiceHandlers } from '../../api.ts'
import {
  findTemplate,
  latestVersion,
  requireVersion,
  templateNamed,
} from '../../machines/templates.ts'
import type { World } from '../../world.ts'
import type { LaunchTemplateRecord, LaunchTemplateVersionRecord } from './compute-state.ts'
import { newId } from './resources.ts'
import { dropTags, giveTags, requestedTags, tagList } from './tags.ts'

export function templateView(world: World, template: LaunchTemplateRecord): LaunchTemplate {
  return {
    LaunchTemplateId: template.id,
    LaunchTemplateName: template.name,
    CreateTime: template.createTime,
    CreatedBy: creator(world),
    DefaultVersionNumber: template.defaultVersion,
    LatestVersionNumber: latestVersion(template).number,
    Tags: tagList(world, 'launch-template', template.id),
  }
}

export function versionView(
  world: World,
  template: LaunchTemplateRecord,
  version: LaunchTemplateVersionRecord,
): LaunchTemplateVersion {
  return {
    LaunchTemplateId: template.id,
    LaunchTemplateName: template.name,
    VersionNumber: version.number,
    ...(version.description !== undefined && { VersionDescription: version.description }),
    CreateTime: version.createTime,
    CreatedBy: creator(world),
    DefaultVersion: version.number === template.defaultVersion,
    LaunchTemplateData: version.data,
  }
}

function creator(world: World): string {
  return `arn:aws:iam::${world.account}:user/simulator`
}

/** The data as it is kept and shown: what was asked for, without what is empty. Throws EC2's errors. */
function checkedData(data: RequestLaunchTemplateData | undefined): ResponseLaunchTemplateData {
  if (!data || Object.keys(data).length === 0) {
    throw new AwsError(
      'MissingParameter',
      'The request must contain the parameter LaunchTemplateData',
    )
  }
  const { UserData: userData, ...rest } = data
  if (userData !== undefined) {
    if (!/^[A-Za-z0-9+/\s]*={0,2}\s*$/.test(userData)) {
      throw new AwsError('InvalidUserData.Malformed', 'Invalid BASE64 encoding of user data.')
    }
    if (Buffer.from(userData, 'base64').length > 16_384) {
      throw new AwsError('InvalidParameterValue', 'User data is limited to 16384 bytes')
    }
  }
  if (data.InstanceType !== undefined && data.InstanceRequirements !== undefined) {
    throw new AwsError(
      'InvalidParameterCombination',
      'You can only specify one of InstanceType or InstanceRequirements.',
    )
  }
  // The response has the request's members under the same names.
  return { ...rest, ...(userData && { UserData: userData }) } as ResponseLaunchTemplateData
}

function checkDescription(description: string | undefined): void {
  if ((description?.length ?? 0) <= 255) return
  throw new AwsError(
    'InvalidParameterValue',
    'The version description cannot be longer than 255 characters.',
  )
}

/** What a client token made before; undefined for a new one. Throws when the token came with other parameters. */
function madeBefore(
  world: World,
  operation: string,
  input: { readonly ClientToken?: string | undefined },
): readonly string[] | undefined {
  const { ClientToken: token } = input
  const known = token ? world.compute.tokens.get(`${operation} ${token}`) : undefined
  if (!known) return undefined
  if (known.input === JSON.stringify(input)) return known.ids
  throw new AwsError(
    'IdempotentParameterMismatch',
    'The client token has already been used with different parameters.',
  )
}

function remember(
  world: World,
  operation: string,
  input: { readonly ClientToken?: string | undefined },
  ids: readonly string[],
): void {
  const { ClientToken: token } = input
  if (!token) return
  world.compute.tokens.set(`${operation} ${token}`, { input: JSON.stringify(input), ids })
}

function create(input: CreateLaunchTemplateRequest, context: CallContext) {
  const { world, now } = context
  const name = input.LaunchTemplateName ?? ''
  const [madeId] = madeBefore(world, 'CreateLaunchTemplate', input) ?? []
  const made = madeId ? world.compute.templates.get(madeId) : undefined
  if (made) return { LaunchTemplate: templateView(world, made) }
  if (!/^[a-zA-Z0-9().\-/_]{3,128}$/.test(name)) {
    throw new AwsError(
      'InvalidLaunchTemplateName.MalformedException',
      'Launch template names must be between 3 and 128 characters, and may contain letters, numbers, and the following characters: - ( ) . / _.',
    )
  }
  if (templateNamed(world, name)) {
    throw new AwsError(
      'InvalidLaunchTemplateName.AlreadyExistsException',
      'Launch template name already in use.',
    )
  }
  checkDescription(input.VersionDescription)
  const data = checkedData(input.LaunchTemplateData)
  const tags = requestedTags(input.TagSpecifications, 'launch-template')
  const id = newId(world, 'lt')
  const template: LaunchTemplateRecord = {
    id,
    name,
    createTime: new Date(now),
    defaultVersion: 1,
    lastNumber: 1,
    versions: [newVersion(1, input.VersionDescription, data, now)],
  }
  world.compute.templates.set(id, template)
  giveTags(world, 'launch-template', id, tags)
  remember(world, 'CreateLaunchTemplate', input, [id])
  return { LaunchTemplate: templateView(world, template) }
}

function newVersion(
  number: number,
  description: string | undefined,
  data: ResponseLaunchTemplateData,
  now: number,
): LaunchTemplateVersionRecord {
  const text = description ? { description } : {}
  return { number, ...text, createTime: new Date(now), data }
}

/** A further version. The default stays where it is. With a source, members that are not given come from there. */
function createVersion(input: CreateLaunchTemplateVersionRequest, context: CallContext) {
  const { world, now } = context
  const template = findTemplate(world, input)
  const [madeNumber] = madeBefore(world, 'CreateLaunchTemplateVersion', input) ?? []
  const made = template.versions.find((one) => String(one.number) === madeNumber)
  if (made) return { LaunchTemplateVersion: versionView(world, template, made) }
  checkDescription(input.VersionDescription)
  const source = input.SourceVersion ? requireVersion(template, input.SourceVersion).data : {}
  const merged = checkedData({
    ...(source as RequestLaunchTemplateData),
    ...input.LaunchTemplateData,
  })
  const number = template.lastNumber + 1
  const version = newVersion(number, input.VersionDescription, merged, now)
  const changed = { ...template, lastNumber: number, versions: [...template.versions, version] }
  world.compute.templates.set(template.id, changed)
  remember(world, 'CreateLaunchTemplateVersion', input, [String(number)])
  return { LaunchTemplateVersion: versionView(world, changed, version) }
}

function modify(input: ModifyLaunchTemplateRequest, context: CallContext) {
  const { world } = context
  const template = findTemplate(world, input)
  const version = requireVersion(template, input.DefaultVersion)
  const changed = { ...template, defaultVersion: version.number }
  world.compute.templates.set(template.id, changed)
  return { LaunchTemplate: templateView(world, changed) }
}

function remove(input: DeleteLaunchTemplateRequest, context: CallContext) {
  const { world } = context
  const template = findTemplate(world, input)
  const shown = templateView(world, template)
  world.compute.templates.delete(template.id)
  dropTags(world, 'launch-template', template.id)
  return { LaunchTemplate: shown }
}

/** Each version is deleted or not on its own; the default one never is. */
function removeVersions(input: DeleteLaunchTemplateVersionsRequest, context: CallContext) {
  const { world } = context
  const template = findTemplate(world, input)
  const wanted = input.Versions ?? []
  if (wanted.length > 200) {
    throw new AwsError('InvalidParameterValue', 'You can delete up to 200 versions in one request.')
  }
  const gone = new Set<number>()
  const unsuccessful = wanted.flatMap((text) => {
    const number = Number(text)
    const exists = template.versions.some((one) => one.number === number)
    if (exists && number !== template.defaultVersion) {
      gone.add(number)
      return []
    }
    const error = exists
      ? {
          Code: 'unexpectedError' as const,
          Message: 'The default version of a launch template cannot be deleted.',
        }
      : {
          Code: 'launchTemplateVersionDoesNotExist' as const,
          Message: `The specified launch template version ${text} does not exist.`,
        }
    return [{ ...identity(template), VersionNumber: number, ResponseError: error }]
  })
  const versions = template.versions.filter((one) => !gone.has(one.number))
  world.compute.templates.set(template.id, { ...template, versions })
  return {
    SuccessfullyDeletedLaunchTemplateVersions: [...gone].map((number) => ({
      ...identity(template),
      VersionNumber: number,
    })),
    UnsuccessfullyDeletedLaunchTemplateVersions: unsuccessful,
  }
}

function identity(template: LaunchTemplateRecord) {
  return { LaunchTemplateId: template.id, LaunchTemplateName: template.name }
}

export const launchTemplateHandlers: ServiceHandlers = {
  CreateLaunchTemplate: create,
  CreateLaunchTemplateVersion: createVersion,
  ModifyLaunchTemplate: modify,
  DeleteLaunchTemplate: remove,
  DeleteLaunchTemplateVersions: removeVersions,
}
