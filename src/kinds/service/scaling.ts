/**
 * Who owns a service's number of tasks: Git, or Application Auto Scaling where a scalable target is described in Git or
 * registered in AWS. AWS is asked only where Git writes a number and the live one is another.
 */
import type { ScalingActivity } from '@aws-sdk/client-application-auto-scaling'
import { AwsFailure } from '../../errors.ts'
import type { ObserveContext, Wanted } from '../../kind.ts'
import { readTargets, serviceNamespace } from '../../kit/scalable-targets.ts'
import type { FieldChange, Identity, ObjectKey, Observation } from '../../model.ts'
import type { Bounds, ServiceSpec } from './spec.ts'
import type { Scaling, ServiceState } from './state.ts'

type Answer = Observation<ServiceState>

/** How many services a look may ask for what scaled them before: that only explains. */
const explained = 10

const resourceIdOf = ({ parts }: Identity) => `service/${parts.cluster}/${parts.service}`

const isDescribed = ({ scalableTargets }: ServiceSpec) => (scalableTargets?.length ?? 0) > 0

/** Adds to what was seen who scales each service in doubt: one more read for fifty of them. */
export async function withScaling(
  seen: Map<ObjectKey, Answer>,
  wanted: readonly Wanted<ServiceSpec>[],
  context: ObserveContext,
): Promise<Map<ObjectKey, Answer>> {
  const doubtful = wanted.filter((want) => isDoubtful(want, seen.get(want.manifest.key)))
  if (doubtful.length === 0) return seen
  const answers = new Map(seen)
  const say = (key: ObjectKey, scaling: Scaling) =>
    answers.set(key, scaledAs(seen.get(key)!, scaling))
  try {
    const ids = doubtful.map(({ identity }) => resourceIdOf(identity))
    const targets = await readTargets(context.read, ids)
    const alone: Wanted<ServiceSpec>[] = []
    for (const want of doubtful) {
      const target = targets.get(resourceIdOf(want.identity))
      if (!target) alone.push(want)
      else say(want.manifest.key, { target: boundsOf(target) })
    }
    await Promise.all(
      alone.map(async ({ manifest: { key }, identity }, index) => {
        const asked = index < explained
        const left = asked && (await wasScaled(identity, seen.get(key)!, context))
        say(key, { left })
      }),
    )
  } catch (error) {
    if (!(error instanceof AwsFailure)) throw error
    const unread = `${error.operation}: ${error.message}`
    // An emulator without that service has nobody who scales.
    const scaling: Scaling = error.class === 'unsupported' ? { left: false } : { unread }
    for (const { manifest } of doubtful) say(manifest.key, scaling)
  }
  return answers
}

const boundsOf = (target: { MinCapacity?: number | undefined; MaxCapacity?: number | undefined }) =>
  ({ minCapacity: target.MinCapacity, maxCapacity: target.MaxCapacity }) satisfies Bounds

function isDoubtful({ spec }: Wanted<ServiceSpec>, answer: Answer | undefined): boolean {
  if (spec.schedulingStrategy === 'DAEMON' || isDescribed(spec)) return false
  // Deleted by hand: a target may have outlived it, and its minimum is what the next one begins with.
  if (answer?.found === 'no') {
    return answer.predecessor !== undefined && typeof spec.desiredCount !== 'number'
  }
  if (answer?.found !== 'yes' || answer.live.state.status !== 'ACTIVE') return false
  const { counts } = answer.live.state
  return typeof spec.desiredCount === 'number' && spec.desiredCount !== counts.desired
}

function scaledAs(answer: Answer, scaling: Scaling): Answer {
  if (answer.found === 'yes') {
    return { ...answer, live: { ...answer.live, state: { ...answer.live.state, scaling } } }
  }
  const least = 'target' in scaling ? scaling.target.minCapacity : undefined
  if (answer.found !== 'no' || least === undefined) return answer
  return { ...answer, facts: { minCapacity: String(least) } }
}

/** Whether Application Auto Scaling set the number that is live now. Asked once a number. */
async function wasScaled(
  identity: Identity,
  answer: Answer,
  { read, memory }: ObserveContext,
): Promise<boolean> {
  if (answer.found !== 'yes') return false
  const ResourceId = resourceIdOf(identity)
  const key = `scaled:${ResourceId}`
  const count = answer.live.state.counts.desired
  const known = memory.get(key) as { count: number; left: boolean } | undefined
  if (known?.count === count) return known.left
  try {
    const { ScalingActivities: [last] = [] } = await read<{
      ScalingActivities?: ScalingActivity[]
    }>('application-autoscaling:DescribeScalingActivities', {
      ServiceNamespace: serviceNamespace,
      ResourceId,
      MaxResults: 1,
    })
    const left = /\b(\d+)\.?$/.exec(last?.Description ?? '')?.[1] === String(count)
    memory.set(key, { count, left })
    return left
  } catch (error) {
    if (!(error instanceof AwsFailure)) throw error
    return false
  }
}

// ------------------------------------------------------------------ for plans

/** Why the number of tasks is not Git's to write, as a remark; undefined where it is. */
export function leftToScaling(
  spec: ServiceSpec,
  { scaling }: Pick<ServiceState, 'scaling'>,
): string | undefined {
  const live = scaling && 'target' in scaling ? scaling.target : undefined
  const target = spec.scalableTargets?.[0] ?? live
  if (target) return `desiredCount is left to Application Auto Scaling${between(target)}`
  if (!scaling || !('unread' in scaling)) return undefined
  return `desiredCount is left as it is: who scales the service could not be read (${scaling.unread})`
}

function between({ minCapacity: least, maxCapacity: most }: Bounds): string {
  return least === undefined || most === undefined ? '' : ` (${least} to ${most})`
}

/** Says of a change that the number was an autoscaler's until its target went. */
export function ownedAgain(
  change: FieldChange,
  { scaling }: Pick<ServiceState, 'scaling'>,
): FieldChange {
  const left = change.path === 'desiredCount' && scaling && 'left' in scaling && scaling.left
  return left ? { ...change, note: 'owned by Git again' } : change
}

/** How many tasks a service begins with that Git gives no number: its target's minimum, else 1. */
export function firstCount(
  { scalableTargets }: ServiceSpec,
  facts: Readonly<Record<string, string>> = {},
): number {
  return scalableTargets?.[0]?.minCapacity ?? Number(facts.minCapacity ?? 1)
}

/** Who takes another's place begins with as many tasks, where Git does not own their number; never with fewer than Git says. */
export function takenOver(
  { scalableTargets = [], desiredCount, schedulingStrategy }: ServiceSpec,
  former: Pick<ServiceState, 'counts' | 'status'> | undefined,
): { readonly desiredCount?: number } {
  if (former?.status !== 'ACTIVE' || schedulingStrategy === 'DAEMON') return {}
  const own = typeof desiredCount === 'number'
  if (own && scalableTargets.length === 0) return {}
  const least = own ? desiredCount : (scalableTargets[0]?.minCapacity ?? 0)
  return { desiredCount: Math.max(least, former.counts.desired) }
}
