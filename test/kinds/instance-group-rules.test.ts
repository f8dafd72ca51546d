/** InstanceGroup: what is documented, refused and remarked upon. */
import { expect, test } from 'vitest'
import { instanceGroup } from '../../src/kinds/instance-group/index.ts'
import type { InstanceGroupSpec } from '../../src/kinds/instance-group/spec.ts'
import { type Options, parts, problems } from './instance-group-parts.ts'

/** A value for each option that is not what counts without it. */
const others: Required<InstanceGroupSpec> = {
  cluster: { ref: 'other' },
  network: { ref: 'other' },
  subnets: ['subnet-1'],
  securityGroups: ['sg-1'],
  associatePublicIpAddress: true,
  instanceTypes: ['m5.large'],
  size: { min: 0, max: 1 },
  purchase: 'Spot',
  spotMaxPrice: '0.1',
  spotDraining: false,
  volume: { size: 40 },
  ami: 'Bottlerocket',
  gpu: true,
  imageId: 'ami-0123456789abcdef0',
  role: 'ecsInstanceRole',
  keyName: 'ops',
  userData: 'true',
  capacityProvider: false,
  managedScaling: false,
  managedTerminationProtection: true,
  managedDraining: false,
  instanceRefresh: { minHealthyPercentage: 50 },
  tags: [{ key: 'team', value: 'shop' }],
}

test('every option is documented, and none is ignored', async () => {
  const { properties } = (await instanceGroup.schema()) as {
    properties: Record<string, { description?: string }>
  }
  expect(Object.keys(others)).toEqual(Object.keys(properties))
  // What is about Spot shows only there, and a list of subnets only without a network.
  const base: Options = { purchase: 'Spot', network: undefined as never, subnets: ['subnet-0'] }
  for (const [name, value] of Object.entries(others)) {
    const before = name === 'purchase' ? { ...base, purchase: 'OnDemand' as const } : base
    const after = JSON.stringify(parts({ ...before, [name]: value }))
    expect([name, after === JSON.stringify(parts(before))]).toEqual([name, false])
    expect([name, (properties[name]?.description ?? '').length > 20]).toEqual([name, true])
  }
})

test.each<[Options, string[]]>([
  [{ size: { min: 3, max: 2 } }, ['error OutOfRange spec.size.max']],
  [{ size: { min: 1, max: 2, desired: 3 } }, ['error OutOfRange spec.size.desired']],
  [
    { size: { min: -1, max: 0 } },
    ['error OutOfRange spec.size.min', 'error OutOfRange spec.size.max'],
  ],
  [
    { instanceTypes: ['t3.medium', 't4g.medium'] },
    ['error MixedArchitectures spec.instanceTypes[1]'],
  ],
  [{ instanceTypes: ['t3medium'] }, ['error NotAllowed spec.instanceTypes[0]']],
  [{ instanceTypes: [] }, ['error TooFew spec.instanceTypes']],
  [{ instanceTypes: ['t3.medium', 't3.medium'] }, ['error DuplicateType spec.instanceTypes[1]']],
  [{ instanceTypes: ['g5.xlarge'] }, ['notice NoDrivers spec.instanceTypes[0]']],
  [{ instanceTypes: ['g5g.xlarge'], gpu: true }, ['error NoSuchImage spec.gpu']],
  [
    { ami: 'AmazonLinux', instanceTypes: ['m6g.large'] },
    ['error NoSuchImage spec.ami', 'notice SupportEnds spec.ami'],
  ],
  [{ ami: 'AmazonLinux2' }, ['notice SupportEnds spec.ami']],
  [{ imageId: 'debian' }, ['error NotAllowed spec.imageId']],
  [{ imageId: 'ami-0123456789abcdef0', gpu: true }, ['error NotTogether spec.gpu']],
  [{ purchase: 'spot' as never }, ['error NotAllowed spec.purchase']],
  [{ purchase: 'Spot', spotMaxPrice: '-0.1' }, ['error OutOfRange spec.spotMaxPrice']],
  [{ purchase: 'Spot', spotMaxPrice: 'cheap' }, ['error OutOfRange spec.spotMaxPrice']],
  [{ spotMaxPrice: '0.1' }, ['error NotTogether spec.spotMaxPrice']],
  [{ spotDraining: true }, ['error NotTogether spec.spotDraining']],
  [
    { purchase: { onDemandPercentageAboveBaseCapacity: 101 } },
    ['error OutOfRange spec.purchase.onDemandPercentageAboveBaseCapacity'],
  ],
  [{ subnets: ['subnet-1'] }, ['error NotTogether spec.subnets']],
  [{ network: undefined as never }, ['error Required spec.network']],
  [{ network: undefined as never, subnets: [] }, ['error Required spec.subnets']],
  [{ volume: { size: 8 } }, ['error OutOfRange spec.volume.size']],
  [{ volume: { size: 8 }, imageId: 'ami-0123456789abcdef0' }, []],
  [{ volume: { type: 'gp2', iops: 3000 } }, ['error NotTogether spec.volume.iops']],
  [{ volume: { type: 'io1' } }, ['error Required spec.volume.iops']],
  [{ volume: { throughput: 1000 } }, ['error OutOfRange spec.volume.throughput']],
  [{ volume: { iops: 4000, throughput: 1000 } }, []],
  [{ volume: { type: 'gp2', throughput: 125 } }, ['error NotTogether spec.volume.throughput']],
  [
    { volume: { encrypted: false, kmsKeyId: 'alias/a' } },
    ['error NotTogether spec.volume.kmsKeyId'],
  ],
  [{ cluster: 'shop' }, ['error NeedsReference spec.cluster']],
  [{ cluster: 'shop', capacityProvider: false }, []],
  [
    { managedScaling: false, managedTerminationProtection: true },
    ['error NotTogether spec.managedTerminationProtection'],
  ],
  [{ capacityProvider: false, managedDraining: true }, ['error NotTogether spec.managedDraining']],
  [
    { managedScaling: { targetCapacity: 0 } },
    ['error OutOfRange spec.managedScaling.targetCapacity'],
  ],
  [{ userData: '#cloud-config\n' }, ['error NotAllowed spec.userData']],
  [{ userData: '[settings.ecs]\n', ami: 'Bottlerocket' }, ['error WrittenTwice spec.userData']],
  [
    { instanceRefresh: { maxHealthyPercentage: 110 } },
    ['error NotTogether spec.instanceRefresh.maxHealthyPercentage'],
  ],
  [{ tags: [{ key: 'aws:x' }] }, ['error ReservedTag spec.tags[0].key']],
])('%j', (options, expected) => {
  expect(problems(options)).toEqual(expected)
})
