/** The simulator's image registry: repositories, policies, images, and what it refuses. */
import { describe, expect, it } from 'vitest'
import { type Aws, aws, type Refusal } from './aws.ts'
import { onFargate } from './story.ts'

const manifest = (n: number) =>
  JSON.stringify({ schemaVersion: 2, config: { size: n }, layers: [{ size: 100 }, { size: 20 }] })
const rule = (more: object = {}, selection: object = {}) => ({
  rulePriority: 1,
  selection: {
    tagStatus: 'any',
    countType: 'imageCountMoreThan',
    countNumber: 10,
    ...selection,
  },
  action: { type: 'expire' },
  ...more,
})
const rules = (...list: object[]) => ({
  repositoryName: 'shop/web',
  lifecyclePolicyText: JSON.stringify({ rules: list }),
})
const web = { repositoryName: 'shop/web' }
const arn = 'arn:aws:ecr:us-east-1:123456789012:repository/shop/web'
const uri = '123456789012.dkr.ecr.us-east-1.amazonaws.com/shop/web'

/** A repository `shop/web` with an image that has the tags `1` and `latest`, and one without. */
function furnished(more: object = {}): Aws & { readonly digest: string } {
  const one = aws()
  one.call('ecr:CreateRepository', { ...web, ...more })
  const push = (n: number, tag?: object) =>
    one.call('ecr:PutImage', { ...web, imageManifest: manifest(n), ...tag }).image.imageId
      .imageDigest
  const digest = push(1, { imageTag: '1' })
  push(1, { imageTag: 'latest' })
  push(2)
  return { ...one, digest }
}

describe('repositories', () => {
  it('show AWS’s defaults', () => {
    const { call, now } = aws()
    const { repository } = call('ecr:CreateRepository', web)
    expect(repository).toEqual({
      repositoryArn: arn,
      registryId: '123456789012',
      repositoryName: 'shop/web',
      repositoryUri: uri,
      createdAt: new Date(now()),
      imageTagMutability: 'MUTABLE',
      imageScanningConfiguration: { scanOnPush: false },
      encryptionConfiguration: { encryptionType: 'AES256' },
    })
    expect(call('ecr:DescribeRepositories').repositories).toEqual([repository])
    expect(
      call('ecr:DescribeRepositories', { repositoryNames: ['shop/web'] }).repositories,
    ).toEqual([repository])
  })

  it('change by the operation of each setting', () => {
    const { call } = furnished({ encryptionConfiguration: { encryptionType: 'KMS' } })
    call('ecr:PutImageScanningConfiguration', {
      ...web,
      imageScanningConfiguration: { scanOnPush: true },
    })
    const filters = [{ filterType: 'WILDCARD', filter: 'dev-*' }]
    call('ecr:PutImageTagMutability', {
      ...web,
      imageTagMutability: 'IMMUTABLE_WITH_EXCLUSION',
      imageTagMutabilityExclusionFilters: filters,
    })
    const [repository] = call('ecr:DescribeRepositories').repositories
    expect(repository).toMatchObject({
      imageScanningConfiguration: { scanOnPush: true },
      imageTagMutability: 'IMMUTABLE_WITH_EXCLUSION',
      imageTagMutabilityExclusionFilters: filters,
      encryptionConfiguration: { encryptionType: 'KMS', kmsKey: expect.stringMatching(/^arn:/) },
    })
    call('ecr:PutImageTagMutability', { ...web, imageTagMutability: 'MUTABLE' })
    expect(call('ecr:DescribeRepositories').repositories[0]).not.toHaveProperty(
      'imageTagMutabilityExclusionFilters',
    )
  })

  it('keep the texts of their policies as they came', () => {
    const { call, refusal } = furnished()
    const text = JSON.stringify({ rules: [rule()] }, null, 1)
    expect(call('ecr:PutLifecyclePolicy', { ...web, lifecyclePolicyText: text })).toEqual({
      registryId: '123456789012',
      ...web,
      lifecyclePolicyText: text,
    })
    expect(call('ecr:GetLifecyclePolicy', web).lifecyclePolicyText).toBe(text)
    expect(call('ecr:DeleteLifecyclePolicy', web).lifecyclePolicyText).toBe(text)
    expect(refusal('ecr:GetLifecyclePolicy', web)).toMatch(/^LifecyclePolicyNotFoundException/)
    const policyText = '{"Statement": []}'
    call('ecr:SetRepositoryPolicy', { ...web, policyText })
    expect(call('ecr:GetRepositoryPolicy', web).policyText).toBe(policyText)
    call('ecr:DeleteRepositoryPolicy', web)
    expect(refusal('ecr:GetRepositoryPolicy', web)).toMatch(/^RepositoryPolicyNotFoundException/)
  })

  it('carry tags, which the tagging API finds until they are deleted', () => {
    const { call, later } = furnished({ tags: [{ Key: 'team', Value: 'a' }] })
    call('ecr:TagResource', { resourceArn: arn, tags: [{ Key: 'x', Value: 'y' }] })
    call('ecr:UntagResource', { resourceArn: arn, tagKeys: ['team'] })
    expect(call('ecr:ListTagsForResource', { resourceArn: arn }).tags).toEqual([
      { Key: 'x', Value: 'y' },
    ])
    const found = () => {
      later(60)
      return call('tag:GetResources', { ResourceTypeFilters: ['ecr:repository'] })
        .ResourceTagMappingList
    }
    expect(found()).toEqual([{ ResourceARN: arn, Tags: [{ Key: 'x', Value: 'y' }] }])
    call('ecr:DeleteRepository', { ...web, force: true })
    expect(found()).toEqual([])
    expect(call('ecr:DescribeRepositories').repositories).toEqual([])
  })
})

