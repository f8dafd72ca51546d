/** The command line: names, flags, help and exit codes. Each command's code is loaded when it is called. */
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander'
import { parseDuration } from '../durations.ts'
import { UserError } from '../errors.ts'
import { initFlags, initOptions } from './init/flags.ts'
import type { Io } from './io.ts'
import { styleFor } from './style.ts'
import { version } from './version.ts'

/** Every flag has an environment twin: `--http-port` is FAIRLEAD_HTTP_PORT. */
function flag(flags: string, description: string, fallback?: unknown): Option {
  const option = new Option(flags, description)
  const twin = `FAIRLEAD_${option.long?.slice(2).replace(/^no-/, '').replaceAll('-', '_').toUpperCase()}`
  // Commander takes the variable of a switch as "on" whatever it holds: FAIRLEAD_YES=false must not delete.
  const off = option.isBoolean() && /^(false|no|0|)$/i.test(process.env[twin] ?? 'unset')
  if (!off) option.env(twin)
  return fallback === undefined ? option : option.default(fallback)
}

const duration = (text: string): number => {
  try {
    return parseDuration(text)
  } catch (error) {
    throw new InvalidArgumentError((error as Error).message)
  }
}

const port = (text: string): number => {
  const number = Number(text)
  if (Number.isInteger(number) && number >= 0 && number <= 65_535) return number
  throw new InvalidArgumentError('a port is a number from 0 to 65535')
}

const positive = (text: string): number => {
  const number = Number(text)
  if (number > 0) return number
  throw new InvalidArgumentError('a number above 0 was expected')
}

const share = (text: string): number => {
  const number = Number(text)
  if (number > 0 && number <= 1) return number
  throw new InvalidArgumentError('a share is above 0 and at most 1')
}

/** `shop=2:t3.large` */
function instances(text: string, before: readonly object[] = []) {
  const match = /^([A-Za-z0-9_-]+)=(\d+)(?::(.+))?$/.exec(text)
  if (!match) throw new InvalidArgumentError('write CLUSTER=N or CLUSTER=N:TYPE')
  const [, cluster, count, type] = match
  return [...before, { cluster, count: Number(count), ...(type ? { type } : {}) }]
}

const listed = (text: string, before: readonly string[] = []) => [...before, text]

const owner = () =>
  flag('--owner <name>', 'whose resources these are (tag fairlead:owner)', 'default')
const namespace = () => flag('-n, --namespace <name>', 'only this environment')
const committed = () =>
  flag('--committed', 'read the Git working tree at HEAD, not the files as they lie', false)
const apiShare = () =>
  flag(
    '--api-share <part>',
    'which part of AWS’s request budget to use (default 0.8; none on loopback)',
  ).argParser(share)
const output = (choices: readonly string[], fallback: string) =>
  flag('-o, --output <format>', 'how to print')
    .choices([...choices])
    .default(fallback)
const server = () => flag('--server <url>', 'the controller to ask', 'http://127.0.0.1:8080')
const live = () => flag('--live <path>', 'ask AWS about these manifests, not a controller')
const containerInstances = () =>
  flag('--container-instances <cluster=n[:type]>', 'simulated container instances; may be repeated')
    .argParser(instances)
    .default([])
const seed = () => flag('--seed <number>', 'of the simulator’s randomness').argParser(Number)

type Flags = Record<string, never>

