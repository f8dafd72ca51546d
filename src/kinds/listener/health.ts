/** How a listener is doing: it is there, or it is not. Pure. */
import type { Health, Live } from '../../model.ts'
import type { ListenerState } from './observe.ts'

export function health({ state }: Live<ListenerState>): Health {
  return { state: 'Ready', reason: 'Listening', message: `${state.protocol} on port ${state.port}` }
}
