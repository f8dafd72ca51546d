/** One consistent look at a folder or a file: what would be read, and then the reading, as files or problems. */
import type { Problem, SourceFile } from '../../model.ts'
import {
  digestOf,
  type Entry,
  type FileCache,
  isManifestName,
  listFile,
  listFolder,
  readEntries,
} from './folder.ts'
import { type BuildCache, build, findRoots, isBelow, type Root } from './kustomize.ts'
import { sourceProblem } from './problem.ts'

/** Where manifests lie: a folder, or one file of it. Absolute. */
export interface Place {
  readonly folder: string
  readonly file?: string
}

/** What a look shows; two looks with the same signature see the same files. */
export interface Sight {
  readonly manifests: readonly Entry[]
  readonly roots: readonly Root[]
  readonly problems: readonly Problem[]
  readonly signature: string
  /** When the youngest file was changed. */
  readonly modifiedAtMs: number
}

export interface Gathered {
  readonly files: readonly SourceFile[]
  readonly problems: readonly Problem[]
}

/** Lists what is there, without reading manifests. */
export async function look(place: Place): Promise<Sight> {
  const listing = place.file
    ? await listFile(`${place.folder}/${place.file}`, place.file)
    : await listFolder(place.folder)
  const { kustomizations, problems } = listing
  const roots = await findRoots(place.folder, kustomizations)
  const manifests = listing.entries.filter(
    ({ path }) =>
      path === place.file ||
      (isManifestName(path.slice(path.lastIndexOf('/') + 1)) &&
        !kustomizations.some((folder) => isBelow(path, folder))),
  )
  const seen = [
    ...manifests.map((entry) => `${entry.path}=${entry.signature}`),
    ...roots.map((root) => `${root.path}/=${root.signature}`),
    ...problems.map((problem) => `${problem.file}:${problem.code}`),
  ]
  return {
    manifests,
    roots,
    problems,
    signature: digestOf(seen.join('\n')),
    modifiedAtMs: Math.max(0, ...[...manifests, ...roots].map((one) => one.modifiedAtMs)),
  }
}

/** Reads what was seen. */
export async function gather(
  place: Place,
  sight: Sight,
  caches: { readonly files: FileCache; readonly builds: BuildCache },
  env: NodeJS.ProcessEnv,
  nowMs: number,
): Promise<Gathered> {
  const read = await readEntries(sight.manifests, caches.files, nowMs)
  const files = [...read.files]
  const problems = [...sight.problems, ...read.problems]
  for (const root of sight.roots) {
    const built = await build(root, caches.builds, env, place.folder)
    'digest' in built ? files.push(built) : problems.push(built)
  }
  if (files.length === 0 && problems.length === 0) {
    problems.push(
      sourceProblem(
        'EmptySource',
        '.',
        'no manifest here: no .yaml, .yml or .json file and no kustomization',
        {
          hint: 'nothing is changed or deleted because of an empty source; is this the right path?',
        },
      ),
    )
  }
  return { files: files.sort((a, b) => (a.path < b.path ? -1 : 1)), problems }
}
