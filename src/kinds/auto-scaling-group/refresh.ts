/**
 * Which instances are not as their group should launch them now, and what is to be done about it: AWS replaces them by
 * an instance refresh, one at a time, whose own history says how the last one ended. Pure.
 */
import { isHole, same } from '../../diff.ts'
import type { FieldChange } from '../../model.ts'
import type { InstanceRefreshSpec, Launch, TemplateSpecification } from './spec.ts'
import { type GroupInstance, type GroupState, type Refresh, staying } from './state.ts'

/** What new instances are launched from, in one form. Values may be holes. */
interface Wish {
  readonly template: TemplateSpecification
  /** Empty: the template decides. */
  readonly types: readonly string[]
}

export function wishOf({ launchTemplate, mixedInstancesPolicy }: Launch): Wish {
  const mixed = mixedInstancesPolicy?.launchTemplate
  return {
    template: mixed?.launchTemplateSpecification ?? launchTemplate ?? {},
    types: (mixed?.overrides ?? []).flatMap(({ instanceType }) => instanceType ?? []),
  }
}

/** Two names of one template; a hole is the name of none that exists. */
function sameTemplate(a: TemplateSpecification, b: TemplateSpecification): boolean {
  if (a.launchTemplateId !== undefined && b.launchTemplateId !== undefined)
    return same(a.launchTemplateId, b.launchTemplateId)
  return same(a.launchTemplateName, b.launchTemplateName)
}

const sameWish = (a: Wish, b: Wish) =>
  sameTemplate(a.template, b.template) &&
  same(a.template.version ?? '$Default', b.template.version ?? '$Default') &&
  same([...a.types].sort(), [...b.types].sort())

/** How one instance differs; only a version by number can be compared. */
function differences(instance: GroupInstance, { template, types }: Wish, image?: string) {
  const changes: FieldChange[] = []
  const path = `instances[${instance.instanceId}]`
  const { version } = template
  const live = instance.launchTemplate ?? {}
  const comparable = isHole(version) || /^\d+$/.test(String(version))
  if (!sameTemplate(template, live)) {
    const name = template.launchTemplateId === undefined ? 'launchTemplateName' : 'launchTemplateId'
    const from = live[name] === undefined ? {} : { from: live[name] }
    changes.push({ path: `${path}.launchTemplate.${name}`, ...from, to: template[name] })
  } else if (comparable && !same(version, live.version)) {
    changes.push({ path: `${path}.launchTemplate.version`, from: live.version, to: version })
  }
  const { instanceType, imageId } = instance
  if (types.length > 0 && instanceType && !types.includes(instanceType)) {
    changes.push({ path: `${path}.instanceType`, from: instanceType, to: types.join(' or ') })
  }
  if (changes.length === 0 && image && imageId && image !== imageId) {
    changes.push({ path: `${path}.imageId`, from: imageId, to: image })
  }
  return changes
}

/** How the instances differ from what the group should launch now. */
export function outdated(launch: Launch, state: GroupState): FieldChange[] {
  const wish = wishOf(launch)
  return staying(state).flatMap((instance) => differences(instance, wish, state.image))
}

const moving = new Set(['Pending', 'InProgress', 'Cancelling', 'RollbackInProgress', 'Baking'])
export const isMoving = ({ status }: Refresh): boolean => moving.has(status)

const lost = new Set(['Failed', 'Cancelled', 'RollbackFailed', 'RollbackSuccessful'])
export const hasFailed = ({ status, cancelledByUs, forgiven }: Refresh): boolean =>
  lost.has(status) && !cancelledByUs && !forgiven

/** Whether it went by what Git says of refreshes now. */
function triedSo({ preferences }: Refresh, wanted: InstanceRefreshSpec = {}): boolean {
  const { enabled: _, onNewImage: __, ...given } = wanted
  return (
    preferences === undefined ||
    Object.entries(given).every(([name, value]) => same(value, preferences[name]))
  )
}

export interface Roll {
  readonly step: /** All instances are as they should be, or are left alone. */
    | 'none'
    /** To be replaced now. */
    | 'start'
    /** Another refresh goes on, to something that is no longer wanted. */
    | 'cancel'
    /** It is about to end. */
    | 'wait'
    /** The right refresh goes on. */
    | 'follow'
    /** It has been tried, and did not end well. */
    | 'rejected'
  readonly differences: readonly FieldChange[]
}

/** What is to be done about instances that are not as Git says. */
export function rollOf(
  launch: Launch,
  preferences: InstanceRefreshSpec | undefined,
  state: GroupState,
): Roll {
  if (preferences?.enabled === false) return { step: 'none', differences: [] }
  const differences = outdated(launch, state)
  const { refresh } = state
  // One that says nothing of its own goes by what the group has.
  const right = refresh
    ? sameWish(wishOf(launch), wishOf(refresh.desiredConfiguration ?? state.members))
    : false
  if (refresh && isMoving(refresh)) {
    if (refresh.status === 'Cancelling') return { step: 'wait', differences }
    if (!right) return { step: 'cancel', differences }
    return { step: refresh.status === 'RollbackInProgress' ? 'rejected' : 'follow', differences }
  }
  if (differences.length === 0) return { step: 'none', differences }
  const rejected = refresh && right && hasFailed(refresh) && triedSo(refresh, preferences)
  return { step: rejected ? 'rejected' : 'start', differences }
}

/** The refresh that failed for what the group has now, while instances still differ. */
export function failedRefresh(state: GroupState): Refresh | undefined {
  const { refresh, members } = state
  if (!refresh || !hasFailed(refresh) || outdated(members, state).length === 0) return undefined
  const right = sameWish(wishOf(members), wishOf(refresh.desiredConfiguration ?? members))
  return right ? refresh : undefined
}

export function rejectedText({ status, statusReason }: Refresh): string {
  const why = statusReason ? ` (${statusReason.replace(/\.$/, '')})` : ''
  return `the instance refresh to this version ended as ${status}${why}; it is not tried again until Git changes, or \`fairlead retry\` asks for it`
}
