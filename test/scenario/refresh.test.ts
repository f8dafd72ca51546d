/** Promise: a new launch template reaches the instances by an instance refresh, one at a time, and none is tried in vain. */
import type { InstanceRefresh } from '@aws-sdk/client-auto-scaling'
import { expect, test } from 'vitest'
import { conditionOf } from '../../src/conditions.ts'
import { createRig, type Rig } from '../rig.ts'
import { capacity, group, groupOf, hosts } from './capacity.ts'
import { minute, said, written } from './shop.ts'

const zone = { network: undefined, subnets: ['subnet-0defa00000000000a'] }
const plain = (more: Record<string, unknown> = {}) =>
  capacity({ service: false, hosts: { ...zone, size: { min: 2, max: 4 }, ...more } })

const refreshes = (rig: Rig): InstanceRefresh[] =>
  (rig.simulator.world().autoscaling.refreshes.get('hosts') ?? []).map(({ refresh }) => refresh)

const types = (rig: Rig) => hosts(rig).map(({ instance }) => instance.InstanceType)
const ready = (rig: Rig) => conditionOf(rig.status(group), 'Ready')

test('another instance type: the refresh is followed to its end', async () => {
  const rig = createRig()
  await rig.git(plain())
  await rig.ready()
  written(rig)
  await rig.git(plain({ instanceTypes: ['m5.large'], instanceRefresh: { instanceWarmup: 60 } }))
  await rig.clock.runUntil(() => refreshes(rig)[0]?.Status === 'InProgress', 5 * minute)
  await rig.clock.advance(minute)
  expect(ready(rig)).toMatchObject({ status: 'False', reason: 'InstanceRefresh' })
  expect(ready(rig)?.message).toMatch(
    /^instance refresh to version 2: \d+ %, [12] of [12] instances still to replace \(InProgress\); [012] of 2 instances in service/,
  )
  expect(rig.status(group)).toMatchObject({ health: 'Progressing', progress: { desired: 2 } })
  await rig.ready()
  expect(written(rig)).toEqual([
    'ec2:CreateLaunchTemplateVersion',
    'ec2:ModifyLaunchTemplate',
    'autoscaling:UpdateAutoScalingGroup',
    'autoscaling:StartInstanceRefresh',
  ])
  expect(types(rig)).toEqual(['m5.large', 'm5.large'])
  expect(refreshes(rig)).toMatchObject([{ Status: 'Successful' }])
  await rig.clock.advance(10 * minute)
  expect(written(rig)).toEqual([])
  await rig.stop()
})

test('of several types, one that is no longer wanted is replaced; the template stays', async () => {
  const rig = createRig()
  await rig.git(plain({ instanceTypes: ['m5.large', 'c5.large'] }))
  await rig.ready()
  written(rig)
  await rig.git(plain({ instanceTypes: ['c5.large', 'c6i.large'] }))
  await rig.ready()
  expect(written(rig)).toEqual([
    'autoscaling:UpdateAutoScalingGroup',
    'autoscaling:StartInstanceRefresh',
  ])
  expect(types(rig)).toEqual(['c5.large', 'c5.large'])
  await rig.stop()
})

test('a newer version overtakes a refresh that goes on, and the one before comes back', async () => {
  const rig = createRig()
  const slow = { instanceRefresh: { instanceWarmup: 600 } }
  await rig.git(plain(slow))
  await rig.ready()
  const going = () => refreshes(rig)[0]?.Status === 'InProgress'
  await rig.git(plain({ ...slow, instanceTypes: ['m5.large'] }))
  await rig.clock.runUntil(going, 5 * minute)
  await rig.git(plain({ ...slow, instanceTypes: ['c5.large'] }))
  await rig.clock.runUntil(() => refreshes(rig)[0]?.Status === 'Cancelling', 5 * minute)
  // Before the next one has begun, the first is wanted again: that it was cancelled says nothing against it.
  await rig.git(plain({ ...slow, instanceTypes: ['m5.large'] }))
  await rig.ready(60 * minute)
  expect(types(rig)).toEqual(['m5.large', 'm5.large'])
  expect(refreshes(rig).map(({ Status }) => Status)).toEqual(['Successful', 'Cancelled'])
  const failed = rig.events.filter(({ reason }) => reason === 'CallFailed')
  expect(failed.map(({ message }) => message)).toEqual([
    expect.stringContaining('Invalid IAM Instance Profile name'),
  ])
  await rig.stop()
})

