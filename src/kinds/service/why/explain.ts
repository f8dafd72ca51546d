/** Puts the explanation of a roll-out that fails to what was observed of its service. */
import type { Service } from '@aws-sdk/client-ecs'
import type { ObserveContext } from '../../../kind.ts'
import type { ObjectKey, Observation, Rollout } from '../../../model.ts'
import type { ServiceState } from '../state.ts'
import { evidenceOf } from './evidence.ts'
import { groupsOf } from './groups.ts'
import type { Evidence } from './model.ts'
import { reportOf } from './report.ts'
import { isSuspect } from './suspects.ts'

type Answer = Observation<ServiceState>

export async function explain(
  seen: Map<ObjectKey, Answer>,
  services: readonly Service[],
  context: ObserveContext,
): Promise<Map<ObjectKey, Answer>> {
  const byArn = new Map(services.map((service) => [service.serviceArn, service]))
  const suspects = [...seen].flatMap(([key, answer]) => {
    if (answer.found !== 'yes') return []
    const service = byArn.get(answer.live.attributes.arn)
    const { state } = answer.live
    if (!service || !isSuspect(service, state, context.now)) return []
    const { rejected } = state
    const { clusterArn = '', serviceArn = '', serviceName = '' } = service
    const more = rejected ? { rejected } : {}
    return [{ key, clusterArn, serviceArn, serviceName, service, ...more }]
  })
  if (suspects.length === 0) return seen
  const found = await evidenceOf(context, suspects)
  return new Map(
    [...seen].map(([key, answer]): [ObjectKey, Answer] => {
      const evidence = found.get(key)
      if (!evidence || answer.found !== 'yes') return [key, answer]
      const { live } = answer
      const { rollout } = live.state
      if (rollout && isOfAnother(evidence, rollout)) return [key, answer]
      const failures = groupsOf(evidence)
      const report = reportOf(evidence, failures, rollout)
      const state = {
        ...live.state,
        failures,
        ...(report ? { report } : {}),
        ...(rollout ? { rollout: named(rollout, evidence) } : {}),
      }
      return [key, { found: 'yes', live: { ...live, state } }]
    }),
  )
}

/** Once a deployment is taken back, the service's list of deployments no longer says what it rolled out. */
function named(rollout: Rollout, { failing }: Evidence): Rollout {
  const target = failing.definition.split('/').at(-1) ?? rollout.target
  return failing.id === rollout.id ? { ...rollout, target } : rollout
}

/** What is known of the one before says nothing against the one under way. */
const isOfAnother = ({ failing }: Evidence, { id, outcome }: Rollout) =>
  outcome === 'InProgress' && failing.id !== id && failing.startedBy !== id
