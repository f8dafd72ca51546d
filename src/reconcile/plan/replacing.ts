/**
 * What may be replaced, since something of it is fixed at its creation: never what was there before fairlead or is
 * protected, and only once nothing that is described uses it, where AWS would not take it away before. Pure.
 */
import { isAdopted } from '../../adoption.ts'
import type { Draft, Kind } from '../../kind.ts'
import type { Change, Live, Manifest, ObjectKey } from '../../model.ts'
import { renderKey } from '../../render-value.ts'
import type { Graph } from '../graph.ts'
import type { Observations } from '../observe.ts'
import { pruneTag } from './ownership.ts'

export interface ReplacingInput {
  readonly manifests: ReadonlyMap<ObjectKey, Manifest>
  readonly graph: Graph
  readonly observations: Observations
}

const annotation = 'fairlead.dev/replace'

/** Why a replacement that its kind has planned is not begun; undefined where it may. */
export function notReplaced(
  draft: Draft,
  manifest: Manifest,
  kind: Pick<Kind, 'ownName'>,
  live: Live | undefined,
  input: ReplacingInput,
): Draft | undefined {
  if (draft.verdict !== 'replace' || !live) return undefined
  const stays = (code: string, why: string): Draft => ({
    verdict: 'blocked',
    stalled: true,
    fields: draft.fields ?? [],
    reason: { code, message: `${draft.reason?.message ?? 'it is to be replaced'}, but ${why}` },
  })
  if (isAdopted(live, manifest)) {
    return stays('CreateOnly', 'it was adopted, and what was there before is never deleted')
  }
  const isProtected =
    manifest.annotations['fairlead.dev/prune'] === 'disabled' || live.tags[pruneTag] === 'disabled'
  if (isProtected) {
    return stays('CreateOnly', 'its annotation fairlead.dev/prune: disabled keeps it from that')
  }
  const user = draft.alone ? userOf(manifest.key, input) : undefined
  if (!user) return undefined
  return stays('StillNeeded', `${renderKey(user)} uses it: ${besideIt(kind)}`)
}

/** The way that needs no annotation, where AWS takes two at once. */
const besideIt = ({ ownName }: Pick<Kind, 'ownName'>): string =>
  ownName
    ? `give it another name in AWS (spec.${ownName}): made beside this one, which goes once its users have moved`
    : 'describe another under a new name, and let its users go over to it first'

/** Names that way out too, where a field that is fixed at creation is to change. */
export function withWayBeside(draft: Draft, kind: Pick<Kind, 'ownName'>): Draft {
  const { reason } = draft
  if (draft.verdict !== 'blocked' || reason?.code !== 'CreateOnly') return draft
  const message = `${reason.message}. Or ${besideIt(kind)}`
  return { ...draft, reason: { ...reason, message } }
}

/** Who needs it, and is there. */
function userOf(
  key: ObjectKey,
  { graph, observations, manifests }: ReplacingInput,
): ObjectKey | undefined {
  return [...(graph.neededBy.get(key) ?? [])].find(
    (user) =>
      manifests.get(user)?.annotations['fairlead.dev/mode'] !== 'observe' &&
      observations.get(user)?.found !== 'no',
  )
}

/** What is replaced while others refer to it late: those must let go of it before, and take its successor after. */
export function replacedWhileHeld(
  changes: Iterable<Change>,
  { graph }: Pick<ReplacingInput, 'graph'>,
): Set<ObjectKey> {
  const referred = new Set([...graph.late.values()].flatMap((targets) => [...targets]))
  return new Set(
    [...changes].flatMap(({ key, verdict }) =>
      verdict === 'replace' && referred.has(key) ? key : [],
    ),
  )
}

/** The users of what may be replaced: a pass has to see them. */
export function usersOfReplaced(
  keys: Iterable<ObjectKey>,
  graph: Graph,
  manifests: readonly Manifest[],
): ObjectKey[] {
  const allowed = new Set(
    manifests.flatMap(({ key, annotations }) => (annotations[annotation] === 'allowed' ? key : [])),
  )
  if (allowed.size === 0) return []
  return [...keys].flatMap((key) => {
    if (!allowed.has(key)) return []
    const late = [...graph.late].flatMap(([other, targets]) => (targets.has(key) ? other : []))
    return [...(graph.neededBy.get(key) ?? []), ...late]
  })
}
