/** The words for tasks that found no place: which instance comes nearest, and what it lacks. Pure. */
import type { Evidence, FailureGroup, Instance } from './model.ts'
import { lacksOf, type Need, needOf, usable } from './room.ts'

interface Lacking {
  readonly instance: Instance
  readonly lacks: readonly string[]
}

/** Instances by how near they come: the fewest lacks first, then the most memory. */
export function nearest({ instances = [], definition, strategy }: Evidence): Lacking[] {
  if (!definition) return []
  const need = needOf(definition)
  return usable(instances, strategy)
    .map((instance) => ({ instance, lacks: lacksOf(instance, need) }))
    .sort((a, b) => a.lacks.length - b.lacks.length || b.instance.memory - a.instance.memory)
}

const named = ({ name, type, zone }: Instance) =>
  [name, [type, zone].filter(Boolean).join(', ')].filter(Boolean).join(' ')

/** `i-0a1b t3.small, eu-central-1a: 512 MiB free of 1024: lacks 512 MiB`, the nearest first. */
export function roomDetails(evidence: Evidence, most: number): string[] {
  const all = nearest(evidence).filter(({ lacks }) => lacks.length > 0)
  const lines = all
    .slice(0, most)
    .map(({ instance, lacks }) => `${named(instance)}: ${lacks.join('; ')}`)
  return all.length > most ? [...lines, `and ${all.length - most} more`] : lines
}

export function roomSummary(group: FailureGroup, evidence: Evidence): string {
  const { cluster, definition, strategy } = evidence
  const [best] = nearest(evidence).filter(({ lacks }) => lacks.length > 0)
  const where = strategy.length > 0 ? ` of ${strategy.join(', ')}` : ''
  if (group.cause === 'NoInstances') return `cluster ${cluster} has no container instances${where}`
  if (!definition || !best) return `no place for a task in cluster ${cluster}: ${group.reason}`
  const what = `the nearest, ${named(best.instance)}: ${best.lacks.join('; ')}`
  return `no instance of cluster ${cluster}${where} ${wanted(group, needOf(definition))}: ${what}`
}

function wanted({ cause, reason }: FailureGroup, need: Need): string {
  if (cause === 'PortConflict') return `has port ${need.ports.join(', ')} free`
  if (cause === 'MissingAttribute') return 'has all attributes that the task requires'
  if (cause === 'AgentDisconnected') return 'with room has a connected agent'
  if (cause === 'PlacementConstraint') return 'meets the placement constraints'
  if (/CPU/.test(reason)) return `has ${need.cpu} CPU units free`
  return `has ${need.memory} MiB free`
}

export function nextForRoom({ cause }: FailureGroup, { strategy }: Evidence): string {
  const group = strategy.length > 0 ? 'the Auto Scaling group' : 'the cluster'
  switch (cause) {
    case 'NoInstances':
      return `add instances to ${group}, and look whether their agents register`
    case 'PortConflict':
      return 'use hostPort 0, add instances, or let the old task stop first (minimumHealthyPercent 0)'
    case 'MissingAttribute':
      return 'use instances that have them (agent version, IAM roles, drivers), or ask for less'
    case 'PlacementConstraint':
      return 'correct placementConstraints in Git, or add instances that meet them'
    case 'AgentDisconnected':
      return 'look at the agents: fairlead get instances'
    default:
      return `add instances to ${group} (its maximum?), or ask for less in the task definition`
  }
}
