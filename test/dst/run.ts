/**
 * `npm run dst [-- faults|lives --seeds 1000 --first 1]`: many seeds, on all cores. Prints each seed that fails, with its reason;
 * `npm run dst -- --seeds 1 --first N` runs one again.
 */
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'
import { history } from './history.ts'
import { life } from './lives/life.ts'

type What = 'faults' | 'lives'

/** One seed of each; rejects with what did not hold. */
const kinds: Record<What, (seed: number, tell?: (line: string) => void) => Promise<void>> = {
  faults: history,
  lives: life,
}

interface Share {
  readonly what: What
  readonly first: number
  readonly last: number
  readonly step: number
}

async function work({ what, first, last, step }: Share): Promise<void> {
  for (let seed = first; seed <= last; seed += step) {
    // Alone, it is told as it goes.
    const tell = first === last ? (line: string) => process.stdout.write(`${line}\n`) : undefined
    const reason = await kinds[what](seed, tell).then(
      () => undefined,
      (error: Error) => error.message,
    )
    parentPort?.postMessage({ seed, reason })
  }
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    options: {
      seeds: { type: 'string', default: '1000' },
      first: { type: 'string', default: '1' },
    },
    allowPositionals: true,
  })
  const what = (positionals[0] ?? 'faults') as What
  if (!Object.hasOwn(kinds, what)) throw new Error(`faults or lives, not ${what}`)
  const [seeds, first] = [Number(values.seeds), Number(values.first)]
  const startedMs = performance.now()
  let failed = 0
  const step = Math.min(availableParallelism(), seeds)
  await Promise.all(
    Array.from({ length: step }, (_, index) => {
      const share: Share = { what, first: first + index, last: first + seeds - 1, step }
      const worker = new Worker(fileURLToPath(import.meta.url), { workerData: share })
      worker.on('message', ({ seed, reason }: { seed: number; reason?: string }) => {
        if (reason === undefined) return
        failed++
        process.stdout.write(`seed ${seed}: ${reason}\n`)
      })
      return new Promise<void>((resolve, reject) => {
        worker.on('exit', () => resolve())
        worker.on('error', reject)
      })
    }),
  )
  const seconds = Math.round((performance.now() - startedMs) / 1000)
  process.stdout.write(
    `${seeds} seeds from ${first} in ${seconds} s\n${seeds - failed} passed, ${failed} failed\n`,
  )
  process.exitCode = failed === 0 ? 0 : 1
}

if (isMainThread) await main()
else await work(workerData as Share)
