/** A Role as people write it: its schema, the references it takes, its name in AWS, and the rules of its fields. */
import { nameInArn } from '../../arn.ts'
import type { JsonSchema, Kind, ReferenceField, SchemaSource } from '../../kind.ts'
import { findings } from '../../kit/field-rules.ts'
import type { Environment, Identity } from '../../model.ts'
import { checkPlace, checkRole } from './rules.ts'
import type { RoleSpec } from './spec.ts'

export type { RoleSpec } from './spec.ts'

export const schema = async (): Promise<JsonSchema> =>
  (await import('./schema.generated.json', { with: { type: 'json' } })).default

export const source: SchemaSource = {
  package: 'client-iam',
  request: 'CreateRoleRequest',
  response: 'Role',
  derived: ['roleName'],
  also: {
    managedPolicyArns: {
      type: 'array',
      description:
        'The managed policies that are attached to the role. The list is whole: others are detached. Without it, attached policies are neither read nor changed.',
      items: { type: 'string' },
    },
    policies: {
      type: 'array',
      description:
        'The inline policies of the role, by name. The list is whole: others are deleted. Without it, inline policies are neither read nor changed.',
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['policyName', 'policyDocument'],
        properties: {
          policyName: { type: 'string', description: 'The name of the inline policy.' },
          policyDocument: {
            type: 'string',
            description:
              'The policy document, as YAML or as JSON text. A reference such as { ref: Repository/web } stands for an ARN.',
          },
        },
      },
    },
  },
  encoded: { assumeRolePolicyDocument: 'json', 'policies[].policyDocument': 'json' },
}

const arn: ReferenceField = { kind: '*', attribute: 'arn' }

export const references: Readonly<Record<string, ReferenceField>> = {
  'assumeRolePolicyDocument.**': arn,
  'policies[].policyDocument.**': arn,
}

/** Roles are known by name within the account, whatever their path. */
export function identify(spec: RoleSpec, name: string, environment: Environment): Identity {
  return { name: spec.roleName ?? `${environment.namePrefix}${name}`, parts: {} }
}

export function named(arn: string): Partial<RoleSpec> | undefined {
  const roleName = nameInArn(arn, 'iam', 'role')?.split('/').at(-1)
  return roleName === undefined ? undefined : { roleName }
}

export const validate: Kind<RoleSpec>['validate'] = (manifest, at) => {
  const found = findings(at)
  checkRole(manifest, found)
  return found.problems
}

export const within: NonNullable<Kind<RoleSpec>['within']> = ({ spec }, environment, at) => {
  const found = findings(at)
  checkPlace(spec, environment, found)
  return found.problems
}
