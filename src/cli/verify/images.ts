/** Images in private ECR repositories: the repository, and the tag or digest in it. Others cannot be looked at. */
import type { AwsFailure } from '../../errors.ts'
import type { Read } from '../../kind.ts'
import type { Problem } from '../../model.ts'
import { isReference, objectKey, parseRef } from '../../references.ts'
import {
  ask,
  byValue,
  type Check,
  type Found,
  makes,
  type Subject,
  unchecked,
  values,
  wrong,
} from './subject.ts'

const privateImage =
  /^(\d{12})\.dkr[.-]ecr(?:-fips)?\.([a-z0-9-]+)\.(?:amazonaws|on\.aws)[a-z.]*\/([^:@]+)(?::([^@]+))?(?:@(.+))?$/

interface Image {
  readonly registryId: string
  readonly region: string
  readonly repositoryName: string
  readonly imageId: { readonly imageTag?: string; readonly imageDigest?: string }
}

function parsed(image: string): Image | undefined {
  const [match, registryId = '', region = '', repositoryName = '', tag, digest] =
    privateImage.exec(image) ?? []
  if (!match) return undefined
  const imageId = digest ? { imageDigest: digest } : { imageTag: tag ?? 'latest' }
  return { registryId, region, repositoryName, imageId }
}

/** Images by name, and those of a repository that a manifest describes: `{ ref: web, append: ":1.0" }`. */
function written(subject: Subject): Found[] {
  const { manifests, identities, account, region } = subject
  const path = 'containerDefinitions[].image'
  const host = `${account}.dkr.ecr.${region}.amazonaws.com`
  return values(manifests, 'TaskDefinition', path).flatMap(({ value, ...place }) => {
    if (typeof value === 'string') return [{ ...place, value }]
    if (!isReference(value)) return []
    const ref = parseRef(value.ref, place.manifest.namespace, 'Repository')
    const repository = ref && identities[objectKey(ref)]
    if (!repository) return []
    return [{ ...place, value: `${host}/${repository.name}${value.append ?? ''}` }]
  })
}

export const images: Check = async (subject) => {
  const found = written(subject)
  const distinct = [...byValue(found, (value) => value)]
  const problems: Problem[] = []
  /** Images that AWS can be asked about, by repository. */
  const asked = new Map<string, { image: Image; uses: Found[] }[]>()
  for (const [text, uses] of distinct) {
    const image = parsed(text)
    if (!image) {
      problems.push(...uses.map((use) => unchecked(use, `${text} is in no private ECR repository`)))
    } else if (image.region !== subject.region) {
      problems.push(...uses.map((use) => unchecked(use, `the image is in ${image.region}`)))
    } else {
      const repository = `${image.registryId} ${image.repositoryName}`
      asked.set(repository, [...(asked.get(repository) ?? []), { image, uses }])
    }
  }
  const looked = await Promise.all([...asked.values()].map((list) => inRepository(subject, list)))
  return [...problems, ...looked.flat()]
}

/** One call for a repository; one for each image where some are missing, as AWS then names none. */
async function inRepository(
  subject: Subject,
  list: readonly { image: Image; uses: Found[] }[],
): Promise<Problem[]> {
  const repositoryName = list[0]!.image.repositoryName
  const answer = await describe(
    subject.read,
    list.map((one) => one.image),
  )
  if ('output' in answer) return []
  if ('missing' in answer && list.length > 1 && !isNoRepository(answer.missing)) {
    const each = await Promise.all(list.map((one) => inRepository(subject, [one])))
    return each.flat()
  }
  const isNew = makes(subject, 'Repository', ({ name }) => name === repositoryName)
  if (isNew && 'missing' in answer && isNoRepository(answer.missing)) return []
  return list.flatMap(({ image, uses }) =>
    uses.map((use) => {
      if ('failed' in answer) return unchecked(use, answer.failed)
      if (isNoRepository(answer.missing)) {
        return wrong(use, 'NoSuchRepository', `there is no repository ${repositoryName}`)
      }
      const { imageTag, imageDigest } = image.imageId
      const which = imageDigest ? `digest ${imageDigest}` : `tag ${imageTag}`
      return wrong(
        use,
        'NoSuchImage',
        `${repositoryName} has no image with the ${which}`,
        'push it first',
      )
    }),
  )
}

const isNoRepository = ({ code }: AwsFailure) => code === 'RepositoryNotFoundException'

function describe(read: Read, list: readonly Image[]) {
  const [{ registryId, repositoryName }] = list as [Image]
  return ask<object>(
    read,
    'ecr:DescribeImages',
    { registryId, repositoryName, imageIds: list.map(({ imageId }) => imageId) },
    ({ code }) => code === 'ImageNotFoundException' || code === 'RepositoryNotFoundException',
  )
}
