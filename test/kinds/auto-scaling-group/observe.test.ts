/** How Auto Scaling groups are read: a hundred a call, and further only where it matters. */
import { expect, test } from 'vitest'
import { AwsFailure } from '../../../src/errors.ts'
import { autoScalingGroup } from '../../../src/kinds/auto-scaling-group/index.ts'
import { cancelled } from '../../../src/kinds/auto-scaling-group/remember.ts'
import { retryValue } from '../../../src/kit/retries.ts'
import { createAccount } from '../looking.ts'

const key = 'default/AutoScalingGroup/hosts'
const name = { AutoScalingGroupName: 'hosts' }
const of = (version: string) => ({ launchTemplate: { launchTemplateName: 'hosts', version } })

/** A group of two instances of the first version of a template with three. */
async function withGroup(more: Record<string, unknown> = {}) {
  const account = createAccount(autoScalingGroup)
  const { aws } = account
  const data = { ImageId: 'ami-0defa0000000000a1', InstanceType: 't3.medium' }
  const template = { LaunchTemplateName: 'hosts' }
  await aws('ec2:CreateKeyPair', { KeyName: 'ops' })
  await aws('ec2:CreateLaunchTemplate', {
    ...template,
    LaunchTemplateData: { ...data, KeyName: 'ops' },
  })
  for (const InstanceType of ['m5.large', 'c5.large']) {
    await aws('ec2:CreateLaunchTemplateVersion', {
      ...template,
      LaunchTemplateData: { ...data, InstanceType },
    })
  }
  await aws('autoscaling:CreateAutoScalingGroup', {
    ...name,
    LaunchTemplate: { ...template, Version: '1' },
    MinSize: 2,
    MaxSize: 4,
    VPCZoneIdentifier: 'subnet-0defa00000000000b,subnet-0defa00000000000a',
    Tags: [{ Key: 'team', Value: 'shop', PropagateAtLaunch: true }],
    ...more,
  })
  account.wait(30_000)
  const look = async (spec: Record<string, unknown> = of('1')) => {
    const found = (await account.look({ hosts: spec })).get(key)
    if (found?.found !== 'yes') throw new Error(`found: ${found?.found}`)
    return found.live as typeof found.live & { state: Record<string, unknown> }
  }
  return { ...account, look, lookFor: account.look }
}

test('what is not there is no; the rest is in the words of manifests', async () => {
  const { look, lookFor } = await withGroup()
  expect((await lookFor({ none: {} })).get('default/AutoScalingGroup/none')).toEqual({
    found: 'no',
  })
  expect(await look()).toMatchObject({
    attributes: { name: 'hosts', arn: expect.stringContaining('autoScalingGroupName/hosts') },
    tags: { team: 'shop' },
    state: {
      members: {
        minSize: 2,
        desiredCapacity: 2,
        vpcZoneIdentifier: ['subnet-0defa00000000000b', 'subnet-0defa00000000000a'],
        launchTemplate: { launchTemplateName: 'hosts', version: '1' },
      },
      propagateAtLaunch: { team: true },
      instances: [
        { lifecycleState: 'InService', launchTemplate: { version: '1' } },
        { lifecycleState: 'InService' },
      ],
    },
  })
})

test('a group at rest costs one read, after the first look of a process', async () => {
  const { look, reads } = await withGroup()
  await look()
  expect(reads).toEqual([
    'autoscaling:DescribeAutoScalingGroups',
    'autoscaling:DescribeInstanceRefreshes',
  ])
  await look()
  expect(reads).toEqual(['autoscaling:DescribeAutoScalingGroups'])
})

test('the newest refresh is read where instances differ from Git, and until it has ended', async () => {
  const { aws, look, reads, wait } = await withGroup()
  await look()
  expect((await look(of('2'))).state.refresh).toBeUndefined()
  expect(reads).toContain('autoscaling:DescribeInstanceRefreshes')
  const DesiredConfiguration = {
    LaunchTemplate: { LaunchTemplateName: 'hosts', Version: '2' },
  }
  await aws('autoscaling:StartInstanceRefresh', {
    ...name,
    DesiredConfiguration,
    Preferences: { SkipMatching: true, InstanceWarmup: 600 },
  })
  expect((await look(of('2'))).state.refresh).toMatchObject({
    status: expect.stringMatching(/Pending|InProgress/),
    desiredConfiguration: { launchTemplate: { launchTemplateName: 'hosts', version: '2' } },
    preferences: { instanceWarmup: 600 },
  })
  // All instances are new, and the last one is still warming up.
  wait(650_000)
  await look(of('2'))
  wait(60_000)
  const { state } = await look(of('2'))
  expect(state.instances).toMatchObject([
    { launchTemplate: { version: '2' } },
    { launchTemplate: { version: '2' } },
  ])
  expect(state.refresh).toMatchObject({ status: 'InProgress' })
  wait(600_000)
  expect((await look(of('2'))).state.refresh).toMatchObject({ status: 'Successful' })
  await look(of('2'))
  expect(reads).toEqual(['autoscaling:DescribeAutoScalingGroups'])
})

