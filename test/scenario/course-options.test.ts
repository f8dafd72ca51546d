/** Promise: each option of the console's "EC2 Linux + Networking" is one line of an InstanceGroup, and AWS does as it says. */
import { describe, expect, test } from 'vitest'
import {
  beginCourse,
  type Course,
  cluster,
  clusterOnAws,
  containerInstancesOnAws,
  ecsInstanceRole,
  forEc2,
  instances,
  instancesOnAws,
  newVpc,
  roleOnAws,
  subnet,
  templateOnAws,
} from './course.ts'
import { minute } from './shop.ts'

type Options = Record<string, unknown>

/** The cluster, with these options of its instances, once all of them have joined it. */
async function created(options: Options, prepare?: (course: Course) => Promise<unknown>) {
  const course = beginCourse()
  await prepare?.(course)
  await course.write(ecsInstanceRole(), newVpc(), cluster(), instances(options))
  await course.rig.clock.advance(minute)
  const joined = await containerInstancesOnAws(course)
  const launched = await instancesOnAws(course)
  expect(joined.map((one) => one.ec2InstanceId).sort()).toEqual(launched.map(({ id }) => id).sort())
  expect(joined.every(({ agentConnected, status }) => agentConnected && status === 'ACTIVE')).toBe(
    true,
  )
  return { course, joined, launched, end: () => course.rig.stop() }
}

describe('provisioning model', () => {
  const three = { size: { min: 3, max: 3 } }
  const some = { onDemandBaseCapacity: 1, onDemandPercentageAboveBaseCapacity: 50 }
  test.each<[string, Options, string[]]>([
    ['On-Demand', {}, ['on-demand', 'on-demand', 'on-demand']],
    ['On-Demand, said', { purchase: 'OnDemand' }, ['on-demand', 'on-demand', 'on-demand']],
    ['Spot', { purchase: 'Spot' }, ['spot', 'spot', 'spot']],
    ['a mix', { purchase: some }, ['on-demand', 'on-demand', 'spot']],
  ])('%s', async (_, options, bought) => {
    const { course, launched, end } = await created({ ...three, ...options })
    expect(launched.map((one) => one.bought).sort()).toEqual(bought)
    const { UserData } = await templateOnAws(course)
    // Tasks leave a Spot instance before it goes.
    expect(UserData?.includes('ECS_ENABLE_SPOT_INSTANCE_DRAINING=true')).toBe(
      bought.includes('spot'),
    )
    await end()
  })
})

describe('EC2 instance type', () => {
  test.each<[string, Options, string]>([
    ['nothing said', {}, 't3.medium'],
    ['one', { instanceTypes: ['m5.large'] }, 'm5.large'],
    [
      'several: the first that is to be had',
      { instanceTypes: ['c5.large', 'm5.large'] },
      'c5.large',
    ],
  ])('%s', async (_, options, type) => {
    const { launched, end } = await created(options)
    expect(launched.map((one) => one.type)).toEqual([type])
    await end()
  })
})

describe('number of instances', () => {
  test.each([
    [{ min: 0, max: 2 }, 0],
    [{ min: 2, max: 4 }, 2],
    [{ min: 1, max: 4, desired: 3 }, 3],
  ])('%o', async (size, count) => {
    const { course, launched, end } = await created({ size })
    expect(launched).toHaveLength(count)
    expect((await clusterOnAws(course)).registeredContainerInstancesCount).toBe(count)
    await end()
  })
})

test.each<[Options, Options]>([
  [{ size: 100 }, { VolumeSize: 100, VolumeType: 'gp3' }],
  [
    { size: 40, type: 'gp2' },
    { VolumeSize: 40, VolumeType: 'gp2' },
  ],
  [
    { size: 30, type: 'io2', iops: 1000 },
    { VolumeSize: 30, VolumeType: 'io2', Iops: 1000 },
  ],
  [
    { size: 50, encrypted: true },
    { VolumeSize: 50, Encrypted: true },
  ],
])('EBS volume: %o', async (volume, ebs) => {
  const { course, end } = await created({ volume })
  expect((await templateOnAws(course)).BlockDeviceMappings).toMatchObject([
    { DeviceName: '/dev/xvda', Ebs: { ...ebs, DeleteOnTermination: true } },
  ])
  await end()
})

test.each([
  ['Bottlerocket', '/dev/xvdb'],
  ['AmazonLinux', '/dev/xvdcz'],
])('EBS volume: it is the one where %s keeps containers', async (ami, device) => {
  const { course, end } = await created({ ami, volume: { size: 60 } })
  expect((await templateOnAws(course)).BlockDeviceMappings).toMatchObject([
    { DeviceName: device, Ebs: { VolumeSize: 60 } },
  ])
  await end()
})

