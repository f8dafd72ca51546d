/** The flags of commands that may delete what is no longer described. */
import { type Command, InvalidArgumentError } from 'commander'
import { UserError } from '../../errors.ts'
import type { PruneWish } from '../../reconcile/prune-guards.ts'
import { type Flags, flag } from './flags.ts'

const countOrShare = (text: string): string => {
  if (/^(\d+|\d+(\.\d+)? ?%)$/.test(text)) return text
  throw new InvalidArgumentError('a number or a share such as 10% was expected')
}

export const prune = () =>
  flag('--prune', 'delete what is ours and no longer described; needs an --owner', false)
export const maxDeletes = () =>
  flag(
    '--max-deletes <count>',
    'prune nothing where more would go: a number, or a share such as 10% (default 10%, at least 1)',
  ).argParser(countOrShare)

/** What those flags say. An owner that nobody said may be that of many sources. */
export function pruneWish(flags: Flags, command: Command): PruneWish {
  const ownerSaid = command.getOptionValueSource('owner') !== 'default'
  const { prune: everywhere = false, maxDeletes: most } = flags as {
    prune?: boolean
    maxDeletes?: string
  }
  if (everywhere && !ownerSaid) {
    throw new UserError('--prune needs an owner of its own', {
      hint: 'say --owner: else what other sources describe under the default one would be deleted',
    })
  }
  return { everywhere, ownerSaid, ...(most === undefined ? {} : { maxDeletes: most }) }
}
