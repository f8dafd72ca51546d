/** What a service needs, as calls. Pure. */
import { createHash } from 'node:crypto'
import { canonicalise, holesIn, stableJson } from '../../diff.ts'
import { withoutIgnored } from '../../ignored.ts'
import type { Draft, PlanInput } from '../../kind.ts'
import { withTags } from '../../kit/planning.ts'
import { retryTag, retryValue } from '../../kit/retries.ts'
import type { DraftCall, FieldChange, Live } from '../../model.ts'
import { missingTags, tagChanges, toTagList } from '../../tags.ts'
import { driftNotes, restarts, retryIn, stopping } from './again.ts'
import { goBack } from './back.ts'
import { type Comparison, compareService, content, headOf } from './canonical.ts'
import type { ServiceSpec } from './manifest.ts'
import { fields, ownFields, unseen } from './policy.ts'
import { rejectedRollout } from './rollout.ts'
import { crowded, isCrowded } from './rules.ts'
import { firstCount, leftToScaling, ownedAgain, takenOver } from './scaling.ts'
import type { ServiceState } from './state.ts'
import { updateInput } from './update.ts'

type Members = Record<string, unknown>
type Input = PlanInput<ServiceSpec, ServiceState>
type Want = NonNullable<Input['want']>
type LiveService = Live<ServiceState>

export function plan(input: Input): Draft {
  const { want, live } = input
  if (live?.state.status === 'DRAINING') {
    const message = 'the service is draining: its name is free once its last task has stopped'
    return { verdict: 'blocked', reason: { code: 'Draining', message } }
  }
  if (!want) {
    if (!live) return { verdict: 'keep' }
    return { verdict: 'delete', effect: 'in place', calls: [deletion(live.identity.parts)] }
  }
  return live ? update(input, want, live) : create(input, want)
}

/** What can be done while its roll-out waits: the number of tasks, the tags, what AWS changes without new tasks. */
export function planInPlace(input: Input): Draft {
  const { want, live } = input
  return want && live ? update(input, want, live, true) : { verdict: 'keep' }
}

/** Forced, because a service may be deleted while it is scaled above 0 only so. */
const deletion = (parts: Readonly<Record<string, string>>): DraftCall => ({
  operation: 'ecs:DeleteService',
  input: { cluster: parts.cluster, service: parts.service, force: true },
})

function create({ key, tags, predecessor, facts, former }: Input, want: Want): Draft {
  const { tags: _, scalableTargets: __, ...spec } = want.spec
  const given = Object.entries(spec).filter(([, value]) => value !== undefined && value !== null)
  const { cluster, service } = want.identity.parts
  const retry = want.manifest.annotations['fairlead.dev/retry']
  const input: Members = {
    ...(want.spec.schedulingStrategy === 'DAEMON'
      ? {}
      : { desiredCount: firstCount(want.spec, facts) }),
    ...Object.fromEntries(given),
    ...takenOver(want.spec, former?.state),
    cluster,
    serviceName: service,
    tags: toTagList(retry === undefined ? tags : { ...tags, [retryTag]: retryValue(retry) }),
  }
  const call: DraftCall = {
    operation: 'ecs:CreateService',
    input: { ...input, clientToken: clientToken(key, input, predecessor) },
    yields: { arn: 'service.serviceArn' },
  }
  return { verdict: 'create', calls: [call] }
}

/**
 * The same for the same content and predecessor, so that a lost answer can be asked for again, and a service that was
 * deleted by hand comes back as a new one. At most 36 characters.
 */
function clientToken(key: string, input: Members, predecessor?: string): string {
  const content = stableJson(canonicalise(input, fields))
  const text = [key, ...(predecessor ? [predecessor] : []), content].join('\n')
  return createHash('sha256').update(text).digest('hex').slice(0, 32)
}

