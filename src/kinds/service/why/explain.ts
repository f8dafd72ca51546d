/** Puts the explanation of a roll-out that fails to what was observed of its service. */
import type { Service } from '@aws-sdk/client-ecs'
import type { ObserveContext } from '../../../kind.ts'
import type { ObjectKey, Observation } from '../../../model.ts'
import type { ServiceState } from '../state.ts'
import { evidenceOf } from './evidence.ts'
import { groupsOf } from './groups.ts'
import { reportOf } from './report.ts'
import { isSuspect } from './suspects.ts'

type Answer = Observation<ServiceState>

export async function explain(
  answers: [ObjectKey, Answer][],
  services: readonly Service[],
  context: ObserveContext,
): Promise<[ObjectKey, Answer][]> {
  const byArn = new Map(services.map((service) => [service.serviceArn, service]))
  const suspects = answers.flatMap(([key, answer]) => {
    if (answer.found !== 'yes') return []
    const service = byArn.get(answer.live.attributes.arn)
    const { rejected } = answer.live.state
    if (!service || !isSuspect(service, rejected, context.now)) return []
    const { clusterArn = '', serviceArn = '', serviceName = '' } = service
    const more = rejected ? { rejected } : {}
    return [{ key, clusterArn, serviceArn, serviceName, service, ...more }]
  })
  if (suspects.length === 0) return answers
  const found = await evidenceOf(context, suspects)
  return answers.map(([key, answer]) => {
    const evidence = found.get(key)
    if (!evidence || answer.found !== 'yes') return [key, answer]
    const failures = groupsOf(evidence)
    const report = reportOf(evidence, failures)
    const state = { ...answer.live.state, failures, ...(report ? { report } : {}) }
    return [key, { found: 'yes', live: { ...answer.live, state } }]
  })
}
