/** A LaunchTemplate as people write it: its schema, the references it takes, its name in AWS, and its rules. */
import { nameInArn } from '../../arn.ts'
import type { JsonSchema, Kind, ReferenceField, SchemaSource } from '../../kind.ts'
import { findings } from '../../kit/field-rules.ts'
import type { Environment, Identity } from '../../model.ts'
import { checkName, checkTemplate } from './rules.ts'
import type { LaunchTemplateSpec } from './spec.ts'

export type { LaunchTemplateSpec } from './spec.ts'

export const schema = async (): Promise<JsonSchema> =>
  (await import('./schema.generated.json', { with: { type: 'json' } })).default

export const source: SchemaSource = {
  package: 'client-ec2',
  request: 'CreateLaunchTemplateRequest',
  response: 'LaunchTemplate',
  omit: {
    clientToken: 'fairlead makes its own tokens',
    dryRun: 'run `fairlead plan`',
    versionDescription: 'it holds the hash by which fairlead knows its versions',
    tagSpecifications: 'write tags; those of the instances stand in launchTemplateData',
    operator: 'it is for services of AWS',
  },
  derived: ['launchTemplateName'],
  also: {
    launchTemplateId: {
      type: 'string',
      description: 'The ID of a launch template that exists, to look at it or to take it over.',
    },
  },
  encoded: { 'launchTemplateData.userData': 'base64' },
}

const group: ReferenceField = { kind: 'SecurityGroup', attribute: 'id' }

export const references: Readonly<Record<string, ReferenceField>> = {
  'launchTemplateData.iamInstanceProfile.name': { kind: 'InstanceProfile', attribute: 'name' },
  'launchTemplateData.iamInstanceProfile.arn': { kind: 'InstanceProfile', attribute: 'arn' },
  'launchTemplateData.securityGroupIds[]': group,
  'launchTemplateData.networkInterfaces[].groups[]': group,
  'launchTemplateData.networkInterfaces[].subnetId': { kind: 'Subnet', attribute: 'id' },
  // Instances must not boot before the cluster that they join.
  'launchTemplateData.userData[]': { kind: 'Cluster', attribute: 'name' },
}

/** Launch templates are known by name within account and region. */
export function identify(
  spec: LaunchTemplateSpec,
  name: string,
  environment: Environment,
): Identity {
  return {
    name: spec.launchTemplateName ?? `${environment.namePrefix}${name}`,
    parts: spec.launchTemplateId === undefined ? {} : { id: spec.launchTemplateId },
  }
}

export function named(arn: string): Partial<LaunchTemplateSpec> | undefined {
  const launchTemplateId = nameInArn(arn, 'ec2', 'launch-template')
  return launchTemplateId === undefined ? undefined : { launchTemplateId }
}

export const validate: Kind<LaunchTemplateSpec>['validate'] = ({ spec }, at) => {
  const found = findings(at)
  checkTemplate(spec, found)
  return found.problems
}

export const within: NonNullable<Kind<LaunchTemplateSpec>['within']> = (
  { spec, name },
  { namePrefix },
  at,
) => {
  const found = findings(at)
  if (spec.launchTemplateName === undefined) {
    checkName(`${namePrefix}${name}`, 'metadata.name', found)
  }
  return found.problems
}
