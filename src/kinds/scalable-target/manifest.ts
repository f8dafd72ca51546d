/** A ScalableTarget as people write it: its schema, the service that it refers to, its name in AWS, and its rules. */
import { nameInArn } from '../../arn.ts'
import type { JsonSchema, Kind, ReferenceField, SchemaSource } from '../../kind.ts'
import { tagList } from '../../kit/ec2-manifest.ts'
import { findings, type Together } from '../../kit/field-rules.ts'
import type { Environment, Identity } from '../../model.ts'
import { checkTarget, checkWithService } from './rules.ts'
import type { ScalableTargetSpec } from './spec.ts'

export type { ScalableTargetSpec } from './spec.ts'

export const schema = async (): Promise<JsonSchema> =>
  (await import('./schema.generated.json', { with: { type: 'json' } })).default

export const source: SchemaSource = {
  package: 'client-application-auto-scaling',
  request: 'RegisterScalableTargetRequest',
  response: 'ScalableTarget',
  omit: { roleARN: 'AWS scales services by a role of its own, and ignores any other' },
  derived: ['serviceNamespace', 'scalableDimension'],
  also: { tags: { ...tagList, description: 'Tags of the scalable target.' } },
}

export const references: Readonly<Record<string, ReferenceField>> = {
  // What AWS takes is made of names that Git knows; the service must be there first.
  resourceId: { kind: 'Service', attribute: 'name' },
}

/** Who scales a service owns its number of tasks: the service's plan has to know of it. */
export const joins: Kind<ScalableTargetSpec>['joins'] = ({ spec }) => {
  const { resourceId: to, minCapacity, maxCapacity } = spec
  return [{ to, into: 'Service', field: 'scalableTargets', item: { minCapacity, maxCapacity } }]
}

/** Known by what is scaled: `service/shop/web`. A service's own name is `shop/web`. */
export function identify(
  { resourceId: id }: ScalableTargetSpec,
  name: string,
  environment: Environment,
): Identity {
  if (typeof id !== 'string') return { name: `${environment.namePrefix}${name}`, parts: {} }
  if (id.startsWith('arn:')) return { name: id, parts: { arn: id } }
  return { name: id.startsWith('service/') ? id : `service/${id}`, parts: {} }
}

/** An ARN does not say what is scaled: such a target is looked for by it. */
export const named = (arn: string): Partial<ScalableTargetSpec> | undefined =>
  nameInArn(arn, 'application-autoscaling', 'scalable-target') === undefined
    ? undefined
    : { resourceId: arn }

export const validate: Kind<ScalableTargetSpec>['validate'] = ({ spec }, at) => {
  const found = findings(at)
  checkTarget(spec, found)
  return found.problems
}

export const together: Together<ScalableTargetSpec> = {
  'spec.resourceId': ({ spec }, service, at) => {
    const found = findings(at)
    checkWithService(spec, service, found)
    return found.problems
  },
}
