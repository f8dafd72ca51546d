/** What Git knows about a folder: its commit, whether the files differ from it, and the files of the commit itself. */
import { access, readFile, stat } from 'node:fs/promises'
import { dirname, join, relative, resolve, sep } from 'node:path'
import type { Clock } from '../../runtime.ts'
import { type Answer, run } from './command.ts'

export interface Repository {
  /** The top of the working tree. */
  readonly top: string
  /** HEAD, index and locks of this working tree. */
  readonly gitDir: string
  /** Refs and objects, shared by linked working trees. */
  readonly commonDir: string
}

/** Where a working tree stands. */
export interface Head {
  readonly commit: string
  readonly committedAtMs: number
  /** Paths relative to the top that differ from HEAD: changed, untracked, or ignored by Git; files and whole folders. */
  readonly differing: readonly { readonly path: string; readonly ignored: boolean }[]
}

const exists = (path: string) =>
  access(path).then(
    () => true,
    () => false,
  )

/** Finds the working tree that a folder (a real path) lies in, without starting a process. */
export async function findRepository(folder: string): Promise<Repository | undefined> {
  for (let top = folder; ; top = dirname(top)) {
    const mark = join(top, '.git')
    const found = await stat(mark).catch(() => undefined)
    if (found?.isDirectory()) return { top, gitDir: mark, commonDir: mark }
    if (found?.isFile()) {
      // A linked working tree or a submodule: `gitdir: <path>`.
      const target = /^gitdir: (.+)$/m.exec(await readFile(mark, 'utf8').catch(() => ''))?.[1]
      if (!target) return undefined
      const gitDir = resolve(top, target.trim())
      const common = await readFile(join(gitDir, 'commondir'), 'utf8').catch(() => '.')
      return { top, gitDir, commonDir: resolve(gitDir, common.trim()) }
    }
    if (dirname(top) === top) return undefined
  }
}

/** What git leaves in its folder while a checkout, merge, rebase, cherry-pick or revert is under way. */
const underWay = [
  'index.lock',
  'HEAD.lock',
  'MERGE_HEAD',
  'CHERRY_PICK_HEAD',
  'REVERT_HEAD',
  'rebase-merge',
  'rebase-apply',
  'sequencer',
]

/** The mark of an unfinished checkout in a working tree, or undefined. */
export async function unfinished(repository: Repository): Promise<string | undefined> {
  for (const name of underWay) if (await exists(join(repository.gitDir, name))) return name
  return undefined
}

/** Waits until no checkout is under way; answers with the mark that is still there when the time is over. */
export async function waitForCheckout(
  repository: Repository,
  clock: Clock,
  waitMs: number,
  signal?: AbortSignal,
): Promise<string | undefined> {
  const until = clock.now() + waitMs
  let mark = await unfinished(repository)
  while (mark !== undefined && clock.now() < until && !signal?.aborted) {
    await clock.sleep(50, signal)
    mark = await unfinished(repository)
  }
  return mark
}

/** Changes whenever HEAD or the index may have moved: times and sizes of the files that say so, without a process. */
export async function headSignature(repository: Repository): Promise<string> {
  const { gitDir, commonDir } = repository
  const head = await readFile(join(gitDir, 'HEAD'), 'utf8').catch(() => '')
  const ref = /^ref: (.+)$/m.exec(head)?.[1]?.trim()
  const files = [
    join(gitDir, 'index'),
    join(commonDir, 'packed-refs'),
    ...(ref ? [join(commonDir, ref)] : []),
  ]
  const parts = await Promise.all(
    files.map((file) =>
      stat(file, { bigint: true }).then(
        (stats) => `${stats.ino}:${stats.size}:${stats.mtimeNs}`,
        () => '-',
      ),
    ),
  )
  return [head, ...parts].join('|')
}

/** Asks git for HEAD and for what differs from it at `scope` (a real path inside the tree). Two processes. */
export async function readHead(
  repository: Repository,
  scope: string,
  env: NodeJS.ProcessEnv,
): Promise<Head | { readonly failure: string }> {
  const pathspec = relative(repository.top, scope) || '.'
  const [status, log] = await Promise.all([
    git(repository.top, env, [
      'status',
      '--porcelain=v2',
      '--branch',
      '-z',
      '--untracked-files=all',
      '--ignored=matching',
      '--no-renames',
      '--',
      `:(literal)${pathspec}`,
    ]),
    git(repository.top, env, ['log', '-1', '--format=%H %ct', 'HEAD']),
  ])
  if (status.code !== 0) return { failure: firstLine(status.stderr) }
  if (log.code !== 0) return { failure: firstLine(log.stderr) }
  const lines = status.stdout.toString().split('\0')
  const commit =
    lines.find((line) => line.startsWith('# branch.oid '))?.slice('# branch.oid '.length) ?? ''
  const [logged, seconds] = log.stdout.toString().trim().split(' ')
  if (logged !== commit) return { failure: 'HEAD moved while it was read' }
  return { commit, committedAtMs: Number(seconds) * 1000, differing: lines.flatMap(differingPath) }
}

