/** How many services roll out at once: a share of the environment's, and of a cluster's where its manifest says so. Pure. */
import type { Manifest, ObjectKey } from '../../model.ts'
import {
  type Gate,
  type Gated,
  type GateInput,
  isRollOut,
  isUrgent,
  rolls,
  type Standing,
} from './gate.ts'

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
  if (!changes.some(isRollOut)) return new Map()
  const rolling = new Set(
    [...standings].flatMap(([key, standing]) => (isRolling(standing) ? [key] : [])),
  )
  for (const key of sent) rolling.add(key)
  const pools = poolsOf(input).map((pool) => ({
    ...pool,
    count: [...rolling].filter(pool.holds).length,
  }))
  const take = (key: ObjectKey) => {
    if (rolling.has(key)) return
    rolling.add(key)
    for (const pool of pools) if (pool.holds(key)) pool.count++
  }
  const held = new Map<ObjectKey, Gated>()
  for (const { key } of changes.filter(isRollOut)) {
    // What rolls out already is overtaken by its own newer content, and takes no further place.
    if (rolling.has(key) || isUrgent(manifests.get(key))) {
      take(key)
      continue
    }
    const full = pools.find(({ limit, holds, count }) => holds(key) && count >= limit)
    if (full) {
      const why = `${full.limit} of ${full.limit} roll-outs ${full.name} are under way`
      held.set(key, { code: 'RolloutBudget', why })
    } else take(key)
  }
  return held
}
