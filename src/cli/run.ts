/** `fairlead run`: the controller. Watches, reconciles, serves HTTP; with --simulate on the embedded simulator. */
import { createController } from '../controller.ts'
import { composites, kinds } from '../kinds/index.ts'
import { createMetrics } from '../metrics.ts'
import type { JournalEvent, Snapshot } from '../model.ts'
import { createManifestCache, readManifests } from '../reconcile/manifest.ts'
import type { PruneWish } from '../reconcile/prune-guards.ts'
import { watchSource } from '../reconcile/source/watch.ts'
import { type Runtime, systemClock } from '../runtime.ts'
import { createApp } from '../server/app.ts'
import { listen } from '../server/listen.ts'
import { connector } from './connect.ts'
import { startSimulator } from './embedded.ts'
import type { Io } from './io.ts'
import { mergeSnapshots, only, sourceOptions } from './load.ts'
import { createLog } from './log.ts'
import { version } from './version.ts'

export interface RunOptions {
  readonly owner: string
  readonly namespace?: string
  readonly committed: boolean
  readonly intervalMs: number
  readonly apiShare?: number
  readonly dryRun: boolean
  readonly prune?: PruneWish
  readonly httpPort: number
  readonly httpHost?: string
  readonly logLevel: string
  readonly logFormat?: 'json' | 'pretty'
  readonly simulate: boolean
  readonly simulatorPort: number
  readonly timeScale: number
  readonly containerInstances: readonly { cluster: string; count: number; type?: string }[]
  readonly seed?: number
}

/** How long a graceful stop may take. */
const stopMs = 4_500

export async function run(paths: readonly string[], options: RunOptions, io: Io): Promise<number> {
  const log = createLog(io, options)
  const runtime: Runtime = { clock: systemClock, random: Math.random, log }
  const metrics = createMetrics()
  metrics.buildInfo.set({ version, node: process.versions.node }, 1)
  metrics.leader.set(1)

  const region = io.env.AWS_REGION ?? io.env.AWS_DEFAULT_REGION ?? 'us-east-1'
  const simulated = options.simulate
    ? await startSimulator(
        {
          port: options.simulatorPort,
          timeScale: options.timeScale,
          containerInstances: options.containerInstances,
          ...(options.seed === undefined ? {} : { seed: options.seed }),
        },
        systemClock,
      )
    : undefined
  if (simulated) {
    log.info(
      {},
      `simulating AWS, ${options.timeScale} times as fast; look inside: aws --endpoint-url http://127.0.0.1:${simulated.port} --region ${region} ecs list-clusters (any credentials do)`,
    )
  }
  const controller = createController({
    kinds,
    owner: options.owner,
    runtime,
    metrics,
    connect: connector({
      io,
      runtime,
      metrics,
      ...(options.apiShare === undefined ? {} : { apiShare: options.apiShare }),
      ...(simulated
        ? { embedded: (environment, role) => simulated.aws(environment.region ?? region, role) }
        : {}),
    }),
    onEvent: (event) => logEvent(event, log),
    intervalMs: options.intervalMs,
    followMs: simulated ? Math.max(500, 5_000 / options.timeScale) : 5_000,
    settleMs: simulated ? Math.max(500, 15_000 / options.timeScale) : 15_000,
    dryRun: options.dryRun,
    ...(options.prune ? { prune: options.prune } : {}),
  })

  const host = options.httpHost ?? (options.simulate ? '127.0.0.1' : '0.0.0.0')
  const http = await listen(
    createApp({
      kinds,
      composites,
      metrics,
      view: () => controller.view(),
      reconcile: (keys) => controller.reconcile(keys),
    }),
    options.httpPort,
    host,
  ).catch(async (error) => {
    await simulated?.close()
    throw error
  })
  const shown = host === '0.0.0.0' ? '127.0.0.1' : host
  log.info({}, `watching ${paths.join(', ')}, status on http://${shown}:${http.port}`)

  const cache = createManifestCache()
  const snapshots = new Map<string, Snapshot>()
  const onSnapshot = async (path: string, snapshot: Snapshot) => {
    snapshots.set(path, snapshot)
    // Until every path was read once, what is missing would look like what is gone.
    if (snapshots.size < paths.length) return
    const whole = mergeSnapshots(paths.flatMap((one) => snapshots.get(one) ?? []))
    const read = await readManifests(whole, kinds, cache, composites)
    controller.submit(options.namespace ? only(read, options.namespace) : read)
  }
  const watching = Promise.all(
    paths.map((path) =>
      watchSource(path, { ...sourceOptions(path, options, io), signal: io.signal }, (snapshot) =>
        onSnapshot(path, snapshot),
      ),
    ),
  )
  const stopping = new Promise<void>((resolve) => {
    io.signal.addEventListener('abort', () => {
      log.info({}, 'stopping: finishing the calls in flight')
      // What is not over by then is not waited for: its effect is seen by the next process.
      void systemClock.sleep(stopMs).then(resolve)
    })
  })
  const kept = Promise.all([controller.run(io.signal), watching])
  await Promise.race([kept, stopping])
  await Promise.race([Promise.all([http.close(), simulated?.close()]), stopping])
  return 0
}

function logEvent(event: JournalEvent, log: Runtime['log']): void {
  const { atMs: _, type, message, ...fields } = event
  if (type === 'Warning') log.warn(fields, message)
  else log.info(fields, message)
}
