/** How a VPC is doing, by its state. Pure. */
import type { Health, Live } from '../../model.ts'
import type { VpcState } from './observe.ts'

export function health({ state }: Live<VpcState>): Health {
  return state.state === 'pending'
    ? { state: 'Progressing', reason: 'Pending', message: 'AWS is making the VPC' }
    : { state: 'Ready', reason: 'Available', message: `the VPC is available (${state.cidrBlock})` }
}