/** Runs one command; answers the exit code. Never throws for what a user can do wrong. */
export async function main(argv: readonly string[], io: Io): Promise<number> {
  let code = 0
  const program = new Command('fairlead')
    .description(
      'GitOps for Amazon ECS: keeps clusters, task definitions and services as Git says.',
    )
    .version(version)
    .configureOutput({ writeOut: io.stdout, writeErr: io.stderr })
    .exitOverride()
    .showSuggestionAfterError()
    .addHelpText(
      'after',
      '\nFlags may be set in the environment: --http-port is FAIRLEAD_HTTP_PORT.\nAWS_REGION, AWS_PROFILE and AWS_ENDPOINT_URL are honoured as the AWS SDK does.',
    )
  const done = (result: number) => {
    code = result
  }

  program
    .command('run')
    .description('the controller: watch, reconcile, serve HTTP')
    .argument('[path...]', 'folder of manifests', ['./manifests'])
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
    .addOption(owner())
    .addOption(namespace())
    .addOption(
      flag('--interval <duration>', 'time between two sweeps over everything', 60_000).argParser(
        duration,
      ),
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
    .action(async (paths: string[], flags: Flags) => {
      const { run } = await import('./run.ts')
      const { interval, ...rest } = flags as Record<string, never>
      done(await run(paths, { ...(rest as object), intervalMs: interval } as never, io))
    })

  const planLike = (name: string, description: string) =>
    program
      .command(name)
      .description(description)
      .argument('[path]', 'folder, file, or - for standard input', './manifests')
      .addOption(output(['text', 'json'], 'text'))
      .addOption(committed())
      .addOption(owner())
      .addOption(namespace())
      .addOption(apiShare())

  planLike('plan', 'what would change, and the calls it takes; writes nothing')
    .addOption(flag('--detailed-exitcode', 'exit 0: nothing to do, 2: changes, 1: error', false))
    .addOption(
      flag('--rehearse', 'try it in the simulator, on the state of AWS as it is now', false),
    )
    .addOption(flag('--timeline <file>', 'the rehearsal as a picture over time, .svg or .html'))
    .action(async (path: string, flags: Flags) => {
      const { plan } = await import('./plan.ts')
      const { result } = await plan(path, flags as never, io)
      if (result === 'error') done(1)
      else done(result === 'changes' && flags.detailedExitcode ? 2 : 0)
    })

  planLike('diff', 'the same as plan; exit 0: same, 1: different, 2: error')
    .exitOverride((error) => {
      // A mistyped flag is no difference.
      throw error.exitCode === 0 ? error : new CommanderError(2, error.code, error.message)
    })
    .action(async (path: string, flags: Flags) => {
      const { plan } = await import('./plan.ts')
      const { result } = await plan(path, flags as never, io).catch((error) => {
        reportError(error, io)
        return { result: 'error' as const }
      })
      done({ same: 0, changes: 1, error: 2 }[result])
    })

  planLike('verify', 'before anything is touched: whether what manifests rest on exists').action(
    async (path: string, flags: Flags) => {
      const { verify } = await import('./verify.ts')
      done(await verify(path, flags as never, io))
    },
  )

  program
    .command('apply')
    .description('one run to the fixpoint; exit 0 only when all is Ready')
    .argument('[path]', 'folder, file, or - for standard input', './manifests')
    .addOption(
      flag(
        '--wait [yes]',
        'wait until all is Ready; --wait=false ends once every call is sent',
        true,
      ).argParser((text: string) => text !== 'false' && text !== 'no' && text !== '0'),
    )
    .addOption(flag('--timeout <duration>', 'give up after', 1_800_000).argParser(duration))
    .addOption(committed())
    .addOption(owner())
    .addOption(namespace())
    .addOption(apiShare())
    .action(async (path: string, flags: Flags) => {
      const { apply } = await import('./apply.ts')
      done(await apply(path, { ...(flags as object), timeoutMs: flags.timeout } as never, io))
    })

  program
    .command('delete')
    .description('tear down what these manifests describe, in order, after confirmation')
    .argument('<path>', 'folder, file, or - for standard input')
    .addOption(flag('-y, --yes', 'do not ask', false))
    .addOption(flag('--timeout <duration>', 'give up after', 1_800_000).argParser(duration))
    .addOption(committed())
    .addOption(owner())
    .addOption(namespace())
    .addOption(apiShare())
    .action(async (path: string, flags: Flags) => {
      const { remove } = await import('./apply.ts')
      done(
        await remove(
          path,
          { ...(flags as object), wait: true, timeoutMs: flags.timeout } as never,
          io,
        ),
      )
    })

  program
    .command('validate')
    .description('offline checks; exit 1 with file:line:column problems')
    .argument('[path]', 'folder, file, or - for standard input', './manifests')
    .addOption(output(['text', 'json', 'sarif'], 'text'))
    .addOption(committed())
    .action(async (path: string, flags: Flags) => {
      const { validatePath } = await import('./validate-path.ts')
      done(await validatePath(path, flags as never, io))
    })

  program
    .command('get')
    .description('what is known: all resources, of one kind, or one')
    .argument('[kind]')
    .argument('[name]')
    .addOption(output(['table', 'wide', 'json', 'yaml'], 'table'))
    .addOption(flag('-w, --watch', 'print again when something changes', false))
    .addOption(server())
    .addOption(live())
    .addOption(owner())
    .addOption(namespace())
    .action(async (kind: string | undefined, name: string | undefined, flags: Flags) => {
      const { get } = await import('./get.ts')
      done(await get(kind, name, flags as never, io))
    })

  program
    .command('describe')
    .description('one resource: conditions, what differs, events')
    .argument('<kind>')
    .argument('<name>')
    .addOption(server())
    .addOption(live())
    .addOption(owner())
    .addOption(namespace())
    .action(async (kind: string, name: string, flags: Flags) => {
      const { describe } = await import('./get.ts')
      done(await describe(kind, name, flags as never, io))
    })

  program
    .command('events')
    .description('what happened, oldest first')
    .addOption(output(['table', 'json', 'yaml'], 'table'))
    .addOption(flag('-w, --watch', 'go on printing', false))
    .addOption(server())
    .addOption(namespace())
    .action(async (flags: Flags) => {
      const { events } = await import('./get.ts')
      done(await events(flags as never, io))
    })

  program
    .command('explain')
    .description('documentation of a kind or field, offline')
    .argument('<kind.field>', 'Service, or Service.deploymentConfiguration')
    .action(async (field: string) => {
      const { explain } = await import('./explain.ts')
      done(await explain(field, io))
    })

  program
    .command('schema')
    .description('JSON Schema of manifests, for editors')
    .argument('[kind]')
    .addOption(
      flag(
        '--kustomize <dir>',
        'write a kustomize Component: images, replicas, merge keys, references',
      ),
    )
    .action(async (kind: string | undefined, flags: Flags) => {
      const { schema } = await import('./schema.ts')
      done(await schema(kind, flags as never, io))
    })

  const wizard = program
    .command('init')
    .description('a wizard that writes manifests: cluster, task definition, service')
    .addOption(flag('--out <dir>', 'where to write', './manifests'))
    .addOption(flag('--force', 'overwrite files that exist', false))
    .addOption(flag('-y, --yes', 'ask nothing: flags and defaults', false))
    .addOption(flag('--ec2', 'the same as --launch ec2', false))
    .addOption(flag('--fargate', 'the same as --launch fargate', false))
  for (const each of initFlags) {
    const option = flag(each.flags, each.description)
    wizard.addOption(each.several ? option.argParser(listed) : option)
  }
  wizard.action(async (flags: Flags) => {
    const { init } = await import('./init.ts')
    done(await init(initOptions(flags), io))
  })

  program
    .command('iam-policy')
    .description('the least that AWS must allow, for all kinds or those that PATH uses')
    .argument('[path]', 'folder, file, or - for standard input; absent: every kind')
    .addOption(output(['json', 'text'], 'json'))
    .addOption(flag('--verify', 'with what fairlead verify reads', false))
    .addOption(flag('--role-path <path>', 'under which roles are made and passed (without PATH)'))
    .addOption(
      flag(
        '--permissions-boundary <arn>',
        'which roles must have when they are made (without PATH)',
      ),
    )
    .addOption(committed())
    .addOption(owner())
    .addOption(namespace())
    .action(async (path: string | undefined, flags: Flags) => {
      const { iamPolicy } = await import('./iam-policy.ts')
      done(await iamPolicy(path, flags as never, io))
    })

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
      const { simulator } = await import('./simulator.ts')
      done(await simulator(flags as never, io))
    })

  try {
    await program.parseAsync([...argv], { from: 'user' })
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode
    return reportError(error, io)
  }
  return code
}

function reportError(error: unknown, io: Io): number {
  const style = styleFor(io)
  if (error instanceof UserError) {
    io.stderr(`${style.red('error:')} ${error.message}\n${error.hint ? `  ${error.hint}\n` : ''}`)
    return error.exitCode
  }
  const { name, message, stack } = error as Error
  if (name === 'AwsFailure') {
    const { operation, code } = error as unknown as { operation: string; code: string }
    io.stderr(`${style.red('error:')} ${operation}: ${code}: ${message}\n`)
    return 1
  }
  io.stderr(`${style.red('error:')} a bug in fairlead: ${message}\n${stack ?? ''}\n`)
  return 1
}
