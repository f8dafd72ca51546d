/** Deployments that shift traffic (blue/green, linear, canary), and their way back: stage after stage. */
import type { DeploymentConfiguration } from '@aws-sdk/client-ecs'
import type {
  DeploymentRecord,
  ServiceRecord,
  ShiftPlan,
  ShiftState,
  Stage,
  World,
} from '../world.ts'
import { hasFailed, isOpen, nextHookEvent, startHooks, stepHooks } from './hooks.ts'
import { countsOf, otherSide, servingOf } from './service-deployments.ts'
import type { Tally } from './tally.ts'
import { stageLimitMs, stageMs } from './timing.ts'
import { shiftTraffic } from './traffic.ts'

const minute = 60_000

/** What a deployment is going to do; undefined when it does not shift traffic. To be asked before it begins. */
export function planShift(world: World, record: ServiceRecord): ShiftPlan | undefined {
  const configuration = record.service.deploymentConfiguration ?? {}
  const { strategy = 'ROLLING', bakeTimeInMinutes = 0, lifecycleHooks = [] } = configuration
  if (strategy === 'ROLLING' || record.service.schedulingStrategy === 'DAEMON') return undefined
  const before = servingOf(record, record.deployments)
  const kept = before ? countsOf(world, record, before).live : 0
  const keep = Math.min(kept, record.service.desiredCount ?? 0)
  const { steps, stepMs } = stepsOf(configuration)
  return {
    // With nothing to shift from, there is nothing to watch either.
    steps: keep > 0 ? steps : [100],
    stepMs,
    bakeMs: keep > 0 ? bakeTimeInMinutes * minute : 0,
    hooks: lifecycleHooks,
    keep,
  }
}

function stepsOf(configuration: DeploymentConfiguration): Pick<ShiftPlan, 'steps' | 'stepMs'> {
  const { stepPercent = 10, stepBakeTimeInMinutes = 6 } = configuration.linearConfiguration ?? {}
  const { canaryPercent = 5, canaryBakeTimeInMinutes = 10 } =
    configuration.canaryConfiguration ?? {}
  switch (configuration.strategy) {
    case 'LINEAR': {
      const count = Math.ceil(100 / stepPercent)
      const steps = Array.from({ length: count }, (_, i) =>
        Math.min(100, Math.round((i + 1) * stepPercent * 10) / 10),
      )
      return { steps, stepMs: stepBakeTimeInMinutes * minute }
    }
    case 'CANARY':
      return { steps: [canaryPercent, 100], stepMs: canaryBakeTimeInMinutes * minute }
    default:
      return { steps: [100], stepMs: 0 }
  }
}

/** The first stage of a deployment. Takes the second group of each pair into the rules, without traffic. */
export function beginShift(
  world: World,
  record: ServiceRecord,
  deployment: DeploymentRecord,
  plan: ShiftPlan,
  now: number,
): void {
  const others = record.deployments.filter((one) => one !== deployment)
  const crowded = others.filter((one) => countsOf(world, record, one).live > 0).length > 1
  deployment.shift = { stage: 'PRE_SCALE_UP', since: now, hooks: [], production: 0, test: 0, plan }
  shiftTraffic(world, deployment.revision, 'productionListenerRule', 0)
  enter(world, deployment, crowded ? 'RECONCILE_SERVICE' : 'PRE_SCALE_UP', now)
}

/** A deployment that was there before `failed` takes the traffic back. */
export function beginShiftBack(
  world: World,
  back: DeploymentRecord,
  failed: DeploymentRecord,
  now: number,
): void {
  if (!failed.shift) return
  const { production, test, plan } = failed.shift
  back.shift = {
    stage: 'SCALE_UP',
    since: now,
    hooks: [],
    production: 100 - production,
    test: 100 - test,
    plan: { ...plan, steps: [100], stepMs: 0, bakeMs: 0, keep: 0, backwards: true },
  }
  enter(world, back, 'SCALE_UP', now)
}

/** Whether the deployment may start tasks yet. */
export function mayScaleUp({ stage }: ShiftState): boolean {
  return stage !== 'RECONCILE_SERVICE' && stage !== 'PRE_SCALE_UP'
}

/** Whether tasks of older deployments may go. */
export function mayCleanUp({ stage }: ShiftState): boolean {
  return stage === 'CLEAN_UP'
}

/** What came of a look at the stages: when to look again, or why the deployment has failed. */
export type StageLook =
  | { readonly next: number }
  | { readonly by: 'hook' | 'stage'; readonly why: string }

