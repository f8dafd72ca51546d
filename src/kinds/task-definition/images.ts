/**
 * Tags of images to their digests, for task definitions that are annotated with `fairlead.dev/resolve-digests`: what a
 * private ECR repository of this region has under the tag now.
 */

import type { AwsFailure } from '../../errors.ts'
import type { ObserveContext, Wanted } from '../../kind.ts'
import { type Digests, digestsOf, privateImage } from '../../kit/ecr-images.ts'
import type { Manifest, ObjectKey } from '../../model.ts'
import type { TaskDefinitionSpec } from './manifest.ts'

export const resolvesDigests = ({ annotations }: Pick<Manifest, 'annotations'>) =>
  annotations['fairlead.dev/resolve-digests'] === 'true'

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
  const { digests, failures } = await digestsOf(
    asking.flatMap(({ spec }) => imagesOf(spec)),
    context,
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
