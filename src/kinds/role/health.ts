/** How a role is doing: it is there, or it is not. Pure. */
import type { Health } from '../../model.ts'

export function health(): Health {
  return { state: 'Ready', reason: 'Available', message: 'the role is there' }
}
