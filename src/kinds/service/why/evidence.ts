/**
 * Gathers what AWS tells of deployments that fail; the one part of a report that reads. A few services a look, each
 * task once, and nothing any more once a deployment has ended and all its tasks have: what was learnt is kept, since
 * AWS forgets it within the hour.
 */
import type { TaskDefinition } from '@aws-sdk/client-ecs'
import type { ObserveContext } from '../../../kind.ts'
import type { ObjectKey } from '../../../model.ts'
import { findFailing, type Suspect } from './failing.ts'
import { groupsOf, isPlacement } from './groups.ts'
import { type LogsRead, readLogs } from './logs.ts'
import type { Checks, Evidence, Failing, Instance, ServiceEvent, Target } from './model.ts'
import { createReading, type Reading } from './reading.ts'
import { readInstances } from './room.ts'
import { balancersOf, readChecks, readTargets } from './targets.ts'
import { stoppedTasks, type TasksRead } from './tasks.ts'

/** How many services are looked into at a time: those that were not for longest. */
const atATime = 5
/** After its end a deployment's last tasks are waited for this long. */
const lingersMs = 15 * 60_000
/** What is known of a service that nobody asks for any more. */
const keptMs = 2 * 60 * 60_000
/** Target health changes slowly. */
const targetsFreshMs = 30_000
/** Tasks may take this long before it is asked what they wait for. */
const waitsMs = 2 * 60_000

/** What was read of one service; lost, it costs reads, and what AWS has forgotten. */
interface Case {
  failing: Failing
  evidence?: Evidence
  settledAs?: string
  readMs: number
  askedMs: number
  readonly tasks: TasksRead
  readonly events: Map<string, ServiceEvent>
  readonly definitions: Map<string, TaskDefinition>
  readonly logs: LogsRead
  targets?: { readonly atMs: number; readonly list: readonly Target[] }
  checks?: Checks
}

type Cases = Map<string, Case>

export async function evidenceOf(
  context: ObserveContext,
  services: readonly Suspect[],
): Promise<ReadonlyMap<ObjectKey, Evidence>> {
  const cases = casesIn(context)
  const open = services.filter((suspect) => {
    const known = cases.get(suspect.serviceArn)
    if (known) known.askedMs = context.now
    return known?.settledAs === undefined || known.settledAs !== stateOf(suspect)
  })
  const readMs = ({ serviceArn }: Suspect) => cases.get(serviceArn)?.readMs ?? 0
  const turn = [...open].sort((a, b) => readMs(a) - readMs(b)).slice(0, atATime)
  await Promise.all(turn.map((suspect) => lookInto(suspect, cases, context)))
  for (const [arn, { askedMs }] of cases) if (context.now - askedMs > keptMs) cases.delete(arn)
  return new Map(
    services.flatMap(({ key, serviceArn }) => {
      const evidence = cases.get(serviceArn)?.evidence
      return evidence ? [[key, evidence] as const] : []
    }),
  )
}

function casesIn({ memory }: ObserveContext): Cases {
  const cases = (memory.get('why:cases') as Cases | undefined) ?? new Map()
  memory.set('why:cases', cases)
  return cases
}

/** Changes when there is something new to find out. */
function stateOf({ service, rejected, deployment }: Suspect): string {
  const deployments = (service.deployments ?? []).map(
    ({ id, rolloutState, failedTasks }) => `${id} ${rolloutState} ${failedTasks}`,
  )
  const { currentServiceDeployment = '' } = service
  const asked = rejected ? `${rejected.deploymentArn} ${rejected.status}` : ''
  return [asked, deployment?.status, currentServiceDeployment, ...deployments].join('\n')
}

