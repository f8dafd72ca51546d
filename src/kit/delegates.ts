/**
 * Actions that are ECS's: while it deploys a service by moving the weights of a listener or a rule, they are never
 * written, and where they send requests to other target groups than the service's, that is said. Pure.
 */

import type { Draft } from '../kind.ts'
import type { Hole, ReferenceValue } from '../model.ts'
import { targetGroupsOf } from './elb-parts.ts'

/** A service that ECS deploys so; put into a manifest at load, see the `joins` of kinds. */
export interface Delegate {
  readonly service: string
  /** BLUE_GREEN, LINEAR or CANARY. */
  readonly strategy: string
  /** Its target group, and the alternate one. */
  readonly targetGroupArns: readonly (string | ReferenceValue | Hole)[]
}

export const delegateReferences = {
  'delegates[].targetGroupArns[]': { kind: 'TargetGroup', attribute: 'arn', orders: false },
} as const

/** The target groups that live actions send to besides those of the services. */
export function outsideOf(
  delegates: readonly Delegate[] | undefined,
  actions: readonly Record<string, unknown>[] | undefined,
): string[] {
  const own = new Set<unknown>(delegates?.flatMap(({ targetGroupArns }) => targetGroupArns))
  if (own.size === 0 || [...own].some((arn) => typeof arn !== 'string')) return []
  return targetGroupsOf(actions).filter((arn) => !own.has(arn))
}

/** A draft with what is to be said of actions that are ECS's. */
export function delegated(
  draft: Draft,
  field: string,
  delegates: readonly Delegate[],
  outside: readonly string[] = [],
): Draft {
  const names = delegates.map(({ service, strategy }) => `${service} (${strategy})`).join(', ')
  const notes = [
    `${field} are left to ECS, which deploys Service ${names} by them`,
    ...outside.map(
      (group) => `${field} send to ${group}, which is no target group of Service ${names}`,
    ),
  ]
  return { ...draft, notes: [...(draft.notes ?? []), ...notes] }
}
