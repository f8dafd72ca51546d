/** Reads repositories, a hundred a call, and of each only those policies that its manifest declares. */
import type {
  DescribeImagesResponse,
  DescribeRepositoriesResponse,
  GetLifecyclePolicyResponse,
  GetRepositoryPolicyResponse,
  ListTagsForResourceResponse,
  Repository,
} from '@aws-sdk/client-ecr'
import type { ObserveContext, Wanted } from '../../kind.ts'
import { describeEach, observeInBatches, unlessMissing } from '../../kit/finding.ts'
import type { Live, ObjectKey, Observation } from '../../model.ts'
import { fromAwsTags } from '../../tags.ts'
import type { RepositorySpec } from './spec.ts'

export type RepositoryState = Pick<
  Repository,
  | 'imageTagMutability'
  | 'imageTagMutabilityExclusionFilters'
  | 'imageScanningConfiguration'
  | 'encryptionConfiguration'
> & {
  /** JSON text; the empty text: there is none. Absent where the manifest leaves them to others. */
  readonly lifecyclePolicyText?: string
  readonly policyText?: string
  /** Counted where the repository is to be deleted, up to a page of them. */
  readonly images?: number
}

/** The limits of DescribeRepositories and DescribeImages. */
const batch = 100
export const mostCounted = 1000

export function observe(
  context: ObserveContext,
  wanted: readonly Wanted<RepositorySpec>[],
): Promise<ReadonlyMap<ObjectKey, Observation<RepositoryState>>> {
  const { read } = context
  return observeInBatches(wanted, batch, async (part) => {
    const names = part.map(({ identity }) => identity.name)
    const repositories = await describeEach(names, batch, async (repositoryNames) => {
      const input = { repositoryNames }
      const page = await read<DescribeRepositoriesResponse>('ecr:DescribeRepositories', input)
      return page.repositories ?? []
    })
    const byName = new Map(repositories.map((each) => [each.repositoryName, each]))
    const found = await Promise.all(
      part.map(async (want) => {
        const repository = byName.get(want.identity.name)
        const live = repository && (await look(want, repository, context))
        return live ? ([[live.key, { found: 'yes', live }]] as const) : []
      }),
    )
    return new Map(found.flat())
  })
}

async function look(
  { manifest, identity, spec }: Wanted<RepositorySpec>,
  repository: Repository,
  { read, index, teardown }: ObserveContext,
): Promise<Live<RepositoryState>> {
  const { repositoryArn: arn = '', repositoryUri: uri = '' } = repository
  const { name } = identity
  const byName = { repositoryName: name }
  // What is ours is in the tagging index with all its tags, which saves a call for each.
  const known = index.find((entry) => entry.arn === arn)?.tags
  const goes = teardown || manifest.annotations['fairlead.dev/replace'] === 'allowed'
  const counting = goes && identity.parts.force === undefined
  const [tags, lifecycle, policy, images] = await Promise.all([
    known ??
      read<ListTagsForResourceResponse>('ecr:ListTagsForResource', { resourceArn: arn }).then(
        (answer) => fromAwsTags(answer.tags),
      ),
    spec.lifecyclePolicyText === undefined
      ? undefined
      : unlessMissing(read<GetLifecyclePolicyResponse>('ecr:GetLifecyclePolicy', byName)),
    spec.policyText === undefined
      ? undefined
      : unlessMissing(read<GetRepositoryPolicyResponse>('ecr:GetRepositoryPolicy', byName)),
    counting
      ? read<DescribeImagesResponse>('ecr:DescribeImages', { ...byName, maxResults: mostCounted })
      : undefined,
  ])
  const { imageTagMutability, imageTagMutabilityExclusionFilters } = repository
  const { imageScanningConfiguration, encryptionConfiguration } = repository
  return {
    key: manifest.key,
    identity,
    attributes: { arn, name, uri },
    tags,
    state: {
      imageTagMutability,
      imageTagMutabilityExclusionFilters,
      imageScanningConfiguration,
      encryptionConfiguration,
      ...(lifecycle ? { lifecyclePolicyText: lifecycle.lifecyclePolicyText ?? '' } : {}),
      ...(policy ? { policyText: policy.policyText ?? '' } : {}),
      ...(images ? { images: images.imageDetails?.length ?? 0 } : {}),
    },
  }
}