describe('images', () => {
  it('are described by digest, listed by tag', () => {
    const { call, digest, now } = furnished()
    const tagged = {
      registryId: '123456789012',
      ...web,
      imageDigest: digest,
      imageTags: ['1', 'latest'],
      imageSizeInBytes: 121,
      imagePushedAt: new Date(now()),
      imageManifestMediaType: 'application/vnd.docker.distribution.manifest.v2+json',
      imageStatus: 'ACTIVE',
    }
    const describe = (more: object) => call('ecr:DescribeImages', { ...web, ...more }).imageDetails
    expect(describe({ imageIds: [{ imageTag: 'latest' }, { imageDigest: digest }] })).toEqual([
      tagged,
    ])
    expect(describe({})).toHaveLength(2)
    expect(describe({ filter: { tagStatus: 'UNTAGGED' } })).toHaveLength(1)
    const ids = call('ecr:ListImages', web).imageIds
    expect(ids).toHaveLength(3)
    expect(ids).toContainEqual({ imageDigest: digest, imageTag: '1' })
    const page = call('ecr:ListImages', { ...web, maxResults: 2 })
    const rest = call('ecr:ListImages', { ...web, maxResults: 2, nextToken: page.nextToken })
    expect([...page.imageIds, ...rest.imageIds]).toEqual(ids)
  })

  it('are fetched in batches, with what is missing beside them', () => {
    const { call, digest } = furnished()
    const imageIds = [
      { imageTag: '1' },
      { imageTag: 'none' },
      { imageTag: 'none', imageDigest: digest },
      { imageDigest: 'sha256:x' },
      {},
    ]
    const { images, failures } = call('ecr:BatchGetImage', { ...web, imageIds })
    expect(images).toMatchObject([
      { imageId: { imageTag: '1', imageDigest: digest }, imageManifest: manifest(1) },
    ])
    expect(failures.map(({ failureCode }: { failureCode: string }) => failureCode)).toEqual([
      'ImageNotFound',
      'ImageTagDoesNotMatchDigest',
      'InvalidImageDigest',
      'MissingDigestAndTag',
    ])
  })

  it('lose a tag to a newer image, unless tags are immutable', () => {
    const { call, refusal, digest } = furnished()
    const push = { ...web, imageManifest: manifest(3), imageTag: 'latest' }
    call('ecr:PutImage', push)
    const [old] = call('ecr:DescribeImages', {
      ...web,
      imageIds: [{ imageDigest: digest }],
    }).imageDetails
    expect(old.imageTags).toEqual(['1'])
    const fixed = {
      ...web,
      imageTagMutability: 'IMMUTABLE_WITH_EXCLUSION',
      imageTagMutabilityExclusionFilters: [{ filterType: 'WILDCARD', filter: 'lat*' }],
    }
    call('ecr:PutImageTagMutability', fixed)
    call('ecr:PutImage', { ...push, imageManifest: manifest(4) })
    expect(refusal('ecr:PutImage', { ...push, imageTag: '1' })).toMatch(
      /^ImageTagAlreadyExistsException \(400\): The image tag '1' already exists in the 'shop\/web'/,
    )
  })

  it('go with their last tag, or at once by digest', () => {
    const { call, digest } = furnished()
    const drop = (...imageIds: object[]) => call('ecr:BatchDeleteImage', { ...web, imageIds })
    expect(drop({ imageTag: '1' }, { imageTag: 'none' })).toMatchObject({
      imageIds: [{ imageDigest: digest, imageTag: '1' }],
      failures: [{ failureCode: 'ImageNotFound' }],
    })
    expect(call('ecr:DescribeImages', web).imageDetails).toHaveLength(2)
    drop({ imageDigest: digest })
    expect(call('ecr:DescribeImages', web).imageDetails).toHaveLength(1)
  })

  it('give a token for pulling', () => {
    const { call, now } = aws()
    const [data] = call('ecr:GetAuthorizationToken').authorizationData
    expect(Buffer.from(data.authorizationToken, 'base64').toString()).toMatch(/^AWS:/)
    expect(data.expiresAt).toEqual(new Date(now() + 12 * 3_600_000))
    expect(`https://${uri}`).toContain(data.proxyEndpoint)
  })
})

