/** Reads scalable targets, fifty a call. */

import { AwsFailure } from '../../errors.ts'
import type { ObserveContext, Wanted } from '../../kind.ts'
import { fromAws } from '../../kit/casing.ts'
import { observeInBatches, unread } from '../../kit/finding.ts'
import { readAllTargets, readTargets, readTargetTags } from '../../kit/scalable-targets.ts'
import type { ObjectKey, Observation } from '../../model.ts'
import type { ScalableTargetSpec } from './manifest.ts'

export interface ScalableTargetState {
  readonly minCapacity?: number
  readonly maxCapacity?: number
  readonly suspendedState?: Readonly<Record<string, boolean>>
}

type Answer = Observation<ScalableTargetState>

export function observe(
  context: ObserveContext,
  wanted: readonly Wanted<ScalableTargetSpec>[],
): Promise<ReadonlyMap<ObjectKey, Answer>> {
  return observeInBatches(wanted, 50, async (part) => {
    const named = part.filter(({ identity }) => !identity.parts.arn)
    const [targets, all] = await Promise.all([
      readTargets(
        context.read,
        named.map(({ identity }) => identity.name),
      ),
      named.length < part.length ? readAllTargets(context.read) : [],
    ])
    const answers = part.map(async ({ manifest, ...want }): Promise<[ObjectKey, Answer]> => {
      const { arn: meant } = want.identity.parts
      const target = meant
        ? all.find(({ ScalableTargetARN }) => ScalableTargetARN === meant)
        : targets.get(want.identity.name)
      if (!target) return [manifest.key, { found: 'no' }]
      const { ScalableTargetARN: arn = '', ResourceId = '' } = target
      const identity = { ...want.identity, name: ResourceId }
      const { MinCapacity, MaxCapacity, SuspendedState } = target
      try {
        const tags = await readTargetTags(arn, context)
        const live = {
          key: manifest.key,
          identity,
          attributes: { arn, name: identity.name },
          tags,
          state: fromAws<ScalableTargetState>({ MinCapacity, MaxCapacity, SuspendedState }),
        }
        return [manifest.key, { found: 'yes', live }]
      } catch (error) {
        if (!(error instanceof AwsFailure)) throw error
        return [manifest.key, unread(error)]
      }
    })
    return new Map(await Promise.all(answers))
  })
}
