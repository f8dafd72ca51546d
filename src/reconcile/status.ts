/** The last stage: folds what a pass saw, planned and did into conditions that people and machines read. Pure. */
import type {
  Change,
  Condition,
  ContainerInstance,
  FieldChange,
  Health,
  HealthWord,
  Manifest,
  ObjectKey,
  Observation,
  Outcome,
  Status,
  SyncWord,
} from '../model.ts'

export interface StatusInput {
  readonly key: ObjectKey
  readonly environment: string
  readonly revision: string
  readonly manifest: Manifest
  readonly observation: Observation | undefined
  readonly change: Change
  /** As the kind judges the live resource; absent when there is none. */
  readonly health: Health | undefined
  /** How the last call for this key ended, if it did not succeed since. */
  readonly failure: Outcome['failure'] | undefined
  /** Calls of the change are being held back: a dry run, back-off, or AWS has yet to show the last write. */
  readonly held?: string
  /** Which policy holds them back. */
  readonly heldBy?: string
  /** Only a person, or Git, can let them go. */
  readonly heldForGood?: true
  /** Another resource's calls go first and are held back: which, and why. */
  readonly waitsFor?: string
  readonly drifted: boolean
  /** What somebody changed while what Git asks for waits. */
  readonly meanwhile?: readonly FieldChange[]
  readonly previous: Status | undefined
  readonly now: number
}

interface Verdict {
  readonly ready: Condition['status']
  readonly reconciling: boolean
  readonly stalled: boolean
  readonly reason: string
  readonly message: string
  readonly sync: SyncWord
  readonly health: HealthWord
}

/** Failures that time does not mend: a person, or Git, must. */
const hopeless = new Set(['invalid', 'denied'])

function describeFields({ fields }: Pick<Change, 'fields'>): string {
  const names = fields.map((field) => field.path)
  const shown = names.slice(0, 4).join(', ')
  return names.length > 4 ? `${shown} and ${names.length - 4} more` : shown
}

function judge(input: StatusInput): Verdict {
  const { change, health, failure, observation } = input
  const exists = observation?.found === 'yes'
  const alive: HealthWord = !exists
    ? 'Missing'
    : health?.state === 'Failed'
      ? 'Degraded'
      : health?.state === 'Progressing'
        ? 'Progressing'
        : 'Healthy'

  if (change.verdict === 'blocked') {
    const reason = change.reason ?? { code: 'Blocked', message: 'it cannot be planned' }
    const unread = observation === undefined || observation.found === 'unknown'
    const { pause } = change
    const paused = pause !== undefined
    return {
      ready: unread ? 'Unknown' : 'False',
      reconciling: !change.stalled && !paused,
      stalled: change.stalled ?? false,
      reason: reason.code,
      message: reason.message,
      sync: unread ? 'Unknown' : exists && pause?.settled ? 'Synced' : 'OutOfSync',
      health: unread ? 'Unknown' : paused ? 'Suspended' : change.stalled ? 'Degraded' : alive,
    }
  }
  if (change.verdict !== 'keep') {
    const what =
      change.fields.length > 0 ? `${change.verdict}: ${describeFields(change)}` : change.verdict
    // What a policy holds now does not wait for what failed before.
    if (failure && input.heldBy === undefined) {
      const stalled = hopeless.has(failure.class)
      return {
        ready: 'False',
        reconciling: !stalled,
        stalled,
        reason: failure.code,
        message: failure.message,
        sync: 'OutOfSync',
        health: stalled ? 'Degraded' : alive,
      }
    }
    const stalled = input.heldForGood ?? false
    return {
      ready: 'False',
      reconciling: !stalled,
      stalled,
      reason: input.waitsFor
        ? 'DependencyNotReady'
        : (input.heldBy ?? (input.held ? 'Waiting' : 'Applying')),
      message: input.waitsFor
        ? `waits for ${input.waitsFor}`
        : input.held === undefined
          ? what
          : stalled
            ? input.held
            : `${what} (${input.held})`,
      sync: 'OutOfSync',
      health: alive,
    }
  }
  if (!exists) {
    return {
      ready: 'True',
      reconciling: false,
      stalled: false,
      reason: 'Absent',
      message: 'nothing to keep',
      sync: 'Synced',
      health: 'Missing',
    }
  }
  const state = health?.state ?? 'Ready'
  if (change.reason?.code === 'LeftBehind') {
    return {
      ready: 'True',
      reconciling: false,
      stalled: false,
      reason: change.reason.code,
      message: change.reason.message,
      sync: 'Synced',
      health: alive,
    }
  }
  return {
    ready: state === 'Ready' ? 'True' : 'False',
    reconciling: state === 'Progressing',
    stalled: state === 'Failed',
    reason: health?.reason ?? 'AsDeclared',
    message: health?.message ?? 'as Git says',
    sync: 'Synced',
    health: alive,
  }
}

