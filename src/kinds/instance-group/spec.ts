/** The type of an InstanceGroup's spec. References stand as they are written. */
import type { ReferenceValue } from '../../model.ts'
import type { GroupTag, InstanceRefreshSpec } from '../auto-scaling-group/spec.ts'

export type Referable = string | ReferenceValue

export type Ami = 'AmazonLinux2023' | 'AmazonLinux2' | 'AmazonLinux' | 'Bottlerocket'

export interface Mix {
  readonly onDemandBaseCapacity?: number
  readonly onDemandPercentageAboveBaseCapacity?: number
  readonly spotAllocationStrategy?: string
}

export interface Volume {
  readonly size?: number
  readonly type?: string
  readonly iops?: number
  readonly throughput?: number
  readonly encrypted?: boolean
  readonly kmsKeyId?: string
}

export interface Scaling {
  readonly targetCapacity?: number
  readonly minimumScalingStepSize?: number
  readonly maximumScalingStepSize?: number
  readonly instanceWarmupPeriod?: number
}

export interface InstanceGroupSpec {
  readonly cluster: Referable
  readonly network?: ReferenceValue
  readonly subnets?: readonly Referable[]
  readonly securityGroups?: readonly Referable[]
  readonly associatePublicIpAddress?: boolean
  readonly instanceTypes?: readonly string[]
  readonly size: { readonly min: number; readonly max: number; readonly desired?: number }
  readonly purchase?: 'OnDemand' | 'Spot' | Mix
  readonly spotMaxPrice?: string
  readonly spotDraining?: boolean
  readonly volume?: Volume
  readonly ami?: Ami
  readonly gpu?: boolean
  readonly imageId?: string
  readonly role?: Referable
  readonly keyName?: string
  readonly userData?: string
  readonly capacityProvider?: boolean
  readonly managedScaling?: boolean | Scaling
  readonly managedTerminationProtection?: boolean
  readonly managedDraining?: boolean
  readonly instanceRefresh?: InstanceRefreshSpec
  readonly tags?: readonly GroupTag[]
}

/** What a group is without a word on it. */
export const defaults = { instanceTypes: ['t3.medium'], ami: 'AmazonLinux2023' } as const
