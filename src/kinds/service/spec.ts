/** The type of a Service's spec: the SDK's request type, with references where they may stand. */
import type { CreateServiceRequest } from '@aws-sdk/client-ecs'
import type { Hole, ReferenceValue } from '../../model.ts'

type Referable = string | ReferenceValue | Hole

/** The request of CreateService; references also stand deeper, where the table below says. */
export type ServiceSpec = Omit<
  CreateServiceRequest,
  'clientToken' | 'serviceName' | 'cluster' | 'taskDefinition' | 'role'
> & {
  serviceName?: string
  cluster?: Referable
  taskDefinition?: Referable
  role?: Referable
  /** The scalable targets that are described for it; put here at load, see the `joins` of kinds. */
  scalableTargets?: readonly Bounds[]
}

/** Between which numbers of tasks a service is scaled. */
export interface Bounds {
  readonly minCapacity?: number | undefined
  readonly maxCapacity?: number | undefined
}
