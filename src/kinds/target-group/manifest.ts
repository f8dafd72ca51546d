/** A TargetGroup as people write it: its schema, the VPC that it refers to, its name in AWS, and its rules. */
import { nameInArn } from '../../arn.ts'
import type { JsonSchema, Kind, ReferenceField, SchemaSource } from '../../kind.ts'
import { checkElbName } from '../../kit/elb-parts.ts'
import { findings } from '../../kit/field-rules.ts'
import type { Environment, Identity } from '../../model.ts'
import { checkTargetGroup } from './rules.ts'
import type { TargetGroupSpec } from './spec.ts'

export type { TargetGroupSpec } from './spec.ts'

export const schema = async (): Promise<JsonSchema> =>
  (await import('./schema.generated.json', { with: { type: 'json' } })).default

export const source: SchemaSource = {
  package: 'client-elastic-load-balancing-v2',
  request: 'CreateTargetGroupInput',
  update: ['ModifyTargetGroupAttributesInput'],
  response: 'TargetGroup',
  derived: ['name'],
  renamed: { targetGroupName: 'name' },
  also: {
    targetGroupArn: { type: 'string', description: 'The ARN of a target group that exists.' },
  },
}

export const references: Readonly<Record<string, ReferenceField>> = {
  vpcId: { kind: 'Vpc', attribute: 'id' },
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

export const named = (arn: string): Partial<TargetGroupSpec> | undefined =>
  nameInArn(arn, 'elasticloadbalancing', 'targetgroup') === undefined
    ? undefined
    : { targetGroupArn: arn }

export const validate: Kind<TargetGroupSpec>['validate'] = ({ spec }, at) => {
  const found = findings(at)
  checkTargetGroup(spec, found)
  return found.problems
}

export const within: NonNullable<Kind<TargetGroupSpec>['within']> = (
  { name, spec },
  { namePrefix },
  at,
) => {
  const found = findings(at)
  if (spec.name === undefined && spec.targetGroupArn === undefined) {
    checkElbName(`${namePrefix}${name}`, 'metadata.name', found)
  }
  return found.problems
}
