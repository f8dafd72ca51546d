/** Runs one process to its end and measures it: wall time and the peak of its resident memory. */
import { spawn } from 'node:child_process'
import { readFile } from 'node:fs/promises'

export interface Measured {
  readonly seconds: number
  /** MiB; sampled every 20 ms from /proc. */
  readonly peakMb: number
  readonly code: number
  readonly output: string
}

/** Resident memory of a process in MiB; 0 when it is gone. */
export async function rssMb(pid: number): Promise<number> {
  const text = await readFile(`/proc/${pid}/statm`, 'utf8').catch(() => '')
  return (Number(text.split(' ')[1] ?? 0) * 4096) / 2 ** 20
}

export async function measure(
  command: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<Measured> {
  const startedMs = performance.now()
  const child = spawn(command, args, { env, stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  child.stdout.on('data', (data) => {
    output += data
  })
  child.stderr.on('data', (data) => {
    output += data
  })
  let peakMb = 0
  const sampler = setInterval(() => {
    void rssMb(child.pid ?? 0).then((mb) => {
      peakMb = Math.max(peakMb, mb)
    })
  }, 20)
  const limit = setTimeout(() => child.kill('SIGKILL'), 300_000)
  const code = await new Promise<number>((done) => child.on('close', (exit) => done(exit ?? 1)))
  clearInterval(sampler)
  clearTimeout(limit)
  return { seconds: (performance.now() - startedMs) / 1000, peakMb, code, output }
}
