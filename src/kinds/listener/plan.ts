/** What a listener needs, as calls. Pure. */
import { toAws } from '../../casing.ts'
import { planner } from '../../planning.ts'
import { toAwsTags } from '../../tags.ts'
import type { ListenerState } from './observe.ts'
import { fields } from './policy.ts'
import type { ListenerSpec } from './spec.ts'

type Members = Record<string, unknown>

export const plan = planner<ListenerSpec, ListenerState>({
  fields,
  desired: ({ listenerArn: _, ...members }) => members,
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
