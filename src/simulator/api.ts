/** What a simulated operation is: a typed function of its input, with AWS's own error names. No wire code, no time. */
import type { World } from './world.ts'

/** An error as AWS answers it: `code` is the exception's name (`ClientException`), `status` the HTTP status. */
export class AwsError extends Error {
  override readonly name = 'AwsError'
  readonly code: string
  readonly status: number
  /** Further members of the exception's shape. */
  readonly details: Readonly<Record<string, unknown>>
  constructor(code: string, message: string, status = 400, details: Record<string, unknown> = {}) {
    super(message)
    this.code = code
    this.status = status
    this.details = details
  }
}

/** What an operation may know besides its input. */
export interface CallContext {
  /** State of one account and region, already advanced to `now`. */
  readonly world: World
  readonly account: string
  readonly region: string
  /** The ARN of the role session that calls; absent for the account's own user. */
  readonly caller?: string
  /** Milliseconds since the epoch on the simulator's clock. */
  readonly now: number
  /** In [0, 1); a stream of its own, so that one more draw elsewhere does not shift it. */
  readonly random: () => number
  /** A fresh 32-digit hex id, deterministic by seed. */
  readonly id: () => string
}

/** Input and output in the SDK's shape (camelCase as the API has it, `Date` for timestamps). Throws AwsError. */
// biome-ignore lint/suspicious/noExplicitAny: each operation narrows its own input
export type Handler = (input: any, context: CallContext) => Record<string, unknown>

/** The operations of one AWS service by name: `{ CreateCluster, DescribeClusters, … }`. */
export type ServiceHandlers = Readonly<Record<string, Handler>>
