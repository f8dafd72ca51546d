/** A simulated account called by full operation names (`ec2:RunInstances`), on a clock that the test moves. */
import { AwsError } from '../../src/simulator/api.ts'
import {
  createSimulator,
  type Simulator,
  type SimulatorOptions,
} from '../../src/simulator/index.ts'
import { start } from './story.ts'

export interface Stage {
  readonly sim: Simulator
  /** Lets seconds pass. */
  after(seconds: number): void
  now(): number
  // biome-ignore lint/suspicious/noExplicitAny: answers have the shape that the operation gives them
  call(operation: string, input?: Record<string, unknown>): any
  /** `Code: message` of a call that must be refused. */
  refusal(operation: string, input?: Record<string, unknown>): string
}

export function stage(options: Partial<SimulatorOptions> = {}): Stage {
  let now = start
  const sim = createSimulator({ now: () => now, ...options })
  return {
    sim,
    now: () => now,
    after(seconds) {
      now += seconds * 1_000
    },
    call: (operation, input = {}) => sim.call(operation, input),
    refusal(operation, input = {}) {
      try {
        sim.call(operation, input)
      } catch (error) {
        if (error instanceof AwsError) return `${error.code}: ${error.message}`
        throw error
      }
      throw new Error(`${operation} was not refused`)
    },
  }
}
