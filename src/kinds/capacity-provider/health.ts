/** How a capacity provider is doing, by its status and that of its last change. Pure. */
import type { Health, Live } from '../../model.ts'
import type { ProviderState } from './observe.ts'

export function health({ state }: Live<ProviderState>): Health {
  const update = String(state.updateStatus ?? '')
  if (update.endsWith('_IN_PROGRESS') || state.status === 'PROVISIONING') {
    const doing = update.startsWith('DELETE') ? 'deleting' : 'changing'
    return { state: 'Progressing', reason: 'Updating', message: `AWS is ${doing} it (${update})` }
  }
  if (update.endsWith('_FAILED')) {
    const why = state.updateStatusReason ?? 'AWS gives no reason'
    return { state: 'Failed', reason: 'UpdateFailed', message: `${update}: ${why}` }
  }
  return { state: 'Ready', reason: 'Active', message: 'the capacity provider is active' }
}
