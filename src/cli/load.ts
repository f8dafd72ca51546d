/** From PATH to what the manifests say, for every command that takes one. */
import { composites, kinds } from '../kinds/index.ts'
import type { Desired, Problem, Snapshot } from '../model.ts'
import { isOnlyOne } from '../reconcile/manifest/environment.ts'
import { createManifestCache, readManifests } from '../reconcile/manifest.ts'
import { readSnapshot, type SourceOptions } from '../reconcile/source.ts'
import { systemClock } from '../runtime.ts'
import type { Io } from './io.ts'

export interface LoadOptions {
  readonly committed?: boolean
  /** Only this environment. */
  readonly namespace?: string
}

/** What stands before file names in messages, so that they read as the user typed them. */
function prefixOf(typed: string): string {
  const path = typed.replace(/^\.\/(?=.)/, '')
  if (path === '-' || path === '.' || /\.(ya?ml|json)$/.test(path)) {
    const slash = path.lastIndexOf('/')
    return slash > 0 ? path.slice(0, slash + 1) : ''
  }
  return path.endsWith('/') ? path : `${path}/`
}

export function sourceOptions(path: string, options: LoadOptions, io: Io): SourceOptions {
  return {
    clock: systemClock,
    env: io.env,
    prefix: prefixOf(path),
    signal: io.signal,
    committed: options.committed ?? false,
    ...(io.stdin ? { stdin: io.stdin } : {}),
  }
}

export async function load(path: string, options: LoadOptions, io: Io): Promise<Desired> {
  const snapshot: Snapshot = await readSnapshot(path, sourceOptions(path, options, io))
  const desired = await readManifests(snapshot, kinds, createManifestCache(), composites)
  return options.namespace ? only(desired, options.namespace) : desired
}

/** Several paths as one source. Its revision names each that differs. */
export function mergeSnapshots(snapshots: readonly Snapshot[]): Snapshot {
  const times = snapshots.flatMap(({ committedAtMs }) => committedAtMs ?? [])
  return {
    revision: [...new Set(snapshots.map(({ revision }) => revision))].join(' '),
    files: snapshots.flatMap(({ files }) => files),
    problems: snapshots.flatMap(({ problems }) => problems),
    ...(times.length > 0 ? { committedAtMs: Math.max(...times) } : {}),
  }
}

/** The part of one namespace. */
export function only(desired: Desired, namespace: string): Desired {
  return {
    ...desired,
    environments: desired.environments.filter(
      ({ name }) => name === namespace || isOnlyOne(desired),
    ),
    manifests: desired.manifests.filter((manifest) => manifest.namespace === namespace),
    composites: desired.composites.filter((manifest) => manifest.namespace === namespace),
  }
}

/** Whether errors stop any of the environments that are asked about. */
export function isBroken(desired: Desired): boolean {
  if (errorsOf(desired.problems).length === 0) return false
  const { environments, stopped } = desired
  return environments.length === 0 || environments.some(({ name }) => stopped.includes(name))
}

export const errorsOf = (problems: readonly Problem[]) =>
  problems.filter((problem) => problem.severity === 'error')

/** `file:line:column: Kind/name: spec.path: message (hint)`, a line each. */
export function renderProblem(problem: Problem): string {
  const place = `${problem.file}:${problem.line}:${problem.column}`
  const parts = [place, problem.object, problem.path, problem.message].filter(Boolean).join(': ')
  const notice = problem.severity === 'notice' ? ' [notice]' : ''
  return `${parts}${problem.hint ? ` (${problem.hint})` : ''}${notice}`
}
