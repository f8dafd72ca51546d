/** InstanceGroup: what each of its options makes of its parts, and what is refused or remarked upon. */
import { describe, expect, test } from 'vitest'
import type { Child } from '../../src/kind.ts'
import { instanceGroup } from '../../src/kinds/instance-group/index.ts'
import type { InstanceGroupSpec } from '../../src/kinds/instance-group/spec.ts'
import type { Manifest, Problem } from '../../src/model.ts'
import { placer } from '../../src/reconcile/manifest/document.ts'
import { environment, manifestOf } from './golden.ts'

const spec: InstanceGroupSpec = {
  cluster: { ref: 'shop' },
  network: { ref: 'net' },
  size: { min: 1, max: 4 },
}

type Options = Partial<InstanceGroupSpec>

function groupOf(options: Options): Manifest<InstanceGroupSpec> {
  const manifest = manifestOf('InstanceGroup', 'hosts', { ...spec, ...options })
  return manifest as unknown as Manifest<InstanceGroupSpec>
}

// biome-ignore lint/suspicious/noExplicitAny: specs have the shape of their kind
type Parts = Readonly<Record<string, any>>

function parts(options: Options = {}, region = 'eu-central-1'): Parts {
  const children = instanceGroup.expand(groupOf(options), { ...environment, region })
  return Object.fromEntries(children.map((child: Child) => [child.kind, child.spec]))
}

const data = (options: Options = {}) => parts(options).LaunchTemplate.launchTemplateData
const group = (options: Options = {}) => parts(options).AutoScalingGroup
const provider = (options: Options = {}) =>
  parts(options).CapacityProvider?.autoScalingGroupProvider

function problems(options: Options): string[] {
  const at = placer({}, { file: 'hosts.yaml', line: 1, column: 1 }, 'InstanceGroup/hosts')
  const said = instanceGroup.validate(groupOf(options), at) as readonly Problem[]
  return said.map(({ severity, code, path }) => `${severity} ${code} ${path}`)
}

const text = (userData: unknown) =>
  [userData]
    .flat()
    .map((part) => (typeof part === 'string' ? part : `<${(part as { ref: string }).ref}>`))
    .join('')

describe('without a word on anything', () => {
  test('it is these parts, under its name', () => {
    const children = instanceGroup.expand(groupOf({}), environment)
    expect(children.map(({ kind, name }) => `${kind}/${name}`)).toEqual([
      'Role/hosts',
      'InstanceProfile/hosts',
      'LaunchTemplate/hosts',
      'AutoScalingGroup/hosts',
      'CapacityProvider/hosts',
    ])
    expect(problems({})).toEqual([])
  })

  test('the newest Amazon Linux 2023 on t3.medium, which joins the cluster and keeps its credentials', () => {
    expect(data()).toEqual({
      imageId: 'resolve:ssm:/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended/image_id',
      instanceType: 't3.medium',
      iamInstanceProfile: { name: { ref: 'InstanceProfile/hosts' } },
      metadataOptions: { httpTokens: 'required', httpPutResponseHopLimit: 2 },
      userData: [
        "#!/bin/bash\ncat <<'EOF' >> /etc/ecs/ecs.config\nECS_CLUSTER=",
        { ref: 'default/Cluster/shop' },
        '\nEOF\n',
      ],
    })
  })

  test('a group in the subnets of the network, and a provider whose scaling and draining ECS does', () => {
    expect(group()).toEqual({
      minSize: 1,
      maxSize: 4,
      launchTemplate: {
        launchTemplateId: { ref: 'LaunchTemplate/hosts' },
        version: { ref: 'LaunchTemplate/hosts' },
      },
      vpcZoneIdentifier: [{ ref: 'default/Network/net' }],
      newInstancesProtectedFromScaleIn: false,
    })
    expect(parts().CapacityProvider).toEqual({
      cluster: { ref: 'default/Cluster/shop' },
      autoScalingGroupProvider: {
        autoScalingGroupArn: { ref: 'AutoScalingGroup/hosts' },
        managedScaling: { status: 'ENABLED' },
        managedTerminationProtection: 'DISABLED',
        managedDraining: 'ENABLED',
      },
    })
  })

  test('a role that lets instances be container instances', () => {
    const { Role, InstanceProfile } = parts()
    expect(Role.managedPolicyArns).toEqual([
      'arn:aws:iam::aws:policy/service-role/AmazonEC2ContainerServiceforEC2Role',
    ])
    expect(Role.assumeRolePolicyDocument.Statement[0].Principal).toEqual({
      Service: 'ec2.amazonaws.com',
    })
    expect(InstanceProfile.roles).toEqual([{ ref: 'Role/hosts' }])
    const china = parts({}, 'cn-north-1').Role.managedPolicyArns
    expect(china[0]).toMatch(/^arn:aws-cn:iam::aws:policy/)
  })
})