async function lookInto(suspect: Suspect, cases: Cases, context: ObserveContext): Promise<void> {
  const { now } = context
  const ask = createReading(context)
  const failing = await findFailing(suspect, ask, context.memory)
  if (!failing) return
  const before = cases.get(suspect.serviceArn)
  const known: Case =
    before?.failing.id === failing.id
      ? before
      : {
          failing,
          readMs: now,
          askedMs: now,
          tasks: new Map(),
          events: new Map(),
          definitions: new Map(),
          logs: new Map(),
        }
  cases.set(suspect.serviceArn, known)
  // Once it is gone from the list, AWS no longer says what its tasks were started by.
  const startedBy = failing.startedBy ?? known.failing.startedBy
  known.failing = startedBy ? { ...failing, startedBy } : failing
  known.readMs = now
  keepEvents(suspect, known)
  const { tasks, all } = await stoppedTasks(suspect, known.failing, known.tasks, ask)
  const definition = await definitionOf(failing.definition, known, ask)
  const previous = failing.previous && (await definitionOf(failing.previous, known, ask))
  const balancers = balancersOf(suspect.service)
  const events = [...known.events.values()].sort((a, b) => b.atMs - a.atMs)
  const counts = countsOf(suspect)
  const strategy = (suspect.service.capacityProviderStrategy ?? []).flatMap(
    ({ capacityProvider }) => capacityProvider ?? [],
  )
  const waits = counts.pending > 0 && tasks.length === 0 && now - failing.startedMs > waitsMs
  const asksForRoom = waits || events.some(({ message }) => isPlacement(message))
  const instances =
    asksForRoom && !onFargate(suspect, strategy)
      ? await instancesFor(suspect, known, context, ask)
      : undefined
  const found = {
    cluster: suspect.clusterArn.split('/').at(-1) ?? '',
    serviceName: suspect.serviceName,
    failing: known.failing,
    counts,
    strategy,
    graceMs: (suspect.service.healthCheckGracePeriodSeconds ?? 0) * 1_000,
    balancers,
    tasks,
    events,
    ...(await targetsFor(known, balancers, now, ask)),
    ...(instances ? { instances } : {}),
    ...(definition ? { definition } : {}),
    ...(previous ? { previous } : {}),
    atMs: now,
  }
  const logs = await readLogs(groupsOf(found), tasks, definition, known.logs, ask)
  known.evidence = { ...found, logs, unread: [...ask.unread] }
  const ended = failing.endedMs !== undefined && !ask.incomplete
  const over = ended && (all || now - failing.endedMs > lingersMs)
  if (over) known.settledAs = stateOf(suspect)
  else delete known.settledAs
}

/** AWS keeps the last hundred. */
function keepEvents({ service }: Suspect, known: Case): void {
  const { startedMs, endedMs = Number.POSITIVE_INFINITY } = known.failing
  for (const { id = '', createdAt, message = '' } of service.events ?? []) {
    const atMs = Number(createdAt ?? 0)
    if (atMs >= startedMs && atMs <= endedMs)
      known.events.set(id || `${atMs} ${message}`, { atMs, message })
  }
}

/** A revision never changes. */
async function definitionOf(
  arn: string,
  { definitions }: Case,
  ask: Reading,
): Promise<TaskDefinition | undefined> {
  const known = definitions.get(arn)
  if (known) return known
  const answer = await ask<{ taskDefinition?: TaskDefinition }>(
    'the task definition',
    'ecs:DescribeTaskDefinition',
    { taskDefinition: arn },
  )
  if (answer?.taskDefinition) definitions.set(arn, answer.taskDefinition)
  return answer?.taskDefinition
}

function countsOf({ service }: Suspect): Evidence['counts'] {
  const { deployments = [], desiredCount = 0, runningCount = 0, pendingCount = 0 } = service
  const failed = Math.max(0, ...deployments.map(({ failedTasks = 0 }) => failedTasks))
  return { desired: desiredCount, running: runningCount, pending: pendingCount, failed }
}

function onFargate({ service }: Suspect, strategy: readonly string[]): boolean {
  if (strategy.length > 0) return strategy.every((name) => /^FARGATE(_SPOT)?$/.test(name))
  return service.launchType === 'FARGATE'
}

/** After the end there is nothing to learn from the room of another moment. */
async function instancesFor(
  { clusterArn }: Suspect,
  { failing, evidence }: Case,
  context: ObserveContext,
  ask: Reading,
): Promise<readonly Instance[] | undefined> {
  if (failing.endedMs !== undefined && evidence?.instances) return evidence.instances
  return readInstances(clusterArn, ask, context)
}

async function targetsFor(
  known: Case,
  balancers: Evidence['balancers'],
  now: number,
  ask: Reading,
): Promise<{ targets: readonly Target[]; checks: Checks }> {
  const arns = balancers.map(({ arn }) => arn)
  const checks = known.checks ?? (await readChecks(arns, ask))
  if (Object.keys(checks).length > 0) known.checks = checks
  const fresh = known.targets && now - known.targets.atMs < targetsFreshMs
  // Targets of what runs after the end say nothing of what failed.
  if (!fresh && known.failing.endedMs === undefined) {
    known.targets = { atMs: now, list: await readTargets(arns, ask) }
  }
  return { targets: known.targets?.list ?? [], checks }
}
