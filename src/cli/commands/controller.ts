/** `fairlead run` and `fairlead simulator`: what stays running. */
import type { Command } from 'commander'
import {
  apiShare,
  committed,
  containerInstances,
  duration,
  type Flags,
  flag,
  type Group,
  namespace,
  owner,
  port,
  positive,
  seed,
} from './flags.ts'
import { maxDeletes, prune, pruneWish } from './prune-flags.ts'

export const controllerCommands: Group = (program, io, done) => {
  program
    .command('run')
    .description('the controller: watch, reconcile, serve HTTP')
    .argument('[path...]', 'folder of manifests (default: ./manifests)')
    .addOption(flag('--simulate', 'run on the embedded simulator instead of AWS', false))
    .addOption(
      flag('--simulator-port <port>', 'where the embedded simulator listens', 4566).argParser(port),
    )
    .addOption(
      flag('--time-scale <factor>', 'how much faster simulated time runs', 10).argParser(positive),
    )
    .addOption(containerInstances())
    .addOption(seed())
    .addOption(committed())
    .addOption(flag('--git <url>', 'fetch this Git repository instead; paths are then in it'))
    .addOption(
      flag('--ref <ref>', 'branch, tag or commit to fetch (default: the repository’s HEAD)'),
    )
    .addOption(owner())
    .addOption(prune())
    .addOption(maxDeletes())
    .addOption(namespace())
    .addOption(
      flag('--interval <duration>', 'time between two sweeps over everything')
        .argParser(duration)
        .default(60_000, '60s'),
    )
    .addOption(apiShare())
    .addOption(flag('--dry-run', 'observe and plan, write nothing', false))
    .addOption(
      flag('--http-port <port>', 'metrics, health, API and status page', 8080).argParser(port),
    )
    .addOption(
      flag('--http-host <address>', 'address to listen on (default all; loopback with --simulate)'),
    )
    .addOption(
      flag('--log-level <level>', 'least level to log')
        .choices(['debug', 'info', 'warn', 'error'])
        .default('info'),
    )
    .addOption(
      flag('--log-format <format>', 'default: pretty on a terminal').choices(['json', 'pretty']),
    )
    .action(async (paths: string[], flags: Flags, command: Command) => {
      const { run } = await import('../run.ts')
      const { interval, ...rest } = flags as Record<string, never>
      const more = { intervalMs: interval, prune: pruneWish(flags, command) }
      done(
        await run(
          paths.length > 0 ? paths : undefined,
          { ...(rest as object), ...more } as never,
          io,
        ),
      )
    })
}

export const simulatorCommands: Group = (program, io, done) => {
  program
    .command('simulator')
    .description('the simulator as an HTTP server for any AWS client')
    .addOption(flag('--port <port>', 'where to listen', 4566).argParser(port))
    .addOption(flag('--time-scale <factor>', 'how much faster time runs', 1).argParser(positive))
    .addOption(flag('--throttle', 'throttle as AWS does', false))
    .addOption(seed())
    .addOption(flag('--faults <spec>', 'throttle=0.05,error=0.02,lost=0.01,stale=5s'))
    .addOption(flag('--snapshot <file>', 'load the state from, and keep it in, this file'))
    .addOption(containerInstances())
    .action(async (flags: Flags) => {
      const { simulator } = await import('../simulator.ts')
      done(await simulator(flags as never, io))
    })
}
