/** Runs a TypeScript program of this project: `node scripts/run.mjs <file.ts> [arguments]`. Node 20 cannot do so alone. */
import { mkdir, rm } from 'node:fs/promises'
import { basename, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build } from 'esbuild'

const [file, ...args] = process.argv.slice(2)
if (file === undefined) throw new Error('usage: node scripts/run.mjs <file.ts> [arguments]')

const folder = resolve('node_modules/.cache/fairlead', String(process.pid))
const bundled = resolve(folder, `${basename(file, '.ts')}.mjs`)
await mkdir(folder, { recursive: true })
await build({
  entryPoints: [file],
  outfile: bundled,
  bundle: true,
  packages: 'external',
  // They are what this one makes.
  external: file.endsWith('derive-schema.ts') ? ['*.generated.json'] : [],
  platform: 'node',
  format: 'esm',
  target: 'node20',
  sourcemap: 'inline',
  logLevel: 'warning',
})
process.argv = [process.execPath, bundled, ...args]
try {
  await import(pathToFileURL(bundled).href)
} finally {
  await rm(folder, { recursive: true, force: true })
}