/** Goes on through the stages as far as they have done their work. */
export function stepStages(
  world: World,
  record: ServiceRecord,
  deployment: DeploymentRecord,
  tally: Tally,
  now: number,
): StageLook {
  for (;;) {
    const shift = deployment.shift
    if (!shift) return { next: Number.POSITIVE_INFINITY }
    const hooks = stepHooks(shift.hooks, now)
    deployment.shift = { ...shift, hooks }
    if (hooks.some(hasFailed)) {
      return { by: 'hook', why: 'hook execution failure(s) detected' }
    }
    const limit = shift.since + limitOf(shift)
    const due = dueAt(world, record, shift, tally)
    const next = Math.min(limit, nextHookEvent(hooks), due > now ? due : Number.POSITIVE_INFINITY)
    if (now >= limit) {
      return { by: 'stage', why: `lifecycle stage ${shift.stage} timed out` }
    }
    const following = nextStage(shift)
    if (hooks.some(isOpen) || due > now || !following) return { next }
    enter(world, deployment, following, now)
  }
}

function limitOf({ stage, plan }: ShiftState): number {
  if (stage === 'BAKE_TIME' || stage === 'CLEAN_UP') return Number.POSITIVE_INFINITY
  return stageLimitMs + (stage === 'PRODUCTION_TRAFFIC_SHIFT' ? plan.stepMs : 0)
}

/** When a stage has done its own work; infinite while that depends on tasks. */
function dueAt(world: World, record: ServiceRecord, shift: ShiftState, tally: Tally): number {
  const { stage, since, plan, production } = shift
  const desired = record.service.desiredCount ?? 0
  switch (stage) {
    case 'RECONCILE_SERVICE': {
      const kept = otherSide(record)
      const gone = record.deployments.every(
        (one, i) => i === 0 || one === kept || countsOf(world, record, one).live === 0,
      )
      return gone ? since + stageMs : Number.POSITIVE_INFINITY
    }
    case 'SCALE_UP': {
      const healthy = tally.good.filter((one) => one.machine.healthy).length
      return healthy >= desired ? since : Number.POSITIVE_INFINITY
    }
    case 'PRODUCTION_TRAFFIC_SHIFT':
      return since + (production < 100 ? Math.max(stageMs, plan.stepMs) : stageMs)
    case 'BAKE_TIME':
      return since + plan.bakeMs
    case 'CLEAN_UP':
      return Number.POSITIVE_INFINITY
    default:
      return since + stageMs
  }
}

function nextStage({ stage, production, plan }: ShiftState): Stage | undefined {
  const prepares = plan.hooks.some((hook) =>
    hook.lifecycleStages?.includes('PRE_PRODUCTION_TRAFFIC_SHIFT'),
  )
  const toProduction: Stage =
    prepares && !plan.backwards ? 'PRE_PRODUCTION_TRAFFIC_SHIFT' : 'PRODUCTION_TRAFFIC_SHIFT'
  switch (stage) {
    case 'RECONCILE_SERVICE':
      return 'PRE_SCALE_UP'
    case 'PRE_SCALE_UP':
      return 'SCALE_UP'
    case 'SCALE_UP':
      return plan.backwards ? 'TEST_TRAFFIC_SHIFT' : 'POST_SCALE_UP'
    case 'POST_SCALE_UP':
      return 'TEST_TRAFFIC_SHIFT'
    case 'TEST_TRAFFIC_SHIFT':
      return plan.backwards ? toProduction : 'POST_TEST_TRAFFIC_SHIFT'
    case 'POST_TEST_TRAFFIC_SHIFT':
      return toProduction
    case 'PRE_PRODUCTION_TRAFFIC_SHIFT':
      return 'PRODUCTION_TRAFFIC_SHIFT'
    case 'PRODUCTION_TRAFFIC_SHIFT':
      if (production < 100) return toProduction
      return plan.backwards ? 'CLEAN_UP' : 'POST_PRODUCTION_TRAFFIC_SHIFT'
    case 'POST_PRODUCTION_TRAFFIC_SHIFT':
      return 'BAKE_TIME'
    case 'BAKE_TIME':
      return 'CLEAN_UP'
    default:
      return undefined
  }
}

function enter(world: World, deployment: DeploymentRecord, stage: Stage, now: number): void {
  const before = deployment.shift
  if (!before) return
  const { plan, production } = before
  const shift: ShiftState = {
    ...before,
    stage,
    since: now,
    hooks: startHooks(world, plan.hooks, stage, now),
    ...(stage === 'TEST_TRAFFIC_SHIFT' && { test: 100 }),
    ...(stage === 'PRODUCTION_TRAFFIC_SHIFT' && {
      production: plan.steps.find((percent) => percent > production) ?? 100,
    }),
  }
  deployment.shift = shift
  const { revision } = deployment
  if (stage === 'TEST_TRAFFIC_SHIFT') shiftTraffic(world, revision, 'testListenerRule', 100)
  if (stage === 'PRODUCTION_TRAFFIC_SHIFT') {
    shiftTraffic(world, revision, 'productionListenerRule', shift.production)
  }
}
