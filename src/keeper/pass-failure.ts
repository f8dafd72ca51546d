/** How a pass that came to nothing is told: AWS did not let it read, or fairlead has a bug. */
import { AwsFailure } from '../errors.ts'
import type { Metrics } from '../metrics.ts'
import type { JournalEvent } from '../model.ts'
import type { Runtime } from '../runtime.ts'

export function tellFailure(
  error: unknown,
  to: {
    readonly event: (type: JournalEvent['type'], reason: string, message: string) => void
    readonly metrics: Metrics
    readonly log: Runtime['log']
  },
): void {
  if (error instanceof AwsFailure) {
    const message = `${error.operation}: ${error.code}: ${error.message}`
    to.event('Warning', 'PassFailed', message)
    return
  }
  to.metrics.bugs.inc()
  to.event('Warning', 'Bug', `a pass was abandoned: ${(error as Error).message}`)
  to.log.error({ err: error }, 'a pass was abandoned because of an error in fairlead')
}
