/** What a teardown takes away of a task definition: its revisions that are active and ours. */

import { isAdopted } from '../../adoption.ts'
import type { ObserveContext } from '../../kind.ts'
import { activeRevisions } from '../../kit/active-revisions.ts'
import type { Live, ObjectKey, Observation } from '../../model.ts'
import { parseArn } from './revisions.ts'
import type { TaskDefinitionState } from './state.ts'

type Answer = Observation<TaskDefinitionState>

/** The answers, with the revisions that are to go, oldest first. The tagging index shows those that went for long. */
export async function withRegistered(
  answers: ReadonlyMap<ObjectKey, Answer>,
  context: ObserveContext,
): Promise<ReadonlyMap<ObjectKey, Answer>> {
  const each = await Promise.all(
    [...answers].map(async ([key, answer]): Promise<[ObjectKey, Answer]> => {
      if (answer.found !== 'yes') return [key, answer]
      const { live } = answer
      const registered = await activeOf(key, live, context)
      // What else there is of the family is somebody else's.
      if (registered.length === 0 && !isAdopted(live)) return [key, { found: 'no' }]
      return [key, { found: 'yes', live: { ...live, state: { ...live.state, registered } } }]
    }),
  )
  return new Map(each)
}

async function activeOf(
  key: ObjectKey,
  { identity: { name: family } }: Live<TaskDefinitionState>,
  { read, index, owner }: ObserveContext,
): Promise<string[]> {
  const ours = new Set(
    index.flatMap(({ arn, tags }) => {
      const mine = tags['fairlead:owner'] === owner && tags['fairlead:resource'] === key
      return mine && !isAdopted({ tags }) && parseArn(arn)?.family === family ? arn : []
    }),
  )
  if (ours.size === 0) return []
  const active = await activeRevisions(read, family)
  return active
    .filter((arn) => ours.has(arn))
    .sort((a, b) => parseArn(a)!.revision - parseArn(b)!.revision)
}
