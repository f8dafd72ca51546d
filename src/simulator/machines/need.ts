/** What a task of a definition takes: CPU units, MiB, host ports, network interfaces, GPUs. */
import type {
  Attribute,
  ContainerDefinition,
  TaskDefinition,
  TaskOverride,
} from '@aws-sdk/client-ecs'
import type { Need } from '../world.ts'

function sum(
  containers: readonly ContainerDefinition[],
  of: (c: ContainerDefinition) => number | undefined,
): number {
  return containers.reduce((total, container) => total + (of(container) ?? 0), 0)
}

function hostPorts(definition: TaskDefinition, protocol: 'tcp' | 'udp'): number[] {
  if (definition.networkMode === 'awsvpc' || definition.networkMode === 'none') return []
  const mappings = (definition.containerDefinitions ?? []).flatMap((c) => c.portMappings ?? [])
  const ports = mappings
    .filter((m) => (m.protocol ?? 'tcp') === protocol)
    .map((m) => (definition.networkMode === 'host' ? (m.containerPort ?? 0) : (m.hostPort ?? 0)))
  return ports.filter((port) => port > 0)
}

const needs = new WeakMap<object, Need>()

/**
 * The reservation of one task: the task's own cpu and memory if it has them, else the sum over its containers
 * (`memoryReservation` before `memory`).
 */
export function needOf(definition: TaskDefinition, overrides?: TaskOverride): Need {
  const containers = definition.containerDefinitions ?? []
  const known = overrides ? undefined : needs.get(containers)
  if (known) return known
  const changed = containers.map((container) => {
    const override = overrides?.containerOverrides?.find((o) => o.name === container.name)
    return override ? { ...container, ...definedOf(override) } : container
  })
  const cpu = overrides?.cpu ?? definition.cpu
  const memory = overrides?.memory ?? definition.memory
  const need: Need = {
    cpu: cpu ? Number(cpu) : sum(changed, (c) => c.cpu),
    memory: memory ? Number(memory) : sum(changed, (c) => c.memoryReservation ?? c.memory),
    tcp: hostPorts(definition, 'tcp'),
    udp: hostPorts(definition, 'udp'),
    gpus: sum(changed, (c) =>
      Number(c.resourceRequirements?.find((r) => r.type === 'GPU')?.value ?? 0),
    ),
    enis: definition.networkMode === 'awsvpc' ? 1 : 0,
  }
  if (!overrides) needs.set(containers, need)
  return need
}

function definedOf<T extends object>(value: T): Partial<T> {
  return Object.fromEntries(
    Object.entries(value).filter(([, member]) => member !== undefined),
  ) as Partial<T>
}

/** Attributes that an instance must have: those computed at registration, and the declared platform. */
export function requiredAttributes(definition: TaskDefinition): Attribute[] {
  const { cpuArchitecture, operatingSystemFamily } = definition.runtimePlatform ?? {}
  const required = [...(definition.requiresAttributes ?? [])]
  if (cpuArchitecture) {
    required.push({ name: 'ecs.cpu-architecture', value: cpuArchitecture.toLowerCase() })
  }
  if (operatingSystemFamily && operatingSystemFamily !== 'LINUX') {
    required.push({ name: 'ecs.os-family', value: operatingSystemFamily })
  }
  return required
}