describe('tasks', () => {
  function runs(checksImages: boolean, image: string) {
    const { call, later } = aws({ checksImages })
    call('ecs:CreateCluster', { clusterName: 'shop' })
    call('ecr:CreateRepository', web)
    const pushed = { ...web, imageManifest: manifest(1), imageTag: '1' }
    const { imageDigest } = call('ecr:PutImage', pushed).image.imageId
    call('ecs:RegisterTaskDefinition', {
      family: 'web',
      networkMode: 'awsvpc',
      requiresCompatibilities: ['FARGATE'],
      cpu: '256',
      memory: '512',
      executionRoleArn: 'arn:aws:iam::123456789012:role/pull',
      containerDefinitions: [{ name: 'app', image }],
    })
    const input = { cluster: 'shop', taskDefinition: 'web', ...onFargate }
    const [{ taskArn }] = call('ecs:RunTask', {
      ...input,
      networkConfiguration: onFargate.networkConfiguration,
    }).tasks
    later(90)
    const [task] = call('ecs:DescribeTasks', { cluster: 'shop', tasks: [taskArn] }).tasks
    return { task, imageDigest }
  }

  it('fail for an image that is missing, when they are to look', () => {
    for (const image of [`${uri}:2`, `${uri}@sha256:${'0'.repeat(64)}`, uri, `${uri}-x:1`]) {
      expect(runs(true, image).task.stoppedReason, image).toMatch(
        /^CannotPullContainerError: .*not found$/,
      )
    }
    expect(runs(false, `${uri}:2`).task.lastStatus).toBe('RUNNING')
  })

  it('run what is there, and what is elsewhere', () => {
    const { task, imageDigest } = runs(true, `${uri}:1`)
    expect(task.lastStatus).toBe('RUNNING')
    expect(task.containers[0].imageDigest).toBe(imageDigest)
    for (const image of ['nginx:1.27', uri.replace('us-east-1', 'eu-west-1')]) {
      expect(runs(true, image).task.lastStatus, image).toBe('RUNNING')
    }
  })
})

