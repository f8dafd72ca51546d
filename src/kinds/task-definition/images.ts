/**
 * Tags of images to their digests, for task definitions that are annotated with `fairlead.dev/resolve-digests`: what a
 * private ECR repository of this region has under the tag now. One call for a hundred tags of a repository.
 */
import type { BatchGetImageResponse } from '@aws-sdk/client-ecr'
import { AwsFailure } from '../../errors.ts'
import { inBatches, type ObserveContext, type Wanted } from '../../kind.ts'
import type { Manifest, ObjectKey } from '../../model.ts'
import type { TaskDefinitionSpec } from './manifest.ts'

/** By image: `sha256:…`, or why there is none. */
export type Digests = Readonly<Record<string, string>>

export const resolvesDigests = ({ annotations }: Pick<Manifest, 'annotations'>) =>
  annotations['fairlead.dev/resolve-digests'] === 'true'

interface PrivateImage {
  readonly account: string
  readonly region: string
  /** With its registry. */
  readonly name: string
  readonly repository: string
  readonly tag: string
}

/** `123456789012.dkr.ecr.eu-central-1.amazonaws.com/shop/web:1.2`; undefined for others, and with a digest already. */
function privateImage(image: unknown): PrivateImage | undefined {
  const match =
    /^((\d{12})\.dkr[.-]ecr(?:-fips)?\.([a-z0-9-]+)\.[a-z.]+\/([^:@]+))(?::([^:@]+))?$/.exec(
      String(image),
    )
  if (typeof image !== 'string' || !match) return undefined
  const [, name = '', account = '', region = '', repository = '', tag = 'latest'] = match
  return { account, region, name, repository, tag }
}

const imagesOf = (spec: TaskDefinitionSpec): string[] =>
  (spec.containerDefinitions ?? []).flatMap(({ image }) => (typeof image === 'string' ? image : []))

/** Images that keep their tag although digests are asked for. */
export function keptTags(spec: TaskDefinitionSpec, digests: Digests): string[] {
  return imagesOf(spec).filter((image) => !image.includes('@') && digests[image] === undefined)
}

/** The first image that does not exist, with what AWS says of it. */
export function missingImage(spec: TaskDefinitionSpec, digests: Digests): string | undefined {
  const image = imagesOf(spec).find((each) => digests[each]?.startsWith('sha256:') === false)
  return image === undefined ? undefined : `${image}: ${digests[image]}`
}

/** The spec with every tag replaced whose digest is known; shared with the input where nothing is. */
export function withDigests(spec: TaskDefinitionSpec, digests: Digests): TaskDefinitionSpec {
  if (!imagesOf(spec).some((image) => digests[image]?.startsWith('sha256:'))) return spec
  return {
    ...spec,
    containerDefinitions: spec.containerDefinitions?.map((container) => {
      const digest = digests[String(container.image)]
      const name = privateImage(container.image)?.name
      return name && digest?.startsWith('sha256:')
        ? { ...container, image: `${name}@${digest}` }
        : container
    }),
  }
}

/** What is known of the images of each annotated manifest; a read that fails is the failure of its manifests. */
export async function digestsFor(
  wanted: readonly Wanted<TaskDefinitionSpec>[],
  context: ObserveContext,
): Promise<ReadonlyMap<ObjectKey, Digests | AwsFailure>> {
  const asking = wanted.filter(({ manifest }) => resolvesDigests(manifest))
  const repositories = new Map<string, Map<string, PrivateImage>>()
  for (const image of asking.flatMap(({ spec }) => imagesOf(spec))) {
    const parsed = privateImage(image)
    // Calls go to one region; what lies in another keeps its tag.
    if (!parsed || (context.region !== undefined && parsed.region !== context.region)) continue
    const images = repositories.get(parsed.name) ?? new Map()
    repositories.set(parsed.name, images.set(image, parsed))
  }
  const digests: Record<string, string> = {}
  const failures = new Map<string, AwsFailure>()
  await Promise.all(
    [...repositories.values()].flatMap((images) =>
      inBatches([...images], 100).map(async (part) => {
        try {
          Object.assign(digests, await lookUp(part, context))
        } catch (error) {
          if (!(error instanceof AwsFailure)) throw error
          for (const [image] of part) failures.set(image, error)
        }
      }),
    ),
  )
  return new Map(
    asking.map(({ manifest, spec }) => {
      const images = imagesOf(spec)
      const failed = images.flatMap((image) => failures.get(image) ?? [])[0]
      const own = images.flatMap((image) => (digests[image] ? [[image, digests[image]]] : []))
      return [manifest.key, failed ?? (Object.fromEntries(own) as Digests)]
    }),
  )
}

/** Asked for with an image index first: its digest is that of all architectures. */
const acceptedMediaTypes = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
]

/** Images of one repository. */
async function lookUp(
  part: readonly (readonly [string, PrivateImage])[],
  { read }: ObserveContext,
): Promise<Record<string, string>> {
  const { account, repository } = part[0]![1]
  const tags = [...new Set(part.map(([, { tag }]) => tag))]
  const say = (text: (tag: string) => string) =>
    Object.fromEntries(part.map(([image, { tag }]) => [image, text(tag)]))
  try {
    const { images = [], failures = [] } = await read<BatchGetImageResponse>('ecr:BatchGetImage', {
      registryId: account,
      repositoryName: repository,
      imageIds: tags.map((imageTag) => ({ imageTag })),
      acceptedMediaTypes,
    })
    const found = new Map(images.map(({ imageId }) => [imageId?.imageTag, imageId?.imageDigest]))
    const refused = new Map(
      failures.map(({ imageId, failureReason, failureCode }) => [
        imageId?.imageTag,
        failureReason ?? failureCode,
      ]),
    )
    return say((tag) => found.get(tag) ?? refused.get(tag) ?? 'ECR has no such image')
  } catch (error) {
    if (!(error instanceof AwsFailure) || error.class !== 'notFound') throw error
    return say(() => error.message)
  }
}
