/** How a listener rule is doing: it is there, and sends requests where it should. Pure. */
import type { Health, Live } from '../../model.ts'
import type { ListenerRuleState } from './observe.ts'

export function health({ state }: Live<ListenerRuleState>): Health {
  const { priority, outside = [] } = state
  if (outside.length === 0) {
    return { state: 'Ready', reason: 'Available', message: `priority ${priority}` }
  }
  const message = `priority ${priority}; it sends requests to ${outside.join(', ')}, which the service behind it does not use`
  return { state: 'Ready', reason: 'SendsElsewhere', message }
}
