/**
 * What private ECR repositories have under a tag: its digest, as ECS resolves it. One call for a hundred tags of a
 * repository (BatchGetImage of the Amazon ECR API reference).
 */
import type { BatchGetImageResponse } from '@aws-sdk/client-ecr'
import { AwsFailure } from '../errors.ts'
import { inBatches, type ObserveContext } from '../kind.ts'

/** By image: `sha256:…`, or why there is none. */
export type Digests = Readonly<Record<string, string>>

interface PrivateImage {
  readonly account: string
  readonly region: string
  /** With its registry. */
  readonly name: string
  readonly repository: string
  readonly tag: string
}

/** `123456789012.dkr.ecr.eu-central-1.amazonaws.com/shop/web:1.2`; undefined for others, and with a digest already. */
export function privateImage(image: unknown): PrivateImage | undefined {
  const match =
    /^((\d{12})\.dkr[.-]ecr(?:-fips)?\.([a-z0-9-]+)\.[a-z.]+\/([^:@]+))(?::([^:@]+))?$/.exec(
      String(image),
    )
  if (typeof image !== 'string' || !match) return undefined
  const [, name = '', account = '', region = '', repository = '', tag = 'latest'] = match
  return { account, region, name, repository, tag }
}

/** The digests of images, and for those that could not be asked about the reason; images of elsewhere are in neither. */
export async function digestsOf(
  names: readonly string[],
  context: Pick<ObserveContext, 'read' | 'region'>,
): Promise<{ readonly digests: Digests; readonly failures: ReadonlyMap<string, AwsFailure> }> {
  const repositories = new Map<string, Map<string, PrivateImage>>()
  for (const image of names) {
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
  return { digests, failures }
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
  { read }: Pick<ObserveContext, 'read'>,
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
