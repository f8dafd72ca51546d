/** The listener rules by which ECS deploys a service: it moves their weights between two target groups. Pure. */
import type { Joining } from '../../kind.ts'
import type { Manifest } from '../../model.ts'
import { absolute } from '../../references.ts'
import type { ServiceSpec } from './spec.ts'

const native = ['BLUE_GREEN', 'LINEAR', 'CANARY']

/** Such a rule has to know of the service: its actions are not Git's then. */
export function delegations({ spec, name, namespace }: Manifest<ServiceSpec>): readonly Joining[] {
  const { strategy = 'ROLLING' } = spec.deploymentConfiguration ?? {}
  if (!native.includes(strategy)) return []
  return (spec.loadBalancers ?? []).flatMap(({ targetGroupArn, advancedConfiguration }) => {
    const { alternateTargetGroupArn, productionListenerRule, testListenerRule } =
      advancedConfiguration ?? {}
    const targetGroupArns = [targetGroupArn, alternateTargetGroupArn]
      .filter((arn) => arn !== undefined)
      .map((arn) => absolute(arn, namespace, 'TargetGroup'))
    return [productionListenerRule, testListenerRule].map((to) => ({
      to,
      into: 'ListenerRule',
      field: 'delegates',
      item: { service: name, strategy, targetGroupArns },
    }))
  })
}
