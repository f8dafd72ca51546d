/** A LoadBalancer as people write it: what names one that exists. */
import type { JsonSchema, SchemaSource } from '../../kind.ts'
import type { Environment, Identity } from '../../model.ts'

export interface LoadBalancerSpec {
  readonly name?: string
  readonly loadBalancerArn?: string
}

export const schema = async (): Promise<JsonSchema> =>
  (await import('./schema.generated.json', { with: { type: 'json' } })).default

export const source: SchemaSource = {
  package: 'client-elastic-load-balancing-v2',
  request: 'CreateLoadBalancerInput',
  only: ['name'],
  response: 'LoadBalancer',
  derived: ['name'],
  renamed: { loadBalancerName: 'name' },
  also: {
    loadBalancerArn: { type: 'string', description: 'The ARN of a load balancer that exists.' },
  },
}

/** Load balancers are known by name within account and region. */
export function identify(
  { name, loadBalancerArn: arn }: LoadBalancerSpec,
  metadataName: string,
  environment: Environment,
): Identity {
  // arn:aws:elasticloadbalancing:eu-central-1:123456789012:loadbalancer/app/shop/50dc6c495c0c9188
  const own = name ?? arn?.split('/').at(-2) ?? `${environment.namePrefix}${metadataName}`
  return { name: own, parts: arn === undefined ? {} : { arn } }
}
