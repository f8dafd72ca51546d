/** What the tests of manifests share: snapshots from texts, the kinds, problems as lines. */
import { createHash } from 'node:crypto'
import type { Kind } from '../../src/kind.ts'
import * as cluster from '../../src/kinds/cluster/manifest.ts'
import { composites, kinds as registry } from '../../src/kinds/index.ts'
import * as service from '../../src/kinds/service/manifest.ts'
import * as taskDefinition from '../../src/kinds/task-definition/manifest.ts'
import type { Desired, Problem, Snapshot } from '../../src/model.ts'
import { createManifestCache, readManifests } from '../../src/reconcile/manifest.ts'

/** The registry's kinds as far as manifests go, so that these tests hold whatever else a kind does. */
const parts: Readonly<Record<string, object>> = {
  Cluster: cluster,
  TaskDefinition: taskDefinition,
  Service: service,
}
export const kinds: readonly Kind[] = registry.map((kind) => ({ ...kind, ...parts[kind.name] }))

export function snapshotOf(files: Readonly<Record<string, string | Uint8Array>>): Snapshot {
  return {
    revision: 'test',
    problems: [],
    files: Object.entries(files).map(([path, content]) => {
      const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content
      return { path, bytes, digest: createHash('sha256').update(bytes).digest('hex') }
    }),
  }
}

export function read(
  files: Readonly<Record<string, string | Uint8Array>> | string,
): Promise<Desired> {
  const snapshot = snapshotOf(typeof files === 'string' ? { 'a.yaml': files } : files)
  return readManifests(snapshot, kinds, createManifestCache(), composites)
}

/** `a.yaml:3:5 WrongType Cluster/shop spec.x: message (hint)`; notices begin with `note`. */
export function line(problem: Problem): string {
  const { file, line: row, column, code, object, path, message, hint, severity } = problem
  const head = `${severity === 'notice' ? 'note ' : ''}${file}:${row}:${column} ${code}`
  return `${[head, object, path].filter(Boolean).join(' ')}: ${message}${hint ? ` (${hint})` : ''}`
}

export function errors(desired: Desired): string[] {
  return desired.problems.filter(({ severity }) => severity === 'error').map(line)
}

export function notices(desired: Desired): string[] {
  return desired.problems.filter(({ severity }) => severity === 'notice').map(line)
}

/** A task definition with these lines in its spec. */
export function taskDefinitionWith(spec: string, name = 'web'): string {
  return documentOf('TaskDefinition', name, spec)
}

export function documentOf(kind: string, name: string, spec: string, metadata = ''): string {
  const body = spec
    .split('\n')
    .map((text) => `  ${text}`)
    .join('\n')
  return `apiVersion: fairlead.dev/v1alpha1\nkind: ${kind}\nmetadata: { name: ${name}${metadata} }\nspec:\n${body}\n`
}
