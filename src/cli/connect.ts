/** Puts the AWS function of an environment together: the SDK or the embedded simulator below, the layers above. */
import { type Aws, type Layer, layered } from '../aws/aws.ts'
import { budgeted } from '../aws/budget.ts'
import { metered, readOnly, retriedReads } from '../aws/layers.ts'
import { type RoleToAssume, sessionNameOf } from '../aws/role.ts'
import { isLoopback, sdkAws } from '../aws/sdk.ts'
import { trailReads } from '../keeper/trail.ts'
import { kinds } from '../kinds/index.ts'
import type { Metrics } from '../metrics.ts'
import type { Environment, Operation } from '../model.ts'
import { accountOf } from '../reconcile/manifest/environment.ts'
import { rehearsalReads } from '../rehearsal/reads.ts'
import type { Runtime } from '../runtime.ts'
import { importReads } from './import/reads.ts'
import type { Io } from './io.ts'
import { verifyReads } from './verify/reads.ts'

/** Reads that belong to no kind. */
const plainReads: ReadonlySet<string> = new Set([
  'tag:GetResources',
  'sts:GetCallerIdentity',
  ...trailReads,
  ...verifyReads,
  ...importReads,
  ...rehearsalReads,
])

export function isRead(operation: Operation): boolean {
  return plainReads.has(operation) || kinds.some((kind) => kind.operations[operation] === 'read')
}

export interface ConnectOptions {
  readonly io: Io
  readonly runtime: Runtime
  readonly metrics?: Metrics
  /** The embedded simulator's body, where there is one. */
  readonly embedded?: (environment: Environment, role?: RoleToAssume) => Aws
  /** Which part of AWS's request budget is ours; absent: 0.8, and none for a loopback endpoint. */
  readonly apiShare?: number
  readonly readOnly?: boolean
}

/**
 * One function for each environment: its role and session name are its own. Environments of one account and region
 * share one budget, since AWS counts their calls together.
 */
export function connector(options: ConnectOptions): (environment: Environment) => Aws {
  const { io, runtime, metrics } = options
  const made = new Map<string, Aws>()
  const budgets = new Map<string, Layer>()
  const local = options.embedded !== undefined || isLoopback(io.env)
  const share = options.apiShare ?? (local ? undefined : 0.8)

  const budgetOf = (environment: Environment): readonly Layer[] => {
    if (share === undefined) return []
    const region = environment.region ?? io.env.AWS_REGION ?? io.env.AWS_DEFAULT_REGION
    const place = JSON.stringify([accountOf(environment), region])
    const present = budgets.get(place)
    if (present) return [present]
    const budget = budgeted({
      clock: runtime.clock,
      share,
      onWait: (_, seconds) => metrics?.awsThrottleWait.observe(seconds),
    })
    budgets.set(place, budget)
    return [budget]
  }

  return (environment) => {
    const { accountId, region, roleArn } = environment
    const role = roleArn ? { roleArn, sessionName: sessionNameOf(environment.name) } : undefined
    const id = JSON.stringify([accountId, region, role])
    const present = made.get(id)
    if (present) return present
    const body =
      options.embedded?.(environment, role) ??
      sdkAws({ env: io.env, ...(region ? { region } : {}), ...(role ? { role } : {}) })
    const aws = layered(
      body,
      ...(options.readOnly ? [readOnly(isRead)] : []),
      retriedReads({ clock: runtime.clock, random: runtime.random, isRead }),
      ...budgetOf(environment),
      metered(runtime.clock, (operation, outcome, seconds) => {
        metrics?.awsCalls.inc({ operation, outcome })
        metrics?.awsCallDuration.observe({ operation }, seconds)
      }),
    )
    made.set(id, aws)
    return aws
  }
}
