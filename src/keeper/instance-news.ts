/** What is worth an event or a metric when a cluster's container instances change from one look to the next. */

import type { Tell } from '../journal.ts'
import type { Metrics } from '../metrics.ts'
import type { ContainerInstance, ObjectKey, Status } from '../model.ts'
import { disconnectedAgents } from '../reconcile/status.ts'
import { renderKey } from '../render-value.ts'

export interface InstanceNewsInput {
  readonly key: ObjectKey
  readonly previous: Status | undefined
  readonly status: Status
  readonly now: number
  readonly metrics: Metrics
  readonly event: Tell
}

export function instanceNews({
  key,
  previous,
  status,
  now,
  metrics,
  event,
}: InstanceNewsInput): void {
  const instances = status.instances ?? []
  const before = previous?.instances ?? []
  if (instances.length === 0 && before.length === 0) return
  count(key, instances, before, metrics)
  // A process that has just started has seen nothing come or go.
  if (!previous) return
  const name = renderKey(key)
  const known = new Map(before.map((instance) => [instance.id, instance]))
  const away = new Set(disconnectedAgents(instances, now).map(({ id }) => id))
  const wasAway = new Set(disconnectedAgents(before, previous.observedAtMs).map(({ id }) => id))
  for (const instance of instances) {
    const earlier = known.get(instance.id)
    const what = `${instance.name} (${instance.type}, ${instance.zone})`
    if (!earlier) {
      event(
        'Normal',
        'InstanceRegistered',
        `${name}: ${what} registered, agent ${instance.agentVersion}`,
        { key },
      )
    }
    if (away.has(instance.id) && !wasAway.has(instance.id)) {
      event(
        'Warning',
        'AgentDisconnected',
        `${name}: the agent of ${what} is disconnected; it gets no tasks`,
        { key },
      )
    }
    if (!earlier) continue
    if (wasAway.has(instance.id) && instance.agentConnected) {
      event('Normal', 'AgentConnected', `${name}: the agent of ${what} is connected again`, { key })
    }
    if (instance.status === 'DRAINING' && earlier.status !== 'DRAINING') {
      event(
        'Normal',
        'InstanceDraining',
        `${name}: ${what} drains ${instance.tasks.running} tasks`,
        { key },
      )
    }
    if (instance.agentVersion !== earlier.agentVersion) {
      event(
        'Normal',
        'AgentUpdated',
        `${name}: the agent of ${what} went from ${earlier.agentVersion} to ${instance.agentVersion}`,
        { key },
      )
    }
  }
  const here = new Set(instances.map(({ id }) => id))
  for (const instance of before) {
    if (here.has(instance.id)) continue
    event(
      'Normal',
      'InstanceGone',
      `${name}: ${instance.name} (${instance.type}, ${instance.zone}) left the cluster`,
      { key },
    )
  }
}

function count(
  key: ObjectKey,
  instances: readonly ContainerInstance[],
  before: readonly ContainerInstance[],
  metrics: Metrics,
): void {
  const [namespace = '', , cluster = ''] = key.split('/')
  const labels = ({ status, agentConnected }: ContainerInstance) =>
    ({ namespace, cluster, status, agent: agentConnected ? 'connected' : 'disconnected' }) as const
  for (const instance of before) metrics.instances.set(labels(instance), 0)
  for (const agent of ['connected', 'disconnected'] as const) {
    metrics.instances.set({ namespace, cluster, status: 'ACTIVE', agent }, 0)
  }
  for (const instance of instances) metrics.instances.inc(labels(instance))
}
