/** Reads the manifests of a commit, as a checkout of it would show them, without touching a working tree. */
import { mkdtemp, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import type { Snapshot } from '../../model.ts'
import type { Clock } from '../../runtime.ts'
import { listFolder } from './folder.ts'
import { exportCommit, type Repository, readCommit } from './git.ts'
import { sourceProblem } from './problem.ts'
import { refused } from './snapshot.ts'
import { gather, look, type Place } from './tree.ts'

/** What was read last, and what it was read from. */
export interface LastRead {
  readonly signature: string
  readonly snapshot: Snapshot
}

/** The files of HEAD at a place in a repository. */
export async function readCommitted(
  place: Place,
  repository: Repository,
  { env, clock }: { readonly env: NodeJS.ProcessEnv; readonly clock: Clock },
  cache: { last?: LastRead | undefined },
): Promise<Snapshot> {
  const head = await readCommit(repository, env)
  if ('failure' in head)
    return refused(sourceProblem('GitFailed', '.', `git cannot read HEAD: ${head.failure}`))
  const { commit, committedAtMs } = head
  const signature = `${commit}|${place.folder}|${place.file}`
  if (cache.last?.signature === signature) return cache.last.snapshot
  const target = await realpath(await mkdtemp(join(tmpdir(), 'fairlead-')))
  try {
    const folder = relative(repository.top, place.folder)
    const exported = { ...place, folder: join(target, folder) }
    const failure = await exportCommit(repository, commit, folder, target, env)
    if (failure !== undefined) {
      return refused(
        sourceProblem(
          'PathNotFound',
          '.',
          `${folder || 'HEAD'} cannot be read from commit ${commit.slice(0, 12)}: ${failure}`,
        ),
      )
    }
    // Bases and components may lie anywhere in the repository.
    if (folder !== '' && (await listFolder(exported.folder)).kustomizations.length > 0) {
      await exportCommit(repository, commit, '', target, env)
    }
    const caches = { files: new Map(), builds: new Map() }
    const gathered = await gather(exported, await look(exported), caches, env, clock.now())
    const snapshot: Snapshot = { revision: commit, committedAtMs, ...gathered }
    cache.last = { signature, snapshot }
    return snapshot
  } finally {
    await rm(target, { recursive: true, force: true })
  }
}
