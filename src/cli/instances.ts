/** `fairlead get instances`: each container instance of each cluster, as its agent registered it. */
import type { ContainerInstance } from '../model.ts'
import type { ResourceObject } from '../server/api.ts'

/** What `get` takes for it: container instances are no kind, nobody describes one. */
export const isInstances = (word: string | undefined) =>
  /^(container)?-?instances?$/i.test(word ?? '')

/** A container instance with its cluster, as `get instances -o json` shows it. */
export interface InstanceObject {
  readonly apiVersion: string
  readonly kind: 'ContainerInstance'
  readonly metadata: { readonly name: string; readonly namespace: string }
  readonly status: ContainerInstance & { readonly cluster: string }
}

export function instancesOf(items: readonly ResourceObject[], name?: string): InstanceObject[] {
  return items.flatMap(({ apiVersion, metadata, status }) =>
    (status.instances ?? [])
      .filter((instance) => name === undefined || instance.name === name || instance.id === name)
      .map((instance) => ({
        apiVersion,
        kind: 'ContainerInstance' as const,
        metadata: { name: instance.name, namespace: metadata.namespace },
        status: { cluster: metadata.name, ...instance },
      })),
  )
}

export const instanceHead = (wide: boolean) => [
  'INSTANCE',
  'CLUSTER',
  'TYPE',
  'ZONE',
  'STATUS',
  'AGENT',
  'VERSION',
  'CPU FREE',
  'MEMORY FREE',
  'TASKS',
  ...(wide ? ['PROVIDER', 'PORTS', 'ID'] : []),
]

export function instanceRow({ metadata, status }: InstanceObject, wide: boolean): string[] {
  const { running, pending } = status.tasks
  return [
    metadata.name,
    status.cluster,
    status.type,
    status.zone,
    status.status,
    status.agentConnected ? 'connected' : 'disconnected',
    status.agentVersion + (status.agentUpdateStatus ? ` (${status.agentUpdateStatus})` : ''),
    `${status.cpu.free} of ${status.cpu.registered}`,
    `${status.memory.free} of ${status.memory.registered} MiB`,
    pending > 0 ? `${running} + ${pending} pending` : String(running),
    ...(wide ? [status.capacityProvider ?? '', status.ports.join(' '), status.id] : []),
  ]
}
