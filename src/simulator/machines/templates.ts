/** Launch templates as those who launch look them up: by id or name, a version by number, `$Latest` or `$Default`. */
import { AwsError } from '../api.ts'
import type {
  LaunchTemplateRecord,
  LaunchTemplateVersionRecord,
} from '../services/ec2/compute-state.ts'
import type { World } from '../world.ts'

/** How EC2 and Auto Scaling name a template, and a version of it. */
export interface TemplateReference {
  readonly LaunchTemplateId?: string | undefined
  readonly LaunchTemplateName?: string | undefined
  readonly Version?: string | undefined
}

/** The template that is meant. Throws EC2's errors for none, for both of id and name, and for an unknown one. */
export function findTemplate(world: World, reference: TemplateReference): LaunchTemplateRecord {
  const { LaunchTemplateId: id, LaunchTemplateName: name } = reference
  if (id !== undefined && name !== undefined) {
    throw new AwsError(
      'InvalidParameterCombination',
      'You must specify either a launch template ID or a launch template name, but not both.',
    )
  }
  if (id !== undefined) {
    if (!/^lt-[0-9a-f]+$/.test(id)) {
      throw new AwsError('InvalidLaunchTemplateId.Malformed', `Invalid id: "${id}"`)
    }
    const found = world.compute.templates.get(id)
    if (found) return found
    throw new AwsError(
      'InvalidLaunchTemplateId.NotFound',
      `The specified launch template, with template ID ${id}, does not exist.`,
    )
  }
  if (name !== undefined) {
    const found = templateNamed(world, name)
    if (found) return found
    throw new AwsError(
      'InvalidLaunchTemplateName.NotFoundException',
      `The specified launch template, with template name ${name}, does not exist.`,
    )
  }
  throw new AwsError(
    'MissingParameter',
    'Either the launch template ID or the launch template name must be specified.',
  )
}

export function templateNamed(world: World, name: string): LaunchTemplateRecord | undefined {
  for (const template of world.compute.templates.values()) {
    if (template.name === name) return template
  }
  return undefined
}

/** The newest version that is left: what `$Latest` means. */
export function latestVersion(template: LaunchTemplateRecord): LaunchTemplateVersionRecord {
  return template.versions.at(-1) as LaunchTemplateVersionRecord
}

/** The version that a text means, `$Default` when there is none; undefined when there is no such version. */
export function versionOf(
  template: LaunchTemplateRecord,
  version: string | undefined,
): LaunchTemplateVersionRecord | undefined {
  if (version === '$Latest') return latestVersion(template)
  const number =
    version === undefined || version === '' || version === '$Default'
      ? template.defaultVersion
      : Number(version)
  return template.versions.find((one) => one.number === number)
}

/** As `versionOf`, but throws EC2's error. */
export function requireVersion(
  template: LaunchTemplateRecord,
  version: string | undefined,
): LaunchTemplateVersionRecord {
  const found = versionOf(template, version)
  if (found) return found
  if (!/^\d+$/.test(version ?? '')) {
    throw new AwsError(
      'InvalidParameterValue',
      `Invalid launch template version: either '$Default', '$Latest', or a numeric version are allowed.`,
    )
  }
  throw new AwsError(
    'InvalidLaunchTemplateId.VersionNotFound',
    `Could not find the specified version ${version} for the launch template with ID ${template.id}.`,
  )
}