function update(input: Input, asked: Want, live: LiveService, inPlace = false): Draft {
  const { members } = live.state
  const { spec: kept, notes: ignored } = withoutIgnored(
    asked.spec,
    members,
    fields,
    asked.manifest.annotations,
  )
  const want = { ...asked, spec: kept }
  const spec = content(want.spec)
  const scaled = leftToScaling(want.spec, live.state)
  if (spec.schedulingStrategy === 'DAEMON' || scaled) delete spec.desiredCount
  // As long as the annotation stands: else what adoption kept would be put back by the pass after it.
  const adopting = want.manifest.annotations['fairlead.dev/adopt'] === 'overwrite'
  const compared = compareService(spec, members, adopting)
  const fixed = compared.changes.filter((change) => isFixed(change, members))
  if (fixed.length > 0) return createOnly(want, live, fixed)
  if (isRefused(compared)) {
    const reason = { code: 'RebalancingNeedsRoom', message: crowded }
    return { verdict: 'blocked', stalled: true, fields: compared.changes, reason }
  }

  const notes = [...ignored, ...(scaled ? [scaled] : []), ...notesOn(want.spec, compared)]
  const left = leaveToController(compared.changes.map(asStrategy(members)), members, notes)
  const again = retryIn(want.manifest, live)
  const changes = again.due ? left : withoutRejected(left, spec, live, notes, asked)
  const wanted = { ...input.tags, ...again.tags }
  const tags = tagChanges(live.tags, wanted)
  if (changes.length > 0 && input.ownership === 'adopt-unchanged') return wouldChange(changes)
  if (tags.length > 0 && isShortArn(live.attributes.arn ?? '')) return notTaggable(live)
  if (inPlace) return withoutRollOut(input, live, left, compared, spec)
  const isRejected = changes.length < left.length
  if (input.back !== undefined && left.length === 0) return goBack(live, input.back)
  const stop = changes.length === 0 && !isRejected ? stopping(want.manifest, live) : undefined
  if (stop) return { ...stop, notes }
  notes.push(...driftNotes(live))
  const anew = changes.length === 0 && !isRejected ? restarts(want.manifest, live) : []
  const force = (again.due && changes.length === 0) || anew.length > 0
  const missing = missingTags(live.tags, wanted)
  const tagging = taggingCall(live, missing)
  if (changes.length === 0 && !force) {
    if (isRejected) return { ...rolledBack(live, left, notes, asked), calls: tagging }
    if (tags.length === 0) return { verdict: 'keep', notes }
  }

  const deploys = force || changes.some(deploysIn)
  const floor = deploys ? healthyFloor(compared.whole, live.state) : undefined
  const updating = updateCall(live, spec, compared.whole, changes, force)
  return {
    verdict: 'update',
    fields: [...changes.map((change) => ownedAgain(change, live.state)), ...anew, ...tags],
    ...(anew.length > 0 && tags.length === 0 ? { startsAnew: true } : {}),
    effect: deploys ? 'roll-out' : changes.length > 0 ? 'in place' : 'none',
    // What is tried again is forgiven first: a process that dies in between still tries it.
    calls: again.due ? [...tagging, ...updating] : withTags(input.ownership, updating, tagging),
    notes: floor ? [floor, ...notes] : notes,
  }
}

const deploysIn = ({ path }: FieldChange) => fields[headOf(path)]?.deploys === true

function withoutRollOut(
  { tags, ownership }: Input,
  live: LiveService,
  all: readonly FieldChange[],
  { whole }: Comparison,
  spec: Members,
): Draft {
  const changes = all.filter((change) => !deploysIn(change))
  const tagging = taggingCall(live, missingTags(live.tags, tags))
  const differs = [
    ...changes.map((change) => ownedAgain(change, live.state)),
    ...tagChanges(live.tags, tags),
  ]
  if (differs.length === 0) return { verdict: 'keep' }
  return {
    verdict: 'update',
    fields: differs,
    effect: changes.length > 0 ? 'in place' : 'none',
    calls: withTags(ownership, updateCall(live, spec, whole, changes, false), tagging),
  }
}

