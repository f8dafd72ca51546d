/** What a simulated container does: the docker label `fairlead.dev/simulate`, and the plan made of a task definition. */
import type { ContainerDefinition, TaskDefinition } from '@aws-sdk/client-ecs'
import type { ContainerPlan, Script } from '../world.ts'
import { startTimeoutMs, stopTimeoutMs } from './timing.ts'

export const simulateLabel = 'fairlead.dev/simulate'

const units: Record<string, number> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 }
export const durationPattern = String.raw`(\d+(?:\.\d+)?)\s*(ms|s|m|h)`

export function toMs(count: string | undefined, unit: string | undefined): number {
  return Number(count ?? 0) * (units[unit ?? 's'] ?? 1_000)
}

/** One phrase of the label → what it says; undefined when it is not understood. */
function parsePhrase(phrase: string): Script | undefined {
  if (phrase === 'cannot pull') return { cannotPull: true }
  if (phrase === 'never ready') return { neverReady: true }
  if (phrase === 'ignores stop') return { ignoresStop: true }
  const exit = new RegExp(`^exit (\\d+)(?: after ${durationPattern})?$`).exec(phrase)
  if (exit) return { exit: { code: Number(exit[1]), afterMs: toMs(exit[2], exit[3]) } }
  const oom = new RegExp(`^oom(?: after ${durationPattern})?$`).exec(phrase)
  if (oom) {
    const reason = 'OutOfMemoryError: Container killed due to memory usage'
    return { exit: { code: 137, afterMs: toMs(oom[1], oom[2]), reason } }
  }
  const targets = new RegExp(`^fails target health checks(?: after ${durationPattern})?$`).exec(
    phrase,
  )
  if (targets) return { failsTargetsAfterMs: toMs(targets[1], targets[2]) }
  const unhealthy = new RegExp(`^unhealthy(?: after ${durationPattern})?$`).exec(phrase)
  if (unhealthy) return { unhealthyAfterMs: toMs(unhealthy[1], unhealthy[2]) }
  return undefined
}

/** Parses the label: one phrase or several with commas. A text that is not understood keeps the container from starting. */
export function parseScript(label: string | undefined): Script {
  let script: Script = {}
  for (const part of (label ?? '').split(',')) {
    const phrase = part.trim().replace(/\s+/g, ' ')
    if (phrase === '') continue
    const parsed = parsePhrase(phrase)
    if (!parsed) return { unknown: label ?? '' }
    script = { ...script, ...parsed }
  }
  return script
}

function healthOf(container: ContainerDefinition, script: Script): ContainerPlan['health'] {
  // A label that speaks of health implies a check, or else nothing could see what it says.
  const implied = script.neverReady || script.unhealthyAfterMs !== undefined
  const check = container.healthCheck
  if (!check && !implied) return undefined
  const interval = (check?.interval ?? 30) * 1_000
  const startPeriod = (check?.startPeriod ?? 0) * 1_000
  return { firstResultMs: interval, giveUpMs: startPeriod + (check?.retries ?? 3) * interval }
}

const plans = new WeakMap<object, readonly ContainerPlan[]>()

/** The containers of a task definition as the machine runs them. Made once for each definition. */
export function planContainers(definition: TaskDefinition): readonly ContainerPlan[] {
  const containers = definition.containerDefinitions ?? []
  const known = plans.get(containers)
  if (known) return known
  const indexOf = (name: string | undefined) => containers.findIndex((c) => c.name === name)
  const level = (container: ContainerDefinition, depth: number): number => {
    const below = (container.dependsOn ?? []).flatMap(
      (d) => containers[indexOf(d.containerName)] ?? [],
    )
    // The depth guards against circles, which registration refuses.
    return depth > containers.length
      ? depth
      : 1 + Math.max(-1, ...below.map((b) => level(b, depth + 1)))
  }
  const plan = containers.map((container): ContainerPlan => {
    const script = parseScript(container.dockerLabels?.[simulateLabel])
    const health = healthOf(container, script)
    const restart = container.restartPolicy
    return {
      name: container.name ?? '',
      essential: container.essential !== false,
      dependsOn: (container.dependsOn ?? []).flatMap((d) => {
        const index = indexOf(d.containerName)
        return index < 0 ? [] : [{ index, condition: d.condition ?? 'START' }]
      }),
      startTimeoutMs: container.startTimeout ? container.startTimeout * 1_000 : startTimeoutMs,
      stopTimeoutMs: container.stopTimeout ? container.stopTimeout * 1_000 : stopTimeoutMs,
      level: level(container, 0),
      script,
      ...(health && { health }),
      ...(restart?.enabled && {
        restart: {
          periodMs: (restart.restartAttemptPeriod ?? 300) * 1_000,
          ignored: restart.ignoredExitCodes ?? [],
        },
      }),
    }
  })
  plans.set(containers, plan)
  return plan
}
