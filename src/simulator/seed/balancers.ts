/** Seeds load balancers, listeners, rules and target groups. */
import type {
  Listener,
  LoadBalancer,
  Rule,
  TagDescription,
  TargetGroup,
  TargetGroupAttribute,
} from '@aws-sdk/client-elastic-load-balancing-v2'
import type { World } from '../world.ts'
import { type Answers, keepTags, listed } from './answers.ts'

const at = 'elasticloadbalancing'

export function seedBalancers(world: World, answers: Answers): void {
  const { targetGroups, loadBalancers, listeners, rules } = world.elbv2
  for (const each of listed<LoadBalancer>(
    answers,
    `${at}:DescribeLoadBalancers`,
    'LoadBalancers',
  )) {
    const { State: _, ...balancer } = each
    const arn = balancer.LoadBalancerArn ?? ''
    const attributes = attributesOf(answers, 'DescribeLoadBalancerAttributes', arn)
    loadBalancers.set(arn, { balancer, attributes, activeAt: 0 })
  }
  for (const listener of listed<Listener>(answers, `${at}:DescribeListeners`, 'Listeners')) {
    listeners.set(listener.ListenerArn ?? '', { listener, attributes: {} })
  }
  for (const { input, output } of answers.get(`${at}:DescribeRules`) ?? []) {
    for (const rule of (output.Rules ?? []) as Rule[]) {
      const arn = rule.RuleArn ?? ''
      const said = typeof input.ListenerArn === 'string' ? input.ListenerArn : undefined
      const listenerArn =
        said ?? arn.replace(':listener-rule/', ':listener/').split('/').slice(0, -1).join('/')
      rules.set(arn, { rule, listenerArn })
    }
  }
  for (const each of listed<TargetGroup>(answers, `${at}:DescribeTargetGroups`, 'TargetGroups')) {
    const { LoadBalancerArns = [], ...group } = each
    const arn = group.TargetGroupArn ?? ''
    const attributes = attributesOf(answers, 'DescribeTargetGroupAttributes', arn)
    targetGroups.set(arn, { group, attributes })
    for (const balancer of LoadBalancerArns) standBefore(world, balancer, arn)
  }
  for (const { ResourceArn = '', Tags } of listed<TagDescription>(
    answers,
    `${at}:DescribeTags`,
    'TagDescriptions',
  )) {
    keepTags(world, ResourceArn, Tags)
  }
}

/** Attributes by name, of a balancer or a target group. */
function attributesOf(answers: Answers, operation: string, arn: string): Record<string, string> {
  const own = (answers.get(`${at}:${operation}`) ?? [])
    .filter(({ input }) => input.TargetGroupArn === arn || input.LoadBalancerArn === arn)
    .flatMap(({ output }) => (output.Attributes ?? []) as TargetGroupAttribute[])
  return Object.fromEntries(own.map(({ Key = '', Value = '' }) => [Key, Value]))
}

/** A listener that was not read, of a balancer that sends to the group: ECS asks that there be one. */
function standBefore(world: World, balancerArn: string, groupArn: string): void {
  const { loadBalancers, listeners } = world.elbv2
  const ends = groupArn.split('/').at(-1)
  const ListenerArn = `${balancerArn.replace(':loadbalancer/', ':listener/')}/${ends}`
  if (!loadBalancers.has(balancerArn)) {
    const balancer: LoadBalancer = {
      LoadBalancerArn: balancerArn,
      LoadBalancerName: balancerArn.split('/').at(-2),
      Type: balancerArn.includes('/net/') ? 'network' : 'application',
    }
    loadBalancers.set(balancerArn, { balancer, attributes: {}, activeAt: 0 })
  }
  const DefaultActions = [{ Type: 'forward' as const, TargetGroupArn: groupArn }]
  const listener: Listener = { ListenerArn, LoadBalancerArn: balancerArn, DefaultActions }
  listeners.set(ListenerArn, { listener, attributes: {} })
}