describe('each option', () => {
  test('cluster: by name, and by ARN', () => {
    const own = { capacityProvider: false }
    expect(text(data({ ...own, cluster: 'old' }).userData)).toContain('ECS_CLUSTER=old\n')
    const cluster = 'arn:aws:ecs:eu-central-1:123456789012:cluster/old'
    expect(text(data({ ...own, cluster }).userData)).toContain('ECS_CLUSTER=old\n')
  })

  test('subnets', () => {
    const subnets = ['subnet-1', { ref: 'mine' }]
    expect(group({ network: undefined as never, subnets }).vpcZoneIdentifier).toEqual([
      'subnet-1',
      { ref: 'default/Subnet/mine' },
    ])
  })

  test('securityGroups', () => {
    const securityGroups = ['sg-1', { ref: 'mine' }]
    expect(data({ securityGroups }).securityGroupIds).toEqual([
      'sg-1',
      { ref: 'default/SecurityGroup/mine' },
    ])
  })

  test('associatePublicIpAddress takes the groups along', () => {
    const { networkInterfaces, securityGroupIds } = data({
      associatePublicIpAddress: true,
      securityGroups: ['sg-1'],
    })
    expect(networkInterfaces).toEqual([
      { deviceIndex: 0, associatePublicIpAddress: true, groups: ['sg-1'] },
    ])
    expect(securityGroupIds).toBeUndefined()
  })

  test('instanceTypes: one is in the template, several are laid over it', () => {
    expect(data({ instanceTypes: ['m5.large'] }).instanceType).toBe('m5.large')
    const several = { instanceTypes: ['m5.large', 'c5.large'] }
    expect(data(several).instanceType).toBeUndefined()
    expect(group(several).mixedInstancesPolicy).toEqual({
      launchTemplate: {
        launchTemplateSpecification: {
          launchTemplateId: { ref: 'LaunchTemplate/hosts' },
          version: { ref: 'LaunchTemplate/hosts' },
        },
        overrides: [{ instanceType: 'm5.large' }, { instanceType: 'c5.large' }],
      },
      instancesDistribution: { onDemandPercentageAboveBaseCapacity: 100 },
    })
    expect(group(several).launchTemplate).toBeUndefined()
  })

  test('size', () => {
    expect(group({ size: { min: 2, max: 9, desired: 3 } })).toMatchObject({
      minSize: 2,
      maxSize: 9,
      desiredCapacity: 3,
    })
  })

  test('purchase and spotMaxPrice', () => {
    const distribution = (options: Options) =>
      group(options).mixedInstancesPolicy.instancesDistribution
    expect(distribution({ purchase: 'Spot', spotMaxPrice: '0.04' })).toEqual({
      onDemandBaseCapacity: 0,
      onDemandPercentageAboveBaseCapacity: 0,
      spotAllocationStrategy: 'price-capacity-optimized',
      spotMaxPrice: '0.04',
    })
    const purchase = {
      onDemandBaseCapacity: 2,
      onDemandPercentageAboveBaseCapacity: 25,
      spotAllocationStrategy: 'lowest-price',
    }
    expect(distribution({ purchase })).toEqual({ ...purchase, spotMaxPrice: '' })
    expect(group({ purchase: 'OnDemand' }).launchTemplate).toBeDefined()
  })

  test('spotDraining: on where instances may be Spot, unless it is switched off', () => {
    const draining = 'ECS_ENABLE_SPOT_INSTANCE_DRAINING=true'
    expect(text(data().userData)).not.toContain(draining)
    expect(text(data({ purchase: 'Spot' }).userData)).toContain(`\n${draining}\nEOF\n`)
    const off = text(data({ purchase: 'Spot', spotDraining: false }).userData)
    expect(off).not.toContain(draining)
    const rocket = text(data({ purchase: 'Spot', ami: 'Bottlerocket' }).userData)
    expect(rocket).toContain('\nenable-spot-instance-draining = true\n')
  })

  test('volume', () => {
    const volume = {
      size: 50,
      type: 'io2',
      iops: 4000,
      throughput: 200,
      encrypted: true,
      kmsKeyId: 'alias/ops',
    }
    expect(data({ volume }).blockDeviceMappings).toEqual([
      {
        deviceName: '/dev/xvda',
        ebs: {
          volumeSize: 50,
          volumeType: 'io2',
          iops: 4000,
          throughput: 200,
          encrypted: true,
          kmsKeyId: 'alias/ops',
          deleteOnTermination: true,
        },
      },
    ])
    const { blockDeviceMappings } = data({ volume: { size: 50 }, ami: 'Bottlerocket' })
    expect(blockDeviceMappings).toMatchObject([
      { deviceName: '/dev/xvdb', ebs: { volumeType: 'gp3' } },
    ])
  })

  test.each<[Options, string]>([
    [
      { ami: 'AmazonLinux2023', instanceTypes: ['m7g.large'] },
      'ecs/optimized-ami/amazon-linux-2023/arm64/recommended/image_id',
    ],
    [
      { gpu: true, instanceTypes: ['g5.xlarge'] },
      'ecs/optimized-ami/amazon-linux-2023/gpu/recommended/image_id',
    ],
    [{ ami: 'AmazonLinux2' }, 'ecs/optimized-ami/amazon-linux-2/recommended/image_id'],
    [
      { ami: 'AmazonLinux2', instanceTypes: ['t4g.small'] },
      'ecs/optimized-ami/amazon-linux-2/arm64/recommended/image_id',
    ],
    [{ ami: 'AmazonLinux' }, 'ecs/optimized-ami/amazon-linux/recommended/image_id'],
    [{ ami: 'Bottlerocket' }, 'bottlerocket/aws-ecs-2/x86_64/latest/image_id'],
    [
      { ami: 'Bottlerocket', instanceTypes: ['a1.large'] },
      'bottlerocket/aws-ecs-2/arm64/latest/image_id',
    ],
    [{ ami: 'Bottlerocket', gpu: true }, 'bottlerocket/aws-ecs-2-nvidia/x86_64/latest/image_id'],
  ])('ami and gpu: %j', (options, parameter) => {
    expect(data(options).imageId).toBe(`resolve:ssm:/aws/service/${parameter}`)
  })

  test('ami Bottlerocket is told of its cluster in its own words', () => {
    const { userData } = data({ ami: 'Bottlerocket', userData: '[settings.ntp]\n' })
    expect(text(userData)).toBe(
      '[settings.ecs]\ncluster = "<default/Cluster/shop>"\n\n[settings.ntp]\n',
    )
  })

  test('imageId', () => {
    expect(data({ imageId: 'ami-0123456789abcdef0' }).imageId).toBe('ami-0123456789abcdef0')
  })

  test('role: another manifest, or one that exists; none is made then', () => {
    const own = parts({ role: { ref: 'mine' } })
    expect(own.InstanceProfile.roles).toEqual([{ ref: 'default/Role/mine' }])
    expect(own.Role).toBeUndefined()
    const existing = parts({ role: 'ecsInstanceRole' })
    expect(existing.InstanceProfile.roles).toEqual(['ecsInstanceRole'])
    expect(existing.Role).toBeUndefined()
  })

  test('keyName', () => {
    expect(data({ keyName: 'ops' }).keyName).toBe('ops')
  })

  test('userData comes behind what joins the cluster', () => {
    const { userData } = data({ userData: '#!/bin/bash\nyum install -y htop\n' })
    expect(text(userData)).toMatch(/^#!\/bin\/bash\ncat[^]*\nEOF\nyum install -y htop\n$/)
    expect(text(userData).match(/#!/g)).toHaveLength(1)
  })

  test('capacityProvider', () => {
    expect(parts({ capacityProvider: false }).CapacityProvider).toBeUndefined()
  })

  test('managedScaling', () => {
    expect(provider({ managedScaling: false }).managedScaling).toEqual({ status: 'DISABLED' })
    const managedScaling = { targetCapacity: 80, minimumScalingStepSize: 2 }
    expect(provider({ managedScaling }).managedScaling).toEqual({
      status: 'ENABLED',
      ...managedScaling,
    })
  })

  test('managedTerminationProtection protects from the first moment, and yields to a refresh that drains', () => {
    const on = { managedTerminationProtection: true }
    expect(provider(on).managedTerminationProtection).toBe('ENABLED')
    expect(group(on)).toMatchObject({
      newInstancesProtectedFromScaleIn: true,
      instanceRefresh: { scaleInProtectedInstances: 'Refresh' },
    })
    expect(group({ ...on, managedDraining: false }).instanceRefresh).toBeUndefined()
  })

  test('managedDraining', () => {
    expect(provider({ managedDraining: false }).managedDraining).toBe('DISABLED')
  })

  test('instanceRefresh', () => {
    const instanceRefresh = { minHealthyPercentage: 50, onNewImage: true }
    expect(group({ instanceRefresh }).instanceRefresh).toEqual(instanceRefresh)
  })

  test('tags are on all of it, volumes included; instances have them from the group', () => {
    const tags = [{ key: 'team', value: 'shop', propagateAtLaunch: false }]
    const plain = [{ key: 'team', value: 'shop' }]
    const all = parts({ tags })
    expect(all.AutoScalingGroup.tags).toEqual(tags)
    for (const kind of ['Role', 'InstanceProfile', 'LaunchTemplate', 'CapacityProvider']) {
      expect([kind, all[kind].tags]).toEqual([kind, plain])
    }
    expect(all.LaunchTemplate.launchTemplateData.tagSpecifications).toEqual([
      { resourceType: 'volume', tags: plain },
    ])
  })
})

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
