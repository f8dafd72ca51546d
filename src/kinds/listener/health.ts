/** How a listener is doing: it is there, and sends requests where it should. Pure. */
import type { Health, Live } from '../../model.ts'
import type { ListenerState } from './observe.ts'

export function health({ state }: Live<ListenerState>): Health {
  const { protocol, port, outside = [] } = state
  const front = `${protocol} on port ${port}`
  if (outside.length === 0) return { state: 'Ready', reason: 'Listening', message: front }
  const message = `${front}; it sends requests to ${outside.join(', ')}, which the service behind it does not use`
  return { state: 'Ready', reason: 'SendsElsewhere', message }
}
