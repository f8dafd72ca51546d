/** Snapshots as plain data: what their revision is where Git gives none, and what tells two apart. */
import type { Problem, Snapshot, SourceFile } from '../../model.ts'
import { digestOf } from './folder.ts'
import type { Gathered } from './tree.ts'

export function plainSnapshot(gathered: Gathered): Snapshot {
  return { revision: `sha256:${contentHash(gathered.files)}`, ...gathered }
}

/** Nothing could be read; the hash of nothing stands for the revision. */
export function refused(problem: Problem): Snapshot {
  return plainSnapshot({ files: [], problems: [problem] })
}

/** Changes when, and only when, a path or a content changes. */
export function contentHash(files: readonly SourceFile[]): string {
  return digestOf(files.map((file) => `${file.path}\0${file.digest}\n`).join(''))
}

/** Differs where content, revision or problems do. */
export const identityOf = ({ revision, files, problems }: Snapshot): string =>
  JSON.stringify([revision, contentHash(files), problems])
