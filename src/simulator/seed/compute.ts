/** Seeds launch templates, EC2 instances, Auto Scaling groups and what has happened to them. */
import type { Activity, AutoScalingGroup, InstanceRefresh } from '@aws-sdk/client-auto-scaling'
import type {
  Instance,
  LaunchTemplate,
  LaunchTemplateVersion,
  Reservation,
} from '@aws-sdk/client-ec2'
import { wakeGroup } from '../machines/group-records.ts'
import { clusterOfProvider } from '../machines/providers.ts'
import type { GroupMember } from '../services/autoscaling/state.ts'
import type { LaunchTemplateVersionRecord } from '../services/ec2/compute-state.ts'
import { ec2Arn } from '../services/ec2/tags.ts'
import { attachProvider } from '../services/ecs/group-providers.ts'
import type { World } from '../world.ts'
import { type Answers, dateOf, keepTags, listed } from './answers.ts'

export function seedCompute(world: World, answers: Answers, now: number): void {
  seedTemplates(world, answers, now)
  const reservations = listed<Reservation>(answers, 'ec2:DescribeInstances', 'Reservations')
  for (const { ReservationId = '', Instances = [] } of reservations) {
    for (const instance of Instances) seedHost(world, instance, ReservationId, now)
  }
  const groups = listed<AutoScalingGroup>(
    answers,
    'autoscaling:DescribeAutoScalingGroups',
    'AutoScalingGroups',
  )
  for (const group of groups) seedGroup(world, answers, group, now)
  for (const name of world.capacityProviders.keys()) {
    if (clusterOfProvider(world, name) !== undefined) attachProvider({ world, now }, name)
  }
}

function seedTemplates(world: World, answers: Answers, now: number): void {
  const versions = listed<LaunchTemplateVersion>(
    answers,
    'ec2:DescribeLaunchTemplateVersions',
    'LaunchTemplateVersions',
  )
  const templates = listed<LaunchTemplate>(
    answers,
    'ec2:DescribeLaunchTemplates',
    'LaunchTemplates',
  )
  const ids = new Set([...templates, ...versions].map((one) => one.LaunchTemplateId ?? ''))
  for (const id of ids) {
    const template = templates.find((one) => one.LaunchTemplateId === id)
    const own = new Map<number, LaunchTemplateVersionRecord>()
    for (const version of versions.filter((one) => one.LaunchTemplateId === id)) {
      const { VersionNumber: number = 1, VersionDescription: description } = version
      own.set(number, {
        number,
        ...(description && { description }),
        createTime: dateOf(version.CreateTime) ?? new Date(now),
        data: version.LaunchTemplateData ?? {},
      })
    }
    const known = [...own.values()].sort((a, b) => a.number - b.number)
    const name =
      template?.LaunchTemplateName ??
      versions.find((one) => one.LaunchTemplateId === id)?.LaunchTemplateName
    const last = known.at(-1)?.number ?? 1
    const byDefault = versions.find(
      (one) => one.LaunchTemplateId === id && one.DefaultVersion,
    )?.VersionNumber
    world.compute.templates.set(id, {
      id,
      name: name ?? id,
      createTime: dateOf(template?.CreateTime) ?? new Date(now),
      defaultVersion: template?.DefaultVersionNumber ?? byDefault ?? last,
      lastNumber: Math.max(last, template?.LatestVersionNumber ?? 0),
      versions: known,
    })
    keepTags(world, ec2Arn(world, 'launch-template', id), template?.Tags)
  }
}

function seedHost(
  world: World,
  { Tags, ...instance }: Instance,
  reservationId: string,
  now: number,
) {
  const id = instance.InstanceId ?? ''
  const state = instance.State?.Name
  if (state === 'terminated' || state === 'shutting-down') return
  const group = Tags?.find((tag) => tag.Key === 'aws:autoscaling:groupName')?.Value
  world.compute.hosts.set(id, {
    instance,
    reservationId,
    disableApiTermination: false,
    ...(group && { group }),
    // Those that are registered are joined to their container instance later on.
    agent: { state: 'gone' },
    ...(state === 'pending' && { until: now + 1 }),
    clock: {},
  })
  keepTags(world, ec2Arn(world, 'instance', id), Tags)
}

function seedGroup(world: World, answers: Answers, shown: AutoScalingGroup, now: number): void {
  const { Instances = [], Tags = [], ...group } = shown
  const name = group.AutoScalingGroupName ?? ''
  if (group.Status) return
  world.autoscaling.groups.set(name, {
    group,
    tags: Tags,
    members: Instances.map((one): GroupMember => {
      const host = world.compute.hosts.get(one.InstanceId ?? '')?.instance
      const joinedAt = dateOf(host?.LaunchTime)?.getTime() ?? now - 3_600_000
      const { LaunchTemplate: template } = one
      const away = one.LifecycleState?.startsWith('Terminating') ?? false
      return {
        instanceId: one.InstanceId ?? '',
        instanceType: one.InstanceType ?? host?.InstanceType ?? '',
        zone: one.AvailabilityZone ?? '',
        state: one.LifecycleState ?? 'InService',
        healthy: one.HealthStatus !== 'Unhealthy',
        protectedFromScaleIn: one.ProtectedFromScaleIn ?? false,
        ...(template && {
          template: {
            id: template.LaunchTemplateId ?? '',
            name: template.LaunchTemplateName ?? '',
            version: template.Version ?? '1',
          },
        }),
        imageId: one.ImageId ?? host?.ImageId ?? '',
        spot: host?.InstanceLifecycle === 'spot',
        joinedAt,
        ...(one.LifecycleState === 'InService' && { inServiceAt: joinedAt }),
        ...(away && { drainUntil: now + 300_000 }),
      }
    }),
    hooks: [],
    deleting: false,
    clock: {},
  })
  keepHosts(world, name, Instances)
  const activities = listed<Activity>(
    answers,
    'autoscaling:DescribeScalingActivities',
    'Activities',
  ).filter((one) => one.AutoScalingGroupName === name)
  world.autoscaling.activities.set(name, activities)
  const refreshes = listed<InstanceRefresh>(
    answers,
    'autoscaling:DescribeInstanceRefreshes',
    'InstanceRefreshes',
  ).filter((one) => one.AutoScalingGroupName === name)
  world.autoscaling.refreshes.set(
    name,
    refreshes.map((refresh) => ({
      refresh,
      left: [],
      total: Instances.length,
      stuckSince: now,
      checkpointsPassed: 0,
      before: {},
    })),
  )
  wakeGroup(world, name, now)
}

/** Members whose instance could not be read are believed to run. */
function keepHosts(
  world: World,
  group: string,
  members: NonNullable<AutoScalingGroup['Instances']>,
): void {
  for (const { InstanceId: id = '', InstanceType, AvailabilityZone, ImageId } of members) {
    if (world.compute.hosts.has(id)) continue
    world.compute.hosts.set(id, {
      instance: {
        InstanceId: id,
        ImageId,
        State: { Code: 16, Name: 'running' },
        InstanceType: InstanceType as NonNullable<Instance['InstanceType']>,
        Placement: { AvailabilityZone },
      },
      reservationId: 'r-00000000000000000',
      disableApiTermination: false,
      group,
      agent: { state: 'gone' },
      clock: {},
    })
  }
}
