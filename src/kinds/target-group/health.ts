/** How a target group is doing: whether any load balancer sends to it. Pure. */
import type { Health, Live } from '../../model.ts'
import type { TargetGroupState } from './observe.ts'

export function health({ state }: Live<TargetGroupState>): Health {
  const [arn] = state.loadBalancerArns
  if (arn === undefined) {
    const message =
      'no load balancer sends to it yet: ECS refuses services with it until a listener or rule does'
    return { state: 'Progressing', reason: 'NoLoadBalancer', message }
  }
  // …:loadbalancer/app/shop/50dc6c495c0c9188
  const name = arn.split('/').at(-2)
  return { state: 'Ready', reason: 'Attached', message: `the load balancer ${name} sends to it` }
}
