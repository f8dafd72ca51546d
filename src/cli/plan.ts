/** `fairlead plan` and `fairlead diff`: what would be done, and why; nothing is written. */
import { AwsFailure } from '../errors.ts'
import type { Pass } from '../reconcile/pass.ts'
import type { PruneWish } from '../reconcile/prune-guards.ts'
import type { Rehearsal } from '../rehearsal/rehearse.ts'
import { rehearsalData, renderRehearsal } from '../rehearsal/report.ts'
import { renderKey } from '../render-value.ts'
import type { Io } from './io.ts'
import { isBroken, load, renderProblem } from './load.ts'
import { look } from './look.ts'
import { masked } from './mask.ts'
import { planJson, renderPlans, summarize } from './render-plan.ts'
import { styleFor } from './style.ts'

export interface PlanOptions {
  readonly owner: string
  readonly namespace?: string
  readonly committed?: boolean
  readonly output?: 'text' | 'json'
  readonly apiShare?: number
  readonly prune?: PruneWish
  /** Also what would happen then, tried in the simulator. */
  readonly rehearse?: boolean
  /** A file for the rehearsal's timeline. */
  readonly timeline?: string
}

export interface Planned {
  readonly result: 'same' | 'changes' | 'error'
}

/** Why nothing is known of a resource: then it is not known either whether it differs. */
const unreachable = new Set(['ReadFailed', 'RoleNotAssumed', 'WrongAccount'])

/** Prints the plan. Its errors and problems go to stderr. */
export async function plan(path: string, options: PlanOptions, io: Io): Promise<Planned> {
  const desired = await load(path, options, io)
  for (const problem of desired.problems) io.stderr(`${renderProblem(problem)}\n`)
  const broken = isBroken(desired)
  if (broken && desired.environments.every(({ name }) => desired.stopped.includes(name))) {
    return { result: 'error' }
  }
  let passes: readonly Pass[]
  let rehearsals: readonly Rehearsal[] | undefined
  try {
    if (options.rehearse || options.timeline !== undefined) {
      const { rehearseAll } = await import('./rehearse.ts')
      ;({ passes, rehearsals } = await rehearseAll(desired, options, io))
    } else passes = await look(desired, options, io)
  } catch (error) {
    if (!(error instanceof AwsFailure)) throw error
    io.stderr(`${error.operation}: ${error.code}: ${error.message}\n`)
    return { result: 'error' }
  }
  const plans = passes.map((pass) => pass.plan)
  const style = styleFor(io)
  if (options.output === 'json') {
    const data = rehearsals?.map((one) => rehearsalData(one, masked))
    io.stdout(planJson(plans, desired, data))
  } else {
    io.stdout(renderPlans(plans, desired, style, renderOrphans(passes)))
    for (const one of rehearsals ?? []) io.stdout(`\n${renderRehearsal(one, style)}`)
  }
  const unread = plans.some((one) =>
    one.changes.some(({ reason }) => reason && unreachable.has(reason.code)),
  )
  const fails = rehearsals?.some(({ outcome }) => outcome !== 'done' && outcome !== 'held')
  if (broken || unread || fails) return { result: 'error' }
  const { change, blocked } = summarize(plans)
  return { result: change + blocked > 0 ? 'changes' : 'same' }
}

/** What nobody describes, where it is not pruned; and why what is pruned otherwise is not. */
function renderOrphans(passes: readonly Pass[]): string[] {
  const lines: string[] = []
  const off = passes.flatMap(({ pruned }) => (pruned.on ? [] : pruned.orphans))
  if (off.length > 0) {
    const shown = off.slice(0, 10).map(renderKey).join(', ')
    const more = off.length > 10 ? ` and ${off.length - 10} more` : ''
    const what = off.length === 1 ? '1 resource of ours is' : `${off.length} resources of ours are`
    lines.push(`${what} no longer described: ${shown}${more} (prune is off)`)
  }
  for (const { pruned } of passes) {
    for (const [key, why] of pruned.stays) lines.push(`${renderKey(key)} stays: ${why}`)
  }
  return lines
}