function updateCall(
  live: LiveService,
  spec: Members,
  whole: Members,
  changes: readonly FieldChange[],
  force: boolean,
): DraftCall[] {
  if (changes.length === 0 && !force) return []
  const { cluster, service } = live.identity.parts
  const members = updateInput(spec, whole, changes)
  const input = { cluster, service, ...members, ...(force ? { forceNewDeployment: true } : {}) }
  return [{ operation: 'ecs:UpdateService', input }]
}

function taggingCall(live: LiveService, tags: Record<string, string>): DraftCall[] {
  if (Object.keys(tags).length === 0) return []
  const input = { resourceArn: live.attributes.arn, tags: toTagList(tags) }
  return [{ operation: 'ecs:TagResource', input }]
}

/** A service that was made without a word of it may be rebalanced over zones all the same. */
function isRefused({ changes, whole }: Comparison): boolean {
  const { maximumPercent } = (whole.deploymentConfiguration ?? {}) as Members
  const asks = changes.some(({ path }) => /rebalancing|maximumPercent/i.test(path))
  return asks && isCrowded(whole.availabilityZoneRebalancing, maximumPercent)
}

// ------------------------------------------------------------------ create-only fields

/** A launch type can be left for a strategy and come back, but not become another one. */
function isFixed({ path, to }: FieldChange, live: Members): boolean {
  const head = headOf(path)
  if (head !== 'launchType') return fields[head]?.createOnly !== undefined && isShown(head, live)
  const onStrategy = Array.isArray(live.capacityProviderStrategy)
    ? live.capacityProviderStrategy.length > 0
    : false
  return !onStrategy && to !== (live.launchType ?? 'EC2')
}

/** A role that AWS does not show cannot be compared. */
const isShown = (head: string, live: Members) => head !== 'role' || live.role !== undefined

/** Going back to the launch type is asked for by an empty strategy. */
const asStrategy =
  (live: Members) =>
  (change: FieldChange): FieldChange =>
    change.path === 'launchType'
      ? {
          path: 'capacityProviderStrategy',
          from: live.capacityProviderStrategy,
          to: [],
          note: `back to launch type ${change.to}`,
        }
      : change

function createOnly(want: Want, live: LiveService, fixed: readonly FieldChange[]): Draft {
  const names = fixed.map(({ path }) => path).join(', ')
  const why = fields[headOf(fixed[0]!.path)]?.createOnly
  if (want.manifest.annotations['fairlead.dev/replace'] === 'allowed') {
    const message = `${names} cannot be changed in place: the service is deleted and created anew`
    return {
      verdict: 'replace',
      fields: fixed,
      effect: 'in place',
      calls: [deletion(live.identity.parts)],
      reason: { code: 'CreateOnly', message },
      notes: ['all its tasks stop before the new service starts its own'],
    }
  }
  const message = `${names} cannot be changed in place: ${why}. Put it back, or let the service be deleted and created anew with the annotation fairlead.dev/replace: allowed`
  return {
    verdict: 'blocked',
    stalled: true,
    fields: fixed,
    reason: { code: 'CreateOnly', message },
  }
}

// ------------------------------------------------------------------ what others decide

function leaveToController(
  changes: readonly FieldChange[],
  live: Members,
  notes: string[],
): readonly FieldChange[] {
  const type = String((live.deploymentController as { type?: string } | undefined)?.type ?? 'ECS')
  const own = ownFields[type]
  if (!own) return changes
  const others = changes.filter(({ path }) => !own.includes(headOf(path)))
  notes.push(...others.map(({ path }) => `${path} is left to the deployment controller ${type}`))
  return changes.filter(({ path }) => own.includes(headOf(path)))
}

