/** Images and instance types of an account whose state was loaded: what is in no table is judged by what it looks like. */
import type { World } from '../world.ts'
import { findImage, type Image } from './images.ts'
import { type InstanceType, instanceTypes } from './instance-types.ts'

const likeAmazonLinux = { x86_64: 'ami-0defa0000000000a1', arm64: 'ami-0defa0000000000a2' } as const
const likeBottlerocket = {
  x86_64: 'ami-0defa000000000301',
  arm64: 'ami-0defa000000000302',
} as const
const likeWindows = 'ami-0defa000000000401'

/** The image with this id. One that nobody knows is taken for an ECS-optimised one of the kind that its user data is for. */
export function imageIn(
  world: World,
  id: string,
  { arm = false, userData }: { readonly arm?: boolean; readonly userData?: string | undefined },
): Image | undefined {
  const known = findImage(id)
  if (known || !world.compute.foreign || id === '') return known
  const text = Buffer.from(userData ?? '', 'base64').toString()
  const architecture = arm ? 'arm64' : 'x86_64'
  const like = text.includes('[settings.')
    ? likeBottlerocket[architecture]
    : text.includes('<powershell>')
      ? likeWindows
      : likeAmazonLinux[architecture]
  const model = findImage(like)
  return model && { ...model, imageId: id, name: id, parameter: '' }
}

/** What an instance of a type offers: as the table says, as those that are registered show, or as its name says. */
export function typeIn(world: World, name: string): InstanceType | undefined {
  const known = instanceTypes.get(name) ?? world.compute.types?.get(name)
  return known ?? (world.compute.foreign ? byName(name) : undefined)
}

/** GiB for each vCPU, by the first letter of the family. */
const memoryFor: Readonly<Record<string, number>> = {
  c: 2,
  m: 4,
  t: 4,
  r: 8,
  x: 16,
  z: 8,
  i: 8,
  g: 4,
  p: 8,
}
const small: Readonly<Record<string, readonly [vcpus: number, gib: number]>> = {
  nano: [2, 0.5],
  micro: [2, 1],
  small: [2, 2],
  medium: [2, 4],
}

function byName(name: string): InstanceType | undefined {
  const [family = '', size = ''] = name.split('.')
  const times = /^(\d*)xlarge$/.exec(size)
  const vcpus = small[size]?.[0] ?? (size === 'large' ? 2 : times ? 4 * Number(times[1] || 1) : 0)
  if (vcpus === 0) return undefined
  const gib = small[size]?.[1] ?? vcpus * (memoryFor[family[0] ?? ''] ?? 4)
  const arm = /^(a1|[a-z]+\d+g[a-z]*)$/.test(family)
  return {
    cpu: vcpus * 1024,
    memory: Math.round(gib * 1024 * 0.95),
    enis: vcpus <= 2 ? 3 : vcpus <= 8 ? 4 : 8,
    ...(arm && { arm }),
  }
}
