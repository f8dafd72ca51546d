/** The account of a random life: instances of a platform team's own group in our cluster, and things that are not ours. */
import { createHash } from 'node:crypto'
import { stableJson } from '../../../src/diff.ts'
import type { Rig } from '../../rig.ts'

const minute = 60_000
const trust = {
  Version: '2012-10-17',
  Statement: [
    { Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' },
  ],
}

/** Instances that are replaced when they fail: three, in two zones. */
async function hosts({ aws, clock }: Rig): Promise<void> {
  await aws('iam:CreateRole', {
    RoleName: 'theirs',
    AssumeRolePolicyDocument: JSON.stringify(trust),
  })
  await aws('iam:AttachRolePolicy', {
    RoleName: 'theirs',
    PolicyArn: 'arn:aws:iam::aws:policy/service-role/AmazonEC2ContainerServiceforEC2Role',
  })
  await aws('iam:CreateInstanceProfile', { InstanceProfileName: 'theirs' })
  await aws('iam:AddRoleToInstanceProfile', { InstanceProfileName: 'theirs', RoleName: 'theirs' })
  await clock.advance(minute)
  await aws('ec2:CreateLaunchTemplate', {
    LaunchTemplateName: 'theirs',
    LaunchTemplateData: {
      ImageId: 'ami-0defa0000000000a1',
      InstanceType: 't3.medium',
      IamInstanceProfile: { Name: 'theirs' },
      UserData: Buffer.from('#!/bin/bash\necho ECS_CLUSTER=bay >> /etc/ecs/ecs.config\n').toString(
        'base64',
      ),
    },
  })
  await aws('autoscaling:CreateAutoScalingGroup', {
    AutoScalingGroupName: 'theirs',
    MinSize: 3,
    MaxSize: 3,
    LaunchTemplate: { LaunchTemplateName: 'theirs', Version: '$Latest' },
    VPCZoneIdentifier: 'subnet-0defa00000000000a,subnet-0defa00000000000b',
  })
}

/** A cluster with a service, one that carries no owner in the cluster that will be ours, and an owner's other than us. */
async function foreigners({ aws }: Rig): Promise<void> {
  await aws('ecs:CreateCluster', { clusterName: 'theirs' })
  await aws('ecs:RegisterTaskDefinition', {
    family: 'theirs',
    containerDefinitions: [{ name: 'app', image: 'nginx', memory: 64 }],
    tags: [
      { key: 'fairlead:owner', value: 'somebody-else' },
      { key: 'fairlead:resource', value: 'default/TaskDefinition/theirs' },
    ],
  })
  await aws('ecs:CreateService', {
    cluster: 'theirs',
    serviceName: 'theirs',
    taskDefinition: 'theirs',
    desiredCount: 0,
    tags: [
      { key: 'fairlead:owner', value: 'somebody-else' },
      { key: 'fairlead:resource', value: 'default/Service/theirs' },
    ],
  })
}

/** Whoever uses our cluster without us. */
export async function lodger({ aws }: Rig): Promise<void> {
  await aws('ecs:CreateService', {
    cluster: 'bay',
    serviceName: 'lodger',
    taskDefinition: 'theirs',
    desiredCount: 0,
  })
}

export async function furnish(rig: Rig): Promise<void> {
  await foreigners(rig)
  await hosts(rig)
}

/** A digest of what is not ours, as far as it is anybody's decision. */
export function foreignDigest({ simulator }: Rig): string {
  const world = simulator.world()
  const services = [...world.services.values()]
    .filter(({ service }) => ['theirs', 'lodger'].includes(service.serviceName ?? ''))
    .map(({ service, deployments }) => ({
      ...{ name: service.serviceName, status: service.status, desired: service.desiredCount },
      tags: world.tags.get(service.serviceArn ?? ''),
      deployments: deployments.map(({ id }) => id),
    }))
  const definitions = world.families.get('theirs')?.map((record) => record?.definition.status)
  const group = world.autoscaling.groups.get('theirs')
  const sizes = group && [group.group.MinSize, group.group.DesiredCapacity, group.group.MaxSize]
  const text = stableJson({ services, definitions, sizes })
  return createHash('sha256').update(text).digest('hex')
}
