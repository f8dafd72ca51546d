/** What a capacity provider needs, as calls. Pure. */
import { planner, waits } from '../../kit/planning.ts'
import { toTagList } from '../../tags.ts'
import type { ProviderState } from './observe.ts'
import { fields, updatable } from './policy.ts'
import type { CapacityProviderSpec } from './spec.ts'

type Members = Record<string, unknown>

export const plan = planner<CapacityProviderSpec, ProviderState>({
  fields,
  // The cluster attaches it; the rest is one level down.
  desired: ({ autoScalingGroupProvider }) => autoScalingGroupProvider as Members,
  compared: ({ autoScalingGroupProvider }) => ({ ...autoScalingGroupProvider }),
  create: (autoScalingGroupProvider, { want, tags }) => [
    {
      operation: 'ecs:CreateCapacityProvider',
      input: { name: want!.identity.name, autoScalingGroupProvider, tags: toTagList(tags) },
      yields: { name: 'capacityProvider.name', arn: 'capacityProvider.capacityProviderArn' },
    },
  ],
  update: ({ live, whole, changed }) => {
    const names = Object.keys(updatable).filter((name) => changed.has(name))
    const autoScalingGroupProvider = Object.fromEntries(names.map((name) => [name, whole[name]]))
    const input = { name: live.identity.name, autoScalingGroupProvider }
    return [{ operation: 'ecs:UpdateCapacityProvider', input }]
  },
  tag: ({ attributes }, tags) => [
    {
      operation: 'ecs:TagResource',
      input: { resourceArn: attributes.arn, tags: toTagList(tags) },
    },
  ],
  remove: ({ identity }) => [
    { operation: 'ecs:DeleteCapacityProvider', input: { capacityProvider: identity.name } },
  ],
  busy: ({ state }) => {
    const update = String(state.updateStatus ?? '')
    if (!update.endsWith('_IN_PROGRESS')) return undefined
    const doing = update.startsWith('DELETE') ? 'deleting' : 'changing'
    return waits('UpdateInProgress', `AWS is ${doing} it (${update})`)
  },
  effect: () => 'in place',
})
