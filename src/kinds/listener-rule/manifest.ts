/** A ListenerRule as people write it: its schema, what it refers to, what tells it from others, and its rules. */

import { nameInArn } from '../../arn.ts'
import type { JsonSchema, Kind, ReferenceField, SchemaSource } from '../../kind.ts'
import { delegateReferences } from '../../kit/delegates.ts'
import { actionReferences, checkActions } from '../../kit/elb-parts.ts'
import { checkCount, checkGiven, checkRange, checkTags, findings } from '../../kit/field-rules.ts'
import type { Environment, Identity } from '../../model.ts'
import type { ListenerRuleSpec } from './spec.ts'

export type { ListenerRuleSpec } from './spec.ts'

export const schema = async (): Promise<JsonSchema> =>
  (await import('./schema.generated.json', { with: { type: 'json' } })).default

export const source: SchemaSource = {
  package: 'client-elastic-load-balancing-v2',
  request: 'CreateRuleInput',
  response: 'Rule',
  also: { ruleArn: { type: 'string', description: 'The ARN of a listener rule that exists.' } },
}

export const references: Readonly<Record<string, ReferenceField>> = {
  listenerArn: { kind: 'Listener', attribute: 'arn' },
  ...actionReferences('actions'),
  ...delegateReferences,
}

/** Rules have no name: their tags tell them from others, or an ARN does. */
export function identify(
  { ruleArn: arn }: ListenerRuleSpec,
  name: string,
  environment: Environment,
): Identity {
  return {
    name: arn ?? `${environment.namePrefix}${name}`,
    parts: arn === undefined ? {} : { arn },
  }
}

export const named = (arn: string): Partial<ListenerRuleSpec> | undefined =>
  nameInArn(arn, 'elasticloadbalancing', 'listener-rule') === undefined
    ? undefined
    : { ruleArn: arn }

export const validate: Kind<ListenerRuleSpec>['validate'] = ({ spec }, at) => {
  const found = findings(at)
  checkTags(spec.tags, 'spec.tags', found)
  checkGiven(spec.priority, 'spec.priority', found)
  checkRange(spec.priority, 'spec.priority', [1, 50_000], found)
  checkCount(spec.conditions ?? [], 'spec.conditions', [1, 5], 'conditions', found)
  checkActions(spec.actions, 'spec.actions', found)
  return found.problems
}
