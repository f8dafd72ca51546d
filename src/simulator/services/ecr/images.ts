/** Images in repositories: push by manifest, look up by tag or digest, delete; and the token for pulling. */
import { createHash } from 'node:crypto'
import type {
  BatchGetImageRequest,
  ImageDetail,
  ImageFailureCode,
  ImageIdentifier,
  PutImageRequest,
} from '@aws-sdk/client-ecr'
import { AwsError, type CallContext, type ServiceHandlers } from '../../api.ts'
import { page } from '../../pages.ts'
import type { World } from '../../world.ts'
import {
  type ByName,
  inRegistry,
  invalid,
  named,
  putRecord,
  requireRepository,
} from './repositories.ts'
import type { ImageRecord, RepositoryRecord } from './state.ts'

const DOCKER_V2 = 'application/vnd.docker.distribution.manifest.v2+json'

function matches({ digest, tags }: ImageRecord, { imageDigest, imageTag }: ImageIdentifier) {
  if (imageDigest !== undefined && digest !== imageDigest) return false
  return imageTag === undefined || tags.includes(imageTag)
}

interface Manifest {
  readonly mediaType?: string
  readonly config?: { readonly size?: number }
  readonly layers?: readonly { readonly size?: number }[]
}

function parseManifest(text: string): Manifest {
  try {
    const manifest: unknown = JSON.parse(text)
    if (typeof manifest === 'object' && manifest !== null) return manifest
  } catch {
    // Refused below.
  }
  throw invalid('ImageManifest', 'Invalid image manifest provided')
}

/** Whether a tag may not move to another image. */
function isFixed({ repository }: RepositoryRecord, tag: string): boolean {
  const { imageTagMutability: mutability = '', imageTagMutabilityExclusionFilters = [] } =
    repository
  const excluded = imageTagMutabilityExclusionFilters.some(({ filter = '' }) => {
    const source = filter.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
    return new RegExp(`^${source.join('.*')}$`).test(tag)
  })
  return mutability.startsWith('IMMUTABLE') !== excluded
}

function put(input: PutImageRequest, { world, now }: CallContext) {
  const { name, record } = requireRepository(world, input as ByName)
  const { imageManifest: manifest = '', imageTag: tag } = input
  const parsed = parseManifest(manifest)
  const digest = `sha256:${createHash('sha256').update(manifest).digest('hex')}`
  if (input.imageDigest !== undefined && input.imageDigest !== digest) {
    throw new AwsError(
      'ImageDigestDoesNotMatchException',
      `The digest ${input.imageDigest} is not that of the manifest: ${digest}`,
    )
  }
  if (tag !== undefined && !/^\w[\w.-]{0,299}$/.test(tag)) {
    throw invalid('imageTag', "must satisfy regular expression '[a-zA-Z0-9-_.]{1,300}'")
  }
  const same = record.images.find((image) => image.digest === digest)
  if (same && (tag === undefined || same.tags.includes(tag))) {
    throw new AwsError(
      'ImageAlreadyExistsException',
      `Image with digest '${digest}' and tag '${tag ?? null}' already exists in the ${inRegistry(world, name)}`,
    )
  }
  const holder = record.images.find((image) => tag !== undefined && image.tags.includes(tag))
  if (holder && tag !== undefined && isFixed(record, tag)) {
    throw new AwsError(
      'ImageTagAlreadyExistsException',
      `The image tag '${tag}' already exists in the '${name}' repository and cannot be overwritten because the tag is immutable.`,
    )
  }
  const others = record.images.map((image) =>
    image === holder ? { ...image, tags: image.tags.filter((each) => each !== tag) } : image,
  )
  const mediaType = input.imageManifestMediaType ?? parsed.mediaType ?? DOCKER_V2
  const fresh: ImageRecord = { digest, manifest, mediaType, tags: [], pushed: new Date(now) }
  const images = same ? others : [...others, fresh]
  const tagged = images.map((image) =>
    image.digest === digest && tag !== undefined ? { ...image, tags: [...image.tags, tag] } : image,
  )
  putRecord(world, name, { ...record, images: tagged })
  const imageId = { imageDigest: digest, ...(tag !== undefined && { imageTag: tag }) }
  return {
    image: {
      ...named(world, name),
      imageId,
      imageManifest: manifest,
      imageManifestMediaType: mediaType,
    },
  }
}

function sizeOf(image: ImageRecord): number {
  const { config, layers = [] } = parseManifest(image.manifest)
  return layers.reduce((sum, { size = 0 }) => sum + size, config?.size ?? 0)
}

function detail(world: World, name: string, image: ImageRecord): ImageDetail {
  return {
    ...named(world, name),
    imageDigest: image.digest,
    ...(image.tags.length > 0 && { imageTags: [...image.tags] }),
    imageSizeInBytes: sizeOf(image),
    imagePushedAt: image.pushed,
    imageManifestMediaType: image.mediaType,
    imageStatus: 'ACTIVE',
  }
}

interface Listing extends ByName {
  readonly imageIds?: ImageIdentifier[]
  readonly nextToken?: string
  readonly maxResults?: number
  readonly filter?: { readonly tagStatus?: string }
}

/** Whether an image is wanted by its being tagged or not. */
function wanted({ filter }: Listing, { tags }: ImageRecord): boolean {
  const status = filter?.tagStatus ?? 'ANY'
  return status === 'ANY' || (status === 'TAGGED') === tags.length > 0
}

