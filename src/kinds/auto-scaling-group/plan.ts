/** What an Auto Scaling group needs, as calls. Pure. */

import type { Draft, PlanInput } from '../../kind.ts'
import { toAws } from '../../kit/casing.ts'
import { type Comparison, planner, stalls, waits } from '../../kit/planning.ts'
import { asksForRetry, retryTag, retryValue } from '../../kit/retries.ts'
import type { DraftCall, Live } from '../../model.ts'
import { launchInput } from './launch.ts'
import { fields, launch, updatable } from './policy.ts'
import { hasFailed, type Roll, rejectedText, rollOf } from './refresh.ts'
import type { AutoScalingGroupSpec, InstanceRefreshSpec, Launch } from './spec.ts'
import { type GroupInstance, type GroupState, listOf, staying } from './state.ts'
import { leftOver } from './trouble.ts'

type Members = Record<string, unknown>
type Input = PlanInput<AutoScalingGroupSpec, GroupState>
type LiveGroup = Live<GroupState>

/** ECS puts it on a group whose desired capacity its managed scaling moves. */
const managedTag = 'AmazonECSManaged'
const isManaged = ({ tags }: LiveGroup) => Object.hasOwn(tags, managedTag)

const bare = planner<AutoScalingGroupSpec, GroupState>({
  fields,
  desired,
  compared: ({ members, propagateAtLaunch, instances, refresh }) => ({
    ...members,
    propagateAtLaunch,
    instances: staying({ instances }).map(shown),
    instanceRefresh: { status: refresh?.status },
  }),
  // Joined to one text.
  needs: ({ vpcZoneIdentifier }) => vpcZoneIdentifier,
  create,
  update,
  tag: (live, tags, input) => [tagCall(live.identity.name, tags, propagation(input))],
  remove,
  busy({ state }) {
    if (!state.status) return undefined
    const message = `the group is being deleted: ${leftOver(state)}`
    return waits('Deleting', message)
  },
  effect: ({ changed }) => (changed.has('instances') ? 'roll-out' : 'in place'),
  notes({ live }, { want }) {
    if (want?.spec.desiredCapacity === undefined || !isManaged(live)) return []
    return [`desiredCapacity is left to managed scaling: ${live.state.members.desiredCapacity}`]
  },
})

/** What has been tried and did not end well is not tried again; what is to begin waits for what ends. */
export function plan(given: Input): Draft {
  const input = retrying(given)
  const draft = asFollowUp(bare(input))
  const { want, live } = input
  if (!want || !live?.state.refresh) return draft
  const { step, differences } = rollOf(want.spec, want.spec.instanceRefresh, live.state)
  if (step === 'wait' && draft.verdict === 'keep') {
    const message = 'waits for the instance refresh to another version to end'
    return { ...waits('InstanceRefreshEnding', message), fields: differences }
  }
  if (step !== 'rejected') return draft
  const text = rejectedText(live.state.refresh)
  if (draft.verdict === 'keep') return stalls('InstanceRefreshFailed', text, differences)
  return { ...draft, notes: [...(draft.notes ?? []), text] }
}

/** A new value of the annotation forgives the refresh that failed, and is remembered with it. */
function retrying(input: Input): Input {
  const { want, live, tags } = input
  const value = want?.manifest.annotations['fairlead.dev/retry']
  if (value === undefined || !asksForRetry(value, live?.tags ?? {})) return input
  const refresh = live?.state.refresh
  const failed = refresh && hasFailed(refresh) ? refresh.instanceRefreshId : ''
  const noted = { ...input, tags: { ...tags, [retryTag]: retryValue(value, failed) } }
  if (!live || !refresh || failed === '') return noted
  const state = { ...live.state, refresh: { ...refresh, forgiven: true as const } }
  return { ...noted, live: { ...live, state } }
}

