/** Lists a folder tree as a source sees it (what counts as a manifest, what is skipped) and reads its files once each. */
import { createHash } from 'node:crypto'
import type { BigIntStats, Dirent } from 'node:fs'
import { readdir, readFile, realpath, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { inBatches } from '../../kind.ts'
import type { Problem, SourceFile } from '../../model.ts'
import { errorCode, sourceProblem } from './problem.ts'

/** Larger files are refused before they are read. */
export const maxFileBytes = 4 * 1024 * 1024

export const kustomizationNames = [
  'kustomization.yaml',
  'kustomization.yml',
  'Kustomization',
] as const

/** A file that was seen but not read yet. */
export interface Entry {
  /** Relative to the root that was listed, with forward slashes. */
  readonly path: string
  readonly absolute: string
  readonly size: number
  readonly modifiedAtMs: number
  /** Inode, size and times: the same signature means the same content, as far as the file system tells. */
  readonly signature: string
}

export interface Listing {
  /** Sorted by path: manifests everywhere, and every file where a kustomization may refer to it. */
  readonly entries: readonly Entry[]
  /** Folders with a kustomization file, relative (`''` is the root), sorted. */
  readonly kustomizations: readonly string[]
  readonly problems: readonly Problem[]
}

/** What a watching process remembers of the files that it has read. */
export type FileCache = Map<
  string,
  { readonly signature: string; readonly bytes: Uint8Array; readonly digest: string }
>

/** Whether a file name is one that manifests are read from. */
export function isManifestName(name: string): boolean {
  return /\.(ya?ml|json)$/i.test(name) && !isSkipped(name)
}

/** Hidden files, what editors leave while they save, and installed packages. */
function isSkipped(name: string): boolean {
  return (
    name.startsWith('.') ||
    name.endsWith('~') ||
    /^#.*#$/.test(name) ||
    /\.sw[a-p]$/.test(name) ||
    name === '4913' ||
    name === 'node_modules'
  )
}

/** SHA-256 of a content, in hex. */
export function digestOf(bytes: Uint8Array | string): string {
  return createHash('sha256').update(bytes).digest('hex')
}

function entryOf(path: string, absolute: string, stats: BigIntStats): Entry {
  return {
    path,
    absolute,
    size: Number(stats.size),
    modifiedAtMs: Number(stats.mtimeMs),
    signature: `${stats.ino}:${stats.size}:${stats.mtimeNs}:${stats.ctimeNs}`,
  }
}

/** Lists one file, whatever its name. */
export async function listFile(absolute: string, path: string): Promise<Listing> {
  try {
    const entry = entryOf(path, absolute, await stat(absolute, { bigint: true }))
    return { entries: [entry], kustomizations: [], problems: [] }
  } catch (error) {
    return { entries: [], kustomizations: [], problems: [unreadable(path, error)] }
  }
}

/** Lists a folder tree, following links; with `everything`, other files than manifests too. */
export async function listFolder(root: string, everything = false): Promise<Listing> {
  const entries: Entry[] = []
  const kustomizations: string[] = []
  const problems: Problem[] = []

  const visit = async (
    folder: string,
    path: string,
    ancestors: readonly string[],
    all: boolean,
  ): Promise<void> => {
    let items: Dirent[]
    let real: string
    try {
      real = await realpath(folder)
      if (ancestors.includes(real)) {
        problems.push(
          sourceProblem('SymlinkLoop', path, 'this link leads back to a folder that contains it', {
            hint: 'remove the link',
          }),
        )
        return
      }
      items = await readdir(folder, { withFileTypes: true })
    } catch (error) {
      problems.push(unreadable(path || '.', error))
      return
    }
    const built = items.some((item) =>
      (kustomizationNames as readonly string[]).includes(item.name),
    )
    if (built) kustomizations.push(path)
    const below = all || built
    const within = [...ancestors, real]
    for (const some of inBatches(items, 64)) {
      await Promise.all(
        some.map((item) =>
          visitItem(
            item,
            join(folder, item.name),
            path ? `${path}/${item.name}` : item.name,
            within,
            below,
          ),
        ),
      )
    }
  }

  const visitItem = async (
    item: Dirent,
    absolute: string,
    path: string,
    ancestors: readonly string[],
    all: boolean,
  ): Promise<void> => {
    if (isSkipped(item.name)) return
    if (item.isDirectory()) return visit(absolute, path, ancestors, all)
    const wanted = all || isManifestName(item.name)
    if (!item.isSymbolicLink() && !wanted) return
    try {
      const stats = await stat(absolute, { bigint: true })
      if (stats.isDirectory()) return await visit(absolute, path, ancestors, all)
      if (stats.isFile() && wanted) entries.push(entryOf(path, absolute, stats))
    } catch (error) {
      // A broken link that may have been a manifest or a folder of them must not look like an empty place.
      if (wanted || !item.name.includes('.'))
        problems.push(unreadable(path, error, item.isSymbolicLink()))
    }
  }

  await visit(root, '', [], everything)
  const byPath = (a: { path: string }, b: { path: string }) =>
    a.path < b.path ? -1 : a.path > b.path ? 1 : 0
  return {
    entries: entries.sort(byPath),
    kustomizations: kustomizations.sort(),
    problems: problems.sort((a, b) => (a.file < b.file ? -1 : 1)),
  }
}

function unreadable(path: string, error: unknown, link = false): Problem {
  switch (errorCode(error)) {
    case 'ELOOP':
      return sourceProblem('SymlinkLoop', path, 'this link leads back to itself', {
        hint: 'remove the link',
      })
    case 'ENOENT':
      return link
        ? sourceProblem('BrokenLink', path, 'this link points at nothing', {
            hint: 'remove it, or restore its target',
          })
        : sourceProblem('Vanished', path, 'it vanished while it was read')
    case 'EACCES':
    case 'EPERM':
      return sourceProblem('Unreadable', path, 'permission denied', {
        hint: 'make it readable for this user',
      })
    default:
      return sourceProblem('Unreadable', path, `cannot be read: ${(error as Error).message}`)
  }
}

/**
 * Reads the entries; a file whose signature is that of the cache is not read again. A file younger than the file
 * system's clock can tell apart is not trusted the next time (two saves within one tick look alike).
 */
export async function readEntries(
  entries: readonly Entry[],
  cache: FileCache,
  nowMs: number,
): Promise<{ readonly files: SourceFile[]; readonly problems: Problem[] }> {
  const files: SourceFile[] = []
  const problems: Problem[] = []
  for (const some of inBatches(entries, 64)) {
    const read = await Promise.all(
      some.map(async (entry): Promise<SourceFile | Problem> => {
        const { path, absolute, size, signature } = entry
        if (size > maxFileBytes) {
          cache.delete(absolute)
          return sourceProblem(
            'FileTooLarge',
            path,
            `the file has ${size} bytes; at most ${maxFileBytes} are read`,
            {
              hint: 'split it',
            },
          )
        }
        const known = cache.get(absolute)
        if (known?.signature === signature)
          return { path, bytes: known.bytes, digest: known.digest }
        try {
          const bytes = await readFile(absolute)
          const digest = digestOf(bytes)
          if (nowMs - entry.modifiedAtMs > 100) cache.set(absolute, { signature, bytes, digest })
          return { path, bytes, digest }
        } catch (error) {
          return unreadable(path, error)
        }
      }),
    )
    for (const one of read) 'digest' in one ? files.push(one) : problems.push(one)
  }
  return { files, problems }
}
