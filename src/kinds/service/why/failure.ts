/** One failure before it is counted, and what several witnesses of it say alike. Pure. */
import { type Cause, normalise } from './causes.ts'
import type { Evidence } from './model.ts'
import { groupName } from './targets.ts'

export interface Failure {
  readonly cause: Cause
  readonly reason: string
  readonly atMs: number
  readonly container?: string
  readonly exitCode?: number
  readonly task?: string
  readonly target?: string
  /** Where the cause alone does not tell. */
  readonly capacity?: boolean
}

export function targetFailure(
  { balancers }: Pick<Evidence, 'balancers'>,
  arn: string,
  why: string,
  more: { task?: string; atMs: number; capacity?: true },
): Failure {
  const container = balancers.find((each) => each.arn === arn)?.container
  return {
    cause: 'TargetHealthCheck',
    reason: normalise(why),
    target: groupName(arn),
    ...(container ? { container } : {}),
    ...more,
  }
}

/** The one container that has a check, when it is one. */
export function checkedContainer({ definition }: Pick<Evidence, 'definition'>): string | undefined {
  const checked = (definition?.containerDefinitions ?? []).filter(({ healthCheck }) => healthCheck)
  return checked.length === 1 ? checked[0]?.name : undefined
}
