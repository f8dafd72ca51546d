/** Watches a source: file system events wake it up, and what it then reads decides whether anything is new. */
import { type FSWatcher, watch as watchFolder } from 'node:fs'
import { realpath, stat } from 'node:fs/promises'
import { basename, dirname, resolve } from 'node:path'
import { type FSWatcher as TreeWatcher, watch as watchTree } from 'chokidar'
import type { Snapshot } from '../../model.ts'
import type { Clock } from '../../runtime.ts'
import { createSourceCache, readSnapshot, type SourceOptions } from '../source.ts'
import { findRepository } from './git.ts'
import { identityOf } from './snapshot.ts'

export interface WatchOptions extends SourceOptions {
  readonly signal: AbortSignal
  /** Quiet time after an event before the files are read. Default 300 ms. */
  readonly quietMs?: number
  /** Longest time that constant change puts the reading off. Default 2 s. */
  readonly maxDelayMs?: number
  /** How often to look without any event: not every file system tells. Default 3 s. */
  readonly pollMs?: number
}

/**
 * Calls `onSnapshot` with the first snapshot and then whenever content, revision or problems differ from the last one
 * handed over; returns when the signal aborts. A snapshot with errors is handed over too: its receiver must hold still.
 */
export async function watchSource(
  path: string,
  options: WatchOptions,
  onSnapshot: (snapshot: Snapshot) => void | Promise<void>,
): Promise<void> {
  const { clock, signal } = options
  const cache = options.cache ?? createSourceCache()
  const bell = createBell(clock, signal)
  const eyes = createEyes(path, bell.ring)
  let last = ''
  try {
    while (!signal.aborted) {
      await eyes.follow(cache.inputs)
      const snapshot = await readSnapshot(path, { ...options, cache })
      const identity = identityOf(snapshot)
      if (identity !== last && !signal.aborted) {
        last = identity
        await onSnapshot(snapshot)
      }
      await bell.next(options.quietMs ?? 300, options.maxDelayMs ?? 2_000, options.pollMs ?? 3_000)
    }
  } finally {
    await eyes.close()
  }
}

/** Rings are gathered: `next` resolves once it has been quiet, or after the longest delay, or when it is time to poll. */
function createBell(clock: Clock, signal: AbortSignal) {
  let rings = 0
  let heard = 0
  let wake = () => {}
  const ring = () => {
    rings++
    wake()
  }
  const next = async (quietMs: number, maxDelayMs: number, pollMs: number) => {
    if (rings === heard) {
      const woken = new AbortController()
      wake = () => woken.abort()
      await clock.sleep(pollMs, AbortSignal.any([signal, woken.signal]))
      wake = () => {}
    }
    const startedMs = clock.now()
    while (rings !== heard && !signal.aborted) {
      heard = rings
      const leftMs = maxDelayMs - (clock.now() - startedMs)
      if (leftMs <= 0) break
      await clock.sleep(Math.min(quietMs, leftMs), signal)
    }
    heard = rings
  }
  return { ring, next }
}

/** Everything that may tell of a change; whatever cannot be watched is left to polling. */
function createEyes(path: string, ring: () => void) {
  const absolute = resolve(path)
  let watched = ''
  let tree: TreeWatcher | undefined
  let single: FSWatcher[] = []

  const close = async () => {
    for (const one of single) one.close()
    single = []
    await tree?.close()
    tree = undefined
  }

  const watchOne = (folder: string, matters: (name: string | null) => boolean) => {
    try {
      const one = watchFolder(
        folder,
        { persistent: false },
        (_event, name) => matters(name) && ring(),
      )
      one.on('error', () => one.close())
      single.push(one)
    } catch {
      // It is not there yet, or the system has no watches left.
    }
  }

  /** Watches anew when the path has become another folder (a link was swapped, it vanished, it came back). */
  const follow = async (inputs: readonly string[]) => {
    const real = await realpath(absolute).catch(() => undefined)
    const identity =
      real &&
      (await stat(real)
        .then((stats) => `${stats.dev}:${stats.ino}`)
        .catch(() => ''))
    const wanted = [real, identity, ...inputs].join('|')
    if (wanted === watched) return
    watched = wanted
    await close()
    // The path may be a link that is swapped: its parent tells.
    watchOne(dirname(absolute), (name) => name === null || name === basename(absolute))
    if (real === undefined) return
    // Hidden links inside the folder may be swapped too (mounted ConfigMaps); the tree watcher skips hidden names.
    watchOne(real, () => true)
    const repository = await findRepository(real)
    if (repository) watchOne(repository.gitDir, () => true)
    tree = watchTree([real, ...inputs], {
      ignoreInitial: true,
      ignored: (file) => file !== real && /[/\\](\.[^/\\]*|node_modules)$/.test(file),
      ignorePermissionErrors: true,
    })
    tree.on('all', ring)
    tree.on('error', () => {})
    // What changed before the watches stood is seen by the reading that follows, or rings here.
    tree.on('ready', ring)
  }

  return { follow, close }
}
