/** Scalable targets: registered, described, deregistered; and their tags. */
import type {
  DescribeScalableTargetsRequest,
  RegisterScalableTargetRequest,
  ScalableTarget,
} from '@aws-sdk/client-application-auto-scaling'
import { AwsError, type CallContext, type ServiceHandlers } from '../../api.ts'
import { wakeAt } from '../../machines/agenda.ts'
import { scaleTo } from '../../machines/scaler.ts'
import { scaling } from '../../machines/timing.ts'
import type { World } from '../../world.ts'
import {
  deregister,
  dimension,
  invalid,
  keyOf,
  listedOf,
  type Named,
  pageOf,
  requireTarget,
  serviceOfTarget,
} from './common.ts'
import type { TargetRecord } from './state.ts'

const unsuspended = {
  DynamicScalingInSuspended: false,
  DynamicScalingOutSuspended: false,
  ScheduledScalingSuspended: false,
}

/** Registers, or changes what is given of one that is registered; the service is brought within the bounds at once. */
function register(input: RegisterScalableTargetRequest, context: CallContext) {
  const { world, now } = context
  const key = keyOf(input as Named)
  const service = serviceOfTarget(world, key)?.service
  if (!service) throw invalid(`ECS service doesn't exist: ${key}`)
  if (service.schedulingStrategy === 'DAEMON') {
    throw invalid(`ECS service ${key} has the scheduling strategy DAEMON, which cannot be scaled.`)
  }
  const present = world.applicationAutoScaling.targets.get(key)
  const target = targetOf(input, present?.target, key, context)
  const record: TargetRecord = present ? { ...present, target } : { target, clock: {} }
  world.applicationAutoScaling.targets.set(key, record)
  const arn = target.ScalableTargetARN ?? ''
  if (!present && input.Tags && Object.keys(input.Tags).length > 0) {
    world.tags.set(arn, mergeTags({}, input.Tags))
  }
  wakeAt(world, 'scaler', key, record.clock, now + scaling.everyMs)
  const { desiredCount = 0 } = service
  const { MinCapacity: least = 0, MaxCapacity: most = 0 } = target
  const bounded = Math.min(most, Math.max(least, desiredCount))
  if (bounded !== desiredCount) {
    const bound = bounded === least ? 'minimum' : 'maximum'
    scaleTo(world, key, bounded, `${bound} capacity was set to ${bounded}`, now)
  }
  return { ScalableTargetARN: arn }
}

function targetOf(
  input: RegisterScalableTargetRequest,
  present: ScalableTarget | undefined,
  key: string,
  { world, now, id }: CallContext,
): ScalableTarget {
  const MinCapacity = input.MinCapacity ?? present?.MinCapacity
  const MaxCapacity = input.MaxCapacity ?? present?.MaxCapacity
  if (MinCapacity === undefined || MaxCapacity === undefined) {
    throw invalid('Both minimum and maximum capacity are required for a new scalable target')
  }
  if (MinCapacity < 0) throw invalid('Minimum capacity cannot be less than 0')
  if (MaxCapacity < MinCapacity) {
    throw invalid('Maximum capacity cannot be less than minimum capacity')
  }
  const { region, account } = world
  return {
    ServiceNamespace: 'ecs',
    ResourceId: key,
    ScalableDimension: dimension,
    MinCapacity,
    MaxCapacity,
    RoleARN: `arn:aws:iam::${account}:role/aws-service-role/ecs.application-autoscaling.amazonaws.com/AWSServiceRoleForApplicationAutoScaling_ECSService`,
    CreationTime: present?.CreationTime ?? new Date(now),
    SuspendedState: { ...unsuspended, ...present?.SuspendedState, ...input.SuspendedState },
    ScalableTargetARN:
      present?.ScalableTargetARN ??
      `arn:aws:application-autoscaling:${region}:${account}:scalable-target/0ec5${id()}`,
  }
}

function describe(input: DescribeScalableTargetsRequest, { world }: CallContext) {
  const { ResourceIds: ids = [], ScalableDimension: of } = input
  listedOf(input as Named, ids.length > 0 || undefined)
  if (ids.length > 50) throw invalid('ResourceIds can have at most 50 items')
  const all = [...world.applicationAutoScaling.targets.values()]
    .map(({ target }) => target)
    .filter(
      (one) =>
        one.ServiceNamespace === input.ServiceNamespace &&
        (ids.length === 0 || ids.includes(one.ResourceId ?? '')) &&
        (!of || one.ScalableDimension === of),
    )
  const { given, ...more } = pageOf(all, input as Named, 50, (one) => one.ResourceId ?? '')
  return { ScalableTargets: given, ...more }
}

function mergeTags(
  existing: Readonly<Record<string, string>>,
  tags: Readonly<Record<string, string>>,
): Record<string, string> {
  for (const [key, value] of Object.entries(tags)) {
    if (key.length < 1 || key.length > 128 || value.length > 256 || /^aws:/i.test(key)) {
      throw invalid(`The tag with the key '${key}' is invalid.`)
    }
  }
  const merged = { ...existing, ...tags }
  if (Object.keys(merged).length > 50) {
    throw new AwsError('TooManyTagsException', 'A scalable target can have at most 50 tags.')
  }
  return merged
}

/** The ARN of a target that a tag operation names; policies have no tags. */
function requireTaggable(world: World, arn = ''): string {
  const targets = [...world.applicationAutoScaling.targets.values()]
  if (targets.some(({ target }) => target.ScalableTargetARN === arn)) return arn
  throw new AwsError('ResourceNotFoundException', `The resource ${arn} was not found.`, 404)
}

interface Tagged {
  readonly ResourceARN?: string
}

export const targetHandlers: ServiceHandlers = {
  RegisterScalableTarget: register,
  DescribeScalableTargets: describe,
  DeregisterScalableTarget(input: Named, { world }) {
    const key = keyOf(input)
    requireTarget(world, key)
    deregister(world, key)
    return {}
  },
  TagResource(input: Tagged & { Tags?: Record<string, string> }, { world }) {
    const arn = requireTaggable(world, input.ResourceARN)
    world.tags.set(arn, mergeTags(world.tags.get(arn) ?? {}, input.Tags ?? {}))
    return {}
  },
  UntagResource(input: Tagged & { TagKeys?: string[] }, { world }) {
    const arn = requireTaggable(world, input.ResourceARN)
    const left = Object.entries(world.tags.get(arn) ?? {}).filter(
      ([key]) => !input.TagKeys?.includes(key),
    )
    if (world.tags.has(arn)) world.tags.set(arn, Object.fromEntries(left))
    return {}
  },
  ListTagsForResource(input: Tagged, { world }) {
    return { Tags: { ...world.tags.get(requireTaggable(world, input.ResourceARN)) } }
  },
}
