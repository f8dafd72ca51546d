/** Commands for a person who steps in: suspend, resume, retry, reconcile. */
import { apiShare, type Flags, flag, type Group, namespace, owner, server } from './flags.ts'

const path = ['[path]', 'folder, file, or - for standard input', './manifests'] as const

export const handCommands: Group = (program, io, done) => {
  program
    .command('suspend')
    .description('leave a resource alone: writes the annotation into its file, or a tag (--live)')
    .argument('<kind>')
    .argument('<name>')
    .argument(...path)
    .addOption(flag('--reason <text>', 'why; needed where nothing says when it ends'))
    .addOption(flag('--for <duration>', 'how long: 30m, 2h'))
    .addOption(flag('--until <time>', 'until when: 2030-01-31T18:00:00Z'))
    .addOption(flag('--live', 'for an incident: a tag on the live resource, Git stays', false))
    .addOption(owner())
    .addOption(namespace())
    .addOption(apiShare())
    .action(async (kind: string, name: string, where: string, flags: Flags) => {
      const { suspend } = await import('../suspend.ts')
      done(await suspend(kind, name, where, flags as never, io))
    })

  program
    .command('resume')
    .description('end a suspension: in the file, or the tag (--live)')
    .argument('<kind>')
    .argument('<name>')
    .argument(...path)
    .addOption(flag('--live', 'the tag on the live resource', false))
    .addOption(owner())
    .addOption(namespace())
    .addOption(apiShare())
    .action(async (kind: string, name: string, where: string, flags: Flags) => {
      const { resume } = await import('../suspend.ts')
      done(await resume(kind, name, where, flags as never, io))
    })

  program
    .command('retry')
    .description('try again what failed: writes a new value of the annotation into its file')
    .argument('<kind>')
    .argument('<name>')
    .argument(...path)
    .addOption(flag('--reason <text>', 'why; stands behind the time'))
    .addOption(namespace())
    .action(async (kind: string, name: string, where: string, flags: Flags) => {
      const { retry } = await import('../suspend.ts')
      done(await retry(kind, name, where, flags as never, io))
    })

  program
    .command('reconcile')
    .description('have the controller look now: at everything, or at one resource')
    .argument('[kind]')
    .argument('[name]')
    .addOption(server())
    .addOption(namespace())
    .action(async (kind: string | undefined, name: string | undefined, flags: Flags) => {
      const { reconcile } = await import('../reconcile.ts')
      done(await reconcile(kind, name, flags as never, io))
    })
}
