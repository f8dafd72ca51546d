/** The command that begins with what is there. */
import { apiShare, type Flags, flag, type Group, owner } from './flags.ts'

export const importCommands: Group = (program, io, done) => {
  program
    .command('import')
    .description('writes manifests of what is live, so that a plan of them is empty; reads only')
    .addOption(flag('--cluster <name...>', 'only these clusters, with all that is theirs'))
    .addOption(flag('--out <dir>', 'where to write', './manifests'))
    .addOption(flag('-y, --yes', 'do not ask: overwrite files that exist', false))
    .addOption(
      flag(
        '-n, --namespace <name>',
        'the Environment to write, and to put all into (default: default)',
      ),
    )
    .addOption(owner())
    .addOption(apiShare())
    .action(async (flags: Flags) => {
      const { importLive } = await import('../import.ts')
      done(await importLive(flags as never, io))
    })
}