test('a refresh that this process cancelled is told apart from one that someone else did, or that was forgiven', async () => {
  const { aws, look, wait, memory } = await withGroup()
  await aws('autoscaling:StartInstanceRefresh', {
    ...name,
    DesiredConfiguration: { LaunchTemplate: { LaunchTemplateName: 'hosts', Version: '2' } },
  })
  await aws('autoscaling:CancelInstanceRefresh', name)
  wait(60_000)
  const { refresh } = (await look(of('2'))).state as { refresh: { instanceRefreshId: string } }
  expect(refresh).toMatchObject({ status: 'Cancelled' })
  expect(refresh).not.toHaveProperty('cancelledByUs')
  const retry = { Key: 'fairlead:retry', Value: retryValue('again', refresh.instanceRefreshId) }
  await aws('autoscaling:CreateOrUpdateTags', {
    Tags: [{ ...retry, ResourceId: 'hosts', ResourceType: 'auto-scaling-group' }],
  })
  expect((await look(of('2'))).state.refresh).toMatchObject({ forgiven: true })
  const fact = autoScalingGroup.remember?.(
    { operation: 'autoscaling:CancelInstanceRefresh', input: name },
    { refreshId: refresh.instanceRefreshId },
  )
  expect(fact).toEqual([cancelled(refresh.instanceRefreshId), true])
  memory.set(...fact!)
  expect((await look(of('2'))).state.refresh).toMatchObject({ cancelledByUs: true })
})

test('activities are read once a group has been too small for a minute', async () => {
  const { aws, look, reads, wait } = await withGroup()
  await aws('ec2:DeleteKeyPair', { KeyName: 'ops' })
  const { Reservations } = (await aws('ec2:DescribeInstances', {})) as {
    Reservations: { Instances: { InstanceId: string }[] }[]
  }
  const InstanceIds = Reservations.flatMap(({ Instances }) =>
    Instances.map(({ InstanceId }) => InstanceId),
  )
  await aws('ec2:TerminateInstances', { InstanceIds })
  wait(30_000)
  expect((await look()).state.trouble).toBeUndefined()
  wait(40_000)
  await look()
  expect(reads).not.toContain('autoscaling:DescribeScalingActivities')
  wait(30_000)
  const message = expect.stringContaining("The key pair 'ops' does not exist")
  expect((await look()).state.trouble).toEqual({ message, lasting: false })
  wait(60_000)
  expect((await look()).state.trouble).toEqual({ message, lasting: true })
})

test('the image of a template is read only where instances follow it', async () => {
  const { aws, look, reads } = await withGroup()
  await look()
  const follow = { ...of('1'), instanceRefresh: { onNewImage: true } }
  expect((await look(follow)).state.image).toBe('ami-0defa0000000000a1')
  expect(reads).toContain('ec2:DescribeLaunchTemplateVersions')
  const parameter = { Name: '/team/image', Type: 'String', Value: 'ami-0defa0000000000b1' }
  await aws('ssm:PutParameter', parameter)
  await aws('ec2:CreateLaunchTemplateVersion', {
    LaunchTemplateName: 'hosts',
    LaunchTemplateData: { ImageId: 'resolve:ssm:/team/image', InstanceType: 't3.medium' },
  })
  await aws('autoscaling:UpdateAutoScalingGroup', {
    ...name,
    LaunchTemplate: { LaunchTemplateName: 'hosts', Version: '4' },
  })
  expect((await look(follow)).state.image).toBe('ami-0defa0000000000b1')
})

test('a further read that fails leaves that group unknown, and no other', async () => {
  const { aws, lookFor, failWith } = await withGroup()
  await aws('autoscaling:CreateAutoScalingGroup', {
    AutoScalingGroupName: 'idle',
    LaunchTemplate: { LaunchTemplateName: 'hosts', Version: '1' },
    MinSize: 0,
    MaxSize: 1,
    VPCZoneIdentifier: 'subnet-0defa00000000000a',
  })
  failWith((operation) =>
    operation === 'autoscaling:DescribeInstanceRefreshes'
      ? new AwsFailure(operation, 'denied', 'AccessDenied', 'no')
      : undefined,
  )
  const found = await lookFor({ hosts: of('2'), idle: of('1') })
  expect(found.get(key)).toMatchObject({ found: 'unknown', reason: 'denied' })
  expect(found.get('default/AutoScalingGroup/idle')).toMatchObject({ found: 'yes' })
})

test('one that is being deleted is there until its instances have gone', async () => {
  const { aws, look, lookFor, wait } = await withGroup()
  await aws('autoscaling:DeleteAutoScalingGroup', { ...name, ForceDelete: true })
  expect((await look()).state.status).toBe('Delete in progress')
  wait(120_000)
  expect((await lookFor({ hosts: {} })).get(key)).toEqual({ found: 'no' })
})

test('a hundred and one groups are two calls', async () => {
  const { lookFor, reads } = await withGroup()
  const specs = Object.fromEntries(Array.from({ length: 101 }, (_, n) => [`g-${n}`, {}]))
  await lookFor(specs)
  expect(reads).toEqual([
    'autoscaling:DescribeAutoScalingGroups',
    'autoscaling:DescribeAutoScalingGroups',
  ])
})
