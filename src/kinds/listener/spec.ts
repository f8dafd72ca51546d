/** The type of a Listener's spec: the members of CreateListener in camelCase. */
import type { Delegate } from '../../kit/delegates.ts'
import type { Hole, ReferenceValue } from '../../model.ts'

export interface ListenerSpec {
  /** One that exists. */
  readonly listenerArn?: string
  readonly loadBalancerArn?: string | ReferenceValue | Hole
  readonly protocol?: string
  readonly port?: number
  readonly sslPolicy?: string
  readonly certificates?: readonly { readonly certificateArn?: string }[]
  readonly defaultActions?: readonly Record<string, unknown>[]
  readonly alpnPolicy?: readonly string[]
  readonly mutualAuthentication?: Readonly<Record<string, unknown>>
  /** Put here at load, see the `joins` of kinds. */
  readonly delegates?: readonly Delegate[]
  readonly tags?: readonly { readonly key?: string; readonly value?: string }[]
}
