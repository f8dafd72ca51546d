/** The simulator with a reader that counts: what a kind's `observe` needs, without the controller. */

import { directAws } from '../../src/aws/sdk.ts'
import type { AwsFailure } from '../../src/errors.ts'
import type { IndexEntry, Kind, ObserveContext, Read } from '../../src/kind.ts'
import type { ObjectKey, Observation, Operation } from '../../src/model.ts'
import { createSimulator } from '../../src/simulator/index.ts'
import { environment, manifestOf } from './golden.ts'

export function createAccount(kind: Kind) {
  let now = Date.parse('2026-03-01T00:00:00Z')
  const simulator = createSimulator({ now: () => now })
  const aws = directAws((operation, input) => simulator.call(operation, input))
  const reads: Operation[] = []
  let fail:
    | ((operation: Operation, input: Record<string, unknown>) => AwsFailure | undefined)
    | undefined
  const read = (async (operation, input) => {
    reads.push(operation)
    const failure = fail?.(operation, input)
    if (failure) throw failure
    return aws(operation, input)
  }) as Read
  const memory = new Map<string, unknown>()
  return {
    aws,
    reads,
    memory,
    now: () => now,
    wait: (ms: number) => {
      now += ms
    },
    /** From now on, reads fail as this says. */
    failWith: (next: typeof fail) => {
      fail = next
    },
    /** Looks for manifests by name; the reads that it took are in `reads`. */
    async look(
      specs: Readonly<Record<string, Record<string, unknown>>>,
      index: readonly IndexEntry[] = [],
      context: Partial<ObserveContext> = {},
    ): Promise<ReadonlyMap<ObjectKey, Observation>> {
      reads.length = 0
      const wanted = Object.entries(specs).map(([name, spec]) => ({
        manifest: manifestOf(kind.name, name, spec),
        identity: kind.identify(spec, name, environment),
        spec,
      }))
      return kind.observe({ read, owner: 'default', index, memory, now, ...context }, wanted)
    },
  }
}
