/** The command line: names, flags, help and exit codes. Each command's code is loaded when it is called. */
import { Command, CommanderError } from 'commander'
import { changeCommands } from './commands/changes.ts'
import { controllerCommands, simulatorCommands } from './commands/controller.ts'
import { handCommands } from './commands/hands.ts'
import { importCommands } from './commands/import.ts'
import { questionCommands } from './commands/questions.ts'
import { wordCommands } from './commands/words.ts'
import type { Io } from './io.ts'
import { reportError } from './report.ts'
import { version } from './version.ts'

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
  const groups = [
    controllerCommands,
    changeCommands,
    questionCommands,
    handCommands,
    importCommands,
    wordCommands,
    simulatorCommands,
  ]
  for (const group of groups) group(program, io, done)

  try {
    await program.parseAsync([...argv], { from: 'user' })
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode
    return reportError(error, io)
  }
  return code
}
