/**
 * Deregisters old revisions of task definitions in the background: a few a sweep, behind everything else, and never one
 * that something runs or may go back to. Costs no read while there are none to go.
 */

import type { Aws } from '../aws/aws.ts'
import { AwsFailure } from '../errors.ts'
import type { Tell } from '../journal.ts'
import { inBatches } from '../kind.ts'
import { activeRevisions } from '../kit/active-revisions.ts'
import { allPages } from '../kit/finding.ts'
import type { Call, Desired, Environment, ObjectKey, Outcome } from '../model.ts'
import type { Submission } from '../reconcile/execute.ts'
import { manifestsOf, type Pass } from '../reconcile/pass.ts'
import {
  type Family,
  familiesOf,
  namedRevisions,
  shortOf,
  spareOf,
} from '../reconcile/revisions.ts'
import { renderKey } from '../render-value.ts'

const operation = 'ecs:DeregisterTaskDefinition'

/** At most so many go in one sweep. */
const mostPerSweep = 3

/** The limit of DescribeTasks. */
const batch = 100

export interface OldRevisions {
  /** After a sweep: what may go now. Where reads fail, nothing does. */
  find(pass: Pass, desired: Desired, environment: Environment): Promise<Submission | undefined>
  /** Whether a call that ended was one of these; then all is said of it. */
  took(outcome: Outcome): boolean
}

export function createOldRevisions(aws: Aws, event: Tell): OldRevisions {
  /** Deregistered for good; the index shows them for long. */
  const gone = new Set<string>()
  /** Known to be active. */
  const active = new Set<string>()
  const read = <T>(name: Call['operation'], input: Record<string, unknown>) =>
    aws(name, input) as Promise<T>

  /** Those of a family that are still there. */
  const stillActive = async (family: Family): Promise<Family> => {
    const open = family.arns.filter((arn) => !gone.has(arn))
    if (open.some((arn) => !active.has(arn)) && open.length > family.keep) {
      const arns = await activeRevisions(read, family.family)
      for (const arn of open) (arns.includes(arn) ? active : gone).add(arn)
    }
    return { ...family, arns: open.filter((arn) => !gone.has(arn)) }
  }

  /** What tasks of a family run, in every cluster of the account: a service that nobody described counts too. */
  const running = async (family: string): Promise<string[]> => {
    const clusters = await allPages<string>(async (nextToken) => {
      const page = await read<{ clusterArns?: string[]; nextToken?: string }>('ecs:ListClusters', {
        ...(nextToken ? { nextToken } : {}),
      })
      return { items: page.clusterArns ?? [], next: page.nextToken }
    })
    const each = await Promise.all(clusters.map((cluster) => runningIn(cluster, family)))
    return each.flat()
  }

  const runningIn = async (cluster: string, family: string): Promise<string[]> => {
    const arns = await allPages<string>(async (nextToken) => {
      const page = await read<{ taskArns?: string[]; nextToken?: string }>('ecs:ListTasks', {
        cluster,
        family,
        ...(nextToken ? { nextToken } : {}),
      })
      return { items: page.taskArns ?? [], next: page.nextToken }
    })
    const tasks = await Promise.all(
      inBatches(arns, batch).map((part) =>
        read<{ tasks?: { taskDefinitionArn?: string }[] }>('ecs:DescribeTasks', {
          cluster,
          tasks: part,
        }),
      ),
    )
    return tasks.flatMap((page) =>
      (page.tasks ?? []).flatMap((task) => task.taskDefinitionArn ?? []),
    )
  }

  const look = async (
    pass: Pass,
    desired: Desired,
    environment: Environment,
  ): Promise<Submission | undefined> => {
    // What was not looked at may run any of them.
    if (!manifestsOf(desired, environment).every(({ key }) => isKnown(key, pass))) return undefined
    const { manifests, index, observations, pruned } = pass
    const families = familiesOf(index, manifests, pruned.lostFamilies, environment)
    const open = await Promise.all(families.map(stillActive))
    const crowded = open.filter(({ keep, arns }) => arns.length > keep)
    if (crowded.length === 0) return undefined
    const needed = namedRevisions(observations, desired.manifests)
    const calls: Call[] = []
    for (const family of crowded) {
      if (calls.length >= mostPerSweep) break
      if (spareOf(family, needed).length === 0) continue
      const run = await running(family.family)
      const spare = spareOf(family, new Set([...needed, ...run.map(shortOf)]))
      for (const arn of spare.slice(0, mostPerSweep - calls.length))
        calls.push(callFor(family.key, arn))
    }
    return {
      keys: new Set(calls.map(({ key }) => key)),
      calls: calls.map((call) => ({ call, priority: 2 as const })),
    }
  }

  return {
    find: (...of) =>
      look(...of).catch((error) => {
        if (error instanceof AwsFailure) return undefined
        throw error
      }),
    took(outcome) {
      const { call, result, failure } = outcome
      const arn = String(call.input.taskDefinition)
      const [key = '', own] = call.key.split(' ')
      // In a teardown a task definition deregisters its revisions itself.
      if (call.operation !== operation || own === undefined) return false
      if (result === 'succeeded') {
        gone.add(arn)
        const message = `${renderKey(key)}: ${shortOf(arn)} is old, and nothing needs it · DeregisterTaskDefinition`
        event('Normal', 'Deregistered', message, { key })
      } else if (result === 'failed') {
        const message = `DeregisterTaskDefinition ${shortOf(arn)}: ${failure?.code}: ${failure?.message}`
        event('Warning', 'CallFailed', message, { key })
      }
      return true
    },
  }
}

/** A key of its own: neither does the task definition wait for it, nor what refers to that. */
function callFor(key: ObjectKey, arn: string): Call {
  const own = `${key} ${shortOf(arn)}`
  return { id: `${own}#0`, key: own, operation, input: { taskDefinition: arn }, after: [] }
}

function isKnown(key: ObjectKey, { observations }: Pass): boolean {
  const seen = observations.get(key)
  return seen !== undefined && seen.found !== 'unknown'
}
