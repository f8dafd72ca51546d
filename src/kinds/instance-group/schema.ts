/** The schema of an InstanceGroup's spec: it is no request of AWS, so it is written by hand. */
import type { JsonSchema } from '../../kind.ts'
import { referable } from '../../kit/schema-parts.ts'
import { instanceRefresh, tags } from '../auto-scaling-group/manifest.ts'

const text = (description: string): JsonSchema => ({ type: 'string', description })
const choice = (description: string, values: readonly string[]): JsonSchema => ({
  type: 'string',
  description,
  enum: values,
})
const count = (description: string): JsonSchema => ({ type: 'integer', description })
const flag = (description: string): JsonSchema => ({ type: 'boolean', description })
const list = (description: string, items: JsonSchema): JsonSchema => ({
  type: 'array',
  description,
  items,
})
const map = (
  description: string,
  properties: Readonly<Record<string, JsonSchema>>,
  required: readonly string[] = [],
): JsonSchema => ({
  type: 'object',
  description,
  additionalProperties: false,
  ...(required.length > 0 ? { required } : {}),
  properties,
})

const size = map(
  'How many instances there are.',
  {
    min: count(
      'The fewest. 0 is allowed: managed scaling starts the first one for the first task.',
    ),
    max: count('The most.'),
    desired: count(
      'How many to begin with, from min to max. Default: min. With managed scaling it counts at creation only.',
    ),
  },
  ['min', 'max'],
)

/** One of two words, or a map. */
const purchase: JsonSchema = {
  ...map('How instances are bought: OnDemand (the default), Spot, or a map for some of each.', {
    onDemandBaseCapacity: count('How many are On-Demand before any is Spot. Default 0.'),
    onDemandPercentageAboveBaseCapacity: count(
      'How many of the further ones are On-Demand, in percent. Default 0.',
    ),
    spotAllocationStrategy: choice(
      'Which Spot instances are chosen. Default price-capacity-optimized.',
      [
        'price-capacity-optimized',
        'capacity-optimized',
        'capacity-optimized-prioritized',
        'lowest-price',
      ],
    ),
  }),
  type: ['string', 'object'],
}

const volume = map('The volume that holds images and containers.', {
  size: count(
    'GiB. At least what the image takes: 30 for Amazon Linux 2023 and 2, which is also the default; 20 for Bottlerocket.',
  ),
  type: choice('The volume type. Default gp3.', ['gp3', 'gp2', 'io1', 'io2', 'standard']),
  iops: count('For gp3, 3000 and more; needed for io1 and io2.'),
  throughput: count('MiB/s, for gp3 alone: 125 and more, and at most a quarter of the IOPS.'),
  encrypted: flag('Default: what the account says for new volumes.'),
  kmsKeyId: text('The key that encrypts it. Default: that of the account.'),
})

const managedScaling: JsonSchema = {
  ...map(
    'Whether ECS moves the number of instances with the tasks that wait. Default true. A map sets how.',
    {
      targetCapacity: count('How full the group is to be, 1 to 100 percent. Default 100.'),
      minimumScalingStepSize: count('The fewest instances that are added at once. Default 1.'),
      maximumScalingStepSize: count('The most instances that are added at once. Default 10000.'),
      instanceWarmupPeriod: count('Seconds until a new instance counts. Default 300.'),
    },
  ),
  type: ['boolean', 'object'],
}

export const schema: JsonSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['cluster', 'size'],
  properties: {
    cluster: referable(
      'Cluster',
      'The cluster that the instances join. A reference, unless capacityProvider is false.',
    ),
    network: {
      ...referable('Network', 'The Network in whose subnets instances start. Or subnets.'),
      type: 'object',
    },
    subnets: list('The subnets that instances start in. Or network.', referable('Subnet', '')),
    securityGroups: list(
      'The security groups of the instances, at most 5. Default: the default group of the VPC.',
      referable('SecurityGroup', ''),
    ),
    associatePublicIpAddress: flag(
      'Whether instances get a public IPv4 address. Default: what their subnet says.',
    ),
    instanceTypes: list(
      'What instances may be, of one architecture; On-Demand takes the first that is to be had. Default: t3.medium.',
      { type: 'string' },
    ),
    size,
    purchase,
    spotMaxPrice: text(
      'The most that is paid for a Spot instance, in US dollars an hour. Default: the On-Demand price.',
    ),
    spotDraining: flag(
      'Whether tasks are moved in the two minutes before AWS takes a Spot instance back. Default: true where there may be one.',
    ),
    volume,
    ami: choice(
      'The family of the ECS-optimised image: always its newest when an instance starts, for the architecture of the instance types. Default AmazonLinux2023. AWS supports AmazonLinux2 until 30 June 2026, and has ended that of AmazonLinux on 31 December 2023.',
      ['AmazonLinux2023', 'AmazonLinux2', 'AmazonLinux', 'Bottlerocket'],
    ),
    gpu: flag('Takes the image with the drivers for GPUs of NVIDIA. Default false.'),
    imageId: text(
      'Another image: ami-…, or resolve:ssm: and the name of a parameter that holds one. It is set up as one of the family that ami says.',
    ),
    role: referable(
      'Role',
      'The role of the instances: a reference, or the name of one that exists. Default: one is made for the group, with AWS’s policy AmazonEC2ContainerServiceforEC2Role.',
    ),
    keyName: text('The EC2 key pair for SSH. Default: none.'),
    userData: text(
      'What instances do besides joining the cluster: shell commands, or TOML for Bottlerocket.',
    ),
    capacityProvider: flag(
      'Whether the cluster gets a capacity provider for the instances, under the name of the group. Default true. Without it the number of instances is what size says, and tasks are placed by launch type.',
    ),
    managedScaling,
    managedTerminationProtection: flag(
      'Whether scaling in spares instances that run tasks. Default false. Needs managed scaling.',
    ),
    managedDraining: flag('Whether tasks are moved before an instance goes. Default true.'),
    instanceRefresh,
    tags: {
      ...tags,
      description:
        'Tags of all that the group consists of, its instances and their volumes included.',
    },
  },
}
