/** Lifecycle hooks of deployments that shift traffic: functions that answer as their details say, and pauses. */
import type {
  DeploymentLifecycleHook,
  DeploymentLifecycleHookAction,
  DeploymentLifecycleHookDetail,
} from '@aws-sdk/client-ecs'
import type { HookRun, ShiftState, Stage, World } from '../world.ts'
import { hexId } from './random.ts'
import { durationPattern, toMs } from './script.ts'
import { hookMs, hookTimeoutMinutes } from './timing.ts'

/** Runs of the hooks that a stage has, as they stand when it begins. */
export function startHooks(
  world: World,
  hooks: readonly DeploymentLifecycleHook[],
  stage: Stage,
  now: number,
): HookRun[] {
  return hooks
    .filter(({ lifecycleStages }) => lifecycleStages?.some((each) => each === stage))
    .map((hook): HookRun => {
      const { timeoutInMinutes = hookTimeoutMinutes } = hook.timeoutConfiguration ?? {}
      const expiresAt = now + timeoutInMinutes * 60_000
      if (isPause(hook)) {
        const id = `ecs-pause-${hexId(world, 'hook', 43)}`
        return { id, hook, status: 'AWAITING_ACTION', expiresAt }
      }
      const answer = answerOf(hook, now)
      const id = `ecs-lambda-${hexId(world, 'hook', 43)}`
      return { id, hook, status: 'IN_PROGRESS', expiresAt, ...(answer && { answer }) }
    })
}

function isPause(hook: DeploymentLifecycleHook): boolean {
  return hook.targetType === 'PAUSE'
}

/**
 * What the function behind a hook answers: the member `simulate` of its details says so. `fail`, `fail after 2m`,
 * `in progress for 2m`, `no answer`; nothing said means success, and what is not understood is an error of the function.
 */
function answerOf(hook: DeploymentLifecycleHook, now: number): HookRun['answer'] {
  const details = hook.hookDetails as { readonly simulate?: unknown } | null | undefined
  const said = details?.simulate
  if (said === undefined || said === 'succeed') return { at: now + hookMs, status: 'SUCCEEDED' }
  if (said === 'no answer') return undefined
  const match = new RegExp(`^(fail after|in progress for) ${durationPattern}$`).exec(String(said))
  if (!match) return { at: now + hookMs, status: 'FAILED' }
  const at = now + toMs(match[2], match[3])
  return { at, status: match[1] === 'fail after' ? 'FAILED' : 'SUCCEEDED' }
}

function timeoutAction({ hook }: HookRun): DeploymentLifecycleHookAction {
  return hook.timeoutConfiguration?.action ?? 'ROLLBACK'
}

/** The runs as they stand at `now`. */
export function stepHooks(runs: readonly HookRun[], now: number): readonly HookRun[] {
  return runs.map((run): HookRun => {
    if (!isOpen(run)) return run
    const { answer } = run
    if (answer && answer.at <= now && answer.at <= run.expiresAt) {
      return { ...run, status: answer.status }
    }
    return now >= run.expiresAt ? { ...run, status: 'TIMED_OUT' } : run
  })
}

/** Whether a run is still waited for. */
export function isOpen({ status }: HookRun): boolean {
  return status === 'IN_PROGRESS' || status === 'AWAITING_ACTION'
}

/** Whether a run takes the deployment back. */
export function hasFailed(run: HookRun): boolean {
  return (
    run.status === 'FAILED' || (run.status === 'TIMED_OUT' && timeoutAction(run) === 'ROLLBACK')
  )
}

/** When the next of the open runs answers or times out. */
export function nextHookEvent(runs: readonly HookRun[]): number {
  const times = runs
    .filter(isOpen)
    .map((run) => Math.min(run.answer?.at ?? Number.POSITIVE_INFINITY, run.expiresAt))
  return Math.min(Number.POSITIVE_INFINITY, ...times)
}

/** The runs of a stage as DescribeServiceDeployments shows them. */
export function hookDetails({ hooks }: ShiftState): DeploymentLifecycleHookDetail[] {
  return hooks.map((run) => ({
    hookId: run.id,
    targetType: run.hook.targetType ?? 'AWS_LAMBDA',
    ...(run.hook.hookTargetArn && { targetArn: run.hook.hookTargetArn }),
    status: run.status,
    expiresAt: new Date(run.expiresAt),
    timeoutAction: timeoutAction(run),
  }))
}
