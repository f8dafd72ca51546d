/** Where manifests come from: reads a folder, a file, a Git commit or standard input as one complete, consistent snapshot. */
import { realpath, stat } from 'node:fs/promises'
import { basename, dirname, join, relative, sep } from 'node:path'
import type { Problem, Snapshot } from '../model.ts'
import type { Clock } from '../runtime.ts'
import { type LastRead, readCommitted } from './source/committed.ts'
import { digestOf, type FileCache, isManifestName } from './source/folder.ts'
import {
  findRepository,
  type Head,
  headSignature,
  type Repository,
  readHead,
  waitForCheckout,
} from './source/git.ts'
import type { BuildCache } from './source/kustomize.ts'
import { errorCode, sourceProblem } from './source/problem.ts'
import { contentHash, plainSnapshot, refused } from './source/snapshot.ts'
import { type Gathered, gather, look, type Place, type Sight } from './source/tree.ts'

export interface SourceOptions {
  readonly clock: Clock
  /** Where PATH is taken from, for git and kustomize. */
  readonly env: NodeJS.ProcessEnv
  /** The files of HEAD instead of those that lie in the working tree. */
  readonly committed?: boolean
  /** Put before the path of every file and problem, so that messages name files as the user does: `manifests/`. */
  readonly prefix?: string
  /** What `-` stands for. */
  readonly stdin?: AsyncIterable<Uint8Array>
  /** Keeps what was read, for a process that reads the same path again. */
  readonly cache?: SourceCache
  /** How long an unfinished checkout is waited for. Default 10 s. */
  readonly checkoutWaitMs?: number
  readonly signal?: AbortSignal
}

/** What a watching process remembers of one path, so that unchanged files are neither read nor built again. */
export interface SourceCache {
  readonly files: FileCache
  readonly builds: BuildCache
  last?: LastRead | undefined
  /** Folders and files outside the path that the last snapshot was made from. */
  inputs: readonly string[]
}

export function createSourceCache(): SourceCache {
  return { files: new Map(), builds: new Map(), inputs: [] }
}

const attempts = 20

/**
 * Reads `path` (a folder, a file, or `-`) once: complete, and seen the same before and after the reading.
 * Never throws for what is there or not: a snapshot with an error among its problems must not be acted on.
 * `revision` is HEAD's commit id, with `+dirty-<8 hex>` where the manifests differ from it, or `sha256:<hash>`.
 */
export async function readSnapshot(path: string, options: SourceOptions): Promise<Snapshot> {
  const snapshot = path === '-' ? await readStdin(options.stdin) : await readPath(path, options)
  if (path === '-') return snapshot
  const prefix = options.prefix ?? ''
  // A problem of the source as a whole names it as it was given.
  const named = (file: string) => (file === '.' ? path.replace(/(?<=.)\/+$/, '') : prefix + file)
  return {
    ...snapshot,
    files: snapshot.files.map((file) => ({ ...file, path: prefix + file.path })),
    problems: snapshot.problems.map((problem) => ({ ...problem, file: named(problem.file) })),
  }
}

async function readStdin(stdin: AsyncIterable<Uint8Array> | undefined): Promise<Snapshot> {
  const chunks: Uint8Array[] = []
  for await (const chunk of stdin ?? []) chunks.push(chunk)
  const bytes = Buffer.concat(chunks)
  const problems =
    bytes.toString().trim() === ''
      ? [sourceProblem('EmptySource', '-', 'nothing came on standard input')]
      : []
  return plainSnapshot({ files: [{ path: '-', bytes, digest: digestOf(bytes) }], problems })
}

async function readPath(path: string, options: SourceOptions): Promise<Snapshot> {
  const cache = options.cache ?? createSourceCache()
  for (let attempt = 1; ; attempt++) {
    const snapshot = await tryToRead(path, options, cache)
    if (snapshot) return snapshot
    if (attempt === attempts || options.signal?.aborted) {
      return refused(
        sourceProblem('KeepsChanging', '.', 'the files keep changing while they are read'),
      )
    }
    await options.clock.sleep(50, options.signal)
  }
}

/** One attempt; undefined when something moved meanwhile. */
async function tryToRead(
  path: string,
  options: SourceOptions,
  cache: SourceCache,
): Promise<Snapshot | undefined> {
  const place = options.committed ? await committedPlace(path) : await workingPlace(path)
  if ('code' in place) return refused(place)
  const repository = await findRepository(place.folder)
  if (repository) {
    const mark = await waitForCheckout(
      repository,
      options.clock,
      options.checkoutWaitMs ?? 10_000,
      options.signal,
    )
    if (mark) {
      return refused(
        sourceProblem(
          'CheckoutRunning',
          '.',
          `a checkout, merge or rebase is still running in this working tree (.git/${mark})`,
          {
            hint: `finish it; if no git is running, ${mark.endsWith('.lock') ? `remove .git/${mark}` : 'abort it'}`,
          },
        ),
      )
    }
  }
  if (!options.committed) return readFiles(place, repository, options, cache)
  if (!repository) {
    return refused(
      sourceProblem(
        'NotAGitRepository',
        '.',
        '--committed needs a Git working tree, and this path lies in none',
      ),
    )
  }
  return readCommitted(place, repository, options, cache)
}

