/** Sources without Git: what is read, what is skipped, and that every bad input is a problem and no exception. */
import {
  chmodSync,
  linkSync,
  mkdirSync,
  renameSync,
  statSync,
  symlinkSync,
  truncateSync,
} from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createSourceCache, readSnapshot, type SourceOptions } from '../../src/reconcile/source.ts'
import { systemClock } from '../../src/runtime.ts'
import { codes, paths, pathWithKustomize, temporaryFolder, texts, write } from './source-folder.ts'

const options: SourceOptions = { clock: systemClock, env: { PATH: process.env.PATH } }

test('reads manifests recursively, and skips what is hidden, installed or left by editors', async () => {
  const folder = temporaryFolder()
  write(folder, {
    'b.yaml': 'b',
    'a/x.yml': 'x',
    'a/y.json': '{}',
    'README.md': '-',
    '.hidden.yaml': '-',
    '.git-sync/z.yaml': '-',
    'node_modules/p/package.json': '-',
    'b.yaml~': '-',
    '#b.yaml#': '-',
    '.#b.yaml': '-',
    '.b.yaml.swp': '-',
    '4913': '-',
  })
  const snapshot = await readSnapshot(folder, options)
  expect(texts(snapshot)).toEqual({ 'a/x.yml': 'x', 'a/y.json': '{}', 'b.yaml': 'b' })
  expect(snapshot.problems).toEqual([])
  expect(snapshot.revision).toMatch(/^sha256:[0-9a-f]{64}$/)
  expect(snapshot.committedAtMs).toBeUndefined()
})

test('the revision follows names and contents, and nothing else', async () => {
  const [one, other] = [temporaryFolder(), temporaryFolder()]
  for (const folder of [one, other]) write(folder, { 'a.yaml': 'a', 'b.yaml': 'b' })
  const first = await readSnapshot(one, options)
  expect((await readSnapshot(other, options)).revision).toBe(first.revision)
  write(other, { 'note.txt': 'x' })
  expect((await readSnapshot(other, options)).revision).toBe(first.revision)
  renameSync(join(other, 'b.yaml'), join(other, 'c.yaml'))
  expect((await readSnapshot(other, options)).revision).not.toBe(first.revision)
})

test('a single file, and standard input', async () => {
  const folder = temporaryFolder()
  write(folder, { 'one.yaml': 'one', 'two.yaml': 'two', 'odd.txt': 'odd' })
  expect(texts(await readSnapshot(join(folder, 'one.yaml'), options))).toEqual({
    'one.yaml': 'one',
  })
  expect(texts(await readSnapshot(join(folder, 'odd.txt'), options))).toEqual({ 'odd.txt': 'odd' })
  async function* stdin() {
    yield Buffer.from('kind: ')
    yield Buffer.from('Cluster')
  }
  expect(texts(await readSnapshot('-', { ...options, stdin: stdin() }))).toEqual({
    '-': 'kind: Cluster',
  })
  async function* nothing() {}
  expect(codes(await readSnapshot('-', { ...options, stdin: nothing() }))).toEqual(['EmptySource'])
})

test('a prefix names files as the user does', async () => {
  const folder = temporaryFolder()
  write(folder, { 'a.yaml': 'a' })
  symlinkSync('nowhere', join(folder, 'b.yaml'))
  const snapshot = await readSnapshot(folder, { ...options, prefix: 'live/' })
  expect(paths(snapshot)).toEqual(['live/a.yaml'])
  expect(snapshot.problems.map((problem) => problem.file)).toEqual(['live/b.yaml'])
})

test('what is missing or empty is an error, never an empty success', async () => {
  const folder = temporaryFolder()
  write(folder, { 'README.md': 'nothing here' })
  const empty = await readSnapshot(folder, options)
  expect(codes(empty)).toEqual(['EmptySource'])
  expect(empty.problems[0]).toMatchObject({ severity: 'error', line: 1, column: 1 })
  const gone = await readSnapshot(join(folder, 'gone/'), { ...options, prefix: 'gone/' })
  expect(gone.problems).toMatchObject([{ code: 'PathNotFound', file: join(folder, 'gone') }])
  expect(codes(await readSnapshot(join(folder, 'README.md', 'x'), options))).toEqual([
    'PathNotFound',
  ])
  expect(codes(await readSnapshot('/dev/null', options))).toEqual(['NotADirectory'])
})

