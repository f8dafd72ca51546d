/** Commands that plan, apply and check manifests. */
import { type Command, CommanderError } from 'commander'
import { reportError } from '../report.ts'
import {
  apiShare,
  committed,
  duration,
  type Flags,
  flag,
  type Group,
  namespace,
  output,
  owner,
} from './flags.ts'
import { maxDeletes, prune, pruneWish } from './prune-flags.ts'

export const changeCommands: Group = (program, io, done) => {
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

  const planned = (flags: Flags, command: Command) =>
    ({ ...(flags as object), prune: pruneWish(flags, command) }) as never

  planLike('plan', 'what would change, and the calls it takes; writes nothing')
    .addOption(prune())
    .addOption(maxDeletes())
    .addOption(flag('--detailed-exitcode', 'exit 0: nothing to do, 2: changes, 1: error', false))
    .addOption(
      flag('--rehearse', 'try it in the simulator, on the state of AWS as it is now', false),
    )
    .addOption(flag('--timeline <file>', 'the rehearsal as a picture over time, .svg or .html'))
    .action(async (path: string, flags: Flags, command: Command) => {
      const { plan } = await import('../plan.ts')
      const { result } = await plan(path, planned(flags, command), io)
      if (result === 'error') done(1)
      else done(result === 'changes' && flags.detailedExitcode ? 2 : 0)
    })

  planLike('diff', 'the same as plan; exit 0: same, 1: different, 2: error')
    .exitOverride((error) => {
      // A mistyped flag is no difference.
      throw error.exitCode === 0 ? error : new CommanderError(2, error.code, error.message)
    })
    .addOption(prune())
    .addOption(maxDeletes())
    .action(async (path: string, flags: Flags, command: Command) => {
      const { plan } = await import('../plan.ts')
      const made = async () => plan(path, planned(flags, command), io)
      const { result } = await made().catch((error) => {
        reportError(error, io)
        return { result: 'error' as const }
      })
      done({ same: 0, changes: 1, error: 2 }[result])
    })

  planLike('verify', 'before anything is touched: whether what manifests rest on exists').action(
    async (path: string, flags: Flags) => {
      const { verify } = await import('../verify.ts')
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
    .addOption(
      flag('--timeout <duration>', 'give up after').argParser(duration).default(1_800_000, '30m'),
    )
    .addOption(committed())
    .addOption(owner())
    .addOption(prune())
    .addOption(maxDeletes())
    .addOption(namespace())
    .addOption(apiShare())
    .action(async (path: string, flags: Flags, command: Command) => {
      const { apply } = await import('../apply.ts')
      const more = { timeoutMs: flags.timeout, prune: pruneWish(flags, command) }
      done(await apply(path, { ...(flags as object), ...more } as never, io))
    })

  program
    .command('delete')
    .description('tear down what these manifests describe, in order, after confirmation')
    .argument('<path>', 'folder, file, or - for standard input')
    .addOption(flag('-y, --yes', 'do not ask', false))
    .addOption(
      flag('--timeout <duration>', 'give up after').argParser(duration).default(1_800_000, '30m'),
    )
    .addOption(committed())
    .addOption(owner())
    .addOption(namespace())
    .addOption(apiShare())
    .action(async (path: string, flags: Flags) => {
      const { remove } = await import('../apply.ts')
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
      const { validatePath } = await import('../validate-path.ts')
      done(await validatePath(path, flags as never, io))
    })
}
