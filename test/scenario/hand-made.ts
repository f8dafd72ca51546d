/** Container instances that somebody made by hand: a role, a profile, a launch template and an Auto Scaling group. */
import type { Rig } from '../rig.ts'
import { trust } from './means.ts'

const minute = 60_000

/** They join the cluster once they boot, and are replaced when they fail. All of it carries the name. */
export async function handMadeHosts(
  { aws, clock }: Pick<Rig, 'aws' | 'clock'>,
  {
    name,
    cluster,
    count,
    image = 'ami-0defa0000000000a1',
  }: { name: string; cluster: string; count: number; image?: string },
): Promise<void> {
  await aws('iam:CreateRole', {
    RoleName: name,
    AssumeRolePolicyDocument: trust('ec2.amazonaws.com'),
  })
  await aws('iam:AttachRolePolicy', {
    RoleName: name,
    PolicyArn: 'arn:aws:iam::aws:policy/service-role/AmazonEC2ContainerServiceforEC2Role',
  })
  await aws('iam:CreateInstanceProfile', { InstanceProfileName: name })
  await aws('iam:AddRoleToInstanceProfile', { InstanceProfileName: name, RoleName: name })
  await clock.advance(minute)
  const userData = `#!/bin/bash\necho ECS_CLUSTER=${cluster} >> /etc/ecs/ecs.config\n`
  await aws('ec2:CreateLaunchTemplate', {
    LaunchTemplateName: name,
    LaunchTemplateData: {
      ImageId: image,
      InstanceType: 't3.medium',
      IamInstanceProfile: { Name: name },
      UserData: Buffer.from(userData).toString('base64'),
    },
  })
  await aws('autoscaling:CreateAutoScalingGroup', {
    AutoScalingGroupName: name,
    MinSize: count,
    MaxSize: count,
    LaunchTemplate: { LaunchTemplateName: name, Version: '$Latest' },
    VPCZoneIdentifier: 'subnet-0defa00000000000a,subnet-0defa00000000000b',
  })
}
