/** How an internet gateway is doing: attached or not. Pure. */
import type { Health, Live } from '../../model.ts'
import type { InternetGatewayState } from './observe.ts'

export function health({ state: { vpcId, attachment } }: Live<InternetGatewayState>): Health {
  if (!vpcId) return { state: 'Ready', reason: 'Detached', message: 'attached to no VPC' }
  return attachment === 'attaching'
    ? { state: 'Progressing', reason: 'Attaching', message: `it is being attached to ${vpcId}` }
    : { state: 'Ready', reason: 'Attached', message: `attached to ${vpcId}` }
}
