/** Git working trees: revision, dirtiness, unfinished checkouts, and the files of a commit. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readSnapshot, type SourceOptions } from '../../src/reconcile/source.ts'
import { systemClock } from '../../src/runtime.ts'
import {
  codes,
  commitAll,
  git,
  paths,
  repository,
  temporaryFolder,
  texts,
  write,
} from './source-folder.ts'

const options: SourceOptions = { clock: systemClock, env: { PATH: process.env.PATH } }
const committed = { ...options, committed: true }
const dirty = (commit: string) =>
  expect.stringMatching(new RegExp(`^${commit}\\+dirty-[0-9a-f]{8}$`))

test('a clean tree is its commit; whatever makes the manifests differ is dirty', async () => {
  const top = temporaryFolder()
  const folder = join(top, 'live')
  const commit = repository(top, {
    'live/a.yaml': 'a',
    'live/b.yaml': 'b',
    'README.md': 'r',
    '.gitignore': 'local*\n',
  })
  const revision = async () => (await readSnapshot(folder, options)).revision
  expect(await readSnapshot(folder, options)).toMatchObject({
    revision: commit,
    committedAtMs: Date.parse('2026-01-02T03:04:05Z'),
    problems: [],
  })
  write(top, { 'README.md': 'changed', 'other.yaml': 'outside', 'live/notes.txt': 'no manifest' })
  expect(await revision()).toBe(commit)

  write(top, { 'live/a.yaml': 'edited' })
  const edited = await readSnapshot(folder, options)
  expect(edited.revision).toEqual(dirty(commit))
  expect(edited.committedAtMs).toBeUndefined()
  expect(texts(edited)).toEqual({ 'a.yaml': 'edited', 'b.yaml': 'b' })
  write(top, { 'live/a.yaml': 'edited more' })
  expect(await revision()).not.toBe(edited.revision)
  write(top, { 'live/a.yaml': 'a' })
  expect(await revision()).toBe(commit)

  write(top, { 'live/new/über c.yaml': 'untracked' })
  expect(await revision()).toEqual(dirty(commit))
  rmSync(join(folder, 'new'), { recursive: true })
  write(top, { 'live/local.yaml': 'ignored by git, but read' })
  expect(await revision()).toEqual(dirty(commit))
  rmSync(join(folder, 'local.yaml'))
  rmSync(join(folder, 'b.yaml'))
  expect(await revision()).toEqual(dirty(commit))
  expect((await readSnapshot(join(folder, 'a.yaml'), options)).revision).toBe(commit)
})

test('--committed reads HEAD, not what lies there', async () => {
  const top = temporaryFolder()
  const folder = join(top, 'live')
  const commit = repository(top, {
    'live/a.yaml': 'a',
    'live/gone.yaml': 'g',
    'live/sub/s.yaml': 's',
  })
  write(top, { 'live/a.yaml': 'edited', 'live/untracked.yaml': 'u' })
  rmSync(join(folder, 'gone.yaml'))
  expect(paths(await readSnapshot(top, committed))).toEqual([
    'live/a.yaml',
    'live/gone.yaml',
    'live/sub/s.yaml',
  ])
  const snapshot = await readSnapshot(folder, committed)
  expect(texts(snapshot)).toEqual({ 'a.yaml': 'a', 'gone.yaml': 'g', 'sub/s.yaml': 's' })
  expect(snapshot).toMatchObject({
    revision: commit,
    problems: [],
    committedAtMs: Date.parse('2026-01-02T03:04:05Z'),
  })
  expect(texts(await readSnapshot(join(folder, 'a.yaml'), committed))).toEqual({ 'a.yaml': 'a' })
  // The repository is as it was: no index written, nothing staged.
  expect(git(top, 'status', '--porcelain', '--branch').split('\n').slice(1)).toEqual([
    ' M live/a.yaml',
    ' D live/gone.yaml',
    '?? live/untracked.yaml',
  ])
  rmSync(folder, { recursive: true })
  expect(paths(await readSnapshot(folder, committed))).toEqual([
    'a.yaml',
    'gone.yaml',
    'sub/s.yaml',
  ])
})

test('--committed says what it cannot do', async () => {
  const plain = temporaryFolder()
  write(plain, { 'a.yaml': 'a' })
  expect(codes(await readSnapshot(plain, committed))).toEqual(['NotAGitRepository'])
  git(plain, 'init', '-q')
  expect(codes(await readSnapshot(plain, committed))).toEqual(['GitFailed'])
  commitAll(plain)
  mkdirSync(join(plain, 'later'))
  expect(codes(await readSnapshot(join(plain, 'later'), committed))).toEqual(['PathNotFound'])
})

test('a repository without a commit, or without git on the PATH, is a plain folder with a notice', async () => {
  const folder = temporaryFolder()
  write(folder, { 'a.yaml': 'a' })
  const plain = await readSnapshot(folder, options)
  git(folder, 'init', '-q')
  const unborn = await readSnapshot(folder, options)
  expect(unborn.revision).toBe(plain.revision)
  expect(unborn.problems).toMatchObject([{ code: 'GitFailed', severity: 'notice' }])
  commitAll(folder)
  const withoutGit = await readSnapshot(folder, { ...options, env: { PATH: temporaryFolder() } })
  expect(withoutGit).toMatchObject({
    revision: plain.revision,
    problems: [{ code: 'GitFailed', severity: 'notice' }],
  })
})

test.each(['index.lock', 'MERGE_HEAD', 'rebase-merge'])(
  'a checkout under way (%s) is waited out',
  async (mark) => {
    const folder = temporaryFolder()
    repository(folder, { 'a.yaml': 'half' })
    writeFileSync(join(folder, '.git', mark), '')
    let nowMs = 0
    // Each time that the source sleeps, a while has passed; the checkout ends during the third.
    const clock = (endsAtMs: number) => ({
      now: () => nowMs,
      sleep: async (ms: number) => {
        nowMs += ms
        if (nowMs >= endsAtMs) {
          write(folder, { 'a.yaml': 'whole' })
          rmSync(join(folder, '.git', mark), { force: true })
        }
      },
    })
    const stuck = await readSnapshot(folder, {
      ...options,
      clock: clock(1e9),
      checkoutWaitMs: 2_000,
    })
    expect(stuck.problems).toMatchObject([{ code: 'CheckoutRunning', severity: 'error' }])
    expect(stuck.files).toEqual([])
    const done = await readSnapshot(folder, {
      ...options,
      clock: clock(nowMs + 150),
      checkoutWaitMs: 2_000,
    })
    expect(texts(done)).toEqual({ 'a.yaml': 'whole' })
  },
)

test('linked working trees and submodules answer for themselves', async () => {
  const top = temporaryFolder()
  const folder = join(top, 'main')
  const commit = repository(folder, { 'a.yaml': 'a' })
  git(folder, 'worktree', 'add', '-q', '-b', 'other', join(top, 'linked'))
  write(top, { 'linked/b.yaml': 'b' })
  const other = commitAll(join(top, 'linked'))
  expect(await readSnapshot(join(top, 'linked'), options)).toMatchObject({
    revision: other,
    problems: [],
  })
  expect((await readSnapshot(folder, options)).revision).toBe(commit)
  writeFileSync(join(folder, '.git', 'worktrees', 'linked', 'index.lock'), '')
  expect((await readSnapshot(folder, options)).revision).toBe(commit)
  expect(codes(await readSnapshot(join(top, 'linked'), { ...options, checkoutWaitMs: 0 }))).toEqual(
    ['CheckoutRunning'],
  )

  const outer = join(top, 'outer')
  repository(outer, { 'c.yaml': 'c' })
  git(outer, '-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', folder, 'sub')
  const withSubmodule = commitAll(outer)
  expect(await readSnapshot(outer, options)).toMatchObject({ revision: withSubmodule })
  expect((await readSnapshot(join(outer, 'sub'), options)).revision).toBe(commit)
  write(outer, { 'sub/a.yaml': 'edited' })
  expect((await readSnapshot(outer, options)).revision).toEqual(dirty(withSubmodule))
})

test('a sparse checkout is clean, and --committed sees what it leaves out', async () => {
  const folder = temporaryFolder()
  const commit = repository(folder, { 'live/a.yaml': 'a', 'rest/b.yaml': 'b' })
  git(folder, 'sparse-checkout', 'set', 'live')
  expect(await readSnapshot(folder, options)).toMatchObject({
    revision: commit,
    files: [{ path: 'live/a.yaml' }],
  })
  expect(paths(await readSnapshot(folder, committed))).toEqual(['live/a.yaml', 'rest/b.yaml'])
  expect(paths(await readSnapshot(join(folder, 'rest'), committed))).toEqual(['b.yaml'])
})

test('inside a Git hook the given folder decides, not the variables of the hook', async () => {
  const [folder, other] = [temporaryFolder(), temporaryFolder()]
  const commit = repository(folder, { 'a.yaml': 'a' })
  repository(other, { 'b.yaml': 'b' })
  const env = {
    ...options.env,
    GIT_DIR: join(other, '.git'),
    GIT_INDEX_FILE: join(other, '.git/index'),
  }
  expect((await readSnapshot(folder, { ...options, env })).revision).toBe(commit)
})
