/** Watching with real file system events: each change arrives by its event, and nothing arrives twice. */
import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import type { Snapshot } from '../../src/model.ts'
import { type WatchOptions, watchSource } from '../../src/reconcile/source/watch.ts'
import { systemClock } from '../../src/runtime.ts'
import {
  codes,
  commitAll,
  pathWithKustomize,
  repository,
  temporaryFolder,
  texts,
  write,
} from './source-folder.ts'

/** Watches without polling; `next` gives the next snapshot, or fails; the limit is generous, since the suite's other tests share the cores. */
function watching(path: string, options: Partial<WatchOptions> = {}) {
  const stop = new AbortController()
  const seen: Snapshot[] = []
  let arrived = () => {}
  const done = watchSource(
    path,
    {
      clock: systemClock,
      env: { PATH: process.env.PATH },
      signal: stop.signal,
      pollMs: 60_000,
      quietMs: 60,
      ...options,
    },
    (snapshot) => {
      seen.push(snapshot)
      arrived()
    },
  )
  onTestFinished(async () => {
    stop.abort()
    await done
  })
  let taken = 0
  const next = async (): Promise<Snapshot> => {
    const late = systemClock.sleep(5_000, stop.signal)
    while (seen.length === taken) {
      const news = new Promise<'news'>((resolve) => {
        arrived = () => resolve('news')
      })
      if ((await Promise.race([news, late])) !== 'news') throw new Error('nothing arrived')
    }
    return seen[taken++] as Snapshot
  }
  return { next, seen }
}

test('saves in place, atomic saves, new and removed files, and new folders arrive', async () => {
  const folder = temporaryFolder()
  write(folder, { 'a.yaml': 'one', 'sub/b.yaml': 'b' })
  const { next, seen } = watching(folder)
  expect(texts(await next())).toEqual({ 'a.yaml': 'one', 'sub/b.yaml': 'b' })
  write(folder, { 'a.yaml': 'two' })
  expect(texts(await next())).toMatchObject({ 'a.yaml': 'two' })
  write(folder, { '.a.yaml.tmp': 'three' })
  renameSync(join(folder, '.a.yaml.tmp'), join(folder, 'a.yaml'))
  expect(texts(await next())).toMatchObject({ 'a.yaml': 'three' })
  write(folder, { 'new/deep/c.yaml': 'c' })
  expect(texts(await next())).toMatchObject({ 'new/deep/c.yaml': 'c' })
  rmSync(join(folder, 'sub'), { recursive: true })
  expect(texts(await next())).toEqual({ 'a.yaml': 'three', 'new/deep/c.yaml': 'c' })
  expect(seen).toHaveLength(5)
})

test('a link swapped as git-sync does it, and a mounted ConfigMap', async () => {
  const top = temporaryFolder()
  write(top, { 'one/a.yaml': '1', 'two/a.yaml': '2' })
  symlinkSync('one', join(top, 'current'))
  const synced = watching(join(top, 'current'))
  expect(texts(await synced.next())).toEqual({ 'a.yaml': '1' })
  symlinkSync('two', join(top, 'next'))
  renameSync(join(top, 'next'), join(top, 'current'))
  expect(texts(await synced.next())).toEqual({ 'a.yaml': '2' })
  write(top, { 'two/a.yaml': '3' })
  expect(texts(await synced.next())).toEqual({ 'a.yaml': '3' })

  const mount = temporaryFolder()
  write(mount, { '..1/m.yaml': 'first', '..2/m.yaml': 'second' })
  symlinkSync('..1', join(mount, '..data'))
  symlinkSync('..data/m.yaml', join(mount, 'm.yaml'))
  const mounted = watching(mount)
  expect(texts(await mounted.next())).toEqual({ 'm.yaml': 'first' })
  symlinkSync('..2', join(mount, '..new'))
  renameSync(join(mount, '..new'), join(mount, '..data'))
  expect(texts(await mounted.next())).toEqual({ 'm.yaml': 'second' })
  write(mount, { '..3/m.yaml': 'third' })
  symlinkSync('..3', join(mount, '..new'))
  renameSync(join(mount, '..new'), join(mount, '..data'))
  rmSync(join(mount, '..2'), { recursive: true })
  expect(texts(await mounted.next())).toEqual({ 'm.yaml': 'third' })
})

