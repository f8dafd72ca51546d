/** Scalable targets as AWS shows them: what names one, and how they are read, fifty a call; the one kind is an ECS service's count. */
import type { ScalableTarget } from '@aws-sdk/client-application-auto-scaling'
import { inBatches, type ObserveContext } from '../kind.ts'
import type { Findings } from './field-rules.ts'
import { allPages } from './finding.ts'

export const serviceNamespace = 'ecs'
export const scalableDimension = 'ecs:service:DesiredCount'

/** What names the target of a service (`service/shop/web`) in every call. */
export const targetInput = (resourceId: string) => ({
  ServiceNamespace: serviceNamespace,
  ResourceId: resourceId,
  ScalableDimension: scalableDimension,
})

/** The limit of DescribeScalableTargets. */
const batch = 50

/** Those that are registered, by resource id. Rejects with AwsFailure. */
export async function readTargets(
  read: ObserveContext['read'],
  resourceIds: readonly string[],
): Promise<Map<string, ScalableTarget>> {
  const pages = await Promise.all(
    inBatches([...new Set(resourceIds)], batch).map((ResourceIds) =>
      read<{ ScalableTargets?: ScalableTarget[] }>(
        'application-autoscaling:DescribeScalableTargets',
        {
          ServiceNamespace: serviceNamespace,
          ResourceIds,
          ScalableDimension: scalableDimension,
        },
      ),
    ),
  )
  const targets = pages.flatMap(({ ScalableTargets = [] }) => ScalableTargets)
  return new Map(targets.map((target) => [target.ResourceId ?? '', target]))
}

/** All targets of services in the region: AWS takes a dimension only with ids. Rejects with AwsFailure. */
export function readAllTargets(read: ObserveContext['read']): Promise<ScalableTarget[]> {
  return allPages(async (NextToken) => {
    const page = await read<{ ScalableTargets?: ScalableTarget[]; NextToken?: string }>(
      'application-autoscaling:DescribeScalableTargets',
      {
        ServiceNamespace: serviceNamespace,
        ...(NextToken ? { NextToken } : {}),
      },
    )
    return { items: page.ScalableTargets ?? [], next: page.NextToken }
  })
}

/** How long tags count that the index does not show, milliseconds: they are read one target at a time. */
const tagsCountMs = 600_000

/** The tags of a target, by its ARN: the index has them, but for those that were set a moment ago. */
export async function readTargetTags(
  arn: string,
  { read, index, memory, now }: ObserveContext,
): Promise<Readonly<Record<string, string>>> {
  const key = `tags:${arn}`
  const indexed = index.find((entry) => entry.arn === arn)?.tags
  if (indexed) {
    memory.delete(key)
    return indexed
  }
  const known = memory.get(key) as { tags: Record<string, string>; untilMs: number } | undefined
  if (known && now < known.untilMs) return known.tags
  const { Tags: tags = {} } = await read<{ Tags?: Record<string, string> }>(
    'application-autoscaling:ListTagsForResource',
    { ResourceARN: arn },
  )
  // What is not ours may become so at any time; that is looked at again.
  if (tags['fairlead:owner']) memory.set(key, { tags, untilMs: now + tagsCountMs })
  else memory.delete(key)
  return tags
}

interface Named {
  readonly serviceNamespace?: string | undefined
  readonly scalableDimension?: string | undefined
}

/** Other services' resources can be scaled too, but not from here. */
export function checkDimension(spec: Named, { say }: Findings): void {
  if ((spec.serviceNamespace ?? serviceNamespace) !== serviceNamespace) {
    const message = `only services of Amazon ECS are scaled here: expected ${serviceNamespace}`
    say('spec.serviceNamespace', 'NotOfEcs', message, 'leave it out')
  }
  if ((spec.scalableDimension ?? scalableDimension) !== scalableDimension) {
    const message = `what is scaled of a service is its number of tasks: expected ${scalableDimension}`
    say('spec.scalableDimension', 'NotOfEcs', message, 'leave it out')
  }
}
