/** The type of a ListenerRule's spec: the members of CreateRule in camelCase. */
import type { Hole, ReferenceValue } from '../../model.ts'

/** A service that ECS deploys by moving the weights of this rule. */
export interface Delegate {
  readonly service: string
  /** BLUE_GREEN, LINEAR or CANARY. */
  readonly strategy: string
  /** Its target group, and the alternate one. */
  readonly targetGroupArns: readonly (string | ReferenceValue | Hole)[]
}

export interface ListenerRuleSpec {
  /** One that exists. */
  readonly ruleArn?: string
  readonly listenerArn?: string | ReferenceValue | Hole
  readonly priority?: number
  readonly conditions?: readonly Record<string, unknown>[]
  readonly actions?: readonly Record<string, unknown>[]
  readonly transforms?: readonly Record<string, unknown>[]
  readonly tags?: readonly { readonly key?: string; readonly value?: string }[]
  /** Put here at load, see the `joins` of kinds. */
  readonly delegates?: readonly Delegate[]
}
