/** A ScalingPolicy as people write it: its schema, the target that it refers to, its name in AWS, and its rules. */

import type { JsonSchema, Kind, ReferenceField, SchemaSource } from '../../kind.ts'
import { findings, type Together } from '../../kit/field-rules.ts'
import type { Environment, Identity } from '../../model.ts'
import { checkPolicy, checkWithTarget } from './rules.ts'
import type { ScalingPolicySpec } from './spec.ts'

export type { ScalingPolicySpec } from './spec.ts'

export const schema = async (): Promise<JsonSchema> =>
  (await import('./schema.generated.json', { with: { type: 'json' } })).default

export const source: SchemaSource = {
  package: 'client-application-auto-scaling',
  request: 'PutScalingPolicyRequest',
  response: 'ScalingPolicy',
  derived: ['policyName', 'serviceNamespace', 'scalableDimension'],
}

export const references: Readonly<Record<string, ReferenceField>> = {
  resourceId: { kind: 'ScalableTarget', attribute: 'name' },
}

/** Known by what it scales and by name: `service/shop/web cpu`. */
export function identify(
  { resourceId, policyName }: ScalingPolicySpec,
  metadataName: string,
  environment: Environment,
): Identity {
  const policy = policyName ?? `${environment.namePrefix}${metadataName}`
  const target = typeof resourceId === 'string' ? resourceId : ''
  return { name: `${target} ${policy}`.trim(), parts: { target, policy } }
}

export const validate: Kind<ScalingPolicySpec>['validate'] = ({ spec }, at) => {
  const found = findings(at)
  checkPolicy(spec, found)
  return found.problems
}

export const together: Together<ScalingPolicySpec> = {
  'spec.resourceId': (_policy, target, at) => {
    const found = findings(at)
    checkWithTarget(target, found)
    return found.problems
  },
}
