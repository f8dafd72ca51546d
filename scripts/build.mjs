/**
 * Bundles src/main.ts into dist/fairlead.js, with chunks for what only some commands need (the SDK, the server, the
 * simulator): a command that stays offline starts in about four fifths of the time that one single file takes.
 * `--single-file` makes that single file, for an image that holds nothing else.
 */
import { chmod, readFile, rm, writeFile } from 'node:fs/promises'
import { build } from 'esbuild'

const entry = 'dist/fairlead.js'
const single = process.argv.includes('--single-file')

await rm('dist', { recursive: true, force: true })
await build({
  entryPoints: { fairlead: 'src/main.ts' },
  outdir: 'dist',
  chunkNames: 'chunks/[name]-[hash]',
  bundle: true,
  splitting: !single,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  // The packages' ES modules first: unused schemas of the SDK fall away.
  mainFields: ['module', 'main'],
  // Names stay, so that a stack trace says something.
  minifyWhitespace: true,
  minifySyntax: true,
  legalComments: 'external',
  logLevel: 'warning',
  // CommonJS packages in the bundle call require for Node's own modules.
  banner: {
    js: "import { createRequire as createRequireHere } from 'node:module'; const require = createRequireHere(import.meta.url);",
  },
})

const code = await readFile(entry, 'utf8')
if (!code.startsWith('#!')) await writeFile(entry, `#!/usr/bin/env node\n${code}`)
await chmod(entry, 0o755)
