/** When nothing is pruned, though things are no longer described: what a slip looks like. Needs no memory. Pure. */
import type { Environment, ObjectKey, Reason } from '../model.ts'
import { renderKey } from '../render-value.ts'

/** What a person asked for, besides the Environment. */
export interface PruneWish {
  /** `--prune`: in every environment that does not say otherwise. */
  readonly everywhere: boolean
  /** `--owner` was said, not taken by default. */
  readonly ownerSaid: boolean
  /** `--max-deletes`, where the Environment does not say. */
  readonly maxDeletes?: string | number
}

export type Pruning =
  | { readonly on: true; readonly maxDeletes: string | number }
  /** `why`: it was asked for, and is not done. */
  | { readonly on: false; readonly why?: Reason }

const usualShare = '10%'

/** Whether things are pruned in an environment. What the Environment says goes before what the process was told. */
export function pruningIn(
  { prune, maxDeletes, name }: Pick<Environment, 'prune' | 'maxDeletes' | 'name'>,
  wish: PruneWish | undefined,
): Pruning {
  if (!(prune ?? wish?.everywhere ?? false)) return { on: false }
  if (!wish?.ownerSaid) {
    const message = `nothing is pruned in ${name}: that needs an owner of its own, so that no other source’s resources are taken for these: say --owner`
    return { on: false, why: { code: 'PruneNeedsOwner', message } }
  }
  return { on: true, maxDeletes: maxDeletes ?? wish.maxDeletes ?? usualShare }
}

export interface PruneCount {
  /** Ours and there, described or not. */
  readonly owned: number
  readonly described: number
  /** What would be deleted. */
  readonly going: readonly ObjectKey[]
  readonly maxDeletes: string | number
  /** Environments of the same account and region that an invalid document stops: things may have moved there. */
  readonly stopped: readonly string[]
}

/** `3`, or `10%` of `of`, rounded down; a share above nothing is at least one. */
export function mostDeletes(text: string | number, of: number): number {
  const share = /^([\d.]+) ?%$/.exec(String(text))
  if (!share) return Number(text)
  const part = Number(share[1])
  return part > 0 ? Math.max(1, Math.floor((part / 100) * of)) : 0
}

/** Why none of them is deleted; undefined where they may go. */
export function refusesPrune(count: PruneCount): Reason | undefined {
  const { owned, described, going, stopped } = count
  if (going.length === 0) return undefined
  const shown = going.slice(0, 5).map(renderKey).join(', ')
  const names = `${shown}${going.length > 5 ? ` and ${going.length - 5} more` : ''}`
  if (stopped.length > 0) {
    const message = `nothing is deleted while ${stopped.join(', ')} has problems, since it may have moved there: ${names}`
    return { code: 'SourceInvalid', message }
  }
  if (described * 2 < owned) {
    const message = `the source describes ${described} of the ${owned} resources that are ours here, less than half, as if a part of it were missing: nothing is deleted (${names}). Take things down on purpose with fairlead delete, or let them go in smaller steps`
    return { code: 'DescribesTooLittle', message }
  }
  const most = mostDeletes(count.maxDeletes, owned)
  if (going.length <= most) return undefined
  const message = `${going.length} of ${owned} resources are no longer described, and at most ${most} may be deleted at once (${count.maxDeletes}): nothing is deleted (${names}). Raise --max-deletes or the Environment’s maxDeletes to ${going.length}, or let them go in smaller steps`
  return { code: 'TooManyDeletes', message }
}
