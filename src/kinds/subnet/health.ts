/** How a subnet is doing, by its state. Pure. */
import type { Health, Live } from '../../model.ts'
import type { SubnetState } from './observe.ts'

export function health({ state }: Live<SubnetState>): Health {
  if (state.state === 'pending') {
    return { state: 'Progressing', reason: 'Pending', message: 'AWS is making the subnet' }
  }
  const message = `the subnet is available (${state.cidrBlock} in ${state.availabilityZone})`
  return { state: 'Ready', reason: 'Available', message }
}
