/** How a load balancer is doing, by its state. Pure. */
import type { Health, Live } from '../../model.ts'
import type { LoadBalancerState } from './observe.ts'

export function health({ state: { code, reason, dnsName } }: Live<LoadBalancerState>): Health {
  const because = reason ? `: ${reason}` : ''
  switch (code) {
    case 'provisioning':
      return { state: 'Progressing', reason: 'Provisioning', message: `it is being made${because}` }
    case 'failed':
      return { state: 'Failed', reason: 'Failed', message: `AWS could not make it${because}` }
    case 'active_impaired':
      return {
        state: 'Ready',
        reason: 'Impaired',
        message: `active, but it cannot scale${because}`,
      }
    default:
      return { state: 'Ready', reason: 'Active', message: `active as ${dnsName}` }
  }
}
