/**
 * A Git repository somewhere else as a source: one commit of it is fetched into a temporary folder, again and again. While
 * it cannot be reached, what was read last stands: an outage of the Git server must not stop the repair of drift.
 */
import { mkdtemp, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, join, normalize } from 'node:path'
import type { Snapshot } from '../../model.ts'
import type { Clock } from '../../runtime.ts'
import { type LastRead, readCommitted } from './committed.ts'
import { fetchHead, initialise, type Repository, typeInHead } from './git.ts'
import { sourceProblem } from './problem.ts'
import { identityOf, refused } from './snapshot.ts'
import type { Place } from './tree.ts'

export interface RemoteOptions {
  /** Whatever git takes: https, ssh, file, or a path. */
  readonly url: string
  /** A branch, a tag or a commit id. Absent: the repository's own HEAD. */
  readonly ref?: string
  /** Folders or files of the repository. Absent: its folder `manifests` where there is one, else all of it. */
  readonly paths?: readonly string[]
  readonly env: NodeJS.ProcessEnv
  readonly clock: Clock
  readonly signal: AbortSignal
  /** How often to fetch. Default 15 s. */
  readonly pollMs?: number
}

const usual = 'manifests'

/** The URL without a user, a password or a token in it. */
export function plainUrl(url: string): string {
  return url.replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/@]*@/i, '$1')
}

/**
 * Calls `onSnapshots` with one snapshot for each path, all of one commit, first and then whenever content, revision or
 * problems differ; returns when the signal aborts. As of a folder, those with errors are handed over too.
 */
export async function watchRemote(
  options: RemoteOptions,
  onSnapshots: (snapshots: readonly Snapshot[]) => void | Promise<void>,
): Promise<void> {
  const { clock, signal, pollMs = 15_000 } = options
  const top = await realpath(await mkdtemp(join(tmpdir(), 'fairlead-git-')))
  try {
    const remote = createRemote(top, options)
    let last = ''
    while (!signal.aborted) {
      const snapshots = await remote.read()
      const identity = snapshots.map(identityOf).join('\n')
      if (identity !== last && !signal.aborted) {
        last = identity
        await onSnapshots(snapshots)
      }
      await clock.sleep(pollMs, signal)
    }
  } finally {
    await rm(top, { recursive: true, force: true })
  }
}

function createRemote(top: string, { url, ref = 'HEAD', paths, env, clock }: RemoteOptions) {
  const repository: Repository = { top, gitDir: join(top, '.git'), commonDir: join(top, '.git') }
  const name = plainUrl(url)
  const caches = new Map<string, { last?: LastRead | undefined }>()
  let initialised = false
  let fetched = false
  /** Where nobody named a path: what the first commit says, so that a folder that goes later is missed. */
  let folder: string | undefined

  const fetch = async (): Promise<string | undefined> => {
    if (!initialised) {
      const failure = await initialise(top, env)
      if (failure !== undefined) return failure
      initialised = true
    }
    const failure = await fetchHead(repository, url, ref, env)
    fetched ||= failure === undefined
    return failure
  }

  const readPath = async (given: string): Promise<Snapshot> => {
    const path = normalize(given).replace(/\/+$/, '').replace(/^\.$/, '')
    const type = path === '' ? 'tree' : await typeInHead(repository, path, env)
    if (!type) {
      const message = `${path} is not in ${name} at ${ref}`
      return refused(
        sourceProblem('PathNotFound', path, message, {
          hint: 'nothing is changed or deleted while the path is missing',
        }),
      )
    }
    // Named by hand, a kustomization means its folder.
    const isFile = type === 'blob' && !/^kustomization(\.ya?ml)?$/i.test(basename(path))
    const within = type === 'blob' ? dirname(path) : path
    const place: Place = {
      folder: within === '.' ? top : join(top, within),
      ...(isFile ? { file: basename(path) } : {}),
    }
    const cache = caches.get(path) ?? {}
    caches.set(path, cache)
    const snapshot = await readCommitted(place, repository, { env, clock }, cache)
    return under(within === '.' ? '' : within, snapshot)
  }

  return {
    async read(): Promise<readonly Snapshot[]> {
      const failure = await fetch()
      const trouble = `${name} at ${ref} cannot be fetched: ${failure}`
      if (!fetched) {
        const hint = 'nothing is changed or deleted before it was read'
        return [refused(sourceProblem('GitUnreachable', name, trouble, { hint }))]
      }
      folder ??= (await typeInHead(repository, usual, env)) === 'tree' ? usual : ''
      const [first, ...others] = await Promise.all((paths ?? [folder]).map(readPath))
      if (!first || failure === undefined) return [first, ...others].flatMap((one) => one ?? [])
      const notice = sourceProblem(
        'GitUnreachable',
        name,
        `${trouble}; what was read last stands`,
        {
          severity: 'notice',
        },
      )
      return [{ ...first, problems: [...first.problems, notice] }, ...others]
    },
  }
}

/** Names files as they are named in the repository. */
function under(folder: string, snapshot: Snapshot): Snapshot {
  const prefix = folder === '' ? '' : `${folder}/`
  const named = (file: string) => (file === '.' ? folder || '.' : prefix + file)
  return {
    ...snapshot,
    files: snapshot.files.map((file) => ({ ...file, path: prefix + file.path })),
    problems: snapshot.problems.map((problem) => ({ ...problem, file: named(problem.file) })),
  }
}