/** The path of one entry of `git status --porcelain=v2 -z`; headers have none. */
function differingPath(line: string): Head['differing'] {
  const fieldsBefore = { '1': 8, u: 10, '?': 1, '!': 1 }[line[0] ?? '']
  if (fieldsBefore === undefined) return []
  const path = line.split(' ').slice(fieldsBefore).join(' ').replace(/\/$/, '')
  return [{ path, ignored: line[0] === '!' }]
}

/** Commit id and time of HEAD. One process. */
export async function readCommit(
  repository: Repository,
  env: NodeJS.ProcessEnv,
): Promise<Omit<Head, 'differing'> | { readonly failure: string }> {
  const log = await git(repository.top, env, ['log', '-1', '--format=%H %ct', 'HEAD'])
  if (log.code !== 0) return { failure: firstLine(log.stderr) }
  const [commit = '', seconds] = log.stdout.toString().trim().split(' ')
  return { commit, committedAtMs: Number(seconds) * 1000 }
}

/**
 * Writes the files of a commit below `folder` (relative to the top) into `target`, at the same relative path, through
 * an index of its own: neither the repository's index nor its working tree is touched, and attributes, filters and
 * links are treated as by a checkout. Submodules stay empty. Answers with git's complaint, or undefined.
 */
export async function exportCommit(
  repository: Repository,
  commit: string,
  folder: string,
  target: string,
  env: NodeJS.ProcessEnv,
): Promise<string | undefined> {
  const own = { ...env, GIT_INDEX_FILE: join(target, '.index') }
  const tree = folder === '' ? commit : `${commit}:${folder.split(sep).join('/')}`
  const read = await git(repository.top, own, ['read-tree', tree], true)
  if (read.code !== 0) return firstLine(read.stderr)
  const prefix = `${join(target, folder)}/`
  const written = await git(
    repository.top,
    own,
    ['checkout-index', '--all', '--force', '--quiet', `--prefix=${prefix}`],
    true,
  )
  return written.code === 0 ? undefined : firstLine(written.stderr)
}

/** Whether a path of HEAD is a file (`blob`) or a folder (`tree`); undefined where it is not there. */
export async function typeInHead(
  repository: Repository,
  path: string,
  env: NodeJS.ProcessEnv,
): Promise<string | undefined> {
  const answer = await git(repository.top, env, ['cat-file', '-t', `HEAD:${path}`])
  return answer.code === 0 ? answer.stdout.toString().trim() : undefined
}

/** An empty repository in a folder; answers with git's complaint, or undefined. */
export async function initialise(
  folder: string,
  env: NodeJS.ProcessEnv,
): Promise<string | undefined> {
  const answer = await git(folder, env, ['init', '--quiet'])
  return answer.code === 0 ? undefined : firstLine(answer.stderr)
}

/**
 * Brings one commit of another repository and makes it HEAD: a branch, a tag or a commit id. Nobody is asked for a
 * password: what git needs for it (an agent, a helper, a key) must be there.
 */
export async function fetchHead(
  repository: Repository,
  url: string,
  ref: string,
  env: NodeJS.ProcessEnv,
): Promise<string | undefined> {
  const silent = { GIT_SSH_COMMAND: 'ssh -oBatchMode=yes', ...env, GIT_TERMINAL_PROMPT: '0' }
  const wanted = ['--depth=1', '--no-tags', '--no-recurse-submodules', '--force', '--', url, ref]
  const fetched = await git(repository.top, silent, ['fetch', '--quiet', ...wanted])
  if (fetched.code !== 0) return firstLine(fetched.stderr)
  // Not written through the branch that a new repository stands on: a tag may be fetched as well as a commit.
  const moving = ['update-ref', '--no-deref', 'HEAD', 'FETCH_HEAD^{commit}']
  const moved = await git(repository.top, env, moving)
  return moved.code === 0 ? undefined : firstLine(moved.stderr)
}

function git(
  cwd: string,
  env: NodeJS.ProcessEnv,
  args: readonly string[],
  ownIndex = false,
): Promise<Answer> {
  // Inside a hook git exports where it is; the folder given here decides instead. Locks of ours would disturb people.
  const {
    GIT_DIR: _dir,
    GIT_WORK_TREE: _tree,
    GIT_INDEX_FILE: index,
    GIT_PREFIX: _prefix,
    ...rest
  } = env
  const own = ownIndex && index !== undefined ? { GIT_INDEX_FILE: index } : {}
  return run('git', ['--no-optional-locks', ...args], {
    cwd,
    env: { ...rest, ...own, LC_ALL: 'C' },
  })
}

function firstLine(text: string): string {
  return text.trim().split('\n')[0] ?? ''
}
