/** Temporary folders, Git repositories and a stand-in for kustomize, for the tests of sources. */
import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { Snapshot } from '../../src/model.ts'

/** A folder that is gone after the test. */
export function temporaryFolder(): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'fairlead-test-')))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** Writes files by relative path, folders included. */
export function write(folder: string, files: Record<string, string>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
}

/** Runs git in a folder, without the machine's configuration. */
export function git(folder: string, ...args: string[]): string {
  const env = {
    PATH: process.env.PATH,
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_AUTHOR_DATE: '2026-01-02T03:04:05Z',
    GIT_COMMITTER_DATE: '2026-01-02T03:04:05Z',
  }
  const identity = ['-c', 'user.name=Tester', '-c', 'user.email=tester@example.com']
  return execFileSync('git', [...identity, ...args], { cwd: folder, env, encoding: 'utf8' }).trim()
}

/** A repository with these files in one commit; answers with the commit's id. */
export function repository(folder: string, files: Record<string, string>): string {
  write(folder, files)
  git(folder, 'init', '-q', '-b', 'main')
  return commitAll(folder)
}

export function commitAll(folder: string): string {
  git(folder, 'add', '-A')
  git(folder, 'commit', '-q', '-m', 'change', '--allow-empty')
  return git(folder, 'rev-parse', 'HEAD')
}

/** A PATH with nothing on it but git. */
export function pathWithGitOnly(): string {
  const bin = temporaryFolder()
  const found = execFileSync('sh', ['-c', 'command -v git'], { encoding: 'utf8' }).trim()
  write(bin, { git: `#!/bin/sh\nexec ${found} "$@"\n` })
  chmodSync(join(bin, 'git'), 0o755)
  return bin
}

/** A PATH on which `kustomize` is this shell script, run in the folder that is built. */
export function pathWithKustomize(
  script: string,
  name: 'kustomize' | 'kubectl' = 'kustomize',
): string {
  const bin = temporaryFolder()
  write(bin, { [name]: `#!/bin/sh\n${script}\n` })
  chmodSync(join(bin, name), 0o755)
  return `${bin}${delimiter}/usr/bin${delimiter}/bin`
}

export const codes = (snapshot: Snapshot) => snapshot.problems.map((problem) => problem.code)
export const paths = (snapshot: Snapshot) => snapshot.files.map((file) => file.path)
export const texts = (snapshot: Snapshot) =>
  Object.fromEntries(snapshot.files.map((file) => [file.path, Buffer.from(file.bytes).toString()]))
