/** How many targets of a service that rolls out are healthy: a read for each target group and look, for a few services only. */
import type { Service } from '@aws-sdk/client-ecs'
import type { TargetHealthDescription } from '@aws-sdk/client-elastic-load-balancing-v2'
import type { ObserveContext } from '../../kind.ts'
import type { ObjectKey, Observation } from '../../model.ts'
import { isRolling } from './starts.ts'
import type { ServiceState } from './state.ts'
import { createReading } from './why/reading.ts'
import { balancersOf } from './why/targets.ts'

type Answer = Observation<ServiceState>

/** A fleet that rolls out is sampled: a look must not cost a read for each of its services. */
const watched = 5

export async function withTargets(
  seen: Map<ObjectKey, Answer>,
  services: readonly Service[],
  context: ObserveContext,
): Promise<Map<ObjectKey, Answer>> {
  const byArn = new Map(services.map((service) => [service.serviceArn, service]))
  const rolling = [...seen].flatMap(([key, answer]) => {
    if (answer.found !== 'yes' || !isRolling(answer.live.state)) return []
    const service = byArn.get(answer.live.attributes.arn)
    const groups = service ? balancersOf(service).map(({ arn }) => arn) : []
    return groups.length > 0 ? [{ key, live: answer.live, groups }] : []
  })
  const ask = createReading(context)
  const answers = new Map(seen)
  await Promise.all(
    rolling.slice(0, watched).map(async ({ key, live, groups }) => {
      const all = await Promise.all(
        groups.map((TargetGroupArn) =>
          ask<{ TargetHealthDescriptions?: TargetHealthDescription[] }>(
            'target health',
            'elasticloadbalancing:DescribeTargetHealth',
            { TargetGroupArn },
          ),
        ),
      )
      if (all.includes(undefined)) return
      const states = all.flatMap((one) =>
        (one?.TargetHealthDescriptions ?? []).map(({ TargetHealth }) => TargetHealth?.State),
      )
      const targets = {
        healthy: states.filter((state) => state === 'healthy').length,
        all: states.filter((state) => state !== 'draining').length,
      }
      answers.set(key, { found: 'yes', live: { ...live, state: { ...live.state, targets } } })
    }),
  )
  return answers
}
