/** A rehearsal: several runs over one observed state, quick, slow and as usual, folded into what may be expected. */
import { conditionOf, isReady } from '../conditions.ts'
import type { ObjectKey } from '../model.ts'
import { manifestsOf } from '../reconcile/pass.ts'
import { instanceTypes } from '../simulator/machines/instance-types.ts'
import { boundsOf } from '../simulator/machines/stopping.ts'
import type { World } from '../simulator/world.ts'
import { assumptionsOf } from './assumptions.ts'
import type { RehearseInput } from './input.ts'
import type { ServiceWatch, TaskSpan } from './onlooker.ts'
import { paceOf } from './pace.ts'
import { type Outcome, type Run, type RunOptions, runOnce, type SentCall } from './run.ts'
import { spell } from './spell.ts'
import { moreText, type Stuck, stuckIn } from './stuck.ts'

export interface Range {
  readonly least: number
  readonly most: number
}

export interface RehearsedService {
  readonly key?: ObjectKey
  readonly cluster: string
  readonly service: string
  /** It was there before; else it is new, and how low it comes says nothing. */
  readonly before: boolean
  readonly desired: number
  /** Healthy tasks at the beginning. */
  readonly healthy: number
  readonly lowest: Range
  readonly lowestMs: number
  readonly started: number
  readonly stopped: number
  /** Its last task event. */
  readonly lastMs: number
}

export interface RehearsedCluster {
  readonly cluster: string
  readonly instances: number
  /** Launched or registered meanwhile. */
  readonly launched: number
  /** How many more would be needed, where tasks found no room. */
  readonly missing: number
  /** The most that was reserved, in percent of what the instances at the beginning have. */
  readonly peakCpu: number
  readonly peakMemory: number
}

export interface Rehearsal {
  readonly environment: string
  readonly outcome: Outcome
  readonly took: Range & { readonly usual: number }
  readonly calls: readonly SentCall[]
  readonly services: readonly RehearsedService[]
  readonly clusters: readonly RehearsedCluster[]
  readonly stuck: readonly Stuck[]
  /** What is not Ready in the end, and why. */
  readonly open: readonly { readonly key: ObjectKey; readonly why: string }[]
  readonly assumptions: readonly string[]
  readonly tasks: readonly TaskSpan[]
}

/** The controller looks at what is under way every so often; an end is seen that much later or sooner. */
const looksMs = 5_000
/** Of a fleet with more manifests than this one run is made as usual, and the others look less closely. */
const largeFleet = 400

export async function rehearse(input: RehearseInput): Promise<Rehearsal> {
  const { loaded, desired, kinds, owner, isRead, seed = 1 } = input
  const own = manifestsOf(desired, loaded.environment)
  const large = own.length > largeFleet
  const pace = paceOf(loaded.answers)
  const common = {
    ...{ kinds, owner, desired, loaded, isRead },
    ...(input.share === undefined ? {} : { share: input.share }),
    ...(input.prune ? { prune: input.prune } : {}),
    // Nobody else writes in a rehearsal: what a sweep would find is known.
    ...(large ? { intervalMs: 600_000, followMs: 10_000 } : {}),
  }
  const usual = await runOnce({ ...common, seed, scale: pace.usual })
  const others = await othersOf(common, pace, seed, large)
  const runs = [usual, ...others]
  const keyOf = keysOf(input)
  const worst = [...runs].sort((a, b) => badness(b) - badness(a))[0] ?? usual
  const short = stuckIn(worst, keyOf)
  const stuck = large
    ? short.map((one) =>
        one.moreInstances > 0
          ? { ...one, help: [moreText(one, one.moreInstances), ...one.help] }
          : one,
      )
    : await tried(short, worst.world, (more) =>
        runOnce({ ...common, seed, scale: pace.usual, more }),
      )
  return {
    environment: loaded.environment.name,
    outcome: worst.outcome,
    took: tookOf(usual, runs, large),
    calls: usual.calls,
    services: servicesOf(runs, keyOf, large, stuck),
    clusters: clustersOf(usual, stuck),
    stuck,
    open: [...worst.statuses.values()]
      .filter((status) => !isReady(status))
      .map((status) => {
        const ready = conditionOf(status, 'Ready')
        return { key: status.key, why: `${ready?.reason}: ${ready?.message}` }
      }),
    assumptions: assumptionsOf(input, pace, large),
    tasks: [...usual.watched.tasks.values()],
  }
}

type Common = Omit<RunOptions, 'seed' | 'scale' | 'pace'>

async function othersOf(
  common: Common,
  pace: ReturnType<typeof paceOf>,
  seed: number,
  large: boolean,
): Promise<Run[]> {
  if (large) return []
  const runs: Run[] = []
  // One after the other: a run is busy with its own virtual time.
  for (const [scale, more] of [
    [pace.quick, { pace: 'quick' }],
    [pace.slow, { pace: 'slow' }],
    [pace.usual, {}],
  ] as const) {
    runs.push(await runOnce({ ...common, ...more, seed: seed + 1, scale }))
  }
  return runs
}

const badness = ({ outcome }: Run) =>
  ['done', 'held', 'stalled', 'endless', 'stuck'].indexOf(outcome)

