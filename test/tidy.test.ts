/** The house rules as a test. Each violation is answered with what to write instead. */
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { posix } from 'node:path'
import { expect, test } from 'vitest'

/** Every file of the project, with its text; generated data and the lock file have rules of their own. */
const files = execFileSync(
  'git',
  ['ls-files', '-z', '--cached', '--others', '--exclude-standard'],
  { encoding: 'utf8' },
)
  .split('\0')
  .filter((path) => path !== '' && existsSync(path))
  .map((path) => ({ path, text: readFileSync(path, 'utf8') }))
const code = files.filter(({ path }) =>
  /^(src|test|scripts)\/.*\.m?ts$|^scripts\/.*\.mjs$/.test(path),
)
const source = code.filter(({ path }) => path.startsWith('src/'))

function lineOf(text: string, index: number): number {
  return text.slice(0, index).split('\n').length
}

/** Matches with their place: `file:line: match`. */
function found(among: typeof files, pattern: RegExp, advice: string): string[] {
  return among.flatMap(({ path, text }) =>
    [...text.matchAll(pattern)].map(
      (match) => `${path}:${lineOf(text, match.index)}: ${match[0].trim()}: ${advice}`,
    ),
  )
}

/** The text with comments blanked out, lines kept. */
function withoutComments(file: (typeof files)[number]): (typeof files)[number] {
  const blank = (comment: string) => comment.replace(/[^\n]/g, ' ')
  return { ...file, text: file.text.replace(/\/\*[\s\S]*?\*\/|(?<=^|\s)\/\/[^\n]*/g, blank) }
}

/** What stands at the top of src; any other file there is a helper: pure, and below all rooms. */
const top: Record<string, string> = {
  'main.ts': 'main',
  'kind.ts': 'kind',
  ...Object.fromEntries(
    ['model.ts', 'environment.ts', 'runtime.ts', 'errors.ts', 'metrics.ts'].map((name) => [
      name,
      'nouns',
    ]),
  ),
  ...Object.fromEntries(['controller.ts', 'journal.ts'].map((name) => [name, 'loop'])),
}

/** The room of the house that a file lies in: `kinds/service`, `reconcile`, … */
function roomOf(path: string): string {
  const [, first = '', second = ''] = path.split('/')
  if (path === 'src/aws/aws.ts') return 'the AWS function'
  if (first === 'keeper') return 'loop'
  if (first === 'kinds') return second.includes('.') ? 'registry' : `kinds/${second}`
  return first.includes('.') ? (top[first] ?? 'helpers') : first
}

const below = ['nouns', 'kind', 'helpers']
const low = ['kit', ...below]

/** A composite knows the kinds that it stands for; no kind knows another one. */
const composites = ['kinds/network', 'kinds/instance-group']

/** Who may import whom; type imports count, and `type:` allows nothing else. */
const mayImport: Record<string, readonly string[]> = {
  nouns: [],
  kind: ['nouns'],
  helpers: below,
  kit: below,
  'the AWS function': ['nouns'],
  aws: ['the AWS function', ...low],
  registry: ['kinds', ...low],
  kinds: low,
  reconcile: ['the AWS function', ...low],
  loop: ['reconcile', 'aws', 'the AWS function', ...low],
  server: ['type:loop', ...low],
  simulator: [],
  rehearsal: ['reconcile', 'loop', 'aws', 'the AWS function', 'simulator', ...low],
  cli: [
    ...['registry', 'reconcile', 'loop', 'server', 'simulator', 'rehearsal', 'aws'],
    ...['the AWS function', ...low],
  ],
  main: ['cli', ...low],
}

