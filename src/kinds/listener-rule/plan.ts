/**
 * What a listener rule needs, as calls. Pure. While ECS deploys a service by moving a rule's weights, its actions are
 * ECS's: they are never written, and where they send requests elsewhere, that is said.
 */

import type { Draft, PlanInput } from '../../kind.ts'
import { toAws } from '../../kit/casing.ts'
import { delegated } from '../../kit/delegates.ts'
import { planner, stalls } from '../../kit/planning.ts'
import { toAwsTags } from '../../tags.ts'
import type { ListenerRuleState } from './observe.ts'
import { fields } from './policy.ts'
import type { ListenerRuleSpec } from './spec.ts'

type Members = Record<string, unknown>
type Input = PlanInput<ListenerRuleSpec, ListenerRuleState>

export function plan(input: Input): Draft {
  const { want, live } = input
  const { arn } = want?.identity.parts ?? {}
  if (arn && !live) {
    const message = `there is no ${arn} in AWS, and one that is named by its ARN is never made`
    return stalls('NotFound', message)
  }
  const { delegates = [] } = want?.spec ?? {}
  if (!want || !live || delegates.length === 0) return planned(input)
  const { actions, outside } = live.state
  const spec = { ...want.spec, ...(actions ? { actions } : {}) }
  return delegated(planned({ ...input, want: { ...want, spec } }), 'actions', delegates, outside)
}

const planned = planner<ListenerRuleSpec, ListenerRuleState>({
  fields,
  desired: ({ ruleArn: _, delegates: __, ...members }) => members,
  compared: ({ outside: _, ...state }) => ({ ...state }),
  create: (members, { tags }) => [
    {
      operation: 'elasticloadbalancing:CreateRule',
      input: { ...(toAws(members) as Members), Tags: toAwsTags(tags) },
      yields: { arn: 'Rules.0.RuleArn' },
    },
  ],
  update: ({ live, whole, changed }) => {
    const RuleArn = live.attributes.arn
    const names = ['conditions', 'actions', 'transforms'].filter((name) => changed.has(name))
    const differing = Object.fromEntries(names.map((name) => [name, whole[name]]))
    return [
      ...(changed.has('priority')
        ? [
            {
              operation: 'elasticloadbalancing:SetRulePriorities' as const,
              input: { RulePriorities: [{ RuleArn, Priority: whole.priority }] },
            },
          ]
        : []),
      ...(names.length > 0
        ? [
            {
              operation: 'elasticloadbalancing:ModifyRule' as const,
              input: { RuleArn, ...(toAws(differing) as Members) },
            },
          ]
        : []),
    ]
  },
  tag: ({ attributes: { arn } }, tags) => [
    {
      operation: 'elasticloadbalancing:AddTags',
      input: { ResourceArns: [arn], Tags: toAwsTags(tags) },
    },
  ],
  remove: ({ attributes: { arn } }) => [
    { operation: 'elasticloadbalancing:DeleteRule', input: { RuleArn: arn } },
  ],
})
