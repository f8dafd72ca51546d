/** The embedded simulator of `run --simulate`: called directly by the controller, and served for other clients to look inside. */
import { type Aws, appId } from '../aws/aws.ts'
import { assumedDirectly, type RoleToAssume } from '../aws/role.ts'
import { directAws } from '../aws/sdk.ts'
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
  /** AWS in a region, as the process itself or as a role, which sts:AssumeRole gives. */
  aws(region: string, role?: RoleToAssume): Aws
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
    aws(region, role) {
      const as = (caller?: string) =>
        directAws((operation, input) =>
          simulator.call(operation, input, {
            region,
            userAgent: `app/${appId}`,
            ...(caller ? { caller } : {}),
          }),
        )
      return role ? assumedDirectly(role, as) : as()
    },
    close: () => server.close(),
  }
}
