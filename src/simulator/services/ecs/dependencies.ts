/** What AWS refuses in how the containers of a task refer to one another: dependsOn, links, volumesFrom. */
import type { ContainerDefinition } from '@aws-sdk/client-ecs'

/** The first problem of the references between containers, in AWS's words where they are known. */
export function dependencyProblem(containers: readonly ContainerDefinition[]): string | undefined {
  const byName = new Map(containers.map((container) => [container.name ?? '', container]))
  for (const container of containers) {
    for (const { containerName = '', condition } of container.dependsOn ?? []) {
      const target = byName.get(containerName)
      if (!target)
        return `Cannot depend on container + '${containerName}' because it does not exist`
      if (target === container) return `Container '${containerName}' cannot depend on itself`
      if ((condition === 'SUCCESS' || condition === 'COMPLETE') && (target.essential ?? true)) {
        return 'A dependency container with SUCCESS or COMPLETE condition cannot be an essential container'
      }
      if (condition === 'HEALTHY' && !target.healthCheck) {
        return `A dependency container with HEALTHY condition must have a health check: '${containerName}'`
      }
    }
    const links = (container.links ?? []).map((link) => link.split(':')[0] ?? '')
    const sources = (container.volumesFrom ?? []).map((from) => from.sourceContainer ?? '')
    const unknown = [...links, ...sources].find((name) => !byName.has(name))
    if (unknown !== undefined) return `Unknown container '${unknown}'.`
  }
  return cycleProblem(byName)
}

function cycleProblem(byName: ReadonlyMap<string, ContainerDefinition>): string | undefined {
  const done = new Set<string>()
  const visit = (name: string, path: readonly string[]): string | undefined => {
    if (path.includes(name))
      return `The container dependencies form a cycle: ${[...path, name].join(' -> ')}`
    if (done.has(name)) return undefined
    for (const { containerName = '' } of byName.get(name)?.dependsOn ?? []) {
      const problem = visit(containerName, [...path, name])
      if (problem) return problem
    }
    done.add(name)
    return undefined
  }
  for (const name of byName.keys()) {
    const problem = visit(name, [])
    if (problem) return problem
  }
  return undefined
}
