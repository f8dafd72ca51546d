/** boto3 on the served simulator: the checks are written in Python, beside this file, and run in one process. */
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { requireProgram, run, skipped } from './harness.ts'
import { serveForTest } from './simulated.ts'

const script = fileURLToPath(new URL('boto3-checks.py', import.meta.url))

describe.skipIf(skipped('python3'))('boto3', () => {
  it('finds all as it is on AWS', async () => {
    requireProgram('python3')
    const simulated = await serveForTest({ timeScale: 200 })
    try {
      const { code, stdout, stderr } = await run('python3', [script], {
        env: simulated.env,
        timeoutMs: 90_000,
      })
      expect(stderr, 'is the Python package boto3 installed?').not.toContain('ModuleNotFoundError')
      const results = stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as { check: string; problem: string | null })
      expect(results.filter(({ problem }) => problem !== null)).toEqual([])
      expect([code, results.map(({ check }) => check).at(-1)]).toEqual([0, 'teardown'])
      expect(simulated.bugs).toEqual([])
    } finally {
      await simulated.close()
    }
  })
})
