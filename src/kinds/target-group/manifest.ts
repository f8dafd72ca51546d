/** A TargetGroup as people write it: what names one that exists. */
import type { JsonSchema, SchemaSource } from '../../kind.ts'
import type { Environment, Identity } from '../../model.ts'

export interface TargetGroupSpec {
  readonly name?: string
  readonly targetGroupArn?: string
}

export const schema = async (): Promise<JsonSchema> =>
  (await import('./schema.generated.json', { with: { type: 'json' } })).default

export const source: SchemaSource = {
  package: 'client-elastic-load-balancing-v2',
  request: 'CreateTargetGroupInput',
  only: ['name'],
  response: 'TargetGroup',
  derived: ['name'],
  renamed: { targetGroupName: 'name' },
  also: {
    targetGroupArn: { type: 'string', description: 'The ARN of a target group that exists.' },
  },
}

/** Target groups are known by name within account and region. */
export function identify(
  { name, targetGroupArn: arn }: TargetGroupSpec,
  metadataName: string,
  environment: Environment,
): Identity {
  // arn:aws:elasticloadbalancing:eu-central-1:123456789012:targetgroup/web/73e2d6bc24d8a067
  const own = name ?? arn?.split('/')[1] ?? `${environment.namePrefix}${metadataName}`
  return { name: own, parts: arn === undefined ? {} : { arn } }
}
