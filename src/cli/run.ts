/** `fairlead run`: the controller. Watches, reconciles, serves HTTP; with --simulate on the embedded simulator. */
import { createController } from '../controller.ts'
import { UserError } from '../errors.ts'
import { composites, kinds } from '../kinds/index.ts'
import { createMetrics } from '../metrics.ts'
import type { JournalEvent, Snapshot } from '../model.ts'
import { createManifestCache, readManifests } from '../reconcile/manifest.ts'
import type { PruneWish } from '../reconcile/prune-guards.ts'
import { plainUrl, watchRemote } from '../reconcile/source/remote.ts'
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
  /** A repository to fetch from, instead of folders here; the paths are then its own. */
  readonly git?: string
  readonly ref?: string
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

const defaultPath = './manifests'

/** How long a graceful stop may take. */
const stopMs = 4_500

/** `paths`: absent where none was given. */
export async function run(
  paths: readonly string[] | undefined,
  options: RunOptions,
  io: Io,
): Promise<number> {
  if (options.ref !== undefined && options.git === undefined) {
    throw new UserError('--ref needs --git: it names a commit of that repository')
  }
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
  log.info({}, `watching ${sourceName(paths, options)}, status on http://${shown}:${http.port}`)

  const cache = createManifestCache()
  const watching = watchAll(paths, options, io, async (snapshots) => {
    const read = await readManifests(mergeSnapshots(snapshots), kinds, cache, composites)
    controller.submit(options.namespace ? only(read, options.namespace) : read)
  })
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

type OnSnapshots = (snapshots: readonly Snapshot[]) => Promise<void>

/** `manifests of https://github.com/acme/shop at main` */
function sourceName(paths: readonly string[] | undefined, { git, ref }: RunOptions): string {
  if (git === undefined) return (paths ?? [defaultPath]).join(', ')
  const what = paths ? `${paths.join(', ')} of ` : ''
  return `${what}${plainUrl(git)}${ref === undefined ? '' : ` at ${ref}`}`
}

/** Hands over the snapshots of all paths, once each was read, whenever one of them is new. */
async function watchAll(
  given: readonly string[] | undefined,
  options: RunOptions,
  io: Io,
  onSnapshots: OnSnapshots,
): Promise<void> {
  const { git, ref } = options
  if (git !== undefined) {
    const remote = {
      url: git,
      ...(ref === undefined ? {} : { ref }),
      ...(given === undefined ? {} : { paths: given }),
    }
    const { env, signal } = io
    return watchRemote({ ...remote, env, signal, clock: systemClock }, onSnapshots)
  }
  const paths = given ?? [defaultPath]
  const snapshots = new Map<string, Snapshot>()
  const onSnapshot = async (path: string, snapshot: Snapshot) => {
    snapshots.set(path, snapshot)
    // Until every path was read once, what is missing would look like what is gone.
    if (snapshots.size < paths.length) return
    await onSnapshots(paths.flatMap((one) => snapshots.get(one) ?? []))
  }
  await Promise.all(
    paths.map((path) =>
      watchSource(path, { ...sourceOptions(path, options, io), signal: io.signal }, (snapshot) =>
        onSnapshot(path, snapshot),
      ),
    ),
  )
}

function logEvent(event: JournalEvent, log: Runtime['log']): void {
  const { atMs: _, type, message, ...fields } = event
  if (type === 'Warning') log.warn(fields, message)
  else log.info(fields, message)
}
