/** Folders that kustomize builds: which of them are roots, what a build depends on, and the build itself. */
import { readFile, stat } from 'node:fs/promises'
import { basename, join, relative, resolve } from 'node:path'
import { parse } from 'yaml'
import type { Problem, SourceFile } from '../../model.ts'
import { findOnPath, run } from './command.ts'
import { digestOf, kustomizationNames, listFile, listFolder } from './folder.ts'
import { sourceProblem } from './problem.ts'

/** Builds that were made, by folder; good while the signature of all inputs stays. */
export type BuildCache = Map<
  string,
  { readonly signature: string; readonly built: SourceFile | Problem }
>

/** One folder to build, with what the build reads. */
export interface Root {
  /** Relative to the source's root. */
  readonly path: string
  readonly absolute: string
  /** Changes when any file changes that the build may read. */
  readonly signature: string
  /** Folders and files that it reads, absolute. */
  readonly inputs: readonly string[]
  /** When the youngest of its files was changed. */
  readonly modifiedAtMs: number
}

interface Kustomization {
  readonly component: boolean
  /** Existing folders and files that it names, absolute. */
  readonly references: readonly { readonly path: string; readonly folder: boolean }[]
}

async function readKustomization(folder: string): Promise<Kustomization> {
  for (const name of kustomizationNames) {
    const text = await readFile(join(folder, name), 'utf8').catch(() => undefined)
    if (text === undefined) continue
    let document: unknown
    try {
      document = parse(text, { logLevel: 'silent' })
    } catch {
      // The build will say what is wrong with it.
    }
    const references: { path: string; folder: boolean }[] = []
    for (const value of stringsIn(document)) {
      const path = resolve(folder, value.slice(value.indexOf('=') + 1))
      const found = await stat(path).catch(() => undefined)
      if (found && path !== folder) references.push({ path, folder: found.isDirectory() })
    }
    const component = (document as { kind?: unknown } | null | undefined)?.kind === 'Component'
    return { component, references }
  }
  return { component: false, references: [] }
}

/** Every string of a document that may be a path: any key may hold one, and kustomize gains keys. */
function stringsIn(value: unknown): string[] {
  if (typeof value === 'string') return value.includes('\n') || value === '' ? [] : [value]
  if (typeof value !== 'object' || value === null) return []
  return Object.values(value).flatMap(stringsIn)
}

/**
 * The folders to build among those with a kustomization: not components, not what another one refers to, and nothing
 * below another one.
 */
export async function findRoots(source: string, folders: readonly string[]): Promise<Root[]> {
  const read = await Promise.all(
    folders.map(async (path) => ({
      path,
      absolute: join(source, path),
      ...(await readKustomization(join(source, path))),
    })),
  )
  const referred = new Set(read.flatMap((one) => one.references.map((reference) => reference.path)))
  const roots = read.filter(
    ({ path, absolute, component }) =>
      !component &&
      !referred.has(absolute) &&
      !folders.some((other) => other !== path && isBelow(path, other)),
  )
  return Promise.all(roots.map(({ path, absolute }) => withInputs(path, absolute)))
}

/** Whether a relative path lies below a relative folder (`''` is the top). */
export function isBelow(path: string, folder: string): boolean {
  return folder === '' || path.startsWith(`${folder}/`)
}

async function withInputs(path: string, absolute: string): Promise<Root> {
  const seen = new Set<string>()
  const waiting = [absolute]
  const parts: string[] = []
  let modifiedAtMs = 0
  const note = (entries: Awaited<ReturnType<typeof listFile>>['entries']) => {
    for (const entry of entries) {
      parts.push(`${entry.absolute}=${entry.signature}`)
      modifiedAtMs = Math.max(modifiedAtMs, entry.modifiedAtMs)
    }
  }
  while (waiting.length > 0) {
    const folder = waiting.pop() as string
    if (seen.has(folder)) continue
    seen.add(folder)
    note((await listFolder(folder, true)).entries)
    for (const reference of (await readKustomization(folder)).references) {
      if (reference.folder) waiting.push(reference.path)
      else if (!seen.has(reference.path)) {
        seen.add(reference.path)
        note((await listFile(reference.path, reference.path)).entries)
      }
    }
  }
  return {
    path,
    absolute,
    signature: digestOf(parts.sort().join('\n')),
    inputs: [...seen],
    modifiedAtMs,
  }
}

/** Builds one folder with `kustomize` or `kubectl`; its output stands as `<folder>/kustomization.yaml`. */
export async function build(
  root: Root,
  cache: BuildCache,
  env: NodeJS.ProcessEnv,
  top: string,
): Promise<SourceFile | Problem> {
  const known = cache.get(root.absolute)
  if (known?.signature === root.signature) return known.built
  const built = await buildAnew(root, env, top)
  // A missing program may be installed without any file changing.
  if (!('code' in built && built.code === 'KustomizeMissing')) {
    cache.set(root.absolute, { signature: root.signature, built })
  }
  return built
}

async function buildAnew(
  root: Root,
  env: NodeJS.ProcessEnv,
  top: string,
): Promise<SourceFile | Problem> {
  const file = root.path === '' ? 'kustomization.yaml' : `${root.path}/kustomization.yaml`
  const program = await findOnPath(['kustomize', 'kubectl'], env)
  if (!program) {
    return sourceProblem('KustomizeMissing', file, 'neither kustomize nor kubectl is on the PATH', {
      hint: 'install one of them, or point fairlead at plain manifests',
    })
  }
  const verb = program.name === 'kustomize' ? 'build' : 'kustomize'
  const answer = await run(program.file, [verb, '.'], { cwd: root.absolute, env })
  if (answer.code !== 0) return complaint(root, file, program.name, answer.stderr, top)
  return { path: file, bytes: answer.stdout, digest: digestOf(answer.stdout) }
}

/** What the tool said, without its log prefix and the machine's paths, at the line that it names. */
function complaint(
  root: Root,
  file: string,
  program: string,
  stderr: string,
  top: string,
): Problem {
  const said = stderr.trim().split('\n').filter(Boolean).at(-1) ?? ''
  const quoted = /err="((?:[^"\\]|\\.)*)"/.exec(said)?.[1]
  const plain = (
    quoted === undefined ? said.replace(/^Error: /, '') : quoted.replace(/\\(.)/g, '$1')
  )
    .replaceAll(`${top}/`, '')
    .replaceAll(top, '.')
  const line = Number(/\bline (\d+)/.exec(plain)?.[1] ?? 1)
  const named = /in File: (\S+)/.exec(plain)?.[1]
  const folder = relative(top, root.absolute).split('\\').join('/')
  const place =
    named && basename(named) === named ? (folder === '' ? named : `${folder}/${named}`) : file
  return sourceProblem(
    'KustomizeFailed',
    place,
    `${program} cannot build it: ${plain || 'it gave no reason'}`,
    {
      line,
      hint: `see it with: ${program} ${program === 'kustomize' ? 'build' : 'kustomize'} ${folder || '.'}`,
    },
  )
}
