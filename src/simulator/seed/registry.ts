/** Seeds what stands around ECS: repositories and images, parameters, secrets, schedules. */
import type { ScalableTarget, ScalingPolicy } from '@aws-sdk/client-application-auto-scaling'
import type { Image, ImageDetail, Repository } from '@aws-sdk/client-ecr'
import type { GetScheduleGroupOutput, GetScheduleOutput } from '@aws-sdk/client-scheduler'
import type { SecretListEntry } from '@aws-sdk/client-secrets-manager'
import type { Parameter, ParameterMetadata } from '@aws-sdk/client-ssm'
import { policyKey, targetKey } from '../services/application-autoscaling/state.ts'
import type { ImageRecord } from '../services/ecr/state.ts'
import { scheduleKey } from '../services/scheduler/state.ts'
import type { ParameterType } from '../services/ssm/state.ts'
import type { World } from '../world.ts'
import { type Answers, dateOf, keepTags, listed } from './answers.ts'

export function seedRegistry(world: World, answers: Answers, now: number): void {
  seedRepositories(world, answers)
  seedParameters(world, answers, now)
  seedSecrets(world, answers)
  seedSchedules(world, answers, now)
  seedScaling(world, answers)
}

/** Scalable targets and their policies; what load there is, nobody says. */
function seedScaling(world: World, answers: Answers): void {
  const { targets, policies } = world.applicationAutoScaling
  const at = 'application-autoscaling'
  for (const target of listed<ScalableTarget>(
    answers,
    `${at}:DescribeScalableTargets`,
    'ScalableTargets',
  )) {
    targets.set(targetKey(target.ResourceId ?? ''), { target, clock: {} })
  }
  for (const policy of listed<ScalingPolicy>(
    answers,
    `${at}:DescribeScalingPolicies`,
    'ScalingPolicies',
  )) {
    const key = policyKey(targetKey(policy.ResourceId ?? ''), policy.PolicyName ?? '')
    policies.set(key, { policy, high: 0, low: 0 })
  }
  for (const { input, output } of answers.get(`${at}:ListTagsForResource`) ?? []) {
    const tags = Object.entries((output.Tags ?? {}) as Record<string, string>)
    keepTags(
      world,
      String(input.ResourceARN),
      tags.map(([Key, Value]) => ({ Key, Value })),
    )
  }
}

function seedRepositories(world: World, answers: Answers): void {
  const text = (operation: string, member: string, name: string) =>
    (answers.get(operation) ?? [])
      .filter(({ input }) => input.repositoryName === name)
      .map(({ output }) => output[member] as string | undefined)
      .find((value) => value !== undefined)
  for (const repository of listed<Repository>(
    answers,
    'ecr:DescribeRepositories',
    'repositories',
  )) {
    const name = repository.repositoryName ?? ''
    const lifecyclePolicy = text('ecr:GetLifecyclePolicy', 'lifecyclePolicyText', name)
    const policy = text('ecr:GetRepositoryPolicy', 'policyText', name)
    world.ecr.repositories.set(name, {
      repository: { ...repository, createdAt: dateOf(repository.createdAt) },
      ...(lifecyclePolicy && { lifecyclePolicy }),
      ...(policy && { policy }),
      images: imagesOf(answers, name),
    })
  }
  for (const { input, output } of answers.get('ecr:ListTagsForResource') ?? []) {
    keepTags(world, String(input.resourceArn), output.tags as [] | undefined)
  }
}

function imagesOf(answers: Answers, repository: string): ImageRecord[] {
  const images = new Map<string, ImageRecord>()
  const keep = (digest: string, tags: readonly string[], more: Partial<ImageRecord>) => {
    const present = images.get(digest)
    images.set(digest, {
      digest,
      manifest: present?.manifest ?? '{}',
      mediaType: present?.mediaType ?? 'application/vnd.docker.distribution.manifest.v2+json',
      pushed: present?.pushed ?? new Date(0),
      ...more,
      tags: [...new Set([...(present?.tags ?? []), ...tags])],
    })
  }
  for (const { input, output } of answers.get('ecr:DescribeImages') ?? []) {
    if (input.repositoryName !== repository) continue
    for (const one of (output.imageDetails ?? []) as ImageDetail[]) {
      const pushed = dateOf(one.imagePushedAt)
      keep(one.imageDigest ?? '', one.imageTags ?? [], pushed ? { pushed } : {})
    }
  }
  for (const { input, output } of answers.get('ecr:BatchGetImage') ?? []) {
    if (input.repositoryName !== repository) continue
    for (const { imageId, imageManifest, imageManifestMediaType } of (output.images ??
      []) as Image[]) {
      keep(imageId?.imageDigest ?? '', imageId?.imageTag ? [imageId.imageTag] : [], {
        ...(imageManifest && { manifest: imageManifest }),
        ...(imageManifestMediaType && { mediaType: imageManifestMediaType }),
      })
    }
  }
  return [...images.values()]
}

/** Public parameters too: which machine image is the newest differs by region and day. */
function seedParameters(world: World, answers: Answers, now: number): void {
  const values = listed<Parameter>(answers, 'ssm:GetParameters', 'Parameters')
  const described = listed<ParameterMetadata>(answers, 'ssm:DescribeParameters', 'Parameters')
  for (const one of [...described, ...values]) {
    const name = one.Name ?? ''
    world.ssm.parameters.set(name, [
      {
        name,
        type: (one.Type ?? 'String') as ParameterType,
        value: (one as Parameter).Value ?? '',
        tier: 'Standard',
        dataType: one.DataType ?? 'text',
        version: one.Version ?? 1,
        modified: dateOf(one.LastModifiedDate) ?? new Date(now),
      },
    ])
  }
}

function seedSecrets(world: World, answers: Answers): void {
  for (const one of listed<SecretListEntry>(answers, 'secretsmanager:ListSecrets', 'SecretList')) {
    const name = one.Name ?? ''
    const created = dateOf(one.CreatedDate) ?? new Date(0)
    world.secrets.secrets.set(name, {
      name,
      arn: one.ARN ?? '',
      ...(one.Description && { description: one.Description }),
      ...(one.KmsKeyId && { kmsKeyId: one.KmsKeyId }),
      created,
      changed: dateOf(one.LastChangedDate) ?? created,
      versions: [],
    })
    keepTags(world, one.ARN ?? '', one.Tags)
  }
}

function seedSchedules(world: World, answers: Answers, now: number): void {
  for (const { output } of answers.get('scheduler:GetScheduleGroup') ?? []) {
    const { Name: name = '', Arn, CreationDate } = output as GetScheduleGroupOutput
    if (Arn) keepGroup(world, name, dateOf(CreationDate) ?? new Date(now))
  }
  for (const { output } of answers.get('scheduler:GetSchedule') ?? []) {
    const schedule = output as unknown as GetScheduleOutput
    const { Name: name = '', GroupName: group = 'default' } = schedule
    if (name === '') continue
    keepGroup(world, group, new Date(now))
    // It would start tasks of its own while a rehearsal runs; when is not what is asked.
    const record = { schedule, clock: {}, anchor: now, doneUntil: now }
    world.scheduler.schedules.set(scheduleKey(group, name), record)
  }
  for (const { input, output } of answers.get('scheduler:ListTagsForResource') ?? []) {
    keepTags(world, String(input.ResourceArn), output.Tags as [] | undefined)
  }
}

function keepGroup(world: World, name: string, at: Date): void {
  if (name === 'default' || world.scheduler.groups.has(name)) return
  world.scheduler.groups.set(name, { name, created: at, modified: at, clock: {} })
}