const none = { repositoryName: 'none' }
const inRegistry = "in the registry with id '123456789012'"
// biome-ignore format: a table reads best with a row on a line
const rows: readonly Refusal[] = [
  ['ecr:CreateRepository', web, `RepositoryAlreadyExistsException (400): The repository with name 'shop/web' already exists ${inRegistry}`],
  ['ecr:CreateRepository', { repositoryName: 'Shop' }, /^InvalidParameterException \(400\): Invalid parameter at 'repositoryName'/],
  ['ecr:CreateRepository', { repositoryName: 'shop//web' }, /^InvalidParameterException/],
  ['ecr:CreateRepository', { repositoryName: 'a' }, /^InvalidParameterException/],
  ['ecr:CreateRepository', { repositoryName: 'new', imageTagMutability: 'SOMETIMES' }, /^InvalidParameterException .*imageTagMutability/],
  ['ecr:CreateRepository', { repositoryName: 'new', imageTagMutability: 'MUTABLE_WITH_EXCLUSION' }, /^InvalidParameterException .*ExclusionFilters/],
  ['ecr:CreateRepository', { repositoryName: 'new', encryptionConfiguration: { encryptionType: 'ROT13' } }, /^InvalidParameterException .*encryption/],
  ['ecr:CreateRepository', { repositoryName: 'new', tags: [{ Key: 'aws:x', Value: '' }] }, /^InvalidTagParameterException/],
  ['ecr:TagResource', { resourceArn: arn, tags: Array.from({ length: 51 }, (_, i) => ({ Key: `${i}`, Value: '' })) }, /^TooManyTagsException/],
  ['ecr:DescribeRepositories', { repositoryNames: ['none'] }, `RepositoryNotFoundException (400): The repository with name 'none' does not exist ${inRegistry}`],
  ['ecr:DescribeRepositories', { repositoryNames: ['shop/web'], registryId: '210987654321' }, /^RepositoryNotFoundException .*'210987654321'$/],
  ['ecr:DescribeRepositories', { maxResults: 1001 }, /^InvalidParameterException/],
  ['ecr:DeleteRepository', none, /^RepositoryNotFoundException/],
  ['ecr:DeleteRepository', web, "RepositoryNotEmptyException (400): The repository with name 'shop/web' in registry with id '123456789012' cannot be deleted because it still contains images"],
  ['ecr:GetLifecyclePolicy', web, `LifecyclePolicyNotFoundException (400): Lifecycle policy does not exist for the repository with name 'shop/web' ${inRegistry}`],
  ['ecr:DeleteLifecyclePolicy', web, /^LifecyclePolicyNotFoundException/],
  ['ecr:GetRepositoryPolicy', web, `RepositoryPolicyNotFoundException (400): Repository policy does not exist for the repository with name 'shop/web' ${inRegistry}`],
  ['ecr:SetRepositoryPolicy', { ...web, policyText: 'x' }, /^InvalidParameterException .*Invalid repository policy provided/],
  ['ecr:PutLifecyclePolicy', { ...web, lifecyclePolicyText: '{' }, /^InvalidParameterException .*not valid JSON/],
  ['ecr:PutLifecyclePolicy', rules(), /^InvalidParameterException .*required properties/],
  ['ecr:PutLifecyclePolicy', rules(rule({ rulePriority: 0 })), /^InvalidParameterException .*rulePriority/],
  ['ecr:PutLifecyclePolicy', rules(rule(), rule()), /^InvalidParameterException .*must be unique/],
  ['ecr:PutLifecyclePolicy', rules(rule(), rule({ rulePriority: 2 })), /^InvalidParameterException .*highest rulePriority/],
  ['ecr:PutLifecyclePolicy', rules(rule({}, { tagStatus: 'tagged' })), /^InvalidParameterException .*tagPrefixList/],
  ['ecr:PutLifecyclePolicy', rules(rule({}, { tagStatus: 'old' })), /^InvalidParameterException .*tagStatus/],
  ['ecr:PutLifecyclePolicy', rules(rule({}, { countType: 'sinceImagePushed' })), /^InvalidParameterException .*countUnit/],
  ['ecr:PutLifecyclePolicy', rules(rule({}, { countType: 'x' })), /^InvalidParameterException .*countType/],
  ['ecr:PutLifecyclePolicy', rules(rule({}, { countNumber: 0 })), /^InvalidParameterException .*countNumber/],
  ['ecr:PutLifecyclePolicy', rules(rule({ action: { type: 'keep' } })), /^InvalidParameterException .*action/],
  ['ecr:PutImage', { ...web, imageManifest: 'x' }, /^InvalidParameterException .*Invalid image manifest/],
  ['ecr:PutImage', { ...web, imageManifest: manifest(1), imageTag: '1' }, /^ImageAlreadyExistsException/],
  ['ecr:PutImage', { ...web, imageManifest: manifest(9), imageTag: 'a/b' }, /^InvalidParameterException .*imageTag/],
  ['ecr:PutImage', { ...web, imageManifest: manifest(9), imageDigest: 'sha256:0' }, /^ImageDigestDoesNotMatchException/],
  ['ecr:DescribeImages', { ...web, imageIds: [{ imageTag: 'x' }] }, `ImageNotFoundException (400): The image with imageId {imageDigest:'null', imageTag:'x'} does not exist within the repository with name 'shop/web' ${inRegistry}`],
  ['ecr:ListImages', none, /^RepositoryNotFoundException/],
  ['ecr:BatchGetImage', { ...web, imageIds: [] }, /^InvalidParameterException .*between 1 and 100/],
  ['ecr:TagResource', { resourceArn: `${arn}x`, tags: [] }, /^RepositoryNotFoundException/],
  ['ecr:ListTagsForResource', { resourceArn: 'x' }, /^InvalidParameterException/],
]

it.each(rows)('refuses %s %j', (operation, input, text) => {
  const { refusal, call } = furnished()
  if (typeof text === 'string') expect(refusal(operation, input)).toBe(text)
  else expect(refusal(operation, input)).toMatch(text)
  expect(call('ecr:DescribeRepositories').repositories).toHaveLength(1)
  expect(call('ecr:DescribeImages', web).imageDetails).toHaveLength(2)
})
