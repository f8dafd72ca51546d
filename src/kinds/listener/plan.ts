/** What a listener needs, as calls. Pure. By that of a network load balancer ECS deploys services, as it does by rules. */

import type { Draft, PlanInput } from '../../kind.ts'
import { toAws } from '../../kit/casing.ts'
import { delegated } from '../../kit/delegates.ts'
import { planner } from '../../kit/planning.ts'
import { toAwsTags } from '../../tags.ts'
import type { ListenerState } from './observe.ts'
import { fields } from './policy.ts'
import type { ListenerSpec } from './spec.ts'

type Members = Record<string, unknown>

export function plan(input: PlanInput<ListenerSpec, ListenerState>): Draft {
  const { want, live } = input
  const { delegates = [] } = want?.spec ?? {}
  if (!want || !live || delegates.length === 0) return planned(input)
  const { defaultActions, outside } = live.state
  const spec = { ...want.spec, ...(defaultActions ? { defaultActions } : {}) }
  const draft = planned({ ...input, want: { ...want, spec } })
  return delegated(draft, 'defaultActions', delegates, outside)
}

const planned = planner<ListenerSpec, ListenerState>({
  fields,
  desired: ({ listenerArn: _, delegates: __, ...members }) => members,
  compared: ({ outside: _, ...state }) => ({ ...state }),
  create: (members, { tags }) => [
    {
      operation: 'elasticloadbalancing:CreateListener',
      input: { ...(toAws(members) as Members), Tags: toAwsTags(tags) },
      yields: { arn: 'Listeners.0.ListenerArn' },
    },
  ],
  update: ({ live, whole, changed }) => {
    const differing = Object.fromEntries([...changed].map((name) => [name, whole[name]]))
    const input = { ListenerArn: live.attributes.arn, ...(toAws(differing) as Members) }
    return [{ operation: 'elasticloadbalancing:ModifyListener', input }]
  },
  tag: ({ attributes: { arn } }, tags) => [
    {
      operation: 'elasticloadbalancing:AddTags',
      input: { ResourceArns: [arn], Tags: toAwsTags(tags) },
    },
  ],
  remove: ({ attributes: { arn } }) => [
    { operation: 'elasticloadbalancing:DeleteListener', input: { ListenerArn: arn } },
  ],
})
