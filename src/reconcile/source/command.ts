/** Runs the programs that a source needs (git, kustomize), without a shell, and answers with what they said. */
import { spawn } from 'node:child_process'
import { access, constants } from 'node:fs/promises'
import { delimiter, join } from 'node:path'

export interface Answer {
  /** The exit code; -1 when the program could not be started, was stopped, or ran out of time. */
  readonly code: number
  readonly stdout: Buffer
  readonly stderr: string
}

export interface RunOptions {
  readonly cwd: string
  readonly env: NodeJS.ProcessEnv
  /** Ends the program with SIGTERM after this many milliseconds of real time. Default 60 s. */
  readonly timeoutMs?: number
}

/** Runs a program to its end; never throws. */
export function run(
  command: string,
  args: readonly string[],
  options: RunOptions,
): Promise<Answer> {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: options.cwd,
      env: options.env,
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: options.timeoutMs ?? 60_000,
    })
    const stdout: Buffer[] = []
    const stderr: Buffer[] = []
    child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk))
    child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk))
    child.on('error', (error) =>
      resolve({ code: -1, stdout: Buffer.alloc(0), stderr: error.message }),
    )
    child.on('close', (code, signal) =>
      resolve({
        code: code ?? -1,
        stdout: Buffer.concat(stdout),
        stderr: Buffer.concat(stderr).toString() || (signal ? `ended by ${signal}` : ''),
      }),
    )
  })
}

/** The first of these programs that is on the PATH, with its full path. */
export async function findOnPath<Name extends string>(
  names: readonly Name[],
  env: NodeJS.ProcessEnv,
): Promise<{ readonly name: Name; readonly file: string } | undefined> {
  const folders = (env.PATH ?? '').split(delimiter).filter(Boolean)
  for (const name of names) {
    for (const folder of folders) {
      const file = join(folder, name)
      const executable = await access(file, constants.X_OK).then(
        () => true,
        () => false,
      )
      if (executable) return { name, file }
    }
  }
  return undefined
}
