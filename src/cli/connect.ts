/** Puts the AWS function of an environment together: the SDK or the embedded simulator below, the layers above. */
import { type Aws, layered } from '../aws/aws.ts'
import { budgeted } from '../aws/budget.ts'
import { metered, readOnly, retriedReads } from '../aws/layers.ts'
import { isLoopback, sdkAws } from '../aws/sdk.ts'
import { AwsFailure } from '../errors.ts'
import { kinds } from '../kinds/index.ts'
import type { Metrics } from '../metrics.ts'
import type { Environment, Operation } from '../model.ts'
import type { Runtime } from '../runtime.ts'
import type { Io } from './io.ts'

/** Reads that belong to no kind. */
const plainReads: ReadonlySet<string> = new Set(['tag:GetResources', 'sts:GetCallerIdentity'])

export function isRead(operation: Operation): boolean {
  return plainReads.has(operation) || kinds.some((kind) => kind.operations[operation] === 'read')
}

export interface ConnectOptions {
  readonly io: Io
  readonly runtime: Runtime
  readonly metrics?: Metrics
  /** The embedded simulator's body, where there is one. */
  readonly embedded?: (environment: Environment) => Aws
  /** Which part of AWS's request budget is ours; absent: 0.8, and none for a loopback endpoint. */
  readonly apiShare?: number
  readonly readOnly?: boolean
}

/** An environment that cannot be reached yet says so at its every pass; the others go on. */
const unreachable =
  (name: string): Aws =>
  async (operation) => {
    const message = `environment ${name}: roles to assume are not supported yet; start fairlead with credentials of that account`
    throw new AwsFailure(operation, 'denied', 'RoleNotAssumed', message)
  }

/** One function for each account and region, so that environments that share them share their budget. */
export function connector(options: ConnectOptions): (environment: Environment) => Aws {
  const { io, runtime, metrics } = options
  const made = new Map<string, Aws>()
  const local = options.embedded !== undefined || isLoopback(io.env)
  const share = options.apiShare ?? (local ? undefined : 0.8)
  return (environment) => {
    if (environment.roleArn) return unreachable(environment.name)
    const id = `${environment.accountId ?? ''} ${environment.region ?? ''}`
    const present = made.get(id)
    if (present) return present
    const body =
      options.embedded?.(environment) ??
      sdkAws({ env: io.env, ...(environment.region ? { region: environment.region } : {}) })
    const aws = layered(
      body,
      ...(options.readOnly ? [readOnly(isRead)] : []),
      retriedReads({ clock: runtime.clock, random: runtime.random, isRead }),
      ...(share === undefined
        ? []
        : [
            budgeted({
              clock: runtime.clock,
              share,
              onWait: (_, seconds) => metrics?.awsThrottleWait.observe(seconds),
            }),
          ]),
      metered(runtime.clock, (operation, outcome, seconds) => {
        metrics?.awsCalls.inc({ operation, outcome })
        metrics?.awsCallDuration.observe({ operation }, seconds)
      }),
    )
    made.set(id, aws)
    return aws
  }
}
