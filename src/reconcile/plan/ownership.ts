/** Whose a live resource is, as its tags say, whether a manifest may write it, and the tags that it must carry. Pure. */
import { adopted } from '../../adoption.ts'
import { ignoresTag } from '../../ignored.ts'
import type { Draft, PlanInput } from '../../kind.ts'
import type { Desired, Environment, Live, Manifest, ObjectKey, Reason } from '../../model.ts'
import { renderKey } from '../../render-value.ts'
import { rivalIn } from '../../rivals.ts'

/** The tag by which a resource is kept, whatever becomes of its manifest. */
export const pruneTag = 'fairlead:prune'

export const blocked = (reason: Reason, stalled = false): Draft => ({
  verdict: 'blocked',
  reason,
  stalled,
})

/** By which key the other one keeps it. */
function keptAs({ tags }: Live): string {
  const key = tags['fairlead:resource']
  return key === undefined ? '' : `, which keeps it as ${key}`
}

function rivalText({ tags }: Live): string {
  const rival = rivalIn(tags)
  return rival === undefined ? '' : ` (its tags say that it is kept by ${rival})`
}

/** Whose resource it is, as its tags say, and whether this manifest may write it. */
export function ownershipOf(
  live: Live | undefined,
  manifest: Manifest,
  owner: string,
): PlanInput['ownership'] | Draft {
  if (!live) return 'mine'
  const holder = live.tags['fairlead:owner'] ?? live.ownedAs
  if (holder === owner) return 'mine'
  const adopt = manifest.annotations['fairlead.dev/adopt']
  const name = `${manifest.kind} ${live.identity.name}`
  if (holder !== undefined) {
    return blocked(
      {
        code: 'NotOwned',
        message: `${name} belongs to the fairlead of owner "${holder}"${keptAs(live)} (this one is "${owner}"): it is not touched`,
      },
      true,
    )
  }
  if (adopt === 'unchanged') return 'adopt-unchanged'
  if (adopt === 'overwrite') return 'adopt-overwrite'
  return blocked(
    {
      code: 'NotOwned',
      message: `${name} exists in AWS and is not ours${rivalText(live)}: annotate the manifest with fairlead.dev/adopt: unchanged (or overwrite) to take it over, or fairlead.dev/mode: observe to refer to it only`,
    },
    true,
  )
}

/**
 * Ownership tags and the environment's; the manifest's own win over the environment's. What is being adopted is told
 * apart from what was made, for good.
 */
export function tagsOf(
  manifest: Manifest,
  environment: Environment,
  owner: string,
  ownership: PlanInput['ownership'],
  live?: Live,
): Record<string, string> {
  const own: Record<string, string> = {}
  const tags = (manifest.spec as { tags?: unknown }).tags
  for (const tag of Array.isArray(tags) ? (tags as { key?: string; value?: string }[]) : []) {
    if (tag.key) own[tag.key] = tag.value ?? ''
  }
  return {
    ...Object.fromEntries(
      Object.entries({ ...environment.tags, ...own }).filter(
        ([key]) => !live || !ignoresTag(manifest.annotations, key),
      ),
    ),
    'fairlead:owner': owner,
    'fairlead:resource': manifest.key,
    ...(ownership === 'mine' ? {} : adopted),
    ...protection(manifest, live),
  }
}

/** Protection outlasts the manifest; it is taken back by another value, since tags are not taken away. */
function protection({ annotations }: Manifest, live: Live | undefined): Record<string, string> {
  if (annotations['fairlead.dev/prune'] === 'disabled') return { [pruneTag]: 'disabled' }
  return live?.tags[pruneTag] === 'disabled' ? { [pruneTag]: 'enabled' } : {}
}

/** What goes by the key of another manifest: undefined where there is none, or no longer, that means it. */
export function claimedBy(
  live: Live | undefined,
  { key }: Manifest,
  { identities }: Pick<Desired, 'identities'>,
): ObjectKey | undefined {
  const other = live?.tags['fairlead:resource']
  if (!live || other === undefined || other === key) return undefined
  return identities[other]?.name === live.identity.name ? other : undefined
}

/** A resource whose manifest has moved keeps running: only its tag follows. */
export function movedHere(live: Live | undefined, { key }: Manifest): string | undefined {
  const former = live?.tags['fairlead:resource']
  return former === undefined || former === key
    ? undefined
    : `it was ${renderKey(former)} before: it gets the tag of its new place, and nothing is made anew`
}
