/** What a scalable target needs, as calls. Pure. */
import { toAws } from '../../kit/casing.ts'
import { planner } from '../../kit/planning.ts'
import { targetInput } from '../../kit/scalable-targets.ts'
import type { ScalableTargetSpec } from './manifest.ts'
import type { ScalableTargetState } from './observe.ts'
import { fields } from './policy.ts'

type Members = Record<string, unknown>

const registering = (resourceId: string, members: Members) => ({
  operation: 'application-autoscaling:RegisterScalableTarget' as const,
  input: { ...targetInput(resourceId), ...(toAws(members) as Members) },
})

export const plan = planner<ScalableTargetSpec, ScalableTargetState>({
  fields,
  desired: ({ minCapacity, maxCapacity, suspendedState }) => ({
    minCapacity,
    maxCapacity,
    ...(suspendedState ? { suspendedState } : {}),
  }),
  create: (members, { want, tags }) => {
    const { operation, input } = registering(want!.identity.name, members)
    return [{ operation, input: { ...input, Tags: tags }, yields: { arn: 'ScalableTargetARN' } }]
  },
  // Both bounds, since each must keep its distance to the other; what is left out stays.
  update: ({ live, whole: { minCapacity, maxCapacity, suspendedState }, changed }) => [
    registering(live.identity.name, {
      minCapacity,
      maxCapacity,
      ...(changed.has('suspendedState') ? { suspendedState } : {}),
    }),
  ],
  tag: ({ attributes }, tags) => [
    {
      operation: 'application-autoscaling:TagResource',
      input: { ResourceARN: attributes.arn, Tags: tags },
    },
  ],
  remove: ({ identity }) => [
    {
      operation: 'application-autoscaling:DeregisterScalableTarget',
      input: targetInput(identity.name),
    },
  ],
  // A service outside of the bounds is brought within them at once.
  effect: ({ changed }) =>
    changed.has('minCapacity') || changed.has('maxCapacity') ? 'in place' : 'none',
})
