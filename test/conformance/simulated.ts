/** A served simulator for real clients: on a clock that the test moves, or that runs faster than real time. */
import {
  createSimulator,
  type Simulator,
  type SimulatorOptions,
} from '../../src/simulator/index.ts'
import { serve } from '../../src/simulator/server.ts'
import type { WireEvent } from '../../src/simulator/wire/handle.ts'
import { clientEnv } from './harness.ts'

export const region = 'eu-west-1'

export interface ServedForTest {
  readonly url: string
  /** The environment of a client that is to talk to it. */
  readonly env: NodeJS.ProcessEnv
  /** Every request so far. */
  readonly requests: readonly WireEvent[]
  /** What handlers threw that is no error of AWS's: bugs. */
  readonly bugs: readonly string[]
  /** Lets simulated time pass at once. */
  advance(ms: number): void
  call: Simulator['call']
  close(): Promise<void>
}

/** Serves a simulator on a free port. `timeScale` (default 1) is how much faster than real its time runs. */
export async function serveForTest({
  timeScale = 1,
  ...options
}: Omit<SimulatorOptions, 'now'> & { timeScale?: number } = {}): Promise<ServedForTest> {
  const start = Date.now()
  let ahead = 0
  const simulator = createSimulator({
    now: () => start + (Date.now() - start) * timeScale + ahead,
    ...options,
  })
  const requests: WireEvent[] = []
  const bugs: string[] = []
  const server = await serve(simulator, {
    port: 0,
    onRequest: (event) => requests.push(event),
    onBug: (operation, error) => {
      bugs.push(`${operation}: ${error instanceof Error ? error.stack : error}`)
    },
  })
  return {
    url: server.url,
    env: clientEnv(server.url, region),
    requests,
    bugs,
    advance(ms) {
      ahead += ms
    },
    call: (operation, input) => simulator.call(operation, input, { region }),
    close: () => server.close(),
  }
}
