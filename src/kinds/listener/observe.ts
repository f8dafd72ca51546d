/** Reads listeners: those of each load balancer in one call, and those with ARNs by ARN. */
import type { DescribeListenersOutput, Listener } from '@aws-sdk/client-elastic-load-balancing-v2'
import { AwsFailure } from '../../errors.ts'
import type { ObserveContext, Wanted } from '../../kind.ts'
import { fromAws } from '../../kit/casing.ts'
import { outsideOf } from '../../kit/delegates.ts'
import { withElbTags } from '../../kit/elb-parts.ts'
import { type Answers, allPages, describeEach, unlessMissing, unread } from '../../kit/finding.ts'
import type { ObjectKey, Observation } from '../../model.ts'
import type { ListenerSpec } from './spec.ts'

export type ListenerState = Omit<ListenerSpec, 'listenerArn' | 'delegates' | 'tags'> & {
  /** Where it sends requests besides to the target groups of the services that ECS deploys by it. */
  readonly outside?: readonly string[]
}

export async function observe(
  context: ObserveContext,
  wanted: readonly Wanted<ListenerSpec>[],
): Promise<ReadonlyMap<ObjectKey, Observation<ListenerState>>> {
  const answers: Answers<ListenerState> = new Map()
  const groups = new Map<string, Wanted<ListenerSpec>[]>()
  for (const want of wanted) {
    const of = want.identity.parts.arn ?? want.spec.loadBalancerArn
    // Without a load balancer there is no listener.
    const arn = typeof of === 'string' ? of : ''
    groups.set(arn, [...(groups.get(arn) ?? []), want])
  }
  await Promise.all(
    [...groups].map(async ([arn, part]) => {
      try {
        const listeners = await listenersOf(arn, context)
        for (const want of part) answers.set(want.manifest.key, answerOf(want, listeners))
      } catch (error) {
        if (!(error instanceof AwsFailure)) throw error
        for (const { manifest } of part) answers.set(manifest.key, unread(error))
      }
    }),
  )
  return withElbTags(answers, wanted, context)
}

async function listenersOf(arn: string, { read }: ObserveContext): Promise<readonly Listener[]> {
  const operation = 'elasticloadbalancing:DescribeListeners'
  if (arn === '') return []
  if (arn.includes(':listener/')) {
    return describeEach([arn], 1, async (ListenerArns) => {
      const page = await read<DescribeListenersOutput>(operation, { ListenerArns })
      return page.Listeners ?? []
    })
  }
  const all = allPages(async (Marker) => {
    const input = { LoadBalancerArn: arn, ...(Marker ? { Marker } : {}) }
    const page = await read<DescribeListenersOutput>(operation, input)
    return { items: page.Listeners ?? [], next: page.NextMarker }
  })
  return (await unlessMissing(all)) ?? []
}

function answerOf(
  { manifest, identity, spec }: Wanted<ListenerSpec>,
  listeners: readonly Listener[],
): Observation<ListenerState> {
  const { arn } = identity.parts
  const found = listeners.find(({ ListenerArn, Port }) =>
    arn ? ListenerArn === arn : Port === spec.port,
  )
  if (!found) return { found: 'no' }
  const { ListenerArn = '', ...rest } = found
  const state = fromAws<ListenerState>(rest)
  const outside = outsideOf(spec.delegates, state.defaultActions)
  return {
    found: 'yes',
    live: {
      key: manifest.key,
      identity,
      attributes: {
        arn: ListenerArn,
        name: identity.name,
        loadBalancerArn: rest.LoadBalancerArn ?? '',
      },
      tags: {},
      state: { ...state, ...(outside.length > 0 ? { outside } : {}) },
    },
  }
}