test('a folder that vanishes is an error, and its return is seen', async () => {
  const top = temporaryFolder()
  const folder = join(top, 'manifests')
  write(folder, { 'a.yaml': 'a' })
  const { next } = watching(folder)
  await next()
  renameSync(folder, join(top, 'away'))
  expect(codes(await next())).toEqual(['PathNotFound'])
  mkdirSync(folder)
  expect(codes(await next())).toEqual(['EmptySource'])
  write(folder, { 'a.yaml': 'back' })
  expect(texts(await next())).toEqual({ 'a.yaml': 'back' })
})

test('a commit arrives: it makes a dirty tree clean, and with --committed it is what is read', async () => {
  const folder = temporaryFolder()
  repository(folder, { 'a.yaml': 'one' })
  const tree = watching(folder)
  const head = watching(folder, { committed: true })
  await tree.next()
  await head.next()
  write(folder, { 'a.yaml': 'two' })
  expect((await tree.next()).revision).toContain('+dirty-')
  const commit = commitAll(folder)
  expect((await tree.next()).revision).toBe(commit)
  const committed = await head.next()
  expect(committed.revision).toBe(commit)
  expect(texts(committed)).toEqual({ 'a.yaml': 'two' })
})

test('a checkout that is under way holds the news back until it is over', async () => {
  const folder = temporaryFolder()
  repository(folder, { 'a.yaml': 'one' })
  const { next, seen } = watching(folder)
  await next()
  writeFileSync(join(folder, '.git', 'index.lock'), '')
  write(folder, { 'a.yaml': 'half' })
  await systemClock.sleep(200)
  expect(seen).toHaveLength(1)
  write(folder, { 'a.yaml': 'whole' })
  rmSync(join(folder, '.git', 'index.lock'))
  expect(texts(await next())).toEqual({ 'a.yaml': 'whole' })
})

test('a base above the path is watched too', async () => {
  const top = temporaryFolder()
  write(top, {
    'base/kustomization.yaml': 'resources: [x.yaml]',
    'base/x.yaml': 'one',
    'live/kustomization.yaml': 'resources: [../base]',
  })
  const { next } = watching(join(top, 'live'), {
    env: { PATH: pathWithKustomize('cat ../base/x.yaml') },
  })
  expect(texts(await next())).toEqual({ 'kustomization.yaml': 'one' })
  // The first change may be seen by the look that follows the start; the others only by a watch.
  for (const text of ['two', 'three', 'four']) {
    write(top, { 'base/x.yaml': text })
    expect(texts(await next())).toEqual({ 'kustomization.yaml': text })
  }
})

test('constant change is read all the same, and what ends as it was is no news', async () => {
  const folder = temporaryFolder()
  write(folder, { 'a.yaml': 'a' })
  const { next, seen } = watching(folder, { quietMs: 150, maxDelayMs: 300 })
  await next()
  write(folder, { 'b.yaml': 'b' })
  const restless = new AbortController()
  const noise = (async () => {
    while (!restless.signal.aborted) {
      write(folder, { 'noise.txt': String(seen.length) })
      await systemClock.sleep(40)
    }
  })()
  expect(texts(await next())).toMatchObject({ 'b.yaml': 'b' })
  restless.abort()
  await noise
  expect(seen).toHaveLength(2)
})

test('without any event, polling finds the change', async () => {
  const top = temporaryFolder()
  const folder = join(top, 'not/yet/there')
  const { next } = watching(folder, { pollMs: 100 })
  expect(codes(await next())).toEqual(['PathNotFound'])
  write(folder, { 'a.yaml': 'a' })
  expect(texts(await next())).toEqual({ 'a.yaml': 'a' })
})
