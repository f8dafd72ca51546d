/** A Repository as people write it: its schema, the references it takes, its name in AWS, and its rules. */
import { nameInArn } from '../../arn.ts'
import type { JsonSchema, Kind, ReferenceField, SchemaSource } from '../../kind.ts'
import { findings } from '../../kit/field-rules.ts'
import type { Environment, Identity } from '../../model.ts'
import { checkRepository } from './rules.ts'
import type { RepositorySpec } from './spec.ts'

export type { RepositorySpec } from './spec.ts'

export const schema = async (): Promise<JsonSchema> =>
  (await import('./schema.generated.json', { with: { type: 'json' } })).default

export const source: SchemaSource = {
  package: 'client-ecr',
  request: 'CreateRepositoryRequest',
  update: ['PutLifecyclePolicyRequest', 'SetRepositoryPolicyRequest', 'DeleteRepositoryRequest'],
  response: 'Repository',
  omit: { registryId: "it is the account's own registry" },
  derived: ['repositoryName'],
  encoded: { lifecyclePolicyText: 'json', policyText: 'json' },
}

export const references: Readonly<Record<string, ReferenceField>> = {
  'policyText.**': { kind: '*', attribute: 'arn' },
}

/**
 * Repositories are known by name within the registry. That its images may go with it (`force`) is a part of what it
 * is known by, so that it is at hand when it is deleted.
 */
export function identify(spec: RepositorySpec, name: string, environment: Environment): Identity {
  return {
    name: spec.repositoryName ?? `${environment.namePrefix}${name}`,
    parts: spec.force === true ? { force: 'true' } : {},
  }
}

export function named(arn: string): Partial<RepositorySpec> | undefined {
  const repositoryName = nameInArn(arn, 'ecr', 'repository')
  return repositoryName === undefined ? undefined : { repositoryName }
}

export const validate: Kind<RepositorySpec>['validate'] = (manifest, at) => {
  const found = findings(at)
  checkRepository(manifest, found)
  return found.problems
}

export const within: NonNullable<Kind<RepositorySpec>['within']> = (manifest, environment, at) => {
  const { spec, name } = manifest
  if (spec.repositoryName !== undefined || !/[A-Z]/.test(environment.namePrefix)) return []
  const message = `with the prefix ${environment.namePrefix} the name ${environment.namePrefix}${name} is not a name in ECR, which has no capitals`
  return [at('metadata.name', 'BadName', message, 'write repositoryName')]
}
