/** ECS agents of EC2 instances: who registers, with what, and who never does. */
import { describe, expect, it } from 'vitest'
import {
  containerInstances,
  createGroup,
  group,
  image,
  instances,
  newStage,
  template,
  userData,
} from './hosts.ts'
import type { Stage } from './stage.ts'

const run = (on: Stage, more: Record<string, unknown> = {}) =>
  on.call('ec2:RunInstances', {
    LaunchTemplate: { LaunchTemplateName: 'host' },
    MinCount: 1,
    MaxCount: 1,
    ...more,
  }).Instances[0]

const attribute = (of: { attributes: { name: string; value?: string }[] }, name: string) =>
  of.attributes.find((one) => one.name === name)?.value

describe('an instance of an ECS image', () => {
  it('registers with its cluster under what it is', () => {
    const on = newStage()
    template(on)
    createGroup(on)
    on.after(5)
    expect(containerInstances(on)).toEqual([])
    on.after(40)
    const [one, ...others] = containerInstances(on)
    expect(others).toHaveLength(1)
    expect(one).toMatchObject({
      status: 'ACTIVE',
      agentConnected: true,
      ec2InstanceId: expect.stringMatching(/^i-/),
      versionInfo: { agentVersion: '1.100.0' },
    })
    const host = instances(on).find(
      (each: { InstanceId: string }) => each.InstanceId === one.ec2InstanceId,
    )
    expect(attribute(one, 'ecs.ami-id')).toBe(image)
    expect(attribute(one, 'ecs.instance-type')).toBe('m5.large')
    expect(attribute(one, 'ecs.availability-zone')).toBe(host.Placement.AvailabilityZone)
    expect(attribute(one, 'ecs.subnet-id')).toBe(host.SubnetId)
    expect(attribute(one, 'ecs.vpc-id')).toBe('vpc-0defa000000000000')
    expect(attribute(one, 'ecs.cpu-architecture')).toBe('x86_64')
  })

  it('brings what ecs.config says of attributes, memory and tags', () => {
    const on = newStage()
    template(on, {
      UserData: userData(`#!/bin/bash
CLUSTER=shop
cat <<END >> /etc/ecs/ecs.config
ECS_CLUSTER=$CLUSTER
ECS_RESERVED_MEMORY=256
ECS_CONTAINER_INSTANCE_TAGS={"team": "shop"}
ECS_CONTAINER_INSTANCE_PROPAGATE_TAGS_FROM=ec2_instance
END
echo 'ECS_INSTANCE_ATTRIBUTES={"stack":"blue"}' | sudo tee -a /etc/ecs/ecs.config
`),
    })
    run(on, {
      TagSpecifications: [{ ResourceType: 'instance', Tags: [{ Key: 'host', Value: 'a' }] }],
    })
    on.after(40)
    const [one] = containerInstances(on)
    expect(attribute(one, 'stack')).toBe('blue')
    expect(one.tags).toEqual([
      { key: 'host', value: 'a' },
      { key: 'team', value: 'shop' },
    ])
    const memory = one.registeredResources.find((each: { name: string }) => each.name === 'MEMORY')
    expect(memory.integerValue).toBe(7782 - 256)
  })

  it('takes the version of the agent that its image has', () => {
    const on = newStage()
    template(on, { ImageId: 'ami-0defa0000000000b1' })
    run(on)
    on.after(40)
    expect(containerInstances(on)[0].versionInfo.agentVersion).toBe('1.83.0')
  })

  it('is found by a parameter, as Bottlerocket too', () => {
    const on = newStage()
    template(on, {
      ImageId: 'resolve:ssm:/aws/service/bottlerocket/aws-ecs-2/arm64/latest/image_id',
      InstanceType: 'm6g.large',
      UserData: userData('[settings.ecs]\ncluster = "shop"\n'),
    })
    expect(run(on).ImageId).toBe('ami-0defa000000000302')
    on.after(40)
    expect(attribute(containerInstances(on)[0], 'ecs.cpu-architecture')).toBe('arm64')
  })

  it('goes to the cluster default, which it makes, when it is told nothing', () => {
    const on = newStage()
    template(on, { UserData: undefined })
    run(on)
    on.after(40)
    expect(containerInstances(on, 'default')).toHaveLength(1)
    expect(containerInstances(on)).toHaveLength(0)
  })
})