const wait = { scaleInProtectedInstances: 'Wait' }
const alone = (more: Record<string, unknown> = {}) => plain({ capacityProvider: false, ...more })

/** No refresh that waits for the protection to be lifted comes to its end. */
async function protectAll(rig: Rig): Promise<void> {
  const InstanceIds = groupOf(rig)?.members.map(({ instanceId }) => instanceId)
  await rig.aws('autoscaling:SetInstanceProtection', {
    AutoScalingGroupName: 'hosts',
    InstanceIds,
    ProtectedFromScaleIn: true,
  })
}

test('a refresh that failed is not tried again until Git changes', {
  timeout: 60_000,
}, async () => {
  const rig = createRig()
  await rig.git(alone({ instanceRefresh: wait }))
  await rig.ready()
  await protectAll(rig)
  await rig.git(alone({ instanceRefresh: wait, instanceTypes: ['m5.large'] }))
  await rig.clock.runUntil(() => refreshes(rig)[0]?.Status === 'Failed', 90 * minute)
  await rig.clock.advance(5 * minute)
  expect(rig.status(group)).toMatchObject({ health: 'Degraded', sync: 'OutOfSync' })
  expect(ready(rig)).toMatchObject({ reason: 'InstanceRefreshFailed' })
  expect(ready(rig)?.message).toMatch(/ended as Failed \(The instance refresh has made no progress/)
  expect(said(rig, 'InstanceRefreshFailed', group)).toHaveLength(1)
  written(rig)
  await rig.restart()
  await rig.clock.advance(60 * minute)
  expect(written(rig)).toEqual([])
  expect(refreshes(rig)).toHaveLength(1)
  // Another way to go about it is another try.
  const also = { scaleInProtectedInstances: 'Refresh' }
  await rig.git(alone({ instanceRefresh: also, instanceTypes: ['m5.large'] }))
  await rig.ready(60 * minute)
  expect(types(rig)).toEqual(['m5.large', 'm5.large'])
  await rig.stop()
})

test('with a way back, a refresh that fails leaves the group as it was', {
  timeout: 60_000,
}, async () => {
  const rig = createRig()
  const back = { ...wait, autoRollback: true }
  await rig.git(alone({ instanceRefresh: back }))
  await rig.ready()
  await protectAll(rig)
  await rig.git(alone({ instanceRefresh: back, instanceTypes: ['m5.large'] }))
  await rig.clock.runUntil(() => refreshes(rig)[0]?.Status === 'RollbackSuccessful', 120 * minute)
  await rig.clock.advance(5 * minute)
  expect(ready(rig)?.message).toMatch(/ended as RollbackSuccessful/)
  expect(groupOf(rig)?.group.LaunchTemplate?.Version).toBe('1')
  written(rig)
  await rig.clock.advance(60 * minute)
  expect(written(rig)).toEqual([])
  await rig.stop()
})

test('a newer image behind the parameter reaches instances where Git asks for that, and else only new ones', async () => {
  const rig = createRig()
  const [newest, older] = ['ami-0defa0000000000a1', 'ami-0defa0000000000b1']
  const put = (Value: string | undefined) =>
    rig.aws('ssm:PutParameter', { Name: '/team/image', Value, Type: 'String', Overwrite: true })
  await put(older)
  const image = { imageId: 'resolve:ssm:/team/image' }
  await rig.git(plain(image))
  await rig.ready()
  const images = () => hosts(rig).map(({ instance }) => instance.ImageId)
  expect(images()).toEqual([older, older])
  written(rig)
  await put(newest)
  await rig.clock.advance(10 * minute)
  expect(written(rig)).toEqual([])
  await rig.git(plain({ ...image, instanceRefresh: { onNewImage: true } }))
  await rig.clock.runUntil(() => refreshes(rig).length > 0, 5 * minute)
  const [change] = rig.events.filter(({ key, fields }) => key === group && fields?.length === 2)
  expect(change?.fields).toMatchObject([
    { path: expect.stringMatching(/^instances\[i-\w+\]\.imageId$/), from: older, to: newest },
    { from: older, to: newest },
  ])
  await rig.ready()
  expect(images()).toEqual([newest, newest])
  expect(written(rig)).toEqual(['autoscaling:StartInstanceRefresh'])
  await rig.clock.advance(10 * minute)
  expect(written(rig)).toEqual([])
  await rig.stop()
})

test('launches that fail are Progressing for a while, then Failed with what EC2 says, and well again once mended', async () => {
  const rig = createRig()
  await rig.aws('ec2:CreateKeyPair', { KeyName: 'ops' })
  await rig.git(plain({ keyName: 'ops' }))
  await rig.ready()
  await rig.aws('ec2:DeleteKeyPair', { KeyName: 'ops' })
  const InstanceIds = hosts(rig).map(({ instance }) => instance.InstanceId)
  await rig.aws('ec2:TerminateInstances', { InstanceIds })
  await rig.clock.runUntil(() => rig.status(group)?.health === 'Progressing', 5 * minute)
  await rig.clock.advance(90_000)
  expect(ready(rig)?.message).toMatch(/^0 of 2 instances in service \(The key pair 'ops' does not/)
  await rig.clock.advance(3 * minute)
  expect(ready(rig)).toMatchObject({ reason: 'LaunchFailed' })
  expect(rig.status(group)?.health).toBe('Degraded')
  await rig.aws('ec2:CreateKeyPair', { KeyName: 'ops' })
  await rig.ready()
  expect(rig.status(group)?.health).toBe('Healthy')
  await rig.stop()
})

test('a new value of retry starts a refresh that failed anew, once, also after a restart', {
  timeout: 60_000,
}, async () => {
  const rig = createRig()
  const asked = (retry?: string, more: Record<string, unknown> = {}) =>
    capacity({
      service: false,
      hosts: { ...zone, size: { min: 2, max: 4 }, instanceRefresh: wait, ...more },
      annotations: retry ? { retry } : {},
    })
  await rig.git(asked())
  await rig.ready()
  await protectAll(rig)
  const wished = { instanceTypes: ['m5.large'] }
  await rig.git(asked(undefined, wished))
  await rig.clock.runUntil(() => refreshes(rig).at(-1)?.Status === 'Failed', 90 * minute)
  await rig.clock.advance(5 * minute)
  written(rig)
  await rig.git(asked('1', wished))
  await rig.clock.advance(2 * minute)
  expect(written(rig)).toEqual([
    'autoscaling:StartInstanceRefresh',
    'autoscaling:CreateOrUpdateTags',
  ])
  expect(ready(rig)).toMatchObject({ reason: 'InstanceRefresh' })
  // It fails again: the same value is no further try.
  await rig.clock.runUntil(
    () => refreshes(rig).length === 2 && refreshes(rig).every(({ Status }) => Status === 'Failed'),
    90 * minute,
  )
  await rig.restart()
  await rig.clock.advance(30 * minute)
  expect(written(rig)).toEqual([])
  expect(ready(rig)).toMatchObject({ reason: 'InstanceRefreshFailed' })
  const InstanceIds = groupOf(rig)?.members.map(({ instanceId }) => instanceId)
  await rig.aws('autoscaling:SetInstanceProtection', {
    AutoScalingGroupName: 'hosts',
    InstanceIds,
    ProtectedFromScaleIn: false,
  })
  await rig.git(asked('2', wished))
  await rig.ready(60 * minute)
  expect(types(rig)).toEqual(['m5.large', 'm5.large'])
  await rig.stop()
})

test('a value of retry that was there before anything failed is no try after it', {
  timeout: 60_000,
}, async () => {
  const rig = createRig()
  const asked = (more: Record<string, unknown> = {}) =>
    capacity({
      service: false,
      hosts: { ...zone, size: { min: 2, max: 4 }, instanceRefresh: wait, ...more },
      annotations: { retry: 'from the start' },
    })
  await rig.git(asked())
  await rig.ready()
  await protectAll(rig)
  await rig.git(asked({ instanceTypes: ['m5.large'] }))
  await rig.clock.runUntil(() => refreshes(rig)[0]?.Status === 'Failed', 90 * minute)
  await rig.clock.advance(60 * minute)
  expect(refreshes(rig)).toHaveLength(1)
  expect(ready(rig)).toMatchObject({ reason: 'InstanceRefreshFailed' })
  await rig.stop()
})
