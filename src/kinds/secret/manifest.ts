/** A Secret as people write it: what names one that exists, in Secrets Manager or in the Parameter Store. */
import type { JsonSchema, SchemaSource } from '../../kind.ts'
import type { Environment, Identity } from '../../model.ts'

export interface SecretSpec {
  readonly name?: string
  readonly arn?: string
}

export const schema = async (): Promise<JsonSchema> =>
  (await import('./schema.generated.json', { with: { type: 'json' } })).default

export const source: SchemaSource = {
  package: 'client-secrets-manager',
  request: 'CreateSecretRequest',
  only: ['name'],
  response: 'DescribeSecretResponse',
  derived: ['name'],
  also: {
    arn: {
      type: 'string',
      description: 'The ARN of a secret in Secrets Manager, or of a parameter in Systems Manager.',
    },
  },
}

/** By ARN, else by its name in Secrets Manager. */
export function identify(
  { name, arn }: SecretSpec,
  metadataName: string,
  environment: Environment,
): Identity {
  const own = name ?? arn ?? `${environment.namePrefix}${metadataName}`
  return { name: own, parts: arn === undefined ? {} : { arn } }
}
