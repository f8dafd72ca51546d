/** The embedded simulator of `run --simulate`: called directly by the controller, and served for other clients to look inside. */
import { UserError } from '../errors.ts'
import type { Clock } from '../runtime.ts'
import { createSimulator } from '../simulator/index.ts'
import { serve } from '../simulator/server.ts'
import { scaledClock } from './simulator-options.ts'

export interface EmbeddedOptions {
  readonly port: number
  /** How much faster simulated time runs than the clock. */
  readonly timeScale: number
  readonly containerInstances: readonly { cluster: string; count: number; type?: string }[]
  readonly seed?: number
}

export interface Embedded {
  readonly port: number
  call(operation: string, input: Record<string, unknown>, region?: string): Record<string, unknown>
  close(): Promise<void>
}

export async function startSimulator(options: EmbeddedOptions, clock: Clock): Promise<Embedded> {
  const simulator = createSimulator({
    now: scaledClock(() => clock.now(), options.timeScale),
    containerInstances: options.containerInstances.map(({ cluster, count, type }) => ({
      cluster,
      count,
      type: type ?? 't3.medium',
    })),
    ...(options.seed === undefined ? {} : { seed: options.seed }),
  })
  const server = await serve(simulator, { port: options.port }).catch((error) => {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error
    throw new UserError(`port ${options.port} is taken`, {
      hint: 'choose another with --simulator-port',
    })
  })
  return {
    port: server.port,
    call: (operation, input, region) => simulator.call(operation, input, region ? { region } : {}),
    close: () => server.close(),
  }
}
