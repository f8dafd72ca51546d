/**
 * Reads groups, a hundred a call. What costs a read of its own is read where it matters: the newest instance refresh of
 * groups whose instances differ or are being replaced, the activities of groups that stay too small, and the image that
 * a template means by now where instances follow it.
 */
import type { Activity, AutoScalingGroup, InstanceRefresh } from '@aws-sdk/client-auto-scaling'
import { AwsFailure } from '../../errors.ts'
import type { IndexEntry, ObserveContext, Wanted } from '../../kind.ts'
import { fromAws } from '../../kit/casing.ts'
import { allPages, observeInBatches, unlessUnserved, unread } from '../../kit/finding.ts'
import { isForgiven } from '../../kit/retries.ts'
import type { ObjectKey, Observation } from '../../model.ts'
import { fromAwsTags } from '../../tags.ts'
import { isMoving, outdated, wishOf } from './refresh.ts'
import { cancelled } from './remember.ts'
import type { AutoScalingGroupSpec } from './spec.ts'
import { type GroupState, type Refresh, stateOf, staying } from './state.ts'
import { isShort, troubleOf } from './trouble.ts'

type Answer = Observation<GroupState>
type Want = Wanted<AutoScalingGroupSpec>

/** The limit of DescribeAutoScalingGroups. */
const batch = 100

/** A group may be too small for so long before its activities are read. */
const patienceMs = 60_000

export async function observe(
  context: ObserveContext,
  wanted: readonly Want[],
): Promise<ReadonlyMap<ObjectKey, Answer>> {
  return observeInBatches(wanted, batch, async (part) => {
    const groups = await describe(
      context,
      part.map(({ identity }) => identity.name),
    )
    const byName = new Map(groups.map((group) => [group.AutoScalingGroupName, group]))
    const answers = await Promise.all(
      part.map(async (want): Promise<[ObjectKey, Answer]> => {
        const group = byName.get(want.identity.name)
        return [want.manifest.key, group ? await found(context, want, group) : { found: 'no' }]
      }),
    )
    return new Map(answers)
  })
}

function describe({ read }: ObserveContext, names: readonly string[]): Promise<AutoScalingGroup[]> {
  return allPages(async (token) => {
    const answer = await read<{ AutoScalingGroups?: AutoScalingGroup[]; NextToken?: string }>(
      'autoscaling:DescribeAutoScalingGroups',
      {
        AutoScalingGroupNames: names,
        MaxRecords: batch,
        ...(token ? { NextToken: token } : {}),
      },
    )
    return { items: answer.AutoScalingGroups ?? [], next: answer.NextToken }
  })
}

async function found(
  context: ObserveContext,
  want: Want,
  group: AutoScalingGroup,
): Promise<Answer> {
  const { manifest, identity } = want
  const tags = fromAwsTags(group.Tags)
  try {
    return {
      found: 'yes',
      live: {
        key: manifest.key,
        identity,
        attributes: { arn: group.AutoScalingGroupARN ?? '', name: identity.name },
        tags,
        state: forgiving(await whole(context, want, stateOf(group)), tags),
      },
    }
  } catch (error) {
    if (error instanceof AwsFailure) return unread(error)
    throw error
  }
}

function forgiving(state: GroupState, tags: Readonly<Record<string, string>>): GroupState {
  const { refresh } = state
  if (!refresh || !isForgiven(refresh.instanceRefreshId, tags)) return state
  return { ...state, refresh: { ...refresh, forgiven: true } }
}

/** The state with what takes further reads. */
async function whole(context: ObserveContext, want: Want, bare: GroupState): Promise<GroupState> {
  const { name } = want.identity
  if (bare.status) return bare
  const image = await imageOf(context, want, bare)
  const state = image ? { ...bare, image } : bare
  const refresh = await refreshOf(context, name, want.spec, state)
  const trouble = await shortageOf(context, name, state)
  return { ...state, ...(refresh ? { refresh } : {}), ...(trouble ? { trouble } : {}) }
}

