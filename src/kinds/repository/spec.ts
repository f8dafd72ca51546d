/** The type of a Repository's spec: the SDK's request in our casing, with what further calls set. */
import type {
  EncryptionConfiguration,
  ImageScanningConfiguration,
  ImageTagMutabilityExclusionFilter,
} from '@aws-sdk/client-ecr'

/** A policy as YAML, as JSON text, or with references in it; the empty text takes it away. */
export type Document = string | Record<string, unknown>

export interface RepositorySpec {
  readonly repositoryName?: string
  readonly imageTagMutability?: string
  readonly imageTagMutabilityExclusionFilters?: readonly ImageTagMutabilityExclusionFilter[]
  readonly imageScanningConfiguration?: ImageScanningConfiguration
  readonly encryptionConfiguration?: EncryptionConfiguration
  readonly lifecyclePolicyText?: Document
  readonly policyText?: Document
  readonly force?: boolean
  readonly tags?: readonly { readonly key: string; readonly value?: string }[]
}
