/** What other programs say of deploy/: cfn-lint of the template, promtool of the scrape configuration, Node of the single file. */
import { cpSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { requireProgram, run, skipped } from './harness.ts'

it.skipIf(skipped('cfn-lint'))('cfn-lint finds no fault with the template', async () => {
  requireProgram('cfn-lint')
  const { code, stdout } = await run('cfn-lint', ['--', 'deploy/bootstrap.template'])
  expect(stdout).toBe('')
  expect(code).toBe(0)
})

it.skipIf(skipped('promtool'))(
  'promtool finds no fault with the scrape configuration',
  async () => {
    requireProgram('promtool')
    const { code, stderr } = await run('promtool', ['check', 'config', 'deploy/prometheus.config'])
    expect(stderr).toBe('')
    expect(code).toBe(0)
  },
)

it('one bundled file is all that the image needs', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'fairlead-image-'))
  try {
    for (const name of ['package.json', 'scripts', 'src'])
      cpSync(name, join(folder, name), { recursive: true })
    symlinkSync(join(process.cwd(), 'node_modules'), join(folder, 'node_modules'))
    const built = await run('node', ['scripts/build.mjs', '--single-file'], { cwd: folder })
    expect(built.stderr).toBe('')
    const scripts = readdirSync(join(folder, 'dist')).filter((name) => !name.endsWith('.txt'))
    expect(scripts).toEqual(['fairlead.js'])
    const alone = mkdtempSync(join(tmpdir(), 'fairlead-alone-'))
    cpSync(join(folder, 'dist/fairlead.js'), join(alone, 'fairlead.mjs'))
    const { code, stdout, stderr } = await run('node', [
      join(alone, 'fairlead.mjs'),
      'validate',
      'deploy',
    ])
    rmSync(alone, { recursive: true })
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' })
    expect(stderr).toMatch(/^\d+ valid manifests, 0 errors/)
  } finally {
    rmSync(folder, { recursive: true })
  }
})
