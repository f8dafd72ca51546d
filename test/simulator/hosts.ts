/** EC2 hosts for tests: a launch template whose instances join the cluster `shop`, and a group of them. */
import type { SimulatorOptions } from '../../src/simulator/index.ts'
import { type Stage, stage } from './stage.ts'

export const image = 'ami-0defa0000000000a1'
export const subnets = 'subnet-0defa00000000000a,subnet-0defa00000000000b'

export function userData(script: string): string {
  return Buffer.from(script).toString('base64')
}

/** Joins a cluster, as the console's own user data does. */
export function joining(cluster: string): string {
  return userData(`#!/bin/bash\necho ECS_CLUSTER=${cluster} >> /etc/ecs/ecs.config\n`)
}

/** A stage with the cluster `shop` and the instance profile `host`, which every service can see already. */
export function newStage(options: Partial<SimulatorOptions> = {}): Stage {
  const on = stage(options)
  on.call('ecs:CreateCluster', { clusterName: 'shop' })
  on.call('iam:CreateRole', {
    RoleName: 'host',
    AssumeRolePolicyDocument: JSON.stringify({
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Principal: { Service: 'ec2.amazonaws.com' },
          Action: 'sts:AssumeRole',
        },
      ],
    }),
  })
  on.call('iam:AttachRolePolicy', {
    RoleName: 'host',
    PolicyArn: 'arn:aws:iam::aws:policy/service-role/AmazonEC2ContainerServiceforEC2Role',
  })
  on.call('iam:CreateInstanceProfile', { InstanceProfileName: 'host' })
  on.call('iam:AddRoleToInstanceProfile', { InstanceProfileName: 'host', RoleName: 'host' })
  on.after(60)
  return on
}

/** The launch template `host`. */
export function template(on: Stage, data: Record<string, unknown> = {}): void {
  on.call('ec2:CreateLaunchTemplate', {
    LaunchTemplateName: 'host',
    LaunchTemplateData: {
      ImageId: image,
      InstanceType: 'm5.large',
      IamInstanceProfile: { Name: 'host' },
      UserData: joining('shop'),
      ...data,
    },
  })
}

/** The group `hosts`: two instances over two zones. */
export function createGroup(on: Stage, more: Record<string, unknown> = {}): void {
  on.call('autoscaling:CreateAutoScalingGroup', {
    AutoScalingGroupName: 'hosts',
    LaunchTemplate: { LaunchTemplateName: 'host', Version: '$Latest' },
    MinSize: 2,
    MaxSize: 4,
    VPCZoneIdentifier: subnets,
    ...more,
  })
}

export function group(on: Stage) {
  return on.call('autoscaling:DescribeAutoScalingGroups', { AutoScalingGroupNames: ['hosts'] })
    .AutoScalingGroups[0]
}

/** EC2 instances in a state. */
export function instances(on: Stage, state = 'running') {
  const { Reservations: reservations } = on.call('ec2:DescribeInstances', {
    Filters: [{ Name: 'instance-state-name', Values: [state] }],
  })
  // biome-ignore lint/suspicious/noExplicitAny: answers have the shape that the operation gives them
  return reservations.flatMap((one: any) => one.Instances)
}

/** Container instances of a cluster. */
export function containerInstances(on: Stage, cluster = 'shop') {
  const { containerInstanceArns: arns } = on.call('ecs:ListContainerInstances', { cluster })
  if (arns.length === 0) return []
  return on.call('ecs:DescribeContainerInstances', {
    cluster,
    containerInstances: arns,
    include: ['TAGS'],
  }).containerInstances
}
