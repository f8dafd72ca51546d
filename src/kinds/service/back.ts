/** The way back of a service whose release group failed: to the content that last succeeded before. Pure. */
import type { Draft } from '../../kind.ts'
import type { Live } from '../../model.ts'
import { compareService } from './canonical.ts'
import type { ServiceState } from './state.ts'
import { updateInput } from './update.ts'

/**
 * What takes it back. An update, not the stop of a deployment that may be under way: that would count against its
 * content, which is not to blame.
 */
export function goBack({ state, identity }: Live<ServiceState>, because: string): Draft {
  const { cluster, service } = identity.parts
  const { before = {}, now = {} } = state.previous ?? {}
  const reason = { code: 'ReleaseGroup', message: `goes back, because ${because}` }
  const { changes, whole } = compareService(before, now)
  if (changes.length === 0) {
    const message = `${because}, and AWS remembers nothing that this one could go back to`
    return { verdict: 'blocked', stalled: true, reason: { code: 'ReleaseGroup', message } }
  }
  const members = updateInput(before, whole, changes)
  const calls = [
    { operation: 'ecs:UpdateService' as const, input: { cluster, service, ...members } },
  ]
  return { verdict: 'update', fields: changes, effect: 'roll-out', followUp: true, calls, reason }
}
