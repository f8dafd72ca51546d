/** The type of a ListenerRule's spec: the members of CreateRule in camelCase. */
import type { Delegate } from '../../kit/delegates.ts'
import type { Hole, ReferenceValue } from '../../model.ts'

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
