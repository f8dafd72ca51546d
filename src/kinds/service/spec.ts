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
}
