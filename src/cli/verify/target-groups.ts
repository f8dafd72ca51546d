/** Target groups that services register with: they exist, take targets of the right sort, and have a load balancer. */
import type { Manifest, Problem } from '../../model.ts'
import { isReference, objectKey, parseRef } from '../../references.ts'
import {
  ask,
  byValue,
  type Check,
  type Found,
  makes,
  type Subject,
  texts,
  unchecked,
  wrong,
} from './subject.ts'

interface TargetGroup {
  readonly TargetGroupArn?: string
  readonly TargetType?: string
  readonly LoadBalancerArns?: readonly string[]
}

const fields = [
  'loadBalancers[].targetGroupArn',
  'loadBalancers[].advancedConfiguration.alternateTargetGroupArn',
]

export const targetGroups: Check = async (subject) => {
  const found = fields.flatMap((path) => texts(subject, 'Service', path))
  const byArn = [...byValue(found, (value) => value)]
  const looked = await Promise.all(
    byArn.map(async ([arn, uses]): Promise<Problem[]> => {
      // One call each: asked for several, AWS does not say which of them is missing.
      const answer = await ask<{ TargetGroups?: TargetGroup[] }>(
        subject.read,
        'elasticloadbalancing:DescribeTargetGroups',
        { TargetGroupArns: [arn] },
      )
      if ('failed' in answer) return uses.map((use) => unchecked(use, answer.failed))
      const group = 'output' in answer ? answer.output.TargetGroups?.[0] : undefined
      return uses.flatMap((use) =>
        group
          ? unfit(subject, use, group)
          : [wrong(use, 'NoSuchTargetGroup', `there is no target group ${arn}`)],
      )
    }),
  )
  return looked.flat()
}

function unfit(subject: Subject, use: Found, group: TargetGroup): Problem[] {
  const problems: Problem[] = []
  const mode = networkModeOf(subject, use.manifest)
  const needed = mode === undefined ? undefined : mode === 'awsvpc' ? 'ip' : 'instance'
  if (needed && group.TargetType !== needed) {
    const message = `the target group takes ${group.TargetType} targets, and tasks in network mode ${mode} are ${needed} targets`
    problems.push(wrong(use, 'WrongTargetType', message))
  }
  const attaches =
    makes(subject, 'ListenerRule', () => true) || makes(subject, 'LoadBalancer', () => true)
  if (!group.LoadBalancerArns?.length && !attaches) {
    const message =
      'no load balancer sends anything to this target group yet: ECS refuses the service'
    problems.push(
      wrong(use, 'NoLoadBalancer', message, 'add a listener or a rule that forwards to it'),
    )
  }
  return problems
}

/** Of the task definition that the service refers to; undefined where no manifest describes it. */
function networkModeOf({ manifests }: Subject, { spec, namespace }: Manifest): string | undefined {
  if (!isReference(spec.taskDefinition)) return undefined
  const ref = parseRef(spec.taskDefinition.ref, namespace, 'TaskDefinition')
  const definition = ref && manifests.find(({ key }) => key === objectKey(ref))
  if (!definition) return undefined
  return String(definition.spec.networkMode ?? 'bridge')
}
