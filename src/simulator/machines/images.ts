/** The machine images that an account can launch: ECS-optimised ones, the parameter that names each, and the agent that it brings. */

export interface EcsImage {
  /**
   * The public parameter that describes it, without the last part: `…/recommended` has the JSON description as its
   * value and `…/recommended/image_id` the id; Bottlerocket and Windows have `…/image_id` alone.
   */
  readonly parameter: string
  readonly imageId: string
  readonly name: string
  /** As the parameter's JSON says it: `Amazon Linux 2023`. */
  readonly os: string
  /** Who reads the user data, and how. */
  readonly platform: 'amazon-linux' | 'bottlerocket' | 'windows'
  readonly architecture: 'x86_64' | 'arm64'
  readonly agentVersion: string
  readonly dockerVersion: string
  readonly sourceImageName: string
  /** `2026-01-05T00:00:00.000Z`. */
  readonly creationDate: string
  readonly gpu?: true
  readonly neuron?: true
  readonly rootDevice: {
    readonly name: string
    readonly sizeGiB: number
    readonly type: 'gp2' | 'gp3'
  }
  /** Bottlerocket keeps container data on a second volume. */
  readonly dataDevice?: { readonly name: string; readonly sizeGiB: number; readonly type: 'gp2' }
}

/** What an instance of a current image runs, and what an update of the agent brings. */
export const newestAgent = { agentVersion: '1.100.0', dockerVersion: '25.0.13' } as const

const optimized = '/aws/service/ecs/optimized-ami'
const xvda = (type: 'gp2' | 'gp3') => ({ name: '/dev/xvda', sizeGiB: 30, type }) as const
const created = '2025-11-17T22:41:08.000Z'

/** One release of Amazon Linux 2023 or 2; `variant` is what stands behind the family in the parameter. */
function amazonLinux(
  family: 'amazon-linux-2023' | 'amazon-linux-2',
  variant: '' | '/arm64' | '/gpu' | '/neuron' | '/inf' | '/kernel-5.10' | '/kernel-5.10/arm64',
  imageId: string,
  release = '20251117',
): EcsImage {
  const architecture = variant.endsWith('arm64') ? 'arm64' : 'x86_64'
  const kind = { '/gpu': '-gpu', '/neuron': '-neuron', '/inf': '-inf' }[variant as string] ?? ''
  const al2023 = family === 'amazon-linux-2023'
  const kernel = variant.startsWith('/kernel-5.10') ? '-kernel-5.10' : ''
  const name = al2023
    ? `al2023-ami-ecs${kind}-hvm-2023.0.${release}-kernel-6.1-${architecture}`
    : `amzn2-ami-ecs${kind}${kernel}-hvm-2.0.${release}-${architecture}-ebs`
  return {
    parameter: `${optimized}/${family}${variant}/recommended`,
    imageId,
    name,
    os: al2023 ? 'Amazon Linux 2023' : 'Amazon Linux 2',
    platform: 'amazon-linux',
    architecture,
    ...newestAgent,
    sourceImageName: al2023
      ? `al2023-ami-minimal-2023.9.${release}.0-kernel-6.1-${architecture}`
      : `amzn2-ami-minimal-hvm-2.0.${release}.0-${architecture}-ebs`,
    creationDate: created,
    ...(variant === '/gpu' && { gpu: true }),
    ...((variant === '/neuron' || variant === '/inf') && { neuron: true }),
    rootDevice: xvda(al2023 ? 'gp3' : 'gp2'),
  }
}

/** A release that is no longer the recommended one: its own parameter, an agent of its time. */
function older(image: EcsImage, agentVersion: string, creationDate: string): EcsImage {
  return {
    ...image,
    parameter: image.parameter.replace(/recommended$/, image.name),
    agentVersion,
    dockerVersion: '25.0.6',
    creationDate,
  }
}

function bottlerocket(
  variant: string,
  architecture: 'x86_64' | 'arm64',
  imageId: string,
): EcsImage {
  return {
    parameter: `/aws/service/bottlerocket/${variant}/${architecture}/latest`,
    imageId,
    name: `bottlerocket-${variant}-${architecture}-v1.49.0-713f44ce`,
    os: 'Bottlerocket',
    platform: 'bottlerocket',
    architecture,
    ...newestAgent,
    sourceImageName: '',
    creationDate: created,
    ...(variant.endsWith('nvidia') && { gpu: true }),
    rootDevice: { name: '/dev/xvda', sizeGiB: 2, type: 'gp2' },
    dataDevice: { name: '/dev/xvdb', sizeGiB: 20, type: 'gp2' },
  }
}

function windows(edition: string, imageId: string): EcsImage {
  return {
    parameter: `/aws/service/ami-windows-latest/Windows_Server-${edition}-ECS_Optimized`,
    imageId,
    name: `Windows_Server-${edition}-ECS_Optimized-2025.11.14`,
    os: `Windows Server ${edition.replaceAll('-', ' ')}`,
    platform: 'windows',
    architecture: 'x86_64',
    ...newestAgent,
    sourceImageName: `Windows_Server-${edition}-Base-2025.11.14`,
    creationDate: created,
    rootDevice: { name: '/dev/sda1', sizeGiB: 50, type: 'gp2' },
  }
}

