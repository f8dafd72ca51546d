/** How many services roll out at once: a share of the environment's, and of a cluster's where its manifest says so. Pure. */
import type { Manifest, ObjectKey } from '../../model.ts'
import { type Gate, type Gated, type GateInput, isUrgent, rolls, type Standing } from './gate.ts'

const usualShare = '10%'
const onCluster = 'fairlead.dev/max-rollouts'

/** `3`, or `10%` of `of`, rounded up; at least one, or nothing would ever go. */
export function allowance(text: string | number, of: number): number {
  const share = /^([\d.]+) ?%$/.exec(String(text))
  return Math.max(1, share ? Math.ceil((Number(share[1]) / 100) * of) : Number(text))
}

/** A first roll-out takes nothing away from anybody, so it does not count. */
export const isRolling = (standing: Standing | undefined): boolean =>
  standing?.rollout?.outcome === 'InProgress' && standing.rollout.replaces && !standing.stalled

/** Who shares a budget. */
interface Pool {
  readonly name: string
  readonly limit: number
  readonly holds: (key: ObjectKey) => boolean
}

function poolsOf({ manifests, standings, environment }: GateInput): Pool[] {
  const services = [...standings.keys()].filter(rolls)
  const clusters = [...manifests.values()].filter(
    ({ kind, annotations }) => kind === 'Cluster' && annotations[onCluster] !== undefined,
  )
  const inCluster = (cluster: Manifest) => (key: ObjectKey) =>
    clusterOf(manifests.get(key)) === cluster.name
  return [
    {
      name: 'at once',
      limit: allowance(environment.maxRollouts ?? usualShare, services.length),
      holds: () => true,
    },
    ...clusters.map((cluster) => ({
      name: `at once in Cluster ${cluster.name}`,
      limit: allowance(
        cluster.annotations[onCluster] ?? usualShare,
        services.filter(inCluster(cluster)).length,
      ),
      holds: inCluster(cluster),
    })),
  ]
}

function clusterOf(service: Manifest | undefined): string | undefined {
  const cluster = (service?.spec as { cluster?: string | { ref: string } } | undefined)?.cluster
  return (typeof cluster === 'object' ? cluster.ref : cluster)?.split('/').at(-1)
}

export const budget: Gate = (input) => {
  const { changes, manifests, standings, sent } = input
  const rolling = new Set(
    [...standings].flatMap(([key, standing]) => (isRolling(standing) ? [key] : [])),
  )
  for (const key of sent) rolling.add(key)
  const waiting = changes.filter(
    ({ key, effect, verdict }) => rolls(key) && verdict === 'update' && effect === 'roll-out',
  )
  const pools = poolsOf(input)
  const held = new Map<ObjectKey, Gated>()
  for (const { key } of waiting) {
    // What rolls out already is overtaken by its own newer content, and takes no further place.
    if (rolling.has(key) || isUrgent(manifests.get(key))) {
      rolling.add(key)
      continue
    }
    const full = pools.find(
      ({ limit, holds }) => holds(key) && [...rolling].filter(holds).length >= limit,
    )
    if (full) {
      const why = `${full.limit} of ${full.limit} roll-outs ${full.name} are under way`
      held.set(key, { code: 'RolloutBudget', why })
    } else rolling.add(key)
  }
  return held
}
