/** The machine images for ECS: the parameter that names the newest of each family, and what goes with a family. Pure. */
import type { Architecture } from '../../kit/instance-types.ts'
import type { Ami, InstanceGroupSpec } from './spec.ts'

interface Family {
  /** What it is called. */
  readonly title: string
  /** Where the data of containers lies, and how many GiB the image takes there at least. */
  readonly device: string
  readonly leastGiB: number
  /** When AWS stops, or stopped, to mend it. */
  readonly supportedUntil?: string
  /** The parameter that holds the id of the newest image; undefined where AWS makes none. */
  parameter(architecture: Architecture, gpu: boolean): string | undefined
}

const optimized = '/aws/service/ecs/optimized-ami'
const newest = 'recommended/image_id'

/** Images with GPU drivers are made for x86 alone. */
const amazonLinux =
  (name: string): Family['parameter'] =>
  (architecture, gpu) => {
    if (gpu && architecture === 'arm64') return undefined
    const variant = gpu ? '/gpu' : architecture === 'arm64' ? '/arm64' : ''
    return `${optimized}/${name}${variant}/${newest}`
  }

export const families: Readonly<Record<Ami, Family>> = {
  AmazonLinux2023: {
    title: 'Amazon Linux 2023',
    device: '/dev/xvda',
    leastGiB: 30,
    parameter: amazonLinux('amazon-linux-2023'),
  },
  AmazonLinux2: {
    title: 'Amazon Linux 2',
    device: '/dev/xvda',
    leastGiB: 30,
    supportedUntil: '30 June 2026',
    parameter: amazonLinux('amazon-linux-2'),
  },
  AmazonLinux: {
    title: 'Amazon Linux (the first)',
    device: '/dev/xvdcz',
    leastGiB: 22,
    supportedUntil: '31 December 2023',
    parameter: (architecture, gpu) =>
      gpu || architecture === 'arm64' ? undefined : `${optimized}/amazon-linux/${newest}`,
  },
  Bottlerocket: {
    title: 'Bottlerocket',
    device: '/dev/xvdb',
    leastGiB: 20,
    parameter: (architecture, gpu) =>
      `/aws/service/bottlerocket/aws-ecs-2${gpu ? '-nvidia' : ''}/${architecture}/latest/image_id`,
  },
}

/** EC2 reads the parameter at each launch, so that new instances get the newest image. */
export function imageOf(
  { imageId, ami = 'AmazonLinux2023', gpu = false }: InstanceGroupSpec,
  architecture: Architecture,
): string | undefined {
  if (imageId !== undefined) return imageId
  const parameter = families[ami].parameter(architecture, gpu)
  return parameter && `resolve:ssm:${parameter}`
}
