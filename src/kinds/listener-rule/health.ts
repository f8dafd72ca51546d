/** How a listener rule is doing: it is there, or it is not. Pure. */
import type { Health, Live } from '../../model.ts'
import type { ListenerRuleState } from './observe.ts'

export function health({ state }: Live<ListenerRuleState>): Health {
  return { state: 'Ready', reason: 'Available', message: `priority ${state.priority}` }
}
