/** A Listener as people write it: its schema, what it refers to, what tells it from others, and its rules. */

import { nameInArn } from '../../arn.ts'
import type { JsonSchema, Kind, ReferenceField, SchemaSource } from '../../kind.ts'
import { delegateReferences } from '../../kit/delegates.ts'
import { actionReferences, checkActions } from '../../kit/elb-parts.ts'
import { checkGiven, checkRange, checkTags, findings } from '../../kit/field-rules.ts'
import type { Environment, Identity } from '../../model.ts'
import type { ListenerSpec } from './spec.ts'

export type { ListenerSpec } from './spec.ts'

export const schema = async (): Promise<JsonSchema> =>
  (await import('./schema.generated.json', { with: { type: 'json' } })).default

export const source: SchemaSource = {
  package: 'client-elastic-load-balancing-v2',
  request: 'CreateListenerInput',
  response: 'Listener',
  also: { listenerArn: { type: 'string', description: 'The ARN of a listener that exists.' } },
}

export const references: Readonly<Record<string, ReferenceField>> = {
  loadBalancerArn: { kind: 'LoadBalancer', attribute: 'arn' },
  ...actionReferences('defaultActions'),
  ...delegateReferences,
}

/** A load balancer has one listener on a port; it has no name of its own. */
export function identify(
  { listenerArn: arn }: ListenerSpec,
  name: string,
  environment: Environment,
): Identity {
  return {
    name: arn ?? `${environment.namePrefix}${name}`,
    parts: arn === undefined ? {} : { arn },
  }
}

export const named = (arn: string): Partial<ListenerSpec> | undefined =>
  nameInArn(arn, 'elasticloadbalancing', 'listener') === undefined
    ? undefined
    : { listenerArn: arn }

export const validate: Kind<ListenerSpec>['validate'] = ({ spec }, at) => {
  const found = findings(at)
  checkTags(spec.tags, 'spec.tags', found)
  checkGiven(spec.protocol, 'spec.protocol', found)
  checkGiven(spec.port, 'spec.port', found)
  checkRange(spec.port, 'spec.port', [1, 65_535], found)
  checkActions(spec.defaultActions, 'spec.defaultActions', found)
  const secure = spec.protocol === 'HTTPS' || spec.protocol === 'TLS'
  if (secure && (spec.certificates?.length ?? 0) !== 1) {
    const message = `a listener for ${spec.protocol} takes one certificate`
    found.say('spec.certificates', 'Required', message, 'certificates: [{ certificateArn: … }]')
  } else if (!secure && spec.certificates !== undefined) {
    const message = 'certificates belong to HTTPS and TLS'
    found.say('spec.certificates', 'NotTogether', message)
  }
  return found.problems
}