/** That instances come after their group is no drift. */
function asFollowUp(draft: Draft): Draft {
  const only = draft.fields?.every(({ path }) => /^instances\[/.test(path))
  return draft.verdict === 'update' && only ? { ...draft, followUp: true } : draft
}

// ------------------------------------------------------------------ what Git asks for

function desired(spec: Members, input: Input): Members {
  const {
    autoScalingGroupName: _,
    instanceRefresh: preferences,
    ...rest
  } = spec as Members & AutoScalingGroupSpec
  const { live } = input
  const members: Members = {
    ...rest,
    ...(rest.vpcZoneIdentifier === undefined
      ? {}
      : { vpcZoneIdentifier: listOf(rest.vpcZoneIdentifier) }),
  }
  if (!live) return { ...members, propagateAtLaunch: propagation(input) }
  // Tags of others are no business of Git.
  members.propagateAtLaunch = { ...live.state.propagateAtLaunch, ...settled(live, input) }
  // What managed scaling moves counts at creation only.
  if (isManaged(live)) delete members.desiredCapacity
  const roll = rollOf(rest, preferences, live.state)
  if (roll.step === 'start') members.instances = replaced(roll, live.state)
  if (roll.step === 'cancel') members.instanceRefresh = { status: 'Cancelled' }
  return keepsTemplate(roll, preferences) ? { ...members, ...ofLive(live.state.members) } : members
}

/** Where AWS can go back, the group gets its new template from the refresh, at its end. */
const keepsTemplate = ({ step }: Roll, preferences: InstanceRefreshSpec | undefined) =>
  preferences?.autoRollback === true && step !== 'none' && step !== 'start'

const ofLive = ({ launchTemplate, mixedInstancesPolicy }: Launch) => ({
  launchTemplate,
  mixedInstancesPolicy,
})

/** What is compared of an instance. */
const shown = ({
  instanceId,
  instanceType,
  imageId,
  launchTemplate = {},
}: GroupInstance): Members => ({
  instanceId,
  instanceType,
  imageId,
  launchTemplate,
})

/** The instances as they should be. */
function replaced({ differences }: Roll, state: GroupState): Members[] {
  return staying(state).map((instance) => {
    const prefix = `instances[${instance.instanceId}].`
    const wanted = shown(instance)
    for (const { path, to } of differences) {
      if (!path.startsWith(prefix)) continue
      const [member = '', inner] = path.slice(prefix.length).split('.')
      wanted[member] = inner ? { ...(wanted[member] as Members), [inner]: to } : to
    }
    return wanted
  })
}

/** Whether instances get a tag: what Git says of its own, all of the environment's, none of ours. */
function propagation({ want, tags }: Pick<Input, 'want' | 'tags'>): Record<string, boolean> {
  const said = new Map(want?.spec.tags?.map((tag) => [tag.key, tag.propagateAtLaunch ?? true]))
  return Object.fromEntries(
    Object.keys(tags)
      .sort()
      .map((key) => [key, said.get(key) ?? !key.startsWith('fairlead:')]),
  )
}

/** The same for tags that need not be set anyway. */
function settled({ tags }: LiveGroup, input: Input): Record<string, boolean> {
  const wanted = Object.entries(propagation(input))
  return Object.fromEntries(wanted.filter(([key]) => tags[key] === input.tags[key]))
}

// ------------------------------------------------------------------ calls

function create(members: Members, input: Input): readonly DraftCall[] {
  const { propagateAtLaunch, ...rest } = members
  const { name } = input.want!.identity
  const call: DraftCall = {
    operation: 'autoscaling:CreateAutoScalingGroup',
    input: {
      AutoScalingGroupName: name,
      ...(toAws(withSubnets(rest)) as Members),
      Tags: awsTags(name, input.tags, propagateAtLaunch as Record<string, boolean>),
    },
  }
  return [call]
}

const withSubnets = ({ vpcZoneIdentifier, ...members }: Members): Members =>
  Array.isArray(vpcZoneIdentifier)
    ? { ...members, vpcZoneIdentifier: vpcZoneIdentifier.join(',') }
    : members

function update(
  { live, whole, changed }: Comparison<GroupState>,
  input: Input,
): readonly DraftCall[] {
  const { name } = live.identity
  const { spec } = input.want!
  const { step } = rollOf(spec, spec.instanceRefresh, live.state)
  const later = spec.instanceRefresh?.autoRollback === true && step === 'start'
  const names = Object.keys(updatable).filter(
    (member) => changed.has(member) && !(later && Object.hasOwn(launch, member)),
  )
  const calls: DraftCall[] = []
  if (names.length > 0) {
    const given = Object.fromEntries(names.map((member) => [member, whole[member]]))
    const replaces = names.some((member) => Object.hasOwn(launch, member))
    const members = { ...given, ...(replaces ? launchInput(spec, whole) : {}) }
    calls.push({
      operation: 'autoscaling:UpdateAutoScalingGroup',
      input: { AutoScalingGroupName: name, ...(toAws(withSubnets(members)) as Members) },
    })
  }
  calls.push(...propagationCalls(live, input))
  if (step === 'cancel') calls.push(cancelCall(name))
  if (step === 'start' && changed.has('instances')) calls.push(startCall(name, spec, whole, live))
  return calls
}

/** Tags whose value is right already, but not whether instances get them. */
function propagationCalls(live: LiveGroup, input: Input): readonly DraftCall[] {
  const wanted = settled(live, input)
  const now = live.state.propagateAtLaunch
  const wrong = Object.keys(wanted).filter((key) => (now[key] ?? false) !== wanted[key])
  if (wrong.length === 0) return []
  const tags = Object.fromEntries(wrong.map((key) => [key, live.tags[key] ?? '']))
  return [tagCall(live.identity.name, tags, wanted)]
}

function awsTags(
  name: string,
  tags: Readonly<Record<string, string>>,
  propagate: Readonly<Record<string, boolean>>,
) {
  return Object.entries(tags)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => ({
      ResourceId: name,
      ResourceType: 'auto-scaling-group',
      Key: key,
      Value: value,
      PropagateAtLaunch: propagate[key] ?? false,
    }))
}