function tookOf(usual: Run, runs: readonly Run[], large: boolean): Rehearsal['took'] {
  if (large && usual.calls.length > 0) {
    const third = usual.tookMs / 3
    return { least: usual.tookMs - third, usual: usual.tookMs, most: usual.tookMs + third }
  }
  const all = runs.map(({ tookMs }) => tookMs)
  // Without calls there is nothing to wait for.
  const slackMs = usual.calls.length === 0 ? 1_000 : looksMs + 1_000
  return {
    least: Math.max(0, Math.min(...all) - slackMs),
    usual: usual.tookMs,
    most: Math.max(...all) + slackMs,
  }
}

/** Which manifest a service is. */
function keysOf({ desired, loaded }: RehearseInput) {
  const keys = new Map(
    manifestsOf(desired, loaded.environment)
      .filter(({ kind }) => kind === 'Service')
      .map(({ key }) => {
        const parts = desired.identities[key]?.parts ?? {}
        return [`${parts.cluster}/${parts.service}`, key] as const
      }),
  )
  return (cluster: string, service: string) => keys.get(`${cluster}/${service}`)
}

/** Services to which anything happened in any of the runs, in the order in which it began. */
function servicesOf(
  runs: readonly Run[],
  keyOf: (cluster: string, service: string) => ObjectKey | undefined,
  large: boolean,
  stuck: readonly Stuck[],
): RehearsedService[] {
  const [usual] = runs
  const waiting = new Set(stuck.map(({ cluster, service }) => `${cluster}/${service}`))
  const touched = new Map<string, ServiceWatch[]>()
  for (const { watched } of runs) {
    for (const [name, watch] of watched.services) {
      if (watch.started + watch.stopped === 0 && !waiting.has(name)) continue
      touched.set(name, [...(touched.get(name) ?? []), watch])
    }
  }
  return [...touched].map(([name, watches]) => {
    const { cluster, service, before, ...watch } =
      usual?.watched.services.get(name) ?? (watches[0] as ServiceWatch)
    const key = keyOf(cluster, service)
    const record = usual?.world.services.get(name)
    // One run alone does not say how low it may come: the service's own bound does.
    const bound = large && record && watch.stopped > 0 ? [boundsOf(record).lower] : []
    return {
      ...(key ? { key } : {}),
      cluster,
      service,
      before,
      desired: record?.service.desiredCount ?? 0,
      healthy: watch.atFirst,
      lowest: {
        least: Math.min(...bound, ...watches.map(({ lowest }) => lowest)),
        most: Math.max(...watches.map(({ lowest }) => lowest)),
      },
      lowestMs: watch.lowestMs,
      started: watch.started,
      stopped: watch.stopped,
      lastMs: watch.lastMs,
    }
  })
}

function clustersOf({ watched, world }: Run, stuck: readonly Stuck[]): RehearsedCluster[] {
  const percent = ({ registered, peak }: { registered: number; peak: number }) =>
    registered === 0 ? 0 : Math.round((peak * 100) / registered)
  return [...watched.clusters.values()].map(({ cluster, instances, known, cpu, memory }) => {
    const now = [...world.instances].filter(([, one]) => one.clusterName === cluster)
    return {
      cluster,
      instances,
      launched: now.filter(([id]) => !known.has(id)).length,
      missing: Math.max(
        0,
        ...stuck.filter((one) => one.cluster === cluster).map((one) => one.moreInstances),
      ),
      peakCpu: percent(cpu),
      peakMemory: percent(memory),
    }
  })
}

/** Whether more instances would really help is seen by trying: one in each cluster that is short, then as many as are missing. */
async function tried(
  stuck: readonly Stuck[],
  world: World,
  runWith: (more: NonNullable<RunOptions['more']>) => Promise<Run>,
): Promise<Stuck[]> {
  const counts = new Map<string, number>()
  for (const { cluster, moreInstances } of stuck) {
    if (moreInstances > 0) counts.set(cluster, (counts.get(cluster) ?? 0) + moreInstances)
  }
  if (counts.size === 0) return [...stuck]
  const several = [...counts.values()].some((count) => count > 1)
  for (const wish of several
    ? [new Map([...counts.keys()].map((one) => [one, 1])), counts]
    : [counts]) {
    const more = [...wish].map(([cluster, count]) => ({
      cluster,
      count,
      ...likeThose(world, cluster),
    }))
    const run = await runWith(more)
    if (run.outcome !== 'done') continue
    return stuck.map((one) => {
      const moreInstances = wish.get(one.cluster) ?? 0
      if (one.moreInstances === 0 || moreInstances === 0) return one
      const said = `${moreText(one, moreInstances)} (tried: all is done after ${spell(run.tookMs)})`
      return { ...one, moreInstances, help: [said, ...one.help] }
    })
  }
  return stuck.map((one) => ({ ...one, moreInstances: 0 }))
}

/** Instances as the cluster has them now. */
function likeThose(world: World, cluster: string): { type?: string; capacityProvider?: string } {
  const one = [...world.instances.values()].find(({ clusterName }) => clusterName === cluster)
  const type = one?.instance.attributes?.find(({ name }) => name === 'ecs.instance-type')?.value
  const provider = one?.instance.capacityProviderName
  return {
    ...(type && instanceTypes.has(type) ? { type } : {}),
    ...(provider ? { capacityProvider: provider } : {}),
  }
}
