/** `fairlead simulator`: the simulator as an HTTP server for any AWS client, with a state that can outlive it. */
import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { UserError } from '../errors.ts'
import { type Clock, systemClock } from '../runtime.ts'
import {
  type ContainerInstances,
  createSimulator,
  type Simulator,
  type SimulatorSnapshot,
} from '../simulator/index.ts'
import { type ServedSimulator, serve } from '../simulator/server.ts'
import { readSnapshot, writeSnapshot } from '../simulator/snapshot.ts'
import type { Io } from './io.ts'
import { parseFaults, scaledClock } from './simulator-options.ts'

export interface SimulatorCommandOptions {
  /** 0 takes a free one. */
  readonly port: number
  readonly timeScale: number
  readonly throttle: boolean
  readonly seed?: number
  /** `throttle=0.05,error=0.02,lost=0.01,stale=5s`; see parseFaults. */
  readonly faults?: string
  /** The state is read from this file if it exists, and written to it at the end and on SIGUSR2. */
  readonly snapshot?: string
  readonly containerInstances: readonly ContainerInstances[]
}

/** Serves until `io.signal` aborts. Answers the exit code; throws UserError for a taken port or a bad option. */
export async function simulator(
  options: SimulatorCommandOptions,
  io: Pick<Io, 'stdout' | 'stderr' | 'signal'>,
  clock: Clock = systemClock,
): Promise<number> {
  const { snapshot: file } = options
  const made = createServed(options, clock)
  const server = await listen(made, options.port, io)
  const save = () => {
    if (file === undefined) return
    writeWhole(file, writeSnapshot(made.snapshot()))
    io.stderr(`state written to ${file}\n`)
  }
  process.on('SIGUSR2', save)
  try {
    io.stdout(
      `simulated AWS on ${server.url}; try: AWS_ENDPOINT_URL=${server.url} aws ecs list-clusters (any region and credentials do)\n`,
    )
    await aborted(io.signal)
  } finally {
    process.off('SIGUSR2', save)
    await server.close()
    save()
  }
  return 0
}

/** The simulator that the options ask for. Time goes on from the snapshot's, if that is ahead of the clock. */
function createServed(options: SimulatorCommandOptions, clock: Clock): Simulator {
  const { snapshot: file, timeScale, throttle, seed, containerInstances } = options
  const from = file === undefined ? undefined : load(file)
  const times = [...(from?.worlds.values() ?? [])].map((world) => world.time)
  const faults = options.faults === undefined ? {} : parseFaults(options.faults)
  try {
    return createSimulator({
      now: scaledClock(() => clock.now(), timeScale, Math.max(clock.now(), ...times)),
      throttle,
      containerInstances,
      ...faults,
      ...(seed === undefined ? {} : { seed }),
      ...(from && { from }),
    })
  } catch (error) {
    throw new UserError((error as Error).message, { cause: error })
  }
}

async function listen(
  made: Simulator,
  port: number,
  io: Pick<Io, 'stderr'>,
): Promise<ServedSimulator> {
  try {
    return await serve(made, {
      port,
      onBug: (operation, error) => {
        io.stderr(`${operation} failed: ${error instanceof Error ? error.stack : error}\n`)
      },
    })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error
    throw new UserError(`port ${port} is taken`, {
      hint: 'choose another with --port',
      cause: error,
    })
  }
}

/** What the file holds; undefined when there is none yet. */
function load(file: string): SimulatorSnapshot | undefined {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw new UserError(`cannot read ${file}: ${(error as Error).message}`, { cause: error })
  }
  try {
    return readSnapshot(text) as SimulatorSnapshot
  } catch (error) {
    throw new UserError(`cannot use ${file}: ${(error as Error).message}`, { cause: error })
  }
}

/** Replaces a file at once, so that a crash leaves the old state or the new. */
function writeWhole(file: string, text: string): void {
  const beside = `${file}.new`
  writeFileSync(beside, text)
  renameSync(beside, file)
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve()
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
}