describe('EC2 AMI', () => {
  const arm = { instanceTypes: ['t4g.medium'] }
  const gpu = { instanceTypes: ['g4dn.xlarge'], gpu: true }
  test.each<[string, Options, RegExp]>([
    ['nothing said', {}, /^al2023-ami-ecs-hvm-.*-x86_64$/],
    [
      'Amazon Linux 2023 (arm64)',
      { ami: 'AmazonLinux2023', ...arm },
      /^al2023-ami-ecs-hvm.*-arm64$/,
    ],
    ['Amazon Linux 2023 (GPU)', { ami: 'AmazonLinux2023', ...gpu }, /^al2023-ami-ecs-gpu-hvm-/],
    ['Amazon Linux 2', { ami: 'AmazonLinux2' }, /^amzn2-ami-ecs-hvm-.*-x86_64-ebs$/],
    ['Amazon Linux 2 (arm64)', { ami: 'AmazonLinux2', ...arm }, /^amzn2-ami-ecs-.*-arm64-ebs$/],
    ['Amazon Linux 2 (GPU)', { ami: 'AmazonLinux2', ...gpu }, /^amzn2-ami-ecs-gpu-hvm-/],
    ['Amazon Linux', { ami: 'AmazonLinux' }, /^amzn-ami-2018\.03\..*-amazon-ecs-optimized$/],
    ['Bottlerocket', { ami: 'Bottlerocket' }, /^bottlerocket-aws-ecs-2-x86_64-/],
    ['Bottlerocket (arm64)', { ami: 'Bottlerocket', ...arm }, /^bottlerocket-aws-ecs-2-arm64-/],
    ['Bottlerocket (GPU)', { ami: 'Bottlerocket', ...gpu }, /^bottlerocket-aws-ecs-2-nvidia-x86/],
    ['one of your own', { imageId: 'ami-12c6146b' }, /./],
  ])('%s', async (_, options, image) => {
    const { launched, joined, end } = await created(options)
    expect(launched).toMatchObject([{ image: expect.stringMatching(image) }])
    const gpus = joined[0]!.registeredResources?.find(({ name }) => name === 'GPU')
    expect(gpus?.stringSetValue?.length ?? 0).toBe('gpu' in options ? 1 : 0)
    await end()
  })
})

describe('networking', () => {
  const other = 'subnet-0defa00000000000b'
  test('a new VPC, whose subnets the instances share', async () => {
    const { launched, end } = await created({ size: { min: 2, max: 2 } })
    const [one, two] = launched
    expect(one!.vpc).toBe(two!.vpc)
    expect(one!.vpc).not.toBe('vpc-0defa000000000000')
    expect(one!.subnet).not.toBe(two!.subnet)
    await end()
  })

  test('a VPC that exists, and its subnets', async () => {
    const here = { network: undefined, subnets: [subnet, other], size: { min: 2, max: 2 } }
    const { launched, end } = await created(here)
    expect(launched.map((one) => one.vpc)).toEqual(Array(2).fill('vpc-0defa000000000000'))
    expect(launched.map((one) => one.subnet).sort()).toEqual([subnet, other])
    await end()
  })
})

describe('container instance IAM role', () => {
  test('one that exists, by its name', async () => {
    const trust = {
      Version: '2012-10-17',
      Statement: [
        { Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' },
      ],
    }
    const { launched, end } = await created({ role: 'ours' }, async ({ rig }) => {
      const RoleName = 'ours'
      const AssumeRolePolicyDocument = JSON.stringify(trust)
      await rig.aws('iam:CreateRole', { RoleName, AssumeRolePolicyDocument })
      await rig.aws('iam:AttachRolePolicy', { RoleName, PolicyArn: forEc2 })
    })
    expect(launched.map(({ role }) => role)).toEqual(['ours'])
    await end()
  })

  test('one that another manifest describes', async () => {
    const { launched, end } = await created({ role: { ref: 'ecsInstanceRole' } })
    expect(launched.map(({ role }) => role)).toEqual(['ecsInstanceRole'])
    await end()
  })

  test('nothing said: a new one', async () => {
    const { course, launched, end } = await created({ role: undefined })
    expect(launched.map(({ role }) => role)).toEqual(['instances'])
    expect(await roleOnAws(course, 'instances')).toEqual({
      trusts: 'ec2.amazonaws.com',
      policies: [forEc2],
    })
    await end()
  })
})

test('SSH key pair', async () => {
  const { launched, end } = await created({ keyName: 'laptop' }, ({ rig }) =>
    rig.aws('ec2:CreateKeyPair', { KeyName: 'laptop' }),
  )
  expect(launched.map(({ key }) => key)).toEqual(['laptop'])
  await end()
})

test.each<[string, Options]>([
  ['shell commands', { userData: '#!/bin/bash\nyum install -y htop\n' }],
  [
    'TOML for Bottlerocket',
    { ami: 'Bottlerocket', userData: '[settings.motd]\nlines = "hello"\n' },
  ],
])('user data besides what joins the cluster: %s', async (_, options) => {
  const { course, end } = await created(options)
  const { UserData } = await templateOnAws(course)
  expect(UserData).toContain(String(options.userData).trimEnd().split('\n').at(-1))
  expect(UserData).toContain('course')
  await end()
})

test.each(['enabled', 'enhanced', 'disabled'])('Container Insights: %s', async (value) => {
  const course = beginCourse()
  await course.write(cluster({ settings: [{ name: 'containerInsights', value }] }))
  expect(await clusterOnAws(course)).toMatchObject({
    settings: [{ name: 'containerInsights', value }],
  })
  await course.rig.stop()
})

test('an option that AWS would take and regret is refused before anything is made', async () => {
  const course = beginCourse()
  const wrong = instances({ ami: 'AmazonLinux2', instanceTypes: ['t4g.medium'], gpu: true })
  await expect(course.push(newVpc(), cluster(), wrong)).rejects.toThrow(
    'AWS makes no image of Amazon Linux 2 for ECS with GPU drivers for arm64',
  )
  await course.rig.clock.advance(5 * minute)
  expect(course.rig.writes()).toEqual([])
  await course.rig.stop()
})
