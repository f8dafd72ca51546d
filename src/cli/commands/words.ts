/** Commands that need no AWS: documentation, schemas, the wizard, the IAM policy. */
import { initFlags, initOptions } from '../init/flags.ts'
import {
  committed,
  type Flags,
  flag,
  type Group,
  listed,
  namespace,
  output,
  owner,
} from './flags.ts'

export const wordCommands: Group = (program, io, done) => {
  program
    .command('explain')
    .description('documentation of a kind or field, offline')
    .argument('[kind.field]', 'Service, or Service.deploymentConfiguration; absent: all kinds')
    .action(async (field: string | undefined) => {
      const { explain } = await import('../explain.ts')
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
      const { schema } = await import('../schema.ts')
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
    const { init } = await import('../init.ts')
    done(await init(initOptions(flags), io))
  })

  program
    .command('iam-policy')
    .description('the least that AWS must allow, for all kinds or those that PATH uses')
    .argument('[path]', 'folder, file, or - for standard input; absent: every kind')
    .addOption(output(['json', 'text'], 'json'))
    .addOption(flag('--verify', 'with what fairlead verify reads', false))
    .addOption(flag('--rehearse', 'with what fairlead plan --rehearse reads', false))
    .addOption(flag('--import', 'with what fairlead import reads', false))
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
      const { iamPolicy } = await import('../iam-policy.ts')
      done(await iamPolicy(path, flags as never, io))
    })
}