/** What AWS rolled back is not tried again; what does not deploy is still applied. */
function withoutRejected(
  changes: readonly FieldChange[],
  spec: Members,
  { state }: LiveService,
  notes: string[],
  want: Want,
): readonly FieldChange[] {
  if (!state.rejected || holesIn(spec).length > 0) return changes
  const kept = changes.filter((change) => !deploysIn(change))
  if (kept.length < changes.length) notes.push(rejectedText(state.rejected, want))
  return kept
}

const rejectedText = (
  { status, reason }: NonNullable<ServiceState['rejected']>,
  { manifest }: Want,
) =>
  `the last deployment of this content ${endOf(status)}${reason ? ` (${reason.replace(/\.$/, '')})` : ''}; it is not tried again until Git changes, or \`fairlead retry ${manifest.kind} ${manifest.name}\``

/** It is rejected as soon as AWS begins to roll it back. */
const endOf = (status: string) =>
  ({
    ROLLBACK_REQUESTED: 'is being rolled back',
    ROLLBACK_IN_PROGRESS: 'is being rolled back',
    ROLLBACK_SUCCESSFUL: 'was rolled back',
    ROLLBACK_FAILED: 'failed, and so did its roll-back',
    STOPPED: 'was stopped',
    rejected: 'was rejected',
  })[status] ?? `ended as ${status}`

function rolledBack(
  { state }: LiveService,
  changes: readonly FieldChange[],
  notes: string[],
  want: Want,
): Draft {
  const told = rejectedText(state.rejected!, want)
  const message = state.report ? `${told}: ${state.report.summary}` : told
  return {
    verdict: 'blocked',
    stalled: true,
    fields: changes,
    reason: { code: rejectedRollout(state.rejected!).outcome, message },
    notes: notes.filter((note) => note !== told),
  }
}

function wouldChange(changes: readonly FieldChange[]): Draft {
  const names = changes.map(({ path }) => path).join(', ')
  const message = `adopting it unchanged is not possible, these differ: ${names}`
  return {
    verdict: 'blocked',
    stalled: true,
    fields: changes,
    reason: { code: 'AdoptWouldChange', message },
  }
}

/** `service/web`, from before 2018, instead of `service/shop/web`. */
const isShortArn = (arn: string) => arn.split('/').length === 2

function notTaggable({ attributes }: LiveService): Draft {
  const message = `${attributes.arn} has the short ARN format, which cannot be tagged: create the service anew to let fairlead own it`
  return { verdict: 'blocked', stalled: true, reason: { code: 'NotTaggable', message } }
}

// ------------------------------------------------------------------ remarks

function notesOn(spec: object, { leftOut, changes }: Comparison): string[] {
  // A launch type in Git clears the strategy, though Git does not name it.
  const cleared = changes.some(({ path }) => path === 'launchType')
  const alone = leftOut.alone
    .filter(([path]) => !(cleared && path === 'capacityProviderStrategy'))
    .map(([path, value]) => `${path} is left as it is: ${JSON.stringify(value)}`)
  const blind = unseen
    .filter((name) => (spec as Members)[name] !== undefined)
    .map(
      (name) =>
        `${name} is set at creation; AWS does not show it for a service, so it is not compared`,
    )
  return [...alone, ...blind]
}

/**
 * How many tasks stay healthy while a rolling deployment runs: minimumHealthyPercent of desiredCount, rounded up. Where
 * more are wanted than before, no more than before can be.
 */
function healthyFloor(whole: Members, { counts }: ServiceState): string | undefined {
  const rollout = (whole.deploymentConfiguration ?? {}) as Members
  if ((rollout.strategy ?? 'ROLLING') !== 'ROLLING') return undefined
  const desired = Number(whole.desiredCount ?? 0)
  if (desired === 0) return undefined
  const usual = whole.schedulingStrategy === 'DAEMON' ? 0 : 100
  const percent = Number(rollout.minimumHealthyPercent ?? usual)
  const floor = Math.min(Math.ceil((desired * percent) / 100), counts.desired)
  return `never below ${floor} of ${desired} healthy`
}