function describe(input: Listing, { world }: CallContext) {
  const { name, record } = requireRepository(world, input)
  if (input.imageIds?.length) {
    const found = input.imageIds.map((id) => {
      const image = record.images.find((each) => matches(each, id))
      if (image) return image
      const { imageDigest: digest = null, imageTag: tag = null } = id
      throw new AwsError(
        'ImageNotFoundException',
        `The image with imageId {imageDigest:'${digest}', imageTag:'${tag}'} does not exist within the ${inRegistry(world, name)}`,
      )
    })
    return { imageDetails: [...new Set(found)].map((image) => detail(world, name, image)) }
  }
  const all = record.images.filter((image) => wanted(input, image))
  const rules = { key: ({ digest }: ImageRecord) => digest, size: 100, max: 1000 }
  const { items, nextToken } = page(all, input, rules)
  const imageDetails = items.map((image) => detail(world, name, image))
  return { imageDetails, ...(nextToken && { nextToken }) }
}

/** One id for each tag of an image; for one without tags, its digest alone. */
function idsOf({ digest, tags }: ImageRecord): ImageIdentifier[] {
  if (tags.length === 0) return [{ imageDigest: digest }]
  return tags.map((imageTag) => ({ imageDigest: digest, imageTag }))
}

function list(input: Listing, { world }: CallContext) {
  const { record } = requireRepository(world, input)
  const ids = record.images.filter((image) => wanted(input, image)).flatMap(idsOf)
  const key = ({ imageDigest, imageTag = '' }: ImageIdentifier) => `${imageDigest} ${imageTag}`
  const { items, nextToken } = page(ids, input, { key, size: 100, max: 1000 })
  return { imageIds: items, ...(nextToken && { nextToken }) }
}

function failure(imageId: ImageIdentifier, failureCode: ImageFailureCode, failureReason: string) {
  return { imageId, failureCode, failureReason }
}

/** The image that an id means, or why there is none. */
function lookUp(record: RepositoryRecord, id: ImageIdentifier) {
  if (id.imageDigest === undefined && id.imageTag === undefined) {
    return failure(
      id,
      'MissingDigestAndTag',
      'Invalid request parameters: both tag and digest cannot be null',
    )
  }
  if (id.imageDigest !== undefined && !/^sha256:[0-9a-f]{64}$/.test(id.imageDigest)) {
    return failure(
      id,
      'InvalidImageDigest',
      "Invalid request parameters: image digest should satisfy the regex '[a-zA-Z0-9-_+.]+:[a-fA-F0-9]+'",
    )
  }
  const image = record.images.find((each) => matches(each, id))
  if (image) return image
  const { imageDigest, imageTag } = id
  const half = record.images.some(
    (each) =>
      imageDigest && imageTag && (each.digest === imageDigest || each.tags.includes(imageTag)),
  )
  if (half) {
    return failure(
      id,
      'ImageTagDoesNotMatchDigest',
      'The image tag and the image digest do not mean the same image',
    )
  }
  return failure(id, 'ImageNotFound', 'Requested image not found')
}

function checkIds(ids: readonly ImageIdentifier[]): void {
  if (ids.length < 1 || ids.length > 100) {
    throw invalid('imageIds', 'Member must have length between 1 and 100')
  }
}

function batchGet(input: BatchGetImageRequest, { world }: CallContext) {
  const { name, record } = requireRepository(world, input as ByName)
  const ids = input.imageIds ?? []
  checkIds(ids)
  const found = ids.map((id) => ({ id, found: lookUp(record, id) }))
  return {
    images: found.flatMap(({ id, found: image }) =>
      'digest' in image
        ? [
            {
              ...named(world, name),
              imageId: { imageDigest: image.digest, ...(id.imageTag && { imageTag: id.imageTag }) },
              imageManifest: image.manifest,
              imageManifestMediaType: image.mediaType,
            },
          ]
        : [],
    ),
    failures: found.flatMap(({ found: one }) => ('failureCode' in one ? [one] : [])),
  }
}

/** A tag takes itself away, and the image with the last of its tags; a digest takes all. */
function batchDelete(input: ByName & { imageIds?: ImageIdentifier[] }, { world }: CallContext) {
  const { name } = requireRepository(world, input)
  const ids = input.imageIds ?? []
  checkIds(ids)
  const deleted: ImageIdentifier[] = []
  const failures: ReturnType<typeof failure>[] = []
  for (const id of ids) {
    const { record } = requireRepository(world, input)
    const found = lookUp(record, id)
    if ('failureCode' in found) {
      failures.push(found)
      continue
    }
    const left = id.imageTag === undefined ? [] : found.tags.filter((tag) => tag !== id.imageTag)
    deleted.push(
      ...(id.imageTag === undefined
        ? idsOf(found)
        : [{ imageDigest: found.digest, imageTag: id.imageTag }]),
    )
    const images = record.images.flatMap((image) => {
      if (image !== found) return [image]
      return left.length > 0 ? [{ ...image, tags: left }] : []
    })
    putRecord(world, name, { ...record, images })
  }
  return { imageIds: deleted, failures }
}

function authorization(_input: object, { world, now, id }: CallContext) {
  const token = Buffer.from(`AWS:${id()}`).toString('base64')
  return {
    authorizationData: [
      {
        authorizationToken: token,
        expiresAt: new Date(now + 12 * 3_600_000),
        proxyEndpoint: `https://${world.account}.dkr.ecr.${world.region}.amazonaws.com`,
      },
    ],
  }
}

export const imageHandlers: ServiceHandlers = {
  PutImage: put,
  DescribeImages: describe,
  ListImages: list,
  BatchGetImage: batchGet,
  BatchDeleteImage: batchDelete,
  GetAuthorizationToken: authorization,
}