async function workingPlace(path: string): Promise<Place | Problem> {
  try {
    const real = await realpath(path)
    const stats = await stat(real)
    if (stats.isDirectory()) return { folder: real }
    if (!stats.isFile())
      return sourceProblem('NotADirectory', '.', `${path} is neither a folder nor a file`)
    // Named by hand, a kustomization means its folder.
    if (/^kustomization(\.ya?ml)?$/i.test(basename(real))) return { folder: dirname(real) }
    return { folder: dirname(real), file: basename(real) }
  } catch (error) {
    if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR') {
      return sourceProblem('PathNotFound', '.', `${path} does not exist`, {
        hint: 'nothing is changed or deleted while the path is missing',
      })
    }
    if (errorCode(error) === 'ELOOP')
      return sourceProblem('SymlinkLoop', '.', `${path} is a link that leads back to itself`)
    return sourceProblem('Unreadable', '.', `${path} cannot be read: ${(error as Error).message}`)
  }
}

/** A path may be in the commit and not in the working tree (sparse checkouts). */
async function committedPlace(path: string): Promise<Place | Problem> {
  const place = await workingPlace(path)
  if (!('code' in place) || place.code !== 'PathNotFound') return place
  const above = await workingPlace(dirname(path))
  return 'code' in above || above.file !== undefined
    ? place
    : { folder: join(above.folder, basename(path)) }
}

async function readFiles(
  place: Place,
  repository: Repository | undefined,
  options: SourceOptions,
  cache: SourceCache,
): Promise<Snapshot | undefined> {
  const { clock, env } = options
  const signature = async (sight: Sight) =>
    [
      place.folder,
      place.file,
      sight.signature,
      repository && (await headSignature(repository)),
    ].join('|')
  const startedMs = clock.now()
  const before = await look(place)
  const seen = await signature(before)
  if (cache.last?.signature === seen) return cache.last.snapshot
  const gathered = await gather(place, before, cache, env, startedMs)
  const scope =
    before.roots.length > 0
      ? repository?.top
      : place.file
        ? join(place.folder, place.file)
        : place.folder
  const head =
    repository && scope !== undefined ? await readHead(repository, scope, env) : undefined
  const after = await look(place)
  const vanished = [...gathered.problems, ...after.problems].some(
    (problem) => problem.code === 'Vanished',
  )
  if (vanished || (await signature(after)) !== seen) return undefined
  const snapshot = headSnapshot(gathered, head, repository, place, before.roots.length > 0)
  cache.inputs = before.roots
    .flatMap((root) => root.inputs)
    .filter((input) => !`${input}/`.startsWith(`${place.folder}/`))
  // What went wrong may be mended without a file changing, and very young files may change within a tick of their clock.
  const settled = snapshot.problems.length === 0 && startedMs - before.modifiedAtMs > 100
  cache.last = settled ? { signature: seen, snapshot } : undefined
  forgetOthers(cache.files, new Set(before.manifests.map((entry) => entry.absolute)))
  return snapshot
}

function forgetOthers(files: FileCache, wanted: ReadonlySet<string>): void {
  for (const path of files.keys()) if (!wanted.has(path)) files.delete(path)
}

function headSnapshot(
  gathered: Gathered,
  head: Head | { readonly failure: string } | undefined,
  repository: Repository | undefined,
  place: Place,
  built: boolean,
): Snapshot {
  if (!head || !repository) return plainSnapshot(gathered)
  if ('failure' in head) {
    const notice = sourceProblem(
      'GitFailed',
      '.',
      `git cannot tell the revision, so a hash stands for it: ${head.failure}`,
      {
        severity: 'notice',
      },
    )
    return plainSnapshot({ ...gathered, problems: [...gathered.problems, notice] })
  }
  const { commit, committedAtMs } = head
  const root = slashed(relative(repository.top, place.folder))
  const paths = gathered.files.map((file) => (root === '' ? file.path : `${root}/${file.path}`))
  const dirty = head.differing.some(
    ({ path, ignored }) =>
      paths.some((file) => file === path || file.startsWith(`${path}/`)) ||
      (!ignored && (built || isManifestPath(path))),
  )
  if (dirty)
    return { revision: `${commit}+dirty-${contentHash(gathered.files).slice(0, 8)}`, ...gathered }
  return { revision: commit, committedAtMs, ...gathered }
}

function isManifestPath(path: string): boolean {
  return isManifestName(basename(path)) && !path.split('/').some((part) => part.startsWith('.'))
}

function slashed(path: string): string {
  return path.split(sep).join('/')
}
