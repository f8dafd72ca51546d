/** What the parts of a discovery answer, as a type only. */
import type { Live } from '../../model.ts'

/** A resource that is there, and where its manifest goes. */
export interface Found {
  readonly kind: string
  readonly live: Live
  /** The name in AWS of the cluster that it stands beside. */
  readonly cluster: string
  /** The service that it belongs to; absent for what belongs to the cluster. */
  readonly service?: string
  /** Names for its manifest, the best first; what scales a service is called after the service's. */
  readonly names: readonly string[]
}
