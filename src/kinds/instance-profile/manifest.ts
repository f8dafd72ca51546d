/** An InstanceProfile as people write it: its schema, the role it refers to, its name in AWS, and its rules. */
import { nameInArn } from '../../arn.ts'
import type { JsonSchema, Kind, ReferenceField, SchemaSource } from '../../kind.ts'
import { checkCount, checkTags, findings, type Together } from '../../kit/field-rules.ts'
import { checkIamName, checkPath } from '../../kit/iam-names.ts'
import { trustedBy } from '../../kit/trust-rules.ts'
import type { Environment, Identity } from '../../model.ts'
import type { InstanceProfileSpec } from './spec.ts'

export type { InstanceProfileSpec } from './spec.ts'

export const schema = async (): Promise<JsonSchema> =>
  (await import('./schema.generated.json', { with: { type: 'json' } })).default

export const source: SchemaSource = {
  package: 'client-iam',
  request: 'CreateInstanceProfileRequest',
  update: ['AddRoleToInstanceProfileRequest'],
  response: 'InstanceProfile',
  derived: ['instanceProfileName'],
  also: {
    roles: {
      type: 'array',
      description: 'The role that instances get, as a list of one: the same as roleName.',
      items: { type: 'string' },
    },
  },
}

const role: ReferenceField = { kind: 'Role', attribute: 'name' }

export const references: Readonly<Record<string, ReferenceField>> = {
  roleName: role,
  'roles[]': role,
}

/** Instance profiles are known by name within the account, whatever their path. */
export function identify(
  spec: InstanceProfileSpec,
  name: string,
  environment: Environment,
): Identity {
  return { name: spec.instanceProfileName ?? `${environment.namePrefix}${name}`, parts: {} }
}

export function named(arn: string): Partial<InstanceProfileSpec> | undefined {
  const instanceProfileName = nameInArn(arn, 'iam', 'instance-profile')?.split('/').at(-1)
  return instanceProfileName === undefined ? undefined : { instanceProfileName }
}

export const validate: Kind<InstanceProfileSpec>['validate'] = ({ spec, name }, at) => {
  const found = findings(at)
  checkIamName(spec.instanceProfileName, 'spec.instanceProfileName', 128, found)
  if (spec.instanceProfileName === undefined) checkIamName(name, 'metadata.name', 128, found)
  checkPath(spec.path, 'spec.path', found)
  checkIamName(spec.roleName, 'spec.roleName', 64, found)
  checkCount(spec.roles, 'spec.roles', [0, 1], 'roles', found)
  spec.roles?.forEach((each, i) => {
    checkIamName(each, `spec.roles[${i}]`, 64, found)
  })
  if (spec.roles !== undefined && spec.roleName !== undefined) {
    found.say(
      'spec.roleName',
      'NotTogether',
      'the role is named by roles or by roleName, not by both',
    )
  }
  checkTags(spec.tags, 'spec.tags', found)
  return found.problems
}

/** Without it instances start, and no agent of theirs ever registers. */
export const together: Together<InstanceProfileSpec> = {
  'spec.roleName': trustedBy('ec2.amazonaws.com'),
  'spec.roles[]': trustedBy('ec2.amazonaws.com'),
}
