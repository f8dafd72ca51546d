/** Reads listener rules by their ARNs, a hundred a call. */
import type { DescribeRulesOutput, Rule } from '@aws-sdk/client-elastic-load-balancing-v2'
import { describeByNameOrArn } from '../../finding.ts'
import type { ObserveContext, Wanted } from '../../kind.ts'
import type { ObjectKey, Observation } from '../../model.ts'
import type { ListenerRuleSpec } from './manifest.ts'

export interface ListenerRuleState {
  /** `10`, or `default`. */
  readonly priority?: string | undefined
}

export async function observe(
  { read }: ObserveContext,
  wanted: readonly Wanted<ListenerRuleSpec>[],
): Promise<ReadonlyMap<ObjectKey, Observation<ListenerRuleState>>> {
  const named = wanted.filter(({ identity }) => identity.parts.arn)
  const answers = new Map(
    await describeByNameOrArn<Rule, ListenerRuleSpec, ListenerRuleState>(named, {
      names: async () => [],
      arns: async (RuleArns) => {
        const input = { RuleArns }
        const page = await read<DescribeRulesOutput>('elasticloadbalancing:DescribeRules', input)
        return page.Rules ?? []
      },
      nameOf: ({ RuleArn }) => RuleArn,
      arnOf: ({ RuleArn }) => RuleArn,
      attributes: ({ RuleArn, Priority }) => ({
        listenerArn: listenerOf(RuleArn),
        priority: Priority,
      }),
      state: ({ Priority }) => ({ priority: Priority }),
    }),
  )
  for (const { manifest, identity } of wanted) {
    if (identity.parts.arn) continue
    const message = 'spec.ruleArn is missing: a rule has no other name'
    answers.set(manifest.key, { found: 'unknown', reason: 'invalid', message })
  }
  return answers
}

/** `…:listener-rule/app/shop/lb/listener/rule` belongs to `…:listener/app/shop/lb/listener`. */
function listenerOf(arn: string | undefined): string | undefined {
  return arn?.replace(':listener-rule/', ':listener/').replace(/\/[^/]+$/, '')
}