const imports = code.map(withoutComments).flatMap(({ path, text }) =>
  [
    ...text.matchAll(/(?:^(?:import|export)\s(?:[^'"`;()=]*?\bfrom\s+)?|\bimport\(\s*)'([^']+)'/gm),
  ].map((match) => ({
    path,
    place: `${path}:${lineOf(text, match.index)}`,
    target: match[1] as string,
    typeOnly: /^(import|export) type\b/.test(match[0]),
  })),
)

test('imports go one way', () => {
  const wrong = imports
    .filter(
      ({ path, target }) =>
        path.startsWith('src/') && target.startsWith('.') && target.endsWith('.ts'),
    )
    .flatMap(({ path, place, target, typeOnly }) => {
      const from = roomOf(path)
      const to = roomOf(posix.join(posix.dirname(path), target))
      const allowed = mayImport[from.split('/')[0] as string] ?? []
      const wanted = from === 'registry' ? (to.split('/')[0] as string) : to
      if (composites.includes(from) && to.startsWith('kinds/')) return []
      if (from === to || allowed.includes(wanted) || (typeOnly && allowed.includes(`type:${to}`)))
        return []
      return [
        `${place}: ${from} may import ${allowed.join(', ') || 'only itself'}, not ${to}: take it as an argument`,
      ]
    })
  expect(wrong).toEqual([])
})

test('the import scan sees all shapes of an import', () => {
  expect(
    imports.filter(({ path }) => path === 'test/tidy.test.ts').map(({ target }) => target),
  ).toEqual(['node:child_process', 'node:fs', 'node:path', 'vitest'])
  const sdk = imports.filter(({ path }) => path === 'src/aws/sdk.ts').map(({ target }) => target)
  expect(sdk).toEqual(expect.arrayContaining(['./failure.ts', './clients/ecs.ts']))
  expect(imports.length).toBeGreaterThan(code.length)
})

test('nothing imports in a circle', () => {
  const edges = new Map<string, string[]>()
  for (const { path, target } of imports) {
    if (!target.startsWith('.')) continue
    edges.set(path, [...(edges.get(path) ?? []), posix.join(posix.dirname(path), target)])
  }
  const circles: string[] = []
  const done = new Set<string>()
  const visit = (path: string, trail: readonly string[]) => {
    const start = trail.indexOf(path)
    if (start >= 0)
      circles.push(`${[...trail.slice(start), path].join(' → ')}: move what both need below them`)
    if (start >= 0 || done.has(path)) return
    for (const next of edges.get(path) ?? []) visit(next, [...trail, path])
    done.add(path)
  }
  for (const path of edges.keys()) visit(path, [])
  expect(circles).toEqual([])
})

test('SDK clients are imported by the adapter and the simulator alone; kinds take types', () => {
  const wrong = imports
    .filter(({ path, target }) => path.startsWith('src/') && target.startsWith('@aws-sdk/client-'))
    .filter(({ path, typeOnly }) => !typeOnly && !/^src\/(aws|simulator)\//.test(path))
    .map(
      ({ place, target }) =>
        `${place}: ${target}: write \`import type\`, and call AWS through the function passed in`,
    )
  expect(wrong).toEqual([])
})

test('time and randomness come from the runtime that is passed in', () => {
  const inside = source.filter(({ path }) => path !== 'src/runtime.ts').map(withoutComments)
  const time = /\bDate\.now\(|\bnew Date\(\)|\bperformance\.now\(|\bset(Timeout|Interval)\(/g
  const wiring = inside.filter(({ path }) => !/^src\/(cli\/|main\.ts)/.test(path))
  expect([
    ...found(inside, time, 'take a Clock (src/runtime.ts) as an argument'),
    ...found(wiring, /\bMath\.random\b/g, 'take `random` as an argument'),
    ...found(inside, /\bconsole\.\w+/g, 'write to the io or the log that is passed in'),
  ]).toEqual([])
})

test('files have one reason to change', () => {
  const long = code
    .filter(
      ({ path, text }) => !path.includes('.generated.') && lineOf(text, text.length) - 1 > 400,
    )
    .map(
      ({ path, text }) =>
        `${path}: ${lineOf(text, text.length) - 1} lines: split it where its reasons to change part`,
    )
  expect(long).toEqual([])
})

test('every file says first what it owns', () => {
  const silent = code
    .filter(({ text }) => !/^(#!.*\n)?\/[/*]/.test(text))
    .map(
      ({ path }) =>
        `${path}: open with a comment of one sentence: what is in here, and what is not`,
    )
  expect(silent).toEqual([])
})

test('names of files are in kebab-case', () => {
  const odd = code
    .filter(({ path }) => !/^[a-z0-9/.-]+$/.test(path))
    .map(({ path }) => `${path}: use small letters, digits and hyphens`)
  expect(odd).toEqual([])
})

test('relative imports name the file with its ending', () => {
  const bare = imports
    .filter(({ target }) => /^\.{1,2}\//.test(target) && !/\.(ts|mjs|json)$/.test(target))
    .map(({ place, target }) => `${place}: ${target}: write ${target}.ts`)
  expect(bare).toEqual([])
})

test('no path of a machine, no registry host, nothing left to do', () => {
  // Put together here, so that this file does not hold what it looks for.
  const machine = new RegExp(
    `(?<![\\w.-])/(?:${['work', 'farm', 'root', 'home'].join('|')})/[\\w.-]+`,
    'g',
  )
  const host = ['registry\\.npm' + 'js', 'deb\\.deb' + 'ian', '"resolved": *"ht' + 'tp'].join('|')
  expect([
    ...found(files, machine, 'use a path inside the project, or a temporary folder'),
    ...found(files, new RegExp(host, 'g'), 'name packages, not the places that they come from'),
    ...found(files, /\b(?:TO[D]O|FIX[M]E)\b/g, 'do it now, or file it as an issue'),
  ]).toEqual([])
})
