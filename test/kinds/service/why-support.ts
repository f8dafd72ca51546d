/** Evidence as AWS's answers give it, for tests that need no account. */
import type { TaskDefinition } from '@aws-sdk/client-ecs'
import type { Evidence, StoppedTask } from '../../../src/kinds/service/why/model.ts'

export const startedMs = Date.parse('2026-03-01T10:00:00Z')
export const minute = 60_000

export const definition: TaskDefinition = {
  taskDefinitionArn: 'arn:aws:ecs:eu-central-1:123456789012:task-definition/web:4',
  executionRoleArn: 'arn:aws:iam::123456789012:role/web-execution',
  containerDefinitions: [
    { name: 'web', image: 'nginx:1.28', memory: 256, essential: true },
    { name: 'sidecar', image: 'envoy:1', memory: 64, essential: false },
  ],
}

export function evidence(more: Partial<Evidence> = {}): Evidence {
  return {
    cluster: 'shop',
    serviceName: 'web',
    failing: {
      id: 'arn:aws:ecs:eu-central-1:123456789012:service-deployment/shop/web/abc',
      definition: 'arn:aws:ecs:eu-central-1:123456789012:task-definition/web:4',
      startedMs,
      status: 'IN_PROGRESS',
      alarms: [],
      hooks: [],
      changed: [],
    },
    counts: { desired: 2, running: 0, pending: 0, failed: 2 },
    strategy: [],
    graceMs: 0,
    balancers: [],
    tasks: [],
    events: [],
    targets: [],
    checks: {},
    definition,
    logs: [],
    unread: [],
    atMs: startedMs + minute,
    ...more,
  }
}

let count = 0

/** A stopped task; ids count on. */
export function stopped(
  stopCode: string,
  stoppedReason: string,
  containers: StoppedTask['containers'] = [],
): StoppedTask {
  count++
  return {
    id: count.toString(16).padStart(32, '0'),
    atMs: startedMs + count * 1_000,
    stopCode,
    stoppedReason,
    containers,
  }
}

export const event = (message: string, seconds = 30) => ({
  atMs: startedMs + seconds * 1_000,
  message: `(service web) ${message}`,
})
