/** UpdateContainerAgent: the update goes through its phases, and the agent comes back with the newest version. */
import type { AgentUpdateStatus } from '@aws-sdk/client-ecs'
import type { InstanceRecord, World } from '../world.ts'
import { wakeAt } from './agenda.ts'
import { newestAgent } from './images.ts'
import { agentUpdateMs } from './timing.ts'

const next: Partial<Record<AgentUpdateStatus, AgentUpdateStatus>> = {
  PENDING: 'STAGING',
  STAGING: 'STAGED',
  STAGED: 'UPDATING',
  UPDATING: 'UPDATED',
}

/** Begins an update. */
export function beginAgentUpdate(
  world: World,
  id: string,
  record: InstanceRecord,
  now: number,
): void {
  record.instance.agentUpdateStatus = 'PENDING'
  record.update = {}
  wakeAt(world, 'update', id, record.update, now + agentUpdateMs)
}

/** One phase further. An agent that is not connected fails to. */
export function stepAgentUpdate(
  world: World,
  id: string,
  record: InstanceRecord,
  now: number,
): void {
  const { instance } = record
  const status = instance.agentConnected ? next[instance.agentUpdateStatus ?? 'PENDING'] : 'FAILED'
  instance.agentUpdateStatus = status
  instance.version = (instance.version ?? 0) + 1
  if (status === 'UPDATED') {
    instance.versionInfo = {
      ...instance.versionInfo,
      agentVersion: newestAgent.agentVersion,
      dockerVersion: `DockerVersion: ${newestAgent.dockerVersion}`,
    }
  }
  if (status === 'UPDATED' || status === 'FAILED' || !record.update) {
    delete record.update
    return
  }
  wakeAt(world, 'update', id, record.update, now + agentUpdateMs)
}