/** An agent reconnects several times an hour; only what lasts is worth a word. */
const flapMs = 60_000

/** The agents of a cluster that have been away for longer than agents usually are. */
export function disconnectedAgents(
  instances: readonly ContainerInstance[],
  now: number,
): readonly ContainerInstance[] {
  return instances.filter(
    ({ disconnectedSinceMs }) =>
      disconnectedSinceMs !== undefined && now - disconnectedSinceMs >= flapMs,
  )
}

function agents({ health, now }: StatusInput): Pick<Condition, 'status' | 'reason' | 'message'>[] {
  const instances = health?.instances ?? []
  if (instances.length === 0) return []
  const gone = disconnectedAgents(instances, now)
  if (gone.length === 0) {
    const message = `${instances.length} of ${instances.length} agents connected`
    return [{ status: 'True', reason: 'AllConnected', message }]
  }
  const names = gone.slice(0, 5).map(({ name }) => name)
  const more = gone.length > 5 ? ` and ${gone.length - 5} more` : ''
  const message = `${gone.length} of ${instances.length} agents disconnected: ${names.join(', ')}${more}; their instances get no tasks`
  return [{ status: 'False', reason: 'AgentDisconnected', message }]
}

/** Conditions in kstatus order: Reconciling, Stalled (only while true), Ready, Drifted. Times move only with the status. */
export function foldStatus(input: StatusInput): Status {
  const verdict = judge(input)
  const at = new Date(input.now).toISOString()
  const condition = (
    type: Condition['type'],
    status: Condition['status'],
    reason = verdict.reason,
    message = verdict.message,
  ): Condition => {
    const before = input.previous?.conditions.find((other) => other.type === type)
    return {
      type,
      status,
      reason,
      message,
      lastTransitionTime: before?.status === status ? before.lastTransitionTime : at,
      observedRevision: input.revision,
    }
  }
  const conditions = [
    ...(verdict.reconciling ? [condition('Reconciling', 'True')] : []),
    ...(verdict.stalled ? [condition('Stalled', 'True')] : []),
    condition('Ready', verdict.ready),
    ...(input.drifted
      ? [
          condition(
            'Drifted',
            'True',
            'LiveDiffers',
            `AWS differs from Git: ${describeFields(input.change)}`,
          ),
        ]
      : input.meanwhile?.length
        ? [
            condition(
              'Drifted',
              'True',
              'ChangedMeanwhile',
              `AWS differs from what was there when this began to wait: ${describeFields({ fields: input.meanwhile })}`,
            ),
          ]
        : []),
    ...agents(input).map(({ status, reason, message }) =>
      condition('AgentsConnected', status, reason, message),
    ),
  ]
  const { observation, health } = input
  const applied = verdict.sync === 'Synced' ? input.revision : input.previous?.lastAppliedRevision
  return {
    key: input.key,
    environment: input.environment,
    sync: verdict.sync,
    health: verdict.health,
    conditions,
    attributes: observation?.found === 'yes' ? observation.live.attributes : {},
    pending: input.change.fields,
    observedAtMs: input.now,
    ...(health?.progress ? { progress: health.progress } : {}),
    ...(health?.instances ? { instances: health.instances } : {}),
    ...(health?.rollout ? { rollout: health.rollout } : {}),
    ...(health?.report ? { report: health.report } : {}),
    ...(applied ? { lastAppliedRevision: applied } : {}),
  }
}