test('links: followed, broken, looping', async () => {
  const folder = temporaryFolder()
  const elsewhere = temporaryFolder()
  write(elsewhere, { 'shared/s.yaml': 's' })
  write(folder, { 'a.yaml': 'a' })
  symlinkSync(join(elsewhere, 'shared'), join(folder, 'shared'))
  symlinkSync('a.yaml', join(folder, 'linked.yaml'))
  const good = await readSnapshot(folder, options)
  expect(texts(good)).toEqual({ 'a.yaml': 'a', 'linked.yaml': 'a', 'shared/s.yaml': 's' })
  symlinkSync('nothing.md', join(folder, 'broken.md'))
  expect(codes(await readSnapshot(folder, options))).toEqual([])
  symlinkSync('nowhere', join(folder, 'broken'))
  symlinkSync('.', join(folder, 'loop'))
  symlinkSync('self.yaml', join(folder, 'self.yaml'))
  const bad = await readSnapshot(folder, options)
  expect(bad.problems.map((problem) => [problem.file, problem.code])).toEqual([
    ['broken', 'BrokenLink'],
    ['loop', 'SymlinkLoop'],
    ['self.yaml', 'SymlinkLoop'],
  ])
})

test('a file that is too large is refused before it is read', async () => {
  const folder = temporaryFolder()
  write(folder, { 'a.yaml': 'a', 'big.yaml': '' })
  truncateSync(join(folder, 'big.yaml'), 4 * 1024 * 1024 + 1)
  const snapshot = await readSnapshot(folder, options)
  expect(snapshot.problems).toMatchObject([{ code: 'FileTooLarge', file: 'big.yaml' }])
  expect(paths(snapshot)).toEqual(['a.yaml'])
})

test.skipIf(process.getuid?.() === 0)('what may not be read is an error', async () => {
  const folder = temporaryFolder()
  write(folder, { 'a.yaml': 'a', 'secret.yaml': 's', 'closed/c.yaml': 'c' })
  chmodSync(join(folder, 'secret.yaml'), 0)
  chmodSync(join(folder, 'closed'), 0)
  expect(codes(await readSnapshot(folder, options))).toEqual(['Unreadable', 'Unreadable'])
  chmodSync(join(folder, 'closed'), 0o755)
})

test('two thousand files are read once; a second look reads only what changed', async () => {
  const folder = temporaryFolder()
  write(
    folder,
    Object.fromEntries(
      Array.from({ length: 2000 }, (_, i) => [`team-${i % 20}/app-${i}.yaml`, `n: ${i}`]),
    ),
  )
  const cache = createSourceCache()
  // As if time had passed since the files were written: only settled files are remembered.
  const clock = { now: () => systemClock.now() + 10_000, sleep: systemClock.sleep }
  const first = await readSnapshot(folder, { ...options, clock, cache })
  expect(first.files).toHaveLength(2000)
  const again = await readSnapshot(folder, { ...options, clock, cache })
  expect(again.files.every((file, i) => file.bytes === first.files[i]?.bytes)).toBe(true)
  write(folder, { 'team-0/app-0.yaml': 'n: changed' })
  const second = await readSnapshot(folder, { ...options, clock, cache })
  expect(second.revision).not.toBe(first.revision)
  const reread = second.files.filter((file, i) => file.bytes !== first.files[i]?.bytes)
  expect(reread.map((file) => file.path)).toEqual(['team-0/app-0.yaml'])
})

test('files that change while they are read are read again', async () => {
  const folder = temporaryFolder()
  const script = 'cat part; [ -e done ] || { echo second > part; touch done; }'
  write(folder, { 'kustomization.yaml': 'resources: [part]', part: 'first\n' })
  const snapshot = await readSnapshot(folder, {
    ...options,
    env: { PATH: pathWithKustomize(script) },
  })
  expect(texts(snapshot)).toEqual({ 'kustomization.yaml': 'second\n' })
  const restless = 'date +%s%N > part; cat part'
  const clock = { now: systemClock.now, sleep: async () => {} }
  const never = await readSnapshot(folder, {
    ...options,
    clock,
    env: { PATH: pathWithKustomize(restless) },
  })
  expect(codes(never)).toEqual(['KeepsChanging'])
})

test('a file as young as the tick of the file system is read again: a second save may look like the first', async () => {
  const folder = temporaryFolder()
  write(folder, { 'a.yaml': 'a' })
  const read = async (ageMs: number) => {
    const clock = { now: () => modifiedAtMs + ageMs, sleep: systemClock.sleep }
    return (await readSnapshot(folder, { ...options, clock, cache })).files[0]?.bytes
  }
  const { mtimeMs: modifiedAtMs } = statSync(join(folder, 'a.yaml'))
  const cache = createSourceCache()
  expect(await read(2)).not.toBe(await read(3))
  expect(await read(1_000)).toBe(await read(2_000))
})

test('hard links and folders named like manifests do no harm', async () => {
  const folder = temporaryFolder()
  write(folder, { 'a.yaml': 'a' })
  linkSync(join(folder, 'a.yaml'), join(folder, 'b.yaml'))
  mkdirSync(join(folder, 'folder.yaml'))
  write(folder, { 'folder.yaml/c.yaml': 'c' })
  expect(paths(await readSnapshot(folder, options))).toEqual([
    'a.yaml',
    'b.yaml',
    'folder.yaml/c.yaml',
  ])
})
