/** Loads what a rehearsal needs of an environment: one pass as the controller makes it, then what stands around. Reads alone. */
import type { Aws } from '../aws/aws.ts'
import type { Kind } from '../kind.ts'
import type { Desired, Environment, Reason } from '../model.ts'
import { manifestsOf, type Pass, runPass } from '../reconcile/pass.ts'
import { type PruneWish, pruningIn } from '../reconcile/prune-guards.ts'
import { refusalOf } from '../reconcile/refusal.ts'
import { createReader, type Recorded } from './reader.ts'
import { readSurroundings } from './surroundings.ts'

export interface LoadInput {
  /** Only ever asked to read. */
  readonly aws: Aws
  readonly kinds: readonly Kind[]
  readonly owner: string
  readonly desired: Desired
  readonly environment: Environment
  readonly prune?: PruneWish
  /** Where neither the environment nor any answer names a region. */
  readonly region: string
  readonly now: () => number
}

/** The state of one environment at an instant, as data. */
export interface Loaded {
  readonly environment: Environment
  readonly account: string
  readonly region: string
  readonly atMs: number
  readonly answers: readonly Recorded[]
  /** What could not be read: sentences. */
  readonly gaps: readonly string[]
  /** The pass as `plan` makes it. */
  readonly pass: Pass
  /** Why nothing may be done there; then there is nothing to rehearse. */
  readonly refuse?: Reason
}

/** Rejects with AwsFailure when nothing at all can be read. */
export async function loadObserved(input: LoadInput): Promise<Loaded> {
  const { desired, environment, kinds, owner } = input
  const reader = createReader(input.aws)
  const refuse = await refusalOf(reader.aws, environment)
  const pruning = input.prune && pruningIn(environment, input.prune)
  const pass = await runPass({
    aws: reader.aws,
    kinds,
    owner,
    desired,
    environment,
    memories: new Map(),
    ...(pruning ? { prune: pruning } : {}),
    ...(refuse ? { refuse } : {}),
    now: input.now,
  })
  if (!refuse) {
    await reader.read('sts:GetCallerIdentity', {})
    await readSurroundings(reader, manifestsOf(desired, environment), desired.identities)
  }
  return {
    environment,
    account: accountOf(reader.answers, environment),
    region: environment.region ?? regionOf(reader.answers) ?? input.region,
    atMs: Math.max(input.now(), newestMs(reader.answers) + 1),
    answers: reader.answers,
    gaps: [...reader.gaps].sort(),
    pass,
    ...(refuse ? { refuse } : {}),
  }
}

function accountOf(answers: readonly Recorded[], { accountId }: Environment): string {
  const said = answers.find(({ operation }) => operation === 'sts:GetCallerIdentity')?.output
  return String(said?.Account ?? accountId ?? '123456789012')
}

/** As the ARNs say that were answered. */
function regionOf(answers: readonly Recorded[]): string | undefined {
  for (const { operation, output } of answers) {
    if (!operation.startsWith('ecs:')) continue
    const region = /arn:[\w-]+:ecs:([\w-]+):\d+:/.exec(JSON.stringify(output))?.[1]
    if (region) return region
  }
  return undefined
}

/** The newest time that AWS speaks of: its clock, or an emulator's, may be ahead of ours. */
function newestMs(answers: readonly Recorded[]): number {
  let newest = 0
  for (const { operation, output } of answers) {
    if (operation !== 'ecs:DescribeTasks' && operation !== 'ecs:DescribeServices') continue
    for (const one of [...listOf(output.tasks), ...listOf(output.services)]) {
      const { createdAt, startedAt, stoppedAt, deployments = [], events = [] } = one
      const times = [createdAt, startedAt, stoppedAt, events[0]?.createdAt]
      for (const time of [...times, ...deployments.map(({ updatedAt }) => updatedAt)]) {
        const ms = time ? new Date(time).getTime() : 0
        if (ms > newest) newest = ms
      }
    }
  }
  return newest
}

interface Timed {
  readonly createdAt?: Date
  readonly startedAt?: Date
  readonly stoppedAt?: Date
  readonly deployments?: readonly { readonly updatedAt?: Date }[]
  readonly events?: readonly { readonly createdAt?: Date }[]
}

const listOf = (value: unknown) => (value ?? []) as readonly Timed[]
