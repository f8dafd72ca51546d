/** Commands run in this process, without a terminal; what they say is kept. */
import { main } from '../src/cli/index.ts'
import type { Io } from '../src/cli/io.ts'

/** What a command is handed, and what it said to it by now. */
export function capture(more: Partial<Io> = {}) {
  const out = { stdout: '', stderr: '' }
  const io: Io = {
    stdout: (text) => {
      out.stdout += text
    },
    stderr: (text) => {
      out.stderr += text
    },
    env: process.env,
    terminal: false,
    signal: new AbortController().signal,
    ...more,
  }
  return { out, io }
}

/** Runs a command line. */
export async function fairlead(...argv: string[]) {
  const { out, io } = capture()
  const code = await main(argv, io)
  return { code, ...out }
}
