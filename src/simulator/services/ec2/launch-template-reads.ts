/** DescribeLaunchTemplates and DescribeLaunchTemplateVersions. */
import type {
  DescribeLaunchTemplatesRequest,
  DescribeLaunchTemplateVersionsRequest,
  GetLaunchTemplateDataRequest,
  LaunchTemplateVersion,
} from '@aws-sdk/client-ec2'
import { AwsError, type CallContext, type ServiceHandlers } from '../../api.ts'
import { parameterValue } from '../../machines/surroundings.ts'
import { findTemplate, latestVersion, requireVersion, versionOf } from '../../machines/templates.ts'
import type { World } from '../../world.ts'
import type { LaunchTemplateRecord, LaunchTemplateVersionRecord } from './compute-state.ts'
import { templateView, versionView } from './launch-templates.ts'
import { type FilterFields, filtered, pageOf } from './queries.ts'
import { tagsOf } from './tags.ts'

function describe(input: DescribeLaunchTemplatesRequest, context: CallContext) {
  const { world } = context
  const { LaunchTemplateIds: ids = [], LaunchTemplateNames: names = [] } = input
  const all = [...world.compute.templates.values()]
  const asked =
    ids.length + names.length > 0
      ? [
          ...ids.map((id) => findTemplate(world, { LaunchTemplateId: id })),
          ...names.map((name) => findTemplate(world, { LaunchTemplateName: name })),
        ]
      : all
  const found = filtered(
    asked,
    input.Filters,
    {
      'launch-template-name': (one) => one.name,
      'create-time': (one) => one.createTime.toISOString(),
    },
    (one) => tagsOf(world, 'launch-template', one.id),
  )
  const { items, NextToken } = pageOf(found, input, (one) => one.id, 1)
  return { LaunchTemplates: items.map((one) => templateView(world, one)), NextToken }
}

interface Found {
  readonly template: LaunchTemplateRecord
  readonly version: LaunchTemplateVersionRecord
}

const versionFields: FilterFields<Found> = {
  'create-time': ({ version }) => version.createTime.toISOString(),
  'ebs-optimized': ({ version }) => text(version.data.EbsOptimized),
  'iam-instance-profile': ({ version }) => version.data.IamInstanceProfile?.Arn,
  'image-id': ({ version }) => version.data.ImageId,
  'instance-type': ({ version }) => version.data.InstanceType,
  'is-default-version': ({ template, version }) =>
    String(version.number === template.defaultVersion),
}

function text(value: boolean | undefined): string | undefined {
  return value === undefined ? undefined : String(value)
}

/** Versions of one template, or `$Latest` and `$Default` of all templates. Newest first. */
function describeVersions(input: DescribeLaunchTemplateVersionsRequest, context: CallContext) {
  const { world } = context
  const { Versions: versions = [] } = input
  const single = input.LaunchTemplateId !== undefined || input.LaunchTemplateName !== undefined
  const found = single
    ? versionsOfOne(findTemplate(world, input), input)
    : versionsOfAll([...world.compute.templates.values()], versions)
  const matching = filtered(found, input.Filters, versionFields, () => ({}))
  const key = ({ template, version }: Found) =>
    `${template.id} ${String(1_000_000_000 - version.number).padStart(10, '0')}`
  const { items, NextToken } = pageOf(matching, input, key, 1)
  return {
    LaunchTemplateVersions: items.map(({ template, version }) => {
      const view = versionView(world, template, version)
      return input.ResolveAlias ? resolved(world, view) : view
    }),
    NextToken,
  }
}

/** With the image that a parameter means by now in place of the parameter. */
function resolved(world: World, view: LaunchTemplateVersion): LaunchTemplateVersion {
  const parameter = /^resolve:ssm:(.+)$/.exec(view.LaunchTemplateData?.ImageId ?? '')?.[1]
  const ImageId = parameter && parameterValue(world, parameter)
  return ImageId ? { ...view, LaunchTemplateData: { ...view.LaunchTemplateData, ImageId } } : view
}

function versionsOfOne(
  template: LaunchTemplateRecord,
  input: DescribeLaunchTemplateVersionsRequest,
): Found[] {
  const { Versions: versions = [], MinVersion: min, MaxVersion: max } = input
  if (versions.length > 0) {
    const numbers = new Set(versions.map((one) => requireVersion(template, one)))
    return [...numbers].map((version) => ({ template, version }))
  }
  return template.versions
    .filter(({ number }) => number >= Number(min ?? 0))
    .filter(({ number }) => number <= Number(max ?? Number.POSITIVE_INFINITY))
    .map((version) => ({ template, version }))
}

function versionsOfAll(
  templates: readonly LaunchTemplateRecord[],
  versions: readonly string[],
): Found[] {
  if (versions.length === 0 || versions.some((one) => one !== '$Latest' && one !== '$Default')) {
    throw new AwsError(
      'MissingParameter',
      'Without a launch template ID or name, the versions must be $Latest, $Default or both.',
    )
  }
  return templates.flatMap((template) => {
    const found = new Set(
      versions.map((one) => versionOf(template, one) ?? latestVersion(template)),
    )
    return [...found].map((version) => ({ template, version }))
  })
}

/** A template's data as it would have to be to launch an instance like this one. */
function dataOf(input: GetLaunchTemplateDataRequest, { world }: CallContext) {
  const host = world.compute.hosts.get(input.InstanceId ?? '')
  if (!host) {
    throw new AwsError(
      'InvalidInstanceID.NotFound',
      `The instance ID '${input.InstanceId}' does not exist`,
    )
  }
  const { ImageId, InstanceType, KeyName, IamInstanceProfile, SecurityGroups } = host.instance
  return {
    LaunchTemplateData: {
      ImageId,
      InstanceType,
      KeyName,
      ...(IamInstanceProfile && { IamInstanceProfile: { Arn: IamInstanceProfile.Arn } }),
      SecurityGroupIds: SecurityGroups?.map(({ GroupId }) => GroupId),
      UserData: host.userData,
    },
  }
}

export const launchTemplateReadHandlers: ServiceHandlers = {
  DescribeLaunchTemplates: describe,
  DescribeLaunchTemplateVersions: describeVersions,
  GetLaunchTemplateData: dataOf,
}