describe('an instance runs, but never registers', () => {
  const quiet = (prepare: (on: Stage) => void, more: Record<string, unknown> = {}) => {
    const on = newStage()
    template(on)
    prepare(on)
    run(on, more)
    on.after(600)
    expect(instances(on)).toHaveLength(1)
    return containerInstances(on).length
  }
  const nothing = () => {}

  it('without a permission to', () => {
    const detach = (on: Stage) =>
      on.call('iam:DetachRolePolicy', {
        RoleName: 'host',
        PolicyArn: 'arn:aws:iam::aws:policy/service-role/AmazonEC2ContainerServiceforEC2Role',
      })
    expect(quiet(detach)).toBe(0)
    const inline = (on: Stage) => {
      detach(on)
      on.call('iam:PutRolePolicy', {
        RoleName: 'host',
        PolicyName: 'agent',
        PolicyDocument: JSON.stringify({
          Version: '2012-10-17',
          Statement: [{ Effect: 'Allow', Action: ['ecs:Register*'], Resource: '*' }],
        }),
      })
    }
    expect(quiet(inline)).toBe(1)
  })

  it('when its role is for another service', () => {
    const trust = (on: Stage) =>
      on.call('iam:UpdateAssumeRolePolicy', {
        RoleName: 'host',
        PolicyDocument: JSON.stringify({
          Version: '2012-10-17',
          Statement: [
            {
              Effect: 'Allow',
              Principal: { Service: 'ecs-tasks.amazonaws.com' },
              Action: 'sts:AssumeRole',
            },
          ],
        }),
      })
    expect(quiet(trust)).toBe(0)
  })

  it('without an agent, or a way out, or a profile', () => {
    expect(quiet(nothing, { ImageId: 'ami-0defa000000000501' })).toBe(0)
    const face = { DeviceIndex: 0, AssociatePublicIpAddress: false }
    expect(quiet(nothing, { NetworkInterfaces: [face] })).toBe(0)
    const bare = (on: Stage) => {
      on.call('ec2:CreateLaunchTemplate', {
        LaunchTemplateName: 'bare',
        LaunchTemplateData: { ImageId: image, InstanceType: 'm5.large', UserData: join() },
      })
    }
    expect(quiet(bare, { LaunchTemplate: { LaunchTemplateName: 'bare' } })).toBe(0)
  })

  const join = (target = '/etc/ecs/ecs.config', head = '#!/bin/sh\n', cluster = 'shop') =>
    userData(`${head}echo ECS_CLUSTER=${cluster} > ${target}`)

  it('when its user data names no cluster that is there', () => {
    expect(quiet(nothing, { UserData: join() })).toBe(1)
    expect(quiet(nothing, { UserData: join('/etc/ecs/ecs.config', '#!/bin/sh\n', 'none') })).toBe(0)
    expect(quiet(nothing, { UserData: join('/etc/ecs.config') })).toBe(0)
    expect(quiet(nothing, { UserData: join('/etc/ecs/ecs.config', '') })).toBe(0)
  })

  it('until the network lets it out, for an hour', () => {
    const on = newStage()
    template(on)
    const { world } = { world: on.sim.world() }
    const [table] = [...world.ec2.routeTables.values()]
    if (!table) throw new Error('no route table')
    world.ec2.routeTables.set(table.routeTableId, { ...table, routes: [] })
    run(on)
    on.after(120)
    expect(containerInstances(on)).toHaveLength(0)
    world.ec2.routeTables.set(table.routeTableId, table)
    on.after(200)
    expect(containerInstances(on)).toHaveLength(1)
  })
})

describe('a container instance', () => {
  const busy = () => {
    const on = newStage()
    template(on)
    createGroup(on)
    on.after(45)
    on.call('ecs:RegisterTaskDefinition', {
      family: 'web',
      containerDefinitions: [{ name: 'app', image: 'nginx', memory: 128 }],
    })
    on.call('ecs:CreateService', {
      cluster: 'shop',
      serviceName: 'web',
      taskDefinition: 'web',
      desiredCount: 2,
    })
    on.after(60)
    return on
  }
  const stopped = (on: Stage) => {
    const { taskArns } = on.call('ecs:ListTasks', { cluster: 'shop', desiredStatus: 'STOPPED' })
    return on.call('ecs:DescribeTasks', { cluster: 'shop', tasks: taskArns }).tasks
  }

  it('is deregistered when its host is terminated, and its tasks end with it', () => {
    const on = busy()
    const [one] = containerInstances(on)
    expect(one.runningTasksCount).toBe(1)
    on.call('ec2:TerminateInstances', { InstanceIds: [one.ec2InstanceId] })
    on.after(20)
    const arns = containerInstances(on).map(
      (each: { containerInstanceArn: string }) => each.containerInstanceArn,
    )
    expect(arns).not.toContain(one.containerInstanceArn)
    expect(stopped(on)).toMatchObject([
      {
        stoppedReason: `Host EC2 (instance ${one.ec2InstanceId}) terminated.`,
        lastStatus: 'STOPPED',
        containers: [{ lastStatus: 'STOPPED' }],
      },
    ])
    on.after(90)
    expect(containerInstances(on)).toHaveLength(2)
    expect(group(on).Instances).toHaveLength(2)
    const gone = () =>
      on.call('ecs:DescribeContainerInstances', {
        cluster: 'shop',
        containerInstances: [one.containerInstanceArn],
      })
    expect(gone().containerInstances).toMatchObject([{ status: 'INACTIVE' }])
    expect(
      on.call('ecs:DescribeServices', { cluster: 'shop', services: ['web'] }).services[0],
    ).toMatchObject({ runningCount: 2 })
    on.after(3600)
    expect(gone().failures).toMatchObject([{ reason: 'MISSING' }])
  })

  it('is left behind as a ghost by a stopped host, and connects again with it', () => {
    const on = busy()
    on.call('autoscaling:SuspendProcesses', { AutoScalingGroupName: 'hosts' })
    const [one] = containerInstances(on)
    const ghost = () =>
      containerInstances(on).find(
        (each: { ec2InstanceId: string }) => each.ec2InstanceId === one.ec2InstanceId,
      )
    on.call('ec2:StopInstances', { InstanceIds: [one.ec2InstanceId] })
    on.after(60)
    expect(ghost()).toMatchObject({ status: 'ACTIVE', agentConnected: false, runningTasksCount: 0 })
    expect(on.refusal('ecs:DeleteCluster', { cluster: 'shop' })).toMatch(
      /^ClusterContainsContainerInstancesException/,
    )
    on.call('ec2:StartInstances', { InstanceIds: [one.ec2InstanceId] })
    on.after(60)
    expect(ghost()).toMatchObject({
      agentConnected: true,
      containerInstanceArn: one.containerInstanceArn,
    })
    on.call('ec2:StopInstances', { InstanceIds: [one.ec2InstanceId] })
    on.after(60)
    on.call('ec2:TerminateInstances', { InstanceIds: [one.ec2InstanceId] })
    on.after(60)
    expect(ghost()).toMatchObject({ status: 'ACTIVE', agentConnected: false })
  })
})
