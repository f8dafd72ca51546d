/** Reads the records of tasks, ten a call, and looks after the runs that have not ended: no others cost a read. */
import type { Parameter } from '@aws-sdk/client-ssm'
import { holesIn } from '../../diff.ts'
import type { ObserveContext, Wanted } from '../../kind.ts'
import { type Answers, observeInBatches } from '../../kit/finding.ts'
import type { Live, ObjectKey, Observation } from '../../model.ts'
import { contentOf, hashOf, parameterName } from './content.ts'
import { follow, type Started } from './follow.ts'
import type { TaskSpec } from './manifest.ts'
import { readRecord } from './record.ts'
import type { Open, TaskState } from './state.ts'

/** The most that GetParameters takes. */
const batch = 10

export function observe(
  context: ObserveContext,
  wanted: readonly Wanted<TaskSpec>[],
): Promise<Answers<TaskState>> {
  return observeInBatches(wanted, batch, (part) => look(part, context))
}

async function look(
  part: readonly Wanted<TaskSpec>[],
  context: ObserveContext,
): Promise<ReadonlyMap<ObjectKey, Observation<TaskState>>> {
  const { owner } = context
  const nameOf = ({ manifest: { key } }: Wanted<TaskSpec>) => parameterName({ owner, key })
  const { Parameters: parameters = [] } = await context.read<{ Parameters?: Parameter[] }>(
    'ssm:GetParameters',
    { Names: part.map(nameOf) },
  )
  const kept = part.flatMap((want) => {
    const parameter = parameters.find(({ Name }) => Name === nameOf(want))
    return parameter ? [{ want, parameter, runs: readRecord(parameter.Value ?? '') }] : []
  })
  const started = kept.flatMap(({ want, parameter, runs }): Started[] => {
    const run = runs?.[0]
    if (run?.outcome !== 'started') return []
    const sinceMs = parameter.LastModifiedDate?.getTime() ?? 0
    return [{ key: want.manifest.key, run, sinceMs }]
  })
  const followed = await follow(started, context)
  return new Map(
    kept.map(({ want, parameter, runs }): [ObjectKey, Observation<TaskState>] => {
      const { key } = want.manifest
      const open = followed.get(key)
      if (open && 'found' in open) return [key, open]
      const tags = context.index.find(({ arn }) => arn === parameter.ARN)?.tags
      const state: TaskState = {
        parameter: nameOf(want),
        indexed: tags !== undefined,
        runs: runs ?? [],
        ...(runs ? {} : { unreadable: true }),
        ...(open ? { open } : {}),
        ...contentIn(want.spec),
      }
      return [key, { found: 'yes', live: liveOf(want, context, state, tags) }]
    }),
  )
}

function contentIn(spec: TaskSpec): Pick<TaskState, 'content'> {
  const content = contentOf(spec)
  return holesIn(content).length > 0 ? {} : { content: hashOf(content) }
}

/** The parameter's name says whose it is, so that nothing else has to until the index shows its tags. */
function liveOf(
  { manifest: { key }, identity }: Wanted<TaskSpec>,
  { owner }: ObserveContext,
  state: TaskState,
  tags: Readonly<Record<string, string>> = {
    'fairlead:owner': owner,
    'fairlead:resource': key,
  },
): Live<TaskState> {
  const arn = arnIn(state.open) ?? state.runs[0]?.task
  const attributes = { name: identity.name, ...(arn ? { arn } : {}) }
  return { key, identity, attributes, tags, state }
}

const arnIn = (open: Open | undefined) => open?.tasks[0]?.arn
