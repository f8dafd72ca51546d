/** The type of a CapacityProvider's spec: the SDK's request type, with references where they may stand. */
import type { CreateCapacityProviderRequest } from '@aws-sdk/client-ecs'

/** The name may be left out: it comes from the manifest's. */
export type CapacityProviderSpec = Partial<
  Pick<CreateCapacityProviderRequest, 'name' | 'cluster' | 'autoScalingGroupProvider' | 'tags'>
>
