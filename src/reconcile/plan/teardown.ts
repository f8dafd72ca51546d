/**
 * How resources go: what is ours is deleted once nobody uses it; what was there before fairlead is released, never
 * deleted. Either lets go first of what goes with it and would be held by it. Pure.
 */
import { isAdopted, releaseOf } from '../../adoption.ts'
import type { Draft, Kind, PlanInput } from '../../kind.ts'
import type { Change, DraftCall, Live, Manifest, ObjectKey } from '../../model.ts'
import { renderKey } from '../../render-value.ts'
import type { Graph } from '../graph.ts'
import type { Observations } from '../observe.ts'
import { blocked, ownershipOf } from './ownership.ts'

export interface TeardownInput {
  readonly manifests: ReadonlyMap<ObjectKey, Manifest>
  readonly graph: Graph
  readonly observations: Observations
  readonly kinds: readonly Kind[]
  readonly owner: string
}

type Changes = ReadonlyMap<ObjectKey, Change>

/** What was there before fairlead, and carries no tag of ours. */
export const released = (): Draft => ({
  verdict: 'keep',
  notes: ['adopted, or not ours: left as it is'],
})

/** What a resource of ours that is there needs in order to go. */
export function tearDown(
  manifest: Manifest,
  kind: Kind,
  live: Live,
  common: PlanInput,
  input: TeardownInput,
  changes: Changes,
): Draft {
  const stays = isAdopted(live, manifest)
  if (stays) return lettingGo(manifest, kind, live, input, changes) ?? release(kind, live)
  const draft = kind.plan(common)
  if (draft.verdict === 'keep') return draft
  return (
    lettingGo(manifest, kind, live, input, changes) ?? waitsToGo(manifest, input, changes) ?? draft
  )
}

/** Takes our tags off what stays. */
export function release(kind: Kind, live: Live): Draft {
  const release = releaseOf(live, kind.operations)
  if (!release) return released()
  const message = 'was there before it was adopted: stays as it is, without our tags'
  const { call, fields } = release
  return { verdict: 'update', fields, calls: [call], reason: { code: 'Released', message } }
}

/** Who has yet to go before this one can. */
function usersOf(key: ObjectKey, { graph }: TeardownInput, changes: Changes): ObjectKey[] {
  return [...(graph.neededBy.get(key) ?? [])].filter((user) => {
    const change = changes.get(user)
    return change?.verdict !== 'keep' && change?.reason?.code !== 'Released'
  })
}

/** The calls by which it lets go of others, or who has to go before that; undefined once it is done. */
function lettingGo(
  manifest: Manifest,
  kind: Kind,
  live: Live,
  input: TeardownInput,
  changes: Changes,
): Draft | undefined {
  const { key } = manifest
  const calls = holdsBy(manifest, kind, live, input)
  if (calls.length === 0) return undefined
  const upstream = input.graph.upstream.get(key)
  const outside = usersOf(key, input, changes).find((user) => !upstream?.has(user))
  if (outside) {
    const code = isAdopted(live, manifest) ? 'ReleasedLater' : 'StillNeeded'
    return blocked({ code, message: `waits for ${renderKey(outside)} to go` })
  }
  const message = 'lets go of what it refers to, which goes next'
  return { verdict: 'update', calls, reason: { code: 'LettingGo', message } }
}

function waitsToGo({ key }: Manifest, input: TeardownInput, changes: Changes): Draft | undefined {
  const [user] = usersOf(key, input, changes)
  if (user) return blocked({ code: 'StillNeeded', message: `waits for ${renderKey(user)} to go` })
  const { late } = input.graph
  const holder = [...late].find(([other, to]) => to.has(key) && holds(other, input))
  if (!holder) return undefined
  return blocked({
    code: 'StillNeeded',
    message: `waits for ${renderKey(holder[0])} to let go of it`,
  })
}

/** Whether a resource of ours has yet to let go of what its late references point to. */
function holds(key: ObjectKey, input: TeardownInput): boolean {
  const [manifest, live] = [input.manifests.get(key), ownLive(key, input)]
  const kind = input.kinds.find(({ name }) => name === manifest?.kind)
  return !!manifest && !!kind && !!live && holdsBy(manifest, kind, live, input).length > 0
}

/** The calls that undo its late references: all of them, or where it stays those to what is deleted. */
function holdsBy(
  manifest: Manifest,
  kind: Kind,
  live: Live,
  input: TeardownInput,
): readonly DraftCall[] {
  if (!kind.release) return []
  if (!isAdopted(live, manifest)) return kind.release(live)
  const targets = [...(input.graph.late.get(manifest.key) ?? [])]
  const going = targets.flatMap((key) => {
    const target = ownLive(key, input)
    return target && !isAdopted(target, input.manifests.get(key)) ? [target] : []
  })
  return going.length > 0 ? kind.release(live, going) : []
}

/** What AWS shows of it, where it is there and ours. */
function ownLive(key: ObjectKey, input: TeardownInput): Live | undefined {
  const manifest = input.manifests.get(key)
  const seen = input.observations.get(key)
  if (!manifest || seen?.found !== 'yes') return undefined
  if (manifest.annotations['fairlead.dev/mode'] === 'observe') return undefined
  return ownershipOf(seen.live, manifest, input.owner) === 'mine' ? seen.live : undefined
}
