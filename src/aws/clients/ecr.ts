/** The operations of `ecr` that fairlead sends; named one by one, so that the bundle holds no others. */
import {
  BatchGetImageCommand,
  CreateRepositoryCommand,
  DeleteLifecyclePolicyCommand,
  DeleteRepositoryCommand,
  DeleteRepositoryPolicyCommand,
  DescribeImagesCommand,
  DescribeRepositoriesCommand,
  ECRClient,
  GetLifecyclePolicyCommand,
  GetRepositoryPolicyCommand,
  ListTagsForResourceCommand,
  PutImageScanningConfigurationCommand,
  PutImageTagMutabilityCommand,
  PutLifecyclePolicyCommand,
  SetRepositoryPolicyCommand,
  TagResourceCommand,
  UntagResourceCommand,
} from '@aws-sdk/client-ecr'

export const Client = ECRClient

export const commands = {
  BatchGetImage: BatchGetImageCommand,
  CreateRepository: CreateRepositoryCommand,
  DeleteLifecyclePolicy: DeleteLifecyclePolicyCommand,
  DeleteRepository: DeleteRepositoryCommand,
  DeleteRepositoryPolicy: DeleteRepositoryPolicyCommand,
  DescribeImages: DescribeImagesCommand,
  DescribeRepositories: DescribeRepositoriesCommand,
  GetLifecyclePolicy: GetLifecyclePolicyCommand,
  GetRepositoryPolicy: GetRepositoryPolicyCommand,
  ListTagsForResource: ListTagsForResourceCommand,
  PutImageScanningConfiguration: PutImageScanningConfigurationCommand,
  PutImageTagMutability: PutImageTagMutabilityCommand,
  PutLifecyclePolicy: PutLifecyclePolicyCommand,
  SetRepositoryPolicy: SetRepositoryPolicyCommand,
  TagResource: TagResourceCommand,
  UntagResource: UntagResourceCommand,
}
