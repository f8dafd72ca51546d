/** Commands that tell what is known. */
import { type Flags, flag, type Group, live, namespace, output, owner, server } from './flags.ts'

export const questionCommands: Group = (program, io, done) => {
  program
    .command('get')
    .description('what is known: all resources, of one kind, or one')
    .argument('[kind]', 'Service, services; or instances: the container instances of clusters')
    .argument('[name]')
    .addOption(output(['table', 'wide', 'json', 'yaml'], 'table'))
    .addOption(flag('-w, --watch', 'print again when something changes', false))
    .addOption(server())
    .addOption(live())
    .addOption(owner())
    .addOption(namespace())
    .action(async (kind: string | undefined, name: string | undefined, flags: Flags) => {
      const { get } = await import('../get.ts')
      done(await get(kind, name, flags as never, io))
    })

  program
    .command('describe')
    .description('one resource: conditions, what differs, events')
    .argument('<kind>')
    .argument('<name>')
    .addOption(output(['table', 'json', 'yaml'], 'table'))
    .addOption(server())
    .addOption(live())
    .addOption(owner())
    .addOption(namespace())
    .action(async (kind: string, name: string, flags: Flags) => {
      const { describe } = await import('../get.ts')
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
      const { events } = await import('../get.ts')
      done(await events(flags as never, io))
    })
}
