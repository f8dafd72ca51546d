/** The type of a ScalableTarget's spec: the members of RegisterScalableTarget in camelCase, and tags. */
import type { Hole, ReferenceValue } from '../../model.ts'

export interface ScalableTargetSpec {
  readonly serviceNamespace?: string
  /** `service/shop/web`, or the service's manifest. */
  readonly resourceId?: string | ReferenceValue | Hole
  readonly scalableDimension?: string
  readonly minCapacity?: number
  readonly maxCapacity?: number
  readonly suspendedState?: Readonly<Record<string, boolean | undefined>>
  readonly tags?: readonly { readonly key?: string; readonly value?: string }[]
}
