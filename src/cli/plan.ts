/** `fairlead plan` and `fairlead diff`: what would be done, and why; nothing is written. */
import { AwsFailure } from '../errors.ts'
import type { Plan } from '../model.ts'
import type { Io } from './io.ts'
import { isBroken, load, renderProblem } from './load.ts'
import { look } from './look.ts'
import { planJson, renderPlans, summarize } from './render-plan.ts'
import { styleFor } from './style.ts'

export interface PlanOptions {
  readonly owner: string
  readonly namespace?: string
  readonly committed?: boolean
  readonly output?: 'text' | 'json'
  readonly apiShare?: number
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
  let plans: Plan[]
  try {
    plans = (await look(desired, options, io)).map((pass) => pass.plan)
  } catch (error) {
    if (!(error instanceof AwsFailure)) throw error
    io.stderr(`${error.operation}: ${error.code}: ${error.message}\n`)
    return { result: 'error' }
  }
  io.stdout(
    options.output === 'json'
      ? planJson(plans, desired)
      : renderPlans(plans, desired, styleFor(io)),
  )
  const unread = plans.some((one) =>
    one.changes.some(({ reason }) => reason && unreachable.has(reason.code)),
  )
  if (broken || unread) return { result: 'error' }
  const { change, blocked } = summarize(plans)
  return { result: change + blocked > 0 ? 'changes' : 'same' }
}
