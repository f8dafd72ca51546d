/** What a repository needs, as calls. Pure. */
import type { Draft, PlanInput } from '../../kind.ts'
import { type Comparison, planner, stalls } from '../../kit/planning.ts'
import { documentText } from '../../kit/policy-document.ts'
import type { DraftCall, Live } from '../../model.ts'
import { toAwsTags } from '../../tags.ts'
import { mostCounted, type RepositoryState } from './observe.ts'
import { fields } from './policy.ts'
import type { RepositorySpec } from './spec.ts'

type Members = Record<string, unknown>

export const plan = planner<RepositorySpec, RepositoryState>({
  fields,
  desired: ({ repositoryName: _, force: __, ...spec }) => spec,
  // A policy goes as text, and text is made of what is known.
  needs: ({ policyText }) => policyText,
  create,
  update: (comparison) => [...updates(comparison)],
  tag: (live, tags) => [
    {
      operation: 'ecr:TagResource',
      input: { resourceArn: live.attributes.arn, tags: toAwsTags(tags) },
    },
  ],
  remove,
})

function create(
  { lifecyclePolicyText, policyText, ...members }: Members,
  { want, tags }: PlanInput<RepositorySpec, RepositoryState>,
): DraftCall[] {
  const repositoryName = want!.identity.name
  return [
    {
      operation: 'ecr:CreateRepository',
      input: { ...members, repositoryName, tags: toAwsTags(tags) },
      yields: { arn: 'repository.repositoryArn', uri: 'repository.repositoryUri' },
    },
    ...(policyText ? [setPolicy(repositoryName, policyText)] : []),
    ...(lifecyclePolicyText ? [putLifecycle(repositoryName, lifecyclePolicyText)] : []),
  ]
}

function* updates({ live, whole, changed }: Comparison<RepositoryState>): Generator<DraftCall> {
  const repositoryName = live.identity.name
  const byName = { repositoryName }
  const { imageTagMutability, imageTagMutabilityExclusionFilters, imageScanningConfiguration } =
    whole
  if (changed.has('imageTagMutability') || changed.has('imageTagMutabilityExclusionFilters')) {
    const filters = (imageTagMutabilityExclusionFilters ?? []) as unknown[]
    const excluding = String(imageTagMutability).endsWith('_WITH_EXCLUSION')
    yield {
      operation: 'ecr:PutImageTagMutability',
      input: {
        ...byName,
        imageTagMutability,
        // The former filters go with the former mutability.
        ...(excluding ? { imageTagMutabilityExclusionFilters: filters } : {}),
      },
    }
  }
  if (changed.has('imageScanningConfiguration')) {
    yield {
      operation: 'ecr:PutImageScanningConfiguration',
      input: { ...byName, imageScanningConfiguration },
    }
  }
  if (changed.has('policyText')) {
    yield whole.policyText
      ? setPolicy(repositoryName, whole.policyText)
      : { operation: 'ecr:DeleteRepositoryPolicy', input: byName }
  }
  if (changed.has('lifecyclePolicyText')) {
    yield whole.lifecyclePolicyText
      ? putLifecycle(repositoryName, whole.lifecyclePolicyText)
      : { operation: 'ecr:DeleteLifecyclePolicy', input: byName }
  }
}

/** Images are not made again by any sweep: they go only where Git says so. */
function remove({ identity, state }: Live<RepositoryState>): Draft | DraftCall[] {
  const { name, parts } = identity
  const force = parts.force === 'true'
  const { images = 0 } = state
  if (images > 0 && !force) {
    const count = images >= mostCounted ? `${images} images or more` : `${images} images`
    const message = `${name} holds ${images === 1 ? '1 image' : count}: delete them, or write spec.force: true to let them go with it`
    return stalls('NotEmpty', message)
  }
  const input = { repositoryName: name, ...(force ? { force } : {}) }
  return [{ operation: 'ecr:DeleteRepository', input }]
}

const setPolicy = (repositoryName: string, policy: unknown): DraftCall => ({
  operation: 'ecr:SetRepositoryPolicy',
  input: { repositoryName, policyText: documentText(policy) },
})

const putLifecycle = (repositoryName: string, policy: unknown): DraftCall => ({
  operation: 'ecr:PutLifecyclePolicy',
  input: { repositoryName, lifecyclePolicyText: documentText(policy) },
})
