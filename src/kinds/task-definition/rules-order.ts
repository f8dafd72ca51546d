/** Rules of the order in which a task's containers start. */
import type { Findings } from '../../kit/field-rules.ts'
import type { Placed } from './spec.ts'

export function checkOrder(containers: readonly Placed[], found: Findings): void {
  const byName = new Map(containers.map((placed) => [placed.container.name, placed]))
  for (const { path, container } of containers) {
    container.dependsOn?.forEach(({ containerName, condition }, index) => {
      const at = `${path}.dependsOn[${index}]`
      const target = byName.get(containerName)?.container
      if (target === undefined) {
        const others = containers
          .map((other) => other.container.name)
          .filter((name) => name !== container.name)
        const message = `there is no container "${containerName}": expected ${others.join(' or ') || 'another container'}`
        found.say(`${at}.containerName`, 'UnknownContainer', message)
      } else if (containerName === container.name) {
        found.say(
          `${at}.containerName`,
          'CircularDependency',
          'a container cannot depend on itself',
        )
      } else if (
        (condition === 'COMPLETE' || condition === 'SUCCESS') &&
        target.essential !== false
      ) {
        const message = `${containerName} is essential, so the task ends when it does: ${condition} needs essential: false there`
        found.say(`${at}.condition`, 'DependsOnEssential', message)
      } else if (condition === 'HEALTHY' && target.healthCheck === undefined) {
        const message = `${containerName} has no healthCheck, so it never becomes HEALTHY`
        found.say(`${at}.condition`, 'NoHealthCheck', message)
      }
    })
  }
  for (const circle of circles(containers)) {
    const placed = byName.get(circle[0])
    if (placed === undefined) continue
    const message = `the containers wait for one another: ${[...circle, circle[0]].join(' → ')}`
    found.say(`${placed.path}.dependsOn`, 'CircularDependency', message)
  }
}

/** Each circle of two and more containers once, from its first container in the file. */
function circles(containers: readonly Placed[]): string[][] {
  const needs = new Map(
    containers.map(({ container }) => [
      container.name,
      (container.dependsOn ?? []).map((d) => d.containerName),
    ]),
  )
  const found: string[][] = []
  const done = new Set<string | undefined>()
  const visit = (name: string | undefined, trail: readonly string[]): void => {
    if (name === undefined) return
    const start = trail.indexOf(name)
    if (start >= 0 && trail.length - start > 1) found.push(trail.slice(start))
    if (start >= 0 || done.has(name)) return
    for (const next of needs.get(name) ?? []) visit(next, [...trail, name])
    done.add(name)
  }
  for (const { container } of containers) visit(container.name, [])
  return found
}
