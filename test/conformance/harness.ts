/** What every conformance check needs: programs found or named, child processes that never outlive the test, a served simulator. */
import type { ChildProcess } from 'node:child_process'
import { spawn } from 'node:child_process'
import { accessSync, constants, mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'

/** The programs that the checks run, and where a person gets each. */
export const programs = {
  aws: 'the AWS CLI (Python package awscli)',
  python3: 'Python 3 with the package boto3 (Debian packages python3, python3-boto3)',
  terraform: 'Terraform (https://developer.hashicorp.com/terraform/install)',
  prometheus: 'Prometheus (Debian package prometheus)',
  promtool: 'promtool (Debian package prometheus)',
  'cfn-lint': 'cfn-lint (Python package cfn-lint)',
} as const
export type Program = keyof typeof programs

/** True when `FAIRLEAD_CONFORMANCE_SKIP=terraform,…` names it: the only way to leave a check out. */
export function skipped(program: Program | 'moto'): boolean {
  const names = process.env.FAIRLEAD_CONFORMANCE_SKIP ?? ''
  return names.split(',').some((name) => name.trim() === program)
}

/** Throws an error that says what to install, unless `program` is on the PATH. */
export function requireProgram(program: Program): void {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    try {
      accessSync(join(folder, program), constants.X_OK)
      return
    } catch {
      // Not in this folder.
    }
  }
  throw new Error(
    `${program} is not on the PATH: install ${programs[program]}, or leave these checks out with FAIRLEAD_CONFORMANCE_SKIP=${program}`,
  )
}

const children = new Set<ChildProcess>()
process.on('exit', () => {
  for (const child of children) kill(child)
})

/** Ends a child with all that it started: each leads a process group of its own. */
function kill(child: ChildProcess): void {
  children.delete(child)
  if (child.pid === undefined) return
  try {
    process.kill(-child.pid, 'SIGKILL')
  } catch {
    // It is gone already.
  }
}

export interface RunOptions {
  readonly env?: NodeJS.ProcessEnv
  readonly cwd?: string
  readonly input?: string
  /** Default 60 s; then the child is killed and the promise rejects. */
  readonly timeoutMs?: number
}

export interface RunResult {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** Runs a program to its end. Any exit code is a result; only a timeout or a failed start rejects. */
export function run(
  command: string,
  args: readonly string[],
  { env = process.env, cwd, input = '', timeoutMs = 60_000 }: RunOptions = {},
): Promise<RunResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { env, cwd, detached: true })
    children.add(child)
    let stdout = ''
    let stderr = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text
    })
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text
    })
    const timer = setTimeout(() => {
      kill(child)
      const said = `${stdout}\n${stderr}`.trim()
      reject(new Error(`${command} ${args.join(' ')} took over ${timeoutMs} ms\n${said}`))
    }, timeoutMs)
    child.once('error', (error) => {
      clearTimeout(timer)
      reject(error)
    })
    child.once('close', (code) => {
      clearTimeout(timer)
      kill(child)
      resolve({ code: code ?? -1, stdout, stderr })
    })
    child.stdin.on('error', () => {})
    child.stdin.end(input)
  })
}

/** A program that runs until it is stopped. */
export interface Background {
  /** What it has said so far, on both outputs. */
  said(): string
  /** Undefined while it runs. */
  exitCode(): number | undefined
  /** Asks it to end; answers its exit code once it has. */
  end(signal: NodeJS.Signals): Promise<number>
  stop(): Promise<void>
}

/** Starts a program in the background. The caller stops it; failing that, the end of this process does. */
export function start(command: string, args: readonly string[], options: RunOptions = {}) {
  const child = spawn(command, args, {
    env: options.env ?? process.env,
    cwd: options.cwd,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  children.add(child)
  let text = ''
  let code: number | undefined
  const note = (chunk: unknown) => {
    text += String(chunk)
  }
  child.stdout.on('data', note)
  child.stderr.on('data', note)
  const ended = new Promise<void>((resolve) => {
    child.once('error', (error) => {
      note(error)
      code = -1
      resolve()
    })
    child.once('close', (exit) => {
      code = exit ?? -1
      resolve()
    })
  })
  const background: Background = {
    said: () => text,
    exitCode: () => code,
    async end(signal) {
      if (code === undefined && child.pid !== undefined) process.kill(child.pid, signal)
      await ended
      return code ?? -1
    },
    async stop() {
      kill(child)
      await ended
    },
  }
  return background
}

/** Asks again every `everyMs` until the answer is not undefined. Rejects with `what` after `timeoutMs`. */
export async function eventually<T>(
  what: string,
  ask: () => Promise<T | undefined> | T | undefined,
  { timeoutMs = 20_000, everyMs = 100 }: { timeoutMs?: number; everyMs?: number } = {},
): Promise<T> {
  const end = Date.now() + timeoutMs
  for (;;) {
    const answer = await ask()
    if (answer !== undefined) return answer
    if (Date.now() > end) throw new Error(`not within ${timeoutMs} ms: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, everyMs))
  }
}

/** A port that is free now, for programs that cannot take 0. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number }
      server.close(() => resolve(port))
    })
  })
}

/** A fresh folder, and how to remove it. */
export function temporaryFolder(): { path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'fairlead-conformance-'))
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) }
}

/** The environment of a client of the endpoint: nothing of the user's own AWS configuration is left in it. */
export function clientEnv(endpoint: string, region = 'eu-west-1'): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !/^(AWS_|TF_|BOTO)/i.test(name))
  return {
    ...Object.fromEntries(kept),
    AWS_ENDPOINT_URL: endpoint,
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'example',
    AWS_CONFIG_FILE: join(tmpdir(), 'no-such-aws-config'),
    AWS_SHARED_CREDENTIALS_FILE: join(tmpdir(), 'no-such-aws-credentials'),
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_PAGER: '',
    AWS_MAX_ATTEMPTS: '1',
    NO_PROXY: '127.0.0.1',
    no_proxy: '127.0.0.1',
  }
}
