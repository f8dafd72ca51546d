/** AddTags, RemoveTags, DescribeTags of load balancers, target groups, listeners and rules. */
import type { Tag } from '@aws-sdk/client-elastic-load-balancing-v2'
import { AwsError, type ServiceHandlers } from '../../api.ts'
import type { World } from '../../world.ts'
import { invalid, mergeTags } from './common.ts'

/** Throws what AWS has for each type of resource, unless it is there. */
function requireResource(world: World, arn: string): void {
  const { targetGroups, loadBalancers, listeners, rules } = world.elbv2
  const kinds = [
    ['targetgroup', targetGroups, 'TargetGroupNotFound', 'One or more target groups not found'],
    ['loadbalancer', loadBalancers, 'LoadBalancerNotFound', 'One or more load balancers not found'],
    ['listener', listeners, 'ListenerNotFound', 'One or more listeners not found'],
    ['listener-rule', rules, 'RuleNotFound', 'One or more rules not found'],
  ] as const
  const type = /^arn:[^:]+:elasticloadbalancing:[^:]*:\d{12}:([a-z-]+)\//.exec(arn)?.[1]
  const kind = kinds.find(([name]) => name === type)
  if (!kind) throw invalid(`'${arn}' is not a valid ARN of a load balancer's resource`)
  const [, known, code, message] = kind
  if (!known.has(arn)) throw new AwsError(code, message)
}

interface Resources {
  readonly ResourceArns?: string[]
}

function requireAll(world: World, { ResourceArns: arns = [] }: Resources): readonly string[] {
  if (arns.length < 1 || arns.length > 20) throw invalid('Between 1 and 20 resources can be given')
  for (const arn of arns) requireResource(world, arn)
  return arns
}

export const tagHandlers: ServiceHandlers = {
  AddTags(input: Resources & { Tags?: Tag[] }, { world }) {
    const changes = requireAll(world, input).map(
      (arn) => [arn, mergeTags(world.tags.get(arn) ?? {}, input.Tags)] as const,
    )
    for (const [arn, tags] of changes) world.tags.set(arn, tags)
    return {}
  },
  RemoveTags(input: Resources & { TagKeys?: string[] }, { world }) {
    for (const arn of requireAll(world, input)) {
      const left = Object.entries(world.tags.get(arn) ?? {}).filter(
        ([key]) => !input.TagKeys?.includes(key),
      )
      if (world.tags.has(arn)) world.tags.set(arn, Object.fromEntries(left))
    }
    return {}
  },
  DescribeTags(input: Resources, { world }) {
    const TagDescriptions = requireAll(world, input).map((ResourceArn) => ({
      ResourceArn,
      Tags: Object.entries(world.tags.get(ResourceArn) ?? {}).map(([Key, Value]) => ({
        Key,
        Value,
      })),
    }))
    return { TagDescriptions }
  },
}
