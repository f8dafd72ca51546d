/** The sizes that a task may have on Fargate. Pure. */

/** CPU units: least and most memory in MiB, and the steps between. "Task size" in the Amazon ECS developer guide. */
export const fargateSizes: Readonly<
  Record<number, { from: number; to: number; step: number; windows: boolean }>
> = {
  256: { from: 512, to: 2048, step: 512, windows: false },
  512: { from: 1024, to: 4096, step: 1024, windows: false },
  1024: { from: 2048, to: 8192, step: 1024, windows: true },
  2048: { from: 4096, to: 16_384, step: 1024, windows: true },
  4096: { from: 8192, to: 30_720, step: 1024, windows: true },
  8192: { from: 16_384, to: 61_440, step: 4096, windows: false },
  16384: { from: 32_768, to: 122_880, step: 8192, windows: false },
}

/** What memory goes with a number of CPU units on Fargate, in MiB; empty where Fargate has no such size. */
export function fargateMemory(cpu: number): number[] {
  const size = fargateSizes[cpu]
  if (size === undefined) return []
  const all = Array.from(
    { length: (size.to - size.from) / size.step + 1 },
    (_, n) => size.from + n * size.step,
  )
  // The smallest size alone skips a step.
  return cpu === 256 ? all.filter((memory) => memory !== 1536) : all
}
