/** Classes of failure as values and one exception type for each rim; and `invariant()` for our own bugs. */
import type { FailureClass, Operation } from './model.ts'

/** An AWS call that did not succeed. `code` is AWS's own error name where there is one. */
export class AwsFailure extends Error {
  override readonly name = 'AwsFailure'
  readonly operation: Operation
  readonly class: FailureClass
  readonly code: string
  /** True when the call may have taken effect all the same (a lost answer, a 5xx). */
  readonly effectUnknown: boolean

  constructor(
    operation: Operation,
    cls: FailureClass,
    code: string,
    message: string,
    options: { effectUnknown?: boolean; cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause })
    this.operation = operation
    this.class = cls
    this.code = code
    this.effectUnknown = options.effectUnknown ?? false
  }
}

/** A mistake of the user at the command line or in the environment: shown without a stack, exit code given. */
export class UserError extends Error {
  override readonly name = 'UserError'
  readonly hint?: string
  readonly exitCode: number
  constructor(
    message: string,
    options: { hint?: string; exitCode?: number; cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause })
    this.hint = options.hint
    this.exitCode = options.exitCode ?? 1
  }
}

/** A bug of ours. The pass is abandoned and a metric counts it. */
export class InvariantError extends Error {
  override readonly name = 'InvariantError'
}

export function invariant(condition: unknown, message: string): asserts condition {
  if (!condition) throw new InvariantError(message)
}
