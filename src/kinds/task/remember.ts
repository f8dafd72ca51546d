/** What AWS answered to RunTask: which tasks it started, and what it had no room for. Lists show that only later. Pure. */
import type { Call } from '../../model.ts'

export interface Answer {
  readonly arns: readonly string[]
  /** Why fewer were started than asked for: `RESOURCE:MEMORY`. */
  readonly failure?: string
}

/** Where the answer to a client token is remembered. */
export const answerKey = (token: string) => `answer:${token}`

/** What a call that asks for so many tasks yields. */
export function yieldsOf(count: number): Record<string, string> {
  const arns = Array.from({ length: count }, (_, n) => [
    n === 0 ? 'arn' : `arn${n}`,
    `tasks.${n}.taskArn`,
  ])
  return {
    ...Object.fromEntries(arns),
    failure: 'failures.0.reason',
    failureDetail: 'failures.0.detail',
  }
}

export function remember(
  call: Pick<Call, 'operation' | 'input'>,
  yielded: Readonly<Record<string, string>>,
): readonly [key: string, value: unknown] | undefined {
  if (call.operation !== 'ecs:RunTask') return undefined
  const arns = Object.entries(yielded).flatMap(([name, arn]) => (/^arn\d*$/.test(name) ? arn : []))
  const { failure, failureDetail } = yielded
  const why = [failure, failureDetail].filter(Boolean).join(' ')
  const answer: Answer = { arns, ...(why ? { failure: why } : {}) }
  return [answerKey(String(call.input.clientToken)), answer]
}
