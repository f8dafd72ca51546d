/** What only this process knows: which instance refreshes it cancelled itself, to make way for a newer version. */
import type { Kind } from '../../kind.ts'

export const cancelled = (refreshId: string | undefined) => `cancelled ${refreshId}`

export const remember: NonNullable<Kind['remember']> = ({ operation }, yielded) =>
  operation === 'autoscaling:CancelInstanceRefresh' && yielded.refreshId
    ? [cancelled(yielded.refreshId), true]
    : undefined
