/** How a secret is doing: it is there, or it is not. Pure. */
import type { Health, Live } from '../../model.ts'
import type { SecretState } from './observe.ts'

export function health({ state }: Live<SecretState>): Health {
  return { state: 'Ready', reason: 'Available', message: `the ${state.kind} is there` }
}