const tagCall = (
  name: string,
  tags: Readonly<Record<string, string>>,
  propagate: Readonly<Record<string, boolean>>,
): DraftCall => ({
  operation: 'autoscaling:CreateOrUpdateTags',
  input: { Tags: awsTags(name, tags, propagate) },
})

const cancelCall = (name: string): DraftCall => ({
  operation: 'autoscaling:CancelInstanceRefresh',
  input: { AutoScalingGroupName: name },
  yields: { refreshId: 'InstanceRefreshId' },
})

/** With the configuration that it is for, so that its outcome can be told from that of another. */
function startCall(
  name: string,
  spec: AutoScalingGroupSpec,
  whole: Members,
  { state }: LiveGroup,
): DraftCall {
  const { enabled: _, onNewImage: __, ...preferences } = spec.instanceRefresh ?? {}
  const { differences } = rollOf(spec, spec.instanceRefresh, state)
  // AWS takes instances of the same version for equal, whatever its parameter meant when they were launched.
  const sameVersion = differences.every(({ path }) => path.endsWith('.imageId'))
  return {
    operation: 'autoscaling:StartInstanceRefresh',
    input: {
      AutoScalingGroupName: name,
      DesiredConfiguration: toAws(launchInput(spec, whole)),
      Preferences: toAws({ skipMatching: !sameVersion, ...preferences }),
    },
  }
}

// ------------------------------------------------------------------ deletion

/** The most that SetInstanceProtection takes. */
const mostInstances = 50

/** Down to no instance first, so that none is taken away but by scaling in; then the group itself. */
function remove({ identity, state }: LiveGroup): Draft | readonly DraftCall[] {
  const { name } = identity
  const { instances, members } = state
  if (instances.length === 0) {
    return [
      { operation: 'autoscaling:DeleteAutoScalingGroup', input: { AutoScalingGroupName: name } },
    ]
  }
  const { minSize, maxSize, desiredCapacity } = members
  const calls: DraftCall[] = []
  if ([minSize, maxSize, desiredCapacity].some((size) => Number(size) > 0)) {
    const input = { AutoScalingGroupName: name, MinSize: 0, MaxSize: 0, DesiredCapacity: 0 }
    calls.push({ operation: 'autoscaling:UpdateAutoScalingGroup', input })
  }
  const held = staying(state).filter(({ protectedFromScaleIn }) => protectedFromScaleIn)
  for (let i = 0; i < held.length; i += mostInstances) {
    calls.push({
      operation: 'autoscaling:SetInstanceProtection',
      input: {
        AutoScalingGroupName: name,
        InstanceIds: held.slice(i, i + mostInstances).map(({ instanceId }) => instanceId),
        ProtectedFromScaleIn: false,
      },
    })
  }
  if (calls.length > 0) {
    const message = `it shrinks to nothing first: ${leftOver(state)}`
    return { verdict: 'delete', effect: 'in place', calls, reason: { code: 'ScalingIn', message } }
  }
  const stopped = state.suspendedProcesses.includes('Terminate')
  const why = stopped ? '; its process Terminate is suspended, so that none will: resume it' : ''
  return waits('ScalingIn', `it shrinks to nothing first: ${leftOver(state)}${why}`)
}
