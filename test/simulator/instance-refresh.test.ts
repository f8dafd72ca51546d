/** Instance refresh: bounds, skipping, protection, warm-up, checkpoints, cancelling, the way back. */
import { describe, expect, it } from 'vitest'
import { createGroup, group, newStage, template } from './hosts.ts'
import type { Stage } from './stage.ts'

const of = { AutoScalingGroupName: 'hosts' }

interface Member {
  readonly InstanceId: string
  readonly LifecycleState: string
  readonly LaunchTemplate: { readonly Version: string }
}

/** Those that are not on their way out. */
const members = (on: Stage): Member[] =>
  group(on).Instances.filter((one: Member) => !one.LifecycleState.startsWith('Terminating'))
const inService = (on: Stage) =>
  members(on).filter((one) => one.LifecycleState === 'InService').length
const versions = (on: Stage) =>
  members(on)
    .map((one) => one.LaunchTemplate.Version)
    .sort()
const refresh = (on: Stage) =>
  on.call('autoscaling:DescribeInstanceRefreshes', of).InstanceRefreshes[0]
const begin = (on: Stage, Preferences: Record<string, unknown> = {}, more: object = {}) =>
  on.call('autoscaling:StartInstanceRefresh', { ...of, Preferences, ...more })

/** Four instances in service, and a second version of their template. */
function four(more: Record<string, unknown> = {}) {
  const on = newStage()
  template(on)
  createGroup(on, { MinSize: 4, MaxSize: 8, ...more })
  on.after(60)
  on.call('ec2:CreateLaunchTemplateVersion', {
    LaunchTemplateName: 'host',
    SourceVersion: '1',
    LaunchTemplateData: { InstanceType: 'c5.large' },
  })
  return on
}

/** Lets the refresh go on until it ends; the fewest in service, the most members, and the progress, seen on the way. */
function watch(on: Stage, seconds = 1200) {
  let [fewest, most] = [inService(on), inService(on)]
  const progress = new Set<number>()
  for (let i = 0; i < seconds && /Pending|InProgress/.test(refresh(on).Status); i++) {
    on.after(1)
    progress.add(refresh(on).PercentageComplete)
    fewest = Math.min(fewest, inService(on))
    most = Math.max(most, members(on).length)
  }
  return { fewest, most, progress: [...progress] }
}

describe('an instance refresh', () => {
  it('replaces every instance, within the bounds, and tells how far it is', () => {
    const on = four()
    const { InstanceRefreshId } = begin(on, { MinHealthyPercentage: 50, InstanceWarmup: 30 })
    expect(refresh(on)).toMatchObject({
      InstanceRefreshId,
      Status: 'Pending',
      InstancesToUpdate: 4,
    })
    expect(on.refusal('autoscaling:StartInstanceRefresh', of)).toMatch(/^InstanceRefreshInProgress/)
    expect(watch(on)).toEqual({ fewest: 2, most: 4, progress: [0, 25, 50, 75, 100] })
    expect(refresh(on)).toMatchObject({ Status: 'Successful', InstancesToUpdate: 0 })
    expect(versions(on)).toEqual(['2', '2', '2', '2'])
  })

  it('goes one by one by default, and launches first where nobody may be missing', () => {
    const on = four()
    begin(on)
    expect(watch(on).fewest).toBe(3)
    expect(refresh(on).Status).toBe('Successful')
    const next = four()
    begin(next, { MinHealthyPercentage: 100, MaxHealthyPercentage: 150 })
    expect(watch(next)).toMatchObject({ fewest: 4, most: 6 })
    expect(versions(next)).toEqual(['2', '2', '2', '2'])
  })

  it('leaves those alone that match, or are protected', () => {
    const on = four()
    begin(on)
    watch(on)
    on.after(60)
    const before = members(on).map((one) => one.InstanceId)
    begin(on, { SkipMatching: true })
    expect(refresh(on).InstancesToUpdate).toBe(0)
    on.after(5)
    expect(refresh(on).Status).toBe('Successful')
    expect(members(on).map((one) => one.InstanceId)).toEqual(before)
    on.call('autoscaling:SetInstanceProtection', {
      ...of,
      InstanceIds: [before[0]],
      ProtectedFromScaleIn: true,
    })
    begin(on, { ScaleInProtectedInstances: 'Ignore' })
    watch(on)
    expect(members(on).filter((one) => before.includes(one.InstanceId))).toHaveLength(1)
    begin(on)
    on.after(1800)
    expect(refresh(on)).toMatchObject({ Status: 'InProgress', InstancesToUpdate: 1 })
    on.after(3600)
    expect(refresh(on).Status).toBe('Failed')
    begin(on, { ScaleInProtectedInstances: 'Refresh' })
    watch(on)
    expect(members(on).some((one) => before.includes(one.InstanceId))).toBe(false)
  })

  it('stops where it is when it is cancelled', () => {
    const on = four()
    begin(on, { InstanceWarmup: 60 })
    on.after(100)
    on.call('autoscaling:CancelInstanceRefresh', of)
    expect(refresh(on).Status).toBe('Cancelling')
    on.after(120)
    expect(refresh(on).Status).toBe('Cancelled')
    const mixed = versions(on)
    expect(new Set(mixed)).toEqual(new Set(['1', '2']))
    on.after(600)
    expect(versions(on)).toEqual(mixed)
    expect(on.refusal('autoscaling:CancelInstanceRefresh', of)).toMatch(
      /^ActiveInstanceRefreshNotFound/,
    )
  })

  it('waits at its checkpoints', () => {
    const on = four()
    begin(on, { CheckpointPercentages: [25, 100], CheckpointDelay: 600 })
    on.after(300)
    expect(refresh(on).PercentageComplete).toBe(25)
    on.after(1500)
    expect(refresh(on).Status).toBe('Successful')
  })

  it('brings a configuration that the group then keeps, or goes back', () => {
    const on = four({ LaunchTemplate: { LaunchTemplateName: 'host', Version: '1' } })
    const wanted = {
      DesiredConfiguration: { LaunchTemplate: { LaunchTemplateName: 'host', Version: '2' } },
    }
    begin(on, { InstanceWarmup: 60 }, wanted)
    on.after(40)
    on.call('autoscaling:RollbackInstanceRefresh', of)
    on.after(5)
    expect(refresh(on).Status).toBe('RollbackInProgress')
    on.after(300)
    expect(refresh(on).Status).toBe('RollbackSuccessful')
    expect(versions(on)).toEqual(['1', '1', '1', '1'])
    expect(group(on).LaunchTemplate.Version).toBe('1')
    begin(on, {}, wanted)
    watch(on)
    expect(versions(on)).toEqual(['2', '2', '2', '2'])
    expect(group(on).LaunchTemplate.Version).toBe('2')
  })

  it('is refused with preferences that contradict themselves', () => {
    const on = four()
    const refused = (Preferences: Record<string, unknown>) =>
      on.refusal('autoscaling:StartInstanceRefresh', { ...of, Preferences })
    expect(refused({ MaxHealthyPercentage: 150 })).toMatch(/^ValidationError: MaxHealthy/)
    expect(refused({ MinHealthyPercentage: 20, MaxHealthyPercentage: 150 })).toMatch(/difference/)
    expect(refused({ AutoRollback: true })).toMatch(/^ValidationError: AutoRollback/)
  })
})
