/** A ListenerRule as people write it: the ARN of one that exists. */
import type { JsonSchema, SchemaSource } from '../../kind.ts'
import type { Environment, Identity } from '../../model.ts'

export interface ListenerRuleSpec {
  readonly ruleArn?: string
}

export const schema = async (): Promise<JsonSchema> =>
  (await import('./schema.generated.json', { with: { type: 'json' } })).default

export const source: SchemaSource = {
  package: 'client-elastic-load-balancing-v2',
  request: 'CreateRuleInput',
  only: [],
  response: 'Rule',
  derived: ['listenerArn', 'conditions', 'priority', 'actions'],
  also: { ruleArn: { type: 'string', description: 'The ARN of a listener rule that exists.' } },
}

/** Rules have no name: the ARN is all there is. */
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
