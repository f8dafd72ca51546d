/** The state of the private registry: repositories and their images. Records are replaced, never changed in place. */
import type { Repository } from '@aws-sdk/client-ecr'

export interface ImageRecord {
  /** `sha256:…` */
  readonly digest: string
  readonly manifest: string
  readonly mediaType: string
  readonly tags: readonly string[]
  readonly pushed: Date
}

export interface RepositoryRecord {
  /** As DescribeRepositories shows it. */
  readonly repository: Repository
  readonly lifecyclePolicy?: string
  readonly policy?: string
  /** In the order of their first push. */
  readonly images: readonly ImageRecord[]
}

export interface EcrState {
  /** By name. */
  readonly repositories: Map<string, RepositoryRecord>
}

export function createEcrState(): EcrState {
  return { repositories: new Map() }
}
