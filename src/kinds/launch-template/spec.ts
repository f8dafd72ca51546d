/** The type of a LaunchTemplate's spec: the SDK's request in our casing, as far as rules and plans look into it. */

/** Plain text, base64, or parts that are joined: references resolve to texts among them. */
export type UserData = string | readonly unknown[]

export interface NetworkInterface {
  readonly deviceIndex?: number
  readonly networkCardIndex?: number
  readonly associatePublicIpAddress?: boolean
  readonly groups?: readonly unknown[]
}

export interface Ebs {
  readonly volumeType?: string
  readonly volumeSize?: number
  readonly iops?: number
  readonly throughput?: number
  readonly encrypted?: boolean
  readonly kmsKeyId?: string
  readonly snapshotId?: string
  readonly volumeInitializationRate?: number
}

export interface BlockDevice {
  readonly deviceName?: string
  readonly virtualName?: string
  readonly noDevice?: string
  readonly ebs?: Ebs
}

interface Tag {
  readonly key?: string
  readonly value?: string
}

export interface TemplateData {
  readonly imageId?: string
  readonly instanceType?: string
  readonly instanceRequirements?: Readonly<Record<string, unknown>>
  readonly keyName?: string
  readonly userData?: UserData
  readonly iamInstanceProfile?: { readonly name?: unknown; readonly arn?: unknown }
  readonly securityGroupIds?: readonly unknown[]
  readonly securityGroups?: readonly unknown[]
  readonly networkInterfaces?: readonly NetworkInterface[]
  readonly blockDeviceMappings?: readonly BlockDevice[]
  readonly tagSpecifications?: readonly {
    readonly resourceType?: string
    readonly tags?: readonly Tag[]
  }[]
  readonly instanceMarketOptions?: {
    readonly marketType?: string
    readonly spotOptions?: { readonly maxPrice?: string; readonly validUntil?: unknown }
  }
  readonly metadataOptions?: { readonly httpPutResponseHopLimit?: number }
  readonly creditSpecification?: { readonly cpuCredits?: string }
  readonly [member: string]: unknown
}

export interface LaunchTemplateSpec {
  readonly launchTemplateName?: string
  readonly launchTemplateId?: string
  readonly launchTemplateData?: TemplateData
  readonly tags?: readonly Tag[]
}
