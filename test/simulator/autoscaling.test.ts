/** Auto Scaling groups: keeping desired capacity, zones, scale-in, failures, deletion. */
import { describe, expect, it } from 'vitest'
import { createGroup, group, instances, newStage, template } from './hosts.ts'

describe('an Auto Scaling group', () => {
  it('shows what was asked for, with the defaults of the API', () => {
    const on = newStage()
    template(on)
    createGroup(on, { Tags: [{ Key: 'team', Value: 'shop', PropagateAtLaunch: true }] })
    expect(group(on)).toMatchObject({
      AutoScalingGroupARN: expect.stringMatching(
        /^arn:aws:autoscaling:us-east-1:123456789012:autoScalingGroup:[0-9a-f-]{36}:autoScalingGroupName\/hosts$/,
      ),
      DefaultCooldown: 300,
      HealthCheckType: 'EC2',
      HealthCheckGracePeriod: 0,
      TerminationPolicies: ['Default'],
      NewInstancesProtectedFromScaleIn: false,
      DesiredCapacity: 2,
      AvailabilityZones: ['us-east-1a', 'us-east-1b'],
      VPCZoneIdentifier: 'subnet-0defa00000000000a,subnet-0defa00000000000b',
      LaunchTemplate: { LaunchTemplateName: 'host', Version: '$Latest' },
      Instances: [],
      Tags: [{ ResourceId: 'hosts', Key: 'team', Value: 'shop', PropagateAtLaunch: true }],
    })
    expect(
      on.call('autoscaling:DescribeAutoScalingGroups', { AutoScalingGroupNames: ['none'] }),
    ).toEqual({ AutoScalingGroups: [] })
  })

  it('launches over its zones within seconds, and says so', () => {
    const on = newStage()
    template(on)
    createGroup(on, { Tags: [{ Key: 'team', Value: 'shop', PropagateAtLaunch: true }] })
    on.after(3)
    expect(group(on).Instances.map((one: object) => Object.values(one)[3])).toEqual([
      'Pending',
      'Pending',
    ])
    on.after(10)
    const shown = group(on).Instances
    expect(shown.map((one: { AvailabilityZone: string }) => one.AvailabilityZone).sort()).toEqual([
      'us-east-1a',
      'us-east-1b',
    ])
    expect(shown[0]).toMatchObject({
      LifecycleState: 'InService',
      HealthStatus: 'Healthy',
      InstanceType: 'm5.large',
      LaunchTemplate: { LaunchTemplateName: 'host', Version: '1' },
      ProtectedFromScaleIn: false,
    })
    const [host] = instances(on)
    expect(host).toMatchObject({ State: { Name: 'running' } })
    expect(host.Tags).toEqual(
      expect.arrayContaining([
        { Key: 'team', Value: 'shop' },
        { Key: 'aws:autoscaling:groupName', Value: 'hosts' },
        { Key: 'aws:ec2launchtemplate:version', Value: '1' },
      ]),
    )
    const { Activities: activities } = on.call('autoscaling:DescribeScalingActivities', {
      AutoScalingGroupName: 'hosts',
    })
    expect(activities).toHaveLength(2)
    expect(activities[0]).toMatchObject({
      StatusCode: 'Successful',
      Progress: 100,
      Description: expect.stringMatching(/^Launching a new EC2 instance: i-[0-9a-f]{17}$/),
      Cause: expect.stringContaining('increasing the capacity from 0 to 2.'),
    })
  })

  it('replaces instances that are terminated or stopped by others', () => {
    const on = newStage()
    template(on)
    createGroup(on)
    on.after(30)
    const [one, two] = instances(on).map((host: { InstanceId: string }) => host.InstanceId)
    on.call('ec2:TerminateInstances', { InstanceIds: [one] })
    on.call('ec2:StopInstances', { InstanceIds: [two] })
    on.after(90)
    const members = group(on).Instances
    expect(members).toHaveLength(2)
    expect(members.map((m: { InstanceId: string }) => m.InstanceId)).not.toContain(one)
    expect(members.map((m: { InstanceId: string }) => m.InstanceId)).not.toContain(two)
    expect(instances(on, 'terminated')).toHaveLength(2)
    on.after(3600)
    expect(instances(on, 'terminated')).toHaveLength(0)
  })

  it('scales in from the fullest zone, the oldest template first, and never a protected instance', () => {
    const on = newStage()
    template(on)
    createGroup(on, { MinSize: 0, MaxSize: 9, DesiredCapacity: 3 })
    on.after(30)
    const zoneOf = (id: string) =>
      instances(on).find((one: { InstanceId: string }) => one.InstanceId === id)?.Placement
        .AvailabilityZone
    on.call('ec2:CreateLaunchTemplateVersion', {
      LaunchTemplateName: 'host',
      SourceVersion: '1',
      LaunchTemplateData: { InstanceType: 'c5.large' },
    })
    on.call('autoscaling:SetDesiredCapacity', { AutoScalingGroupName: 'hosts', DesiredCapacity: 5 })
    on.after(30)
    const before = group(on).Instances as { InstanceId: string; InstanceType: string }[]
    const a = before.filter((one) => zoneOf(one.InstanceId) === 'us-east-1a')
    expect(a).toHaveLength(3)
    expect(a.filter((one) => one.InstanceType === 'c5.large')).toHaveLength(1)
    const [keep, victim] = a.filter((one) => one.InstanceType === 'm5.large')
    on.call('autoscaling:SetInstanceProtection', {
      AutoScalingGroupName: 'hosts',
      InstanceIds: [keep?.InstanceId],
      ProtectedFromScaleIn: true,
    })
    on.call('autoscaling:SetDesiredCapacity', { AutoScalingGroupName: 'hosts', DesiredCapacity: 4 })
    on.after(60)
    const ids = () => group(on).Instances.map((one: { InstanceId: string }) => one.InstanceId)
    expect(ids()).not.toContain(victim?.InstanceId)
    expect(ids()).toHaveLength(4)
    on.call('autoscaling:SetDesiredCapacity', { AutoScalingGroupName: 'hosts', DesiredCapacity: 0 })
    on.after(60)
    expect(ids()).toEqual([keep?.InstanceId])
    expect(
      on.call('autoscaling:DescribeScalingActivities', { AutoScalingGroupName: 'hosts' })
        .Activities[0].StatusMessage,
    ).toMatch(/^Could not scale to desired capacity because all remaining instances are protected/)
  })

  it('writes a failed activity for what EC2 refuses, and tries again', () => {
    const on = newStage()
    template(on)
    on.call('ec2:CreateKeyPair', { KeyName: 'key' })
    on.call('ec2:CreateLaunchTemplateVersion', {
      LaunchTemplateName: 'host',
      SourceVersion: '1',
      LaunchTemplateData: { KeyName: 'key' },
    })
    createGroup(on)
    on.call('ec2:DeleteKeyPair', { KeyName: 'key' })
    on.after(20)
    const activities = () =>
      on.call('autoscaling:DescribeScalingActivities', { AutoScalingGroupName: 'hosts' }).Activities
    expect(activities()[0]).toMatchObject({
      StatusCode: 'Failed',
      StatusMessage: "The key pair 'key' does not exist. Launching EC2 instance failed.",
    })
    expect(activities().length).toBeLessThan(4)
    on.call('ec2:CreateKeyPair', { KeyName: 'key' })
    on.after(60)
    expect(group(on).Instances).toHaveLength(2)
  })

  it('fails for an instance profile that EC2 cannot see: not yet, or no longer', () => {
    const on = newStage()
    on.call('iam:CreateInstanceProfile', { InstanceProfileName: 'new' })
    template(on, { IamInstanceProfile: { Name: 'new' } })
    const input = {
      AutoScalingGroupName: 'hosts',
      LaunchTemplate: { LaunchTemplateName: 'host' },
      MinSize: 1,
      MaxSize: 1,
      VPCZoneIdentifier: 'subnet-0defa00000000000a',
    }
    expect(on.refusal('autoscaling:CreateAutoScalingGroup', input)).toBe(
      'ValidationError: You must use a valid fully-formed launch template. Value (new) for parameter iamInstanceProfile.name is invalid. Invalid IAM Instance Profile name',
    )
    on.after(60)
    on.call('autoscaling:CreateAutoScalingGroup', input)
    on.call('iam:DeleteInstanceProfile', { InstanceProfileName: 'new' })
    on.after(10)
    expect(
      on.call('autoscaling:DescribeScalingActivities', { AutoScalingGroupName: 'hosts' })
        .Activities[0],
    ).toMatchObject({
      StatusCode: 'Failed',
      StatusMessage: expect.stringContaining('Invalid IAM Instance Profile name.'),
    })
    expect(group(on).Instances).toEqual([])
  })

  it('mixes On-Demand and Spot as its policy says', () => {
    const on = newStage()
    template(on)
    createGroup(on, {
      LaunchTemplate: undefined,
      MaxSize: 9,
      DesiredCapacity: 6,
      MixedInstancesPolicy: {
        LaunchTemplate: {
          LaunchTemplateSpecification: { LaunchTemplateName: 'host', Version: '1' },
          Overrides: [{ InstanceType: 'c5.large' }, { InstanceType: 'm5.xlarge' }],
        },
        InstancesDistribution: { OnDemandBaseCapacity: 2, OnDemandPercentageAboveBaseCapacity: 25 },
      },
    })
    on.after(30)
    const hosts = instances(on) as { InstanceLifecycle?: string; InstanceType: string }[]
    expect(hosts.filter((one) => one.InstanceLifecycle === 'spot')).toHaveLength(3)
    const types = (spot: boolean) =>
      hosts
        .filter((one) => (one.InstanceLifecycle === 'spot') === spot)
        .map((one) => one.InstanceType)
        .sort()
    expect(types(false)).toEqual(['c5.large', 'c5.large', 'c5.large'])
    expect(types(true)).toEqual(['c5.large', 'c5.large', 'm5.xlarge'])
    on.call('autoscaling:UpdateAutoScalingGroup', {
      AutoScalingGroupName: 'hosts',
      LaunchTemplate: { LaunchTemplateName: 'host', Version: '1' },
    })
    expect(group(on)).not.toHaveProperty('MixedInstancesPolicy')
  })

  it('is deleted with its instances by force alone', () => {
    const on = newStage()
    template(on)
    createGroup(on)
    on.after(30)
    const input = { AutoScalingGroupName: 'hosts' }
    expect(on.refusal('autoscaling:DeleteAutoScalingGroup', input)).toMatch(/^ResourceInUse: /)
    on.call('autoscaling:DeleteAutoScalingGroup', { ...input, ForceDelete: true })
    expect(group(on).Status).toBe('Delete in progress')
    expect(on.refusal('autoscaling:SetDesiredCapacity', { ...input, DesiredCapacity: 2 })).toMatch(
      /^ScalingActivityInProgress/,
    )
    on.after(60)
    expect(group(on)).toBeUndefined()
    expect(instances(on)).toHaveLength(0)
  })

  it('is refused as the API does', () => {
    const on = newStage()
    template(on)
    createGroup(on)
    const refused = (more: Record<string, unknown>, name = 'other') =>
      on.refusal('autoscaling:CreateAutoScalingGroup', {
        AutoScalingGroupName: name,
        LaunchTemplate: { LaunchTemplateName: 'host' },
        MinSize: 0,
        MaxSize: 1,
        VPCZoneIdentifier: 'subnet-0defa00000000000a',
        ...more,
      })
    expect(refused({}, 'hosts')).toMatch(/^AlreadyExists: AutoScalingGroup by this name already/)
    expect(refused({ LaunchTemplate: undefined })).toMatch(/^ValidationError: Valid requests must/)
    expect(refused({ MinSize: 2 })).toBe(
      'ValidationError: Max bound, 1, must be greater than or equal to min bound, 2',
    )
    expect(refused({ DesiredCapacity: 5 })).toMatch(/^ValidationError: Desired capacity:5 must be/)
    expect(refused({ VPCZoneIdentifier: undefined })).toBe(
      'ValidationError: At least one Availability Zone or VPC Subnet is required.',
    )
    expect(refused({ VPCZoneIdentifier: 'subnet-1' })).toBe(
      "ValidationError: The subnet ID 'subnet-1' does not exist",
    )
    expect(refused({ LaunchTemplate: { LaunchTemplateName: 'none' } })).toBe(
      'ValidationError: You must use a valid fully-formed launch template. The specified launch template, with template name none, does not exist.',
    )
    on.call('ec2:CreateLaunchTemplate', {
      LaunchTemplateName: 'bad',
      LaunchTemplateData: { ImageId: 'ami-00000000000000000', InstanceType: 'm5.large' },
    })
    expect(refused({ LaunchTemplate: { LaunchTemplateName: 'bad' } })).toBe(
      "ValidationError: You must use a valid fully-formed launch template. The image id '[ami-00000000000000000]' does not exist",
    )
    expect(
      on.refusal('autoscaling:SetDesiredCapacity', {
        AutoScalingGroupName: 'hosts',
        DesiredCapacity: 50,
      }),
    ).toMatch(/is above max value 4/)
    expect(
      on.refusal('autoscaling:UpdateAutoScalingGroup', { AutoScalingGroupName: 'none' }),
    ).toMatch(/^ValidationError: AutoScalingGroup name not found/)
  })
})
