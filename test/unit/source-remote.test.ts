/** A Git repository that is fetched: which commit and folder of it counts, and what stands while it cannot be reached. */
import { existsSync, mkdirSync, readdirSync, renameSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import type { Snapshot } from '../../src/model.ts'
import { plainUrl, type RemoteOptions, watchRemote } from '../../src/reconcile/source/remote.ts'
import {
  codes,
  commitAll,
  git,
  paths,
  repository,
  temporaryFolder,
  write,
} from './source-folder.ts'

function deferred() {
  let resolve = () => {}
  const promise = new Promise<void>((done) => {
    resolve = done
  })
  return { promise, resolve }
}

/** Watches `url`; each `look` lets it fetch once, and answers with what it handed over since. */
function watching(url: string, more: Partial<RemoteOptions> = {}) {
  const stop = new AbortController()
  const handed: (readonly Snapshot[])[] = []
  let asleep = deferred()
  let wake = () => {}
  const clock = {
    now: () => 0,
    sleep: () => {
      const next = deferred()
      wake = next.resolve
      asleep.resolve()
      return next.promise
    },
  }
  const env = { PATH: process.env.PATH, HOME: tmpdir() }
  const options: RemoteOptions = { url, env, clock, signal: stop.signal, ...more }
  const ended = watchRemote(options, (snapshots) => void handed.push(snapshots))
  return {
    async look(): Promise<Snapshot[]> {
      wake()
      await asleep.promise
      asleep = deferred()
      return handed.splice(0).flat()
    },
    async stop() {
      stop.abort()
      wake()
      await ended
    },
  }
}

test('the folder manifests of HEAD, as its commit; a new commit is found, and nothing is handed over twice', async () => {
  const top = temporaryFolder()
  const first = repository(top, { 'manifests/a.yaml': 'a', 'compose.yaml': 'no manifest' })
  const remote = watching(`file://${top}`)
  const [seen] = await remote.look()
  expect(seen).toMatchObject({
    revision: first,
    committedAtMs: Date.parse('2026-01-02T03:04:05Z'),
    problems: [],
  })
  expect(paths(seen!)).toEqual(['manifests/a.yaml'])
  expect(await remote.look()).toEqual([])
  write(top, { 'manifests/b.yaml': 'not committed' })
  expect(await remote.look()).toEqual([])
  const second = commitAll(top)
  const [next] = await remote.look()
  expect(next).toMatchObject({ revision: second })
  expect(paths(next!)).toEqual(['manifests/a.yaml', 'manifests/b.yaml'])
  await remote.stop()
})

test('without such a folder all of it; but a folder that goes is missed, not taken for all of it', async () => {
  const flat = temporaryFolder()
  repository(flat, { 'a.yaml': 'a', 'live/b.yaml': 'b' })
  const all = watching(flat)
  expect(paths((await all.look())[0]!)).toEqual(['a.yaml', 'live/b.yaml'])
  await all.stop()

  const top = temporaryFolder()
  repository(top, { 'manifests/a.yaml': 'a', 'b.yaml': 'b' })
  const remote = watching(top)
  await remote.look()
  git(top, 'rm', '-rq', 'manifests')
  commitAll(top)
  const [gone] = await remote.look()
  expect(codes(gone!)).toEqual(['PathNotFound'])
  expect(gone!.files).toEqual([])
  await remote.stop()
})

test('a branch, a tag and a commit id; a branch that is moved by force, even to an empty commit', async () => {
  const top = temporaryFolder()
  const first = repository(top, { 'a.yaml': 'a' })
  git(top, 'tag', '-a', 'v1', '-m', 'one')
  git(top, 'branch', 'live')
  write(top, { 'b.yaml': 'b' })
  commitAll(top)
  for (const ref of ['live', 'v1', first]) {
    const remote = watching(top, { ref })
    expect(await remote.look()).toMatchObject([{ revision: first }])
    await remote.stop()
  }
  const live = watching(top, { ref: 'live' })
  await live.look()
  git(top, 'checkout', '-q', '--orphan', 'empty')
  git(top, 'rm', '-rqf', '.')
  git(top, 'commit', '-q', '--allow-empty', '-m', 'nothing')
  git(top, 'branch', '-f', 'live', 'empty')
  const [emptied] = await live.look()
  expect(codes(emptied!)).toEqual(['EmptySource'])
  await live.stop()
})

test('paths are folders or files of the repository, all of one commit; what is not in it, or above it, is an error', async () => {
  const top = temporaryFolder()
  repository(top, { 'live/a.yaml': 'a', 'base/b.yaml': 'b', 'base/c.yaml': 'c' })
  const remote = watching(top, { paths: ['live', './base/b.yaml'] })
  const both = await remote.look()
  expect(both.map((one) => paths(one))).toEqual([['live/a.yaml'], ['base/b.yaml']])
  write(top, { 'live/a.yaml': 'changed' })
  const commit = commitAll(top)
  expect((await remote.look()).map(({ revision }) => revision)).toEqual([commit, commit])
  await remote.stop()
  for (const path of ['none', '../live', '/etc']) {
    const wrong = watching(top, { paths: [path] })
    expect(codes((await wrong.look())[0]!)).toEqual(['PathNotFound'])
    await wrong.stop()
  }
})

test('while it cannot be reached, what was read last stands, with a notice; before the first fetch there is an error', async () => {
  const top = join(temporaryFolder(), 'repository')
  mkdirSync(top)
  const first = repository(top, { 'a.yaml': 'a' })
  const away = `${top}-away`
  renameSync(top, away)
  const remote = watching(`file://${top}`)
  const [missing] = await remote.look()
  expect(missing!.problems).toMatchObject([{ code: 'GitUnreachable', severity: 'error' }])
  renameSync(away, top)
  expect(await remote.look()).toMatchObject([{ revision: first, problems: [] }])
  renameSync(top, away)
  const [old] = await remote.look()
  expect(old).toMatchObject({ revision: first, problems: [{ severity: 'notice' }] })
  expect(paths(old!)).toEqual(['a.yaml'])
  renameSync(away, top)
  expect(await remote.look()).toMatchObject([{ revision: first, problems: [] }])
  await remote.stop()
})

test('a ref that is not there is an error with its name, and no secret of the URL is told', async () => {
  const top = temporaryFolder()
  repository(top, { 'a.yaml': 'a' })
  const remote = watching(top, { ref: 'mian' })
  const [seen] = await remote.look()
  expect(seen!.problems[0]!.message).toMatch(/ at mian cannot be fetched: .*mian/)
  await remote.stop()
  for (const user of ['user:s3cret', 's3cret']) {
    const secret = watching(`https://${user}@127.0.0.1:1/x.git`)
    const said = JSON.stringify(await secret.look())
    expect(said).toContain('https://127.0.0.1:1/x.git')
    expect(said).not.toContain('s3cret')
    await secret.stop()
  }
  expect(plainUrl('https://token@host/a@b')).toBe('https://host/a@b')
  expect(plainUrl('git@github.com:acme/shop.git')).toBe('git@github.com:acme/shop.git')
})

test('its folder goes when the watching ends', async () => {
  const own = temporaryFolder()
  vi.stubEnv('TMPDIR', own)
  const top = temporaryFolder()
  repository(top, { 'a.yaml': 'a' })
  const remote = watching(top)
  await remote.look()
  const made = readdirSync(own).filter((name) => name.startsWith('fairlead-git-'))
  expect(made).toHaveLength(1)
  await remote.stop()
  expect(existsSync(join(own, made[0]!))).toBe(false)
  vi.unstubAllEnvs()
})