const al1: EcsImage = {
  parameter: `${optimized}/amazon-linux/recommended`,
  imageId: 'ami-0defa000000000101',
  name: 'amzn-ami-2018.03.20231103-amazon-ecs-optimized',
  os: 'Amazon Linux 2018.03',
  platform: 'amazon-linux',
  architecture: 'x86_64',
  agentVersion: '1.51.0',
  dockerVersion: '19.03.13-ce',
  sourceImageName: 'amzn-ami-minimal-hvm-2018.03.0.20231103.0-x86_64-ebs',
  creationDate: '2023-11-06T19:11:43.000Z',
  rootDevice: { name: '/dev/xvda', sizeGiB: 8, type: 'gp2' },
}

/** Every image of the account. Real ids differ by region; here they are the same in each. */
export const ecsImages: readonly EcsImage[] = [
  amazonLinux('amazon-linux-2023', '', 'ami-0defa0000000000a1'),
  amazonLinux('amazon-linux-2023', '/arm64', 'ami-0defa0000000000a2'),
  amazonLinux('amazon-linux-2023', '/gpu', 'ami-0defa0000000000a3'),
  amazonLinux('amazon-linux-2023', '/neuron', 'ami-0defa0000000000a4'),
  amazonLinux('amazon-linux-2', '', 'ami-0defa000000000201'),
  amazonLinux('amazon-linux-2', '/arm64', 'ami-0defa000000000202'),
  amazonLinux('amazon-linux-2', '/gpu', 'ami-0defa000000000203'),
  amazonLinux('amazon-linux-2', '/inf', 'ami-0defa000000000204'),
  amazonLinux('amazon-linux-2', '/kernel-5.10', 'ami-0defa000000000205'),
  amazonLinux('amazon-linux-2', '/kernel-5.10/arm64', 'ami-0defa000000000206'),
  al1,
  older(
    amazonLinux('amazon-linux-2023', '', 'ami-0defa0000000000b1', '20240610'),
    '1.83.0',
    '2024-06-11T20:04:56.000Z',
  ),
  older(
    amazonLinux('amazon-linux-2023', '/arm64', 'ami-0defa0000000000b2', '20240610'),
    '1.83.0',
    '2024-06-11T20:05:41.000Z',
  ),
  bottlerocket('aws-ecs-2', 'x86_64', 'ami-0defa000000000301'),
  bottlerocket('aws-ecs-2', 'arm64', 'ami-0defa000000000302'),
  bottlerocket('aws-ecs-2-nvidia', 'x86_64', 'ami-0defa000000000303'),
  bottlerocket('aws-ecs-2-nvidia', 'arm64', 'ami-0defa000000000304'),
  bottlerocket('aws-ecs-1', 'x86_64', 'ami-0defa000000000305'),
  bottlerocket('aws-ecs-1', 'arm64', 'ami-0defa000000000306'),
  bottlerocket('aws-ecs-1-nvidia', 'x86_64', 'ami-0defa000000000307'),
  windows('2022-English-Core', 'ami-0defa000000000401'),
  windows('2022-English-Full', 'ami-0defa000000000402'),
  windows('2019-English-Core', 'ami-0defa000000000403'),
  windows('2019-English-Full', 'ami-0defa000000000404'),
]

/** An image without an ECS agent, as anyone may launch by mistake. */
export const plainImages: readonly Omit<EcsImage, 'agentVersion' | 'dockerVersion'>[] = [
  {
    parameter: '/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64',
    imageId: 'ami-0defa000000000501',
    name: 'al2023-ami-2023.9.20251117.1-kernel-6.1-x86_64',
    os: 'Amazon Linux 2023',
    platform: 'amazon-linux',
    architecture: 'x86_64',
    sourceImageName: '',
    creationDate: created,
    rootDevice: { name: '/dev/xvda', sizeGiB: 8, type: 'gp3' },
  },
  {
    parameter: '/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64',
    imageId: 'ami-0defa000000000502',
    name: 'al2023-ami-2023.9.20251117.1-kernel-6.1-arm64',
    os: 'Amazon Linux 2023',
    platform: 'amazon-linux',
    architecture: 'arm64',
    sourceImageName: '',
    creationDate: created,
    rootDevice: { name: '/dev/xvda', sizeGiB: 8, type: 'gp3' },
  },
]

/** An image of either table; `agentVersion` is undefined where there is no agent. */
export type Image = Omit<EcsImage, 'agentVersion' | 'dockerVersion'> &
  Partial<Pick<EcsImage, 'agentVersion' | 'dockerVersion'>>

/** An image that no parameter names, built upon an ECS-optimised one; its id is the one that other emulators know. */
const sharedImage: Image = {
  ...amazonLinux('amazon-linux-2023', '', 'ami-12c6146b'),
  parameter: '',
  name: 'hosts-of-containers',
}

/** All that can be launched. */
export const images: readonly Image[] = [...ecsImages, ...plainImages, sharedImage]

const byId = new Map<string, Image>(images.map((one) => [one.imageId, one]))

/** The image with this id, if the account knows one. */
export function findImage(imageId: string): Image | undefined {
  return byId.get(imageId)
}
