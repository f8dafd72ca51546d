/** What a container agent finds when it pulls from the account's own registry. */
import type { World } from '../../world.ts'
import type { ImageRecord } from './state.ts'

/** Repository, tag and digest of an image in this account's registry of this region; undefined for any other. */
function parse(world: World, image: string) {
  const host = `${world.account}.dkr.ecr.${world.region}.amazonaws.com/`
  if (!image.startsWith(host)) return undefined
  const [rest = '', digest] = image.slice(host.length).split('@')
  const [name = '', tag] = rest.split(':')
  return { name, tag: tag ?? (digest ? undefined : 'latest'), digest }
}

function find(world: World, image: string): ImageRecord | undefined {
  const wanted = parse(world, image)
  const images = world.ecr.repositories.get(wanted?.name ?? '')?.images ?? []
  return images.find(({ digest, tags }) =>
    wanted?.digest ? digest === wanted.digest : tags.includes(wanted?.tag ?? ''),
  )
}

/** The digest that an image in the account's own registry has now; undefined where nothing is known of it. */
export function registeredDigest(world: World, image: string): string | undefined {
  return find(world, image)?.digest
}

/** Whether an image would have to be in the account's own registry, and is not. */
export function isMissing(world: World, image: string): boolean {
  return parse(world, image) !== undefined && find(world, image) === undefined
}
