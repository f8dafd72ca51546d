/** A simulated account on a clock that the test moves, called by the full names of operations. */
import { AwsError } from '../../src/simulator/api.ts'
import {
  createSimulator,
  type Simulator,
  type SimulatorOptions,
} from '../../src/simulator/index.ts'
import { start } from './story.ts'

export interface Aws {
  readonly sim: Simulator
  // biome-ignore lint/suspicious/noExplicitAny: answers have the shape that the operation gives them
  call(operation: string, input?: Record<string, unknown>, region?: string): any
  /** `Code (status): message` of a call that must be refused. */
  refusal(operation: string, input?: Record<string, unknown>): string
  /** Lets seconds pass. */
  later(seconds: number): void
  now(): number
}

export function aws(options: Partial<SimulatorOptions> = {}): Aws {
  let now = start
  const sim = createSimulator({ now: () => now, ...options })
  return {
    sim,
    call: (operation, input, region) => sim.call(operation, input, region ? { region } : {}),
    refusal(operation, input) {
      try {
        sim.call(operation, input)
      } catch (error) {
        if (error instanceof AwsError) return `${error.code} (${error.status}): ${error.message}`
        throw error
      }
      throw new Error(`${operation} was not refused`)
    },
    later(seconds) {
      now += seconds * 1_000
    },
    now: () => now,
  }
}

/** A row of a table of refusals: operation, input, and the refusal's text or a pattern of it. */
export type Refusal = readonly [
  operation: string,
  input: Record<string, unknown>,
  text: string | RegExp,
]