async function refreshOf(
  { read, memory }: ObserveContext,
  name: string,
  spec: AutoScalingGroupSpec,
  state: GroupState,
): Promise<Refresh | undefined> {
  // A process that has just started does not know whether one is under way.
  const underWay = memory.get(`refreshing ${name}`) ?? staying(state).length > 0
  const differ = outdated(spec, state).length + outdated(state.members, state).length > 0
  if (!underWay && !differ) {
    memory.set(`refreshing ${name}`, false)
    return undefined
  }
  const answer = read<{ InstanceRefreshes?: InstanceRefresh[] }>(
    'autoscaling:DescribeInstanceRefreshes',
    { AutoScalingGroupName: name, MaxRecords: 1 },
  )
  const { InstanceRefreshes: [newest] = [] } = await unlessUnserved(answer, {})
  const refresh = newest && refreshFrom(newest, memory)
  memory.set(`refreshing ${name}`, refresh !== undefined && isMoving(refresh))
  return refresh
}

function refreshFrom(newest: InstanceRefresh, memory: Map<string, unknown>): Refresh {
  const { instanceRefreshId, status, statusReason, percentageComplete, instancesToUpdate } =
    fromAws<Refresh>(newest)
  const { DesiredConfiguration: configuration, Preferences: preferences } = newest
  return {
    instanceRefreshId,
    status,
    ...(statusReason ? { statusReason } : {}),
    ...(percentageComplete === undefined ? {} : { percentageComplete }),
    ...(instancesToUpdate === undefined ? {} : { instancesToUpdate }),
    ...(configuration ? { desiredConfiguration: fromAws(configuration) } : {}),
    ...(preferences ? { preferences: fromAws(preferences) } : {}),
    ...(memory.has(cancelled(instanceRefreshId)) ? { cancelledByUs: true } : {}),
  }
}

async function shortageOf(
  { read, memory, now }: ObserveContext,
  name: string,
  state: GroupState,
): Promise<GroupState['trouble']> {
  const since = `short ${name}`
  if (!isShort(state)) {
    memory.delete(since)
    return undefined
  }
  if (!memory.has(since)) memory.set(since, now)
  if (now - Number(memory.get(since)) < patienceMs) return undefined
  const { Activities: activities = [] } = await read<{ Activities?: Activity[] }>(
    'autoscaling:DescribeScalingActivities',
    { AutoScalingGroupName: name, MaxRecords: 20 },
  )
  return troubleOf(activities, now)
}

/** The image that the template's parameter means by now, where instances follow it. */
async function imageOf(
  { read }: ObserveContext,
  { spec }: Want,
  state: GroupState,
): Promise<string | undefined> {
  if (!spec.instanceRefresh?.onNewImage || staying(state).length === 0) return undefined
  const {
    launchTemplateId,
    launchTemplateName,
    version = '$Default',
  } = wishOf(state.members).template
  const { LaunchTemplateVersions: [shown] = [] } = await read<{
    LaunchTemplateVersions?: { LaunchTemplateData?: { ImageId?: string } }[]
  }>('ec2:DescribeLaunchTemplateVersions', {
    ...(launchTemplateId
      ? { LaunchTemplateId: launchTemplateId }
      : { LaunchTemplateName: launchTemplateName }),
    Versions: [version],
    ResolveAlias: true,
  })
  const image = shown?.LaunchTemplateData?.ImageId
  return image?.startsWith('ami-') ? image : undefined
}

/** Every group of ours; the tagging index does not know them. */
export async function owned({
  read,
  owner,
}: Pick<ObserveContext, 'read' | 'owner'>): Promise<IndexEntry[]> {
  const groups = await allPages(async (token) => {
    const answer = await read<{ AutoScalingGroups?: AutoScalingGroup[]; NextToken?: string }>(
      'autoscaling:DescribeAutoScalingGroups',
      {
        Filters: [{ Name: 'tag:fairlead:owner', Values: [owner] }],
        MaxRecords: batch,
        ...(token ? { NextToken: token } : {}),
      },
    )
    return { items: answer.AutoScalingGroups ?? [], next: answer.NextToken }
  })
  return groups.map(({ AutoScalingGroupARN: arn = '', Tags }) => ({ arn, tags: fromAwsTags(Tags) }))
}
